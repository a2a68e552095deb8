"""What a chart or a table shows, as data: the file, and the link that makes it to copy into a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.parts.links import copy_button, page_url

__all__ = ["data_links", "facts_file"]


def facts_file(place_ids: Iterable[str]) -> str:
    """Return the path below the app of the figures that documents report of some places."""
    return "data/facts.csv?" + "&".join(f"only={place_id}" for place_id in place_ids)


def data_links(files: Mapping[str, str], language: str) -> Markup:
    """Return a line of links to files of data, each with a button that copies its address.

    Parameters
    ----------
    files : mapping of str to str
        What each is called, such as "CSV" → its path below the app.
    language : str
    """
    links = []
    for name, path in files.items():
        copied = copy_button(text("doors.copy", language), language, page_url(path, Selection()))
        links.append(tag("span", tag("a", name, href=f"./{path}"), " ", copied, class_="geo-datalink"))
    return tag("p", tag("span", text("site.as_data", language)), *links, class_="geo-meta geo-datalinks")
