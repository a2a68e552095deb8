"""Links to the data of a chart or table: the file, and its address to copy into a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.chart.picture import PICTURE_FORMATS
from geo.render.figure.fonts import can_draw
from geo.render.markup import Markup, tag
from geo.web.parts.links import copy_button, page_href, page_url

__all__ = ["data_links", "facts_file", "picture_files"]


def facts_file(place_ids: Iterable[str]) -> str:
    """Return the path, in the app, of the reported figures of some places."""
    return "data/facts.csv?" + "&".join(f"only={place_id}" for place_id in place_ids)


def picture_files(path: str, selection: Selection, **own: str) -> dict[str, str]:
    """Return the paths, in the app, of the pictures of a chart by format; {} if pictures cannot be drawn.

    Parameters
    ----------
    path : str
        Path of the chart, without file ending.
    selection : Selection
        State that the picture follows; map position and basemap are ignored.
    own : str
        The page's own URL parameters.
    """
    if not can_draw():
        return {}
    state = selection.replace(basemap=Selection().basemap, view=None)
    return {one.upper(): page_href(f"{path}.{one}", state, **own).removeprefix("./") for one in PICTURE_FORMATS}


def data_links(files: Mapping[str, str], language: str, *, said: str = "site.as_data") -> Markup:
    """Return a line of links to data files, each with a button that copies its address.

    Parameters
    ----------
    files : mapping of str to str
        Label, such as "CSV" → path in the app.
    language : str
    said : str
        Id of the message before the links.
    """
    if not files:
        return Markup()
    links = []
    for name, path in files.items():
        copied = copy_button(text("doors.copy", language), language, page_url(path, Selection()))
        links.append(tag("span", tag("a", name, href=f"./{path}"), " ", copied, class_="geo-datalink"))
    return tag("p", tag("span", text(said, language)), *links, class_="geo-meta geo-datalinks")
