"""Parts shared by pages of the static site: sections, links to data files."""

from __future__ import annotations

from collections.abc import Mapping

from geo.render.markup import Markup, tag
from geo.render.site.context import SiteContext

__all__ = ["data_links", "section"]


def section(ctx: SiteContext, title: str, content: str) -> Markup:
    """Return a section below the ``h1`` with a message as its heading; "" if the content is empty."""
    if not content:
        return Markup()
    return tag("section", tag("h2", ctx.text(title)), content, class_="rp-text")


def data_links(ctx: SiteContext, files: Mapping[str, str]) -> Markup:
    """Return links to the data files of a page: label → path in the site."""
    links = [tag("a", name, href=ctx.to(path)) for name, path in files.items()]
    return tag("p", tag("span", ctx.text("site.as_data"), class_="rp-key"), ctx.listed(links), class_="rp-text st-data")
