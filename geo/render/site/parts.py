"""What pages of the static site share: sections, links to their data."""

from __future__ import annotations

from collections.abc import Mapping

from geo.render.markup import Markup, tag
from geo.render.site.context import SiteContext

__all__ = ["data_links", "section"]


def section(ctx: SiteContext, title: str, content: str) -> Markup:
    """Return a section below the ``h1`` with a message for its heading; nothing where it holds nothing."""
    if not content:
        return Markup()
    return tag("section", tag("h2", ctx.text(title)), content, class_="rp-text")


def data_links(ctx: SiteContext, files: Mapping[str, str]) -> Markup:
    """Return links to the same content as data: what each is called, and its path in the site."""
    links = [tag("a", name, href=ctx.to(path)) for name, path in files.items()]
    return tag("p", tag("span", ctx.text("site.as_data"), class_="rp-key"), ctx.listed(links), class_="rp-text st-data")
