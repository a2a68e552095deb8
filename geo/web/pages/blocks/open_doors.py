"""Live access from other programs: addresses for QGIS and scripts, and HTML to embed the map elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode

from geo.atlas.atlas import View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.parts.links import copy_button, page_url
from geo.web.server.embedding import origins

__all__ = ["open_doors"]

_HEIGHT = "520"


def open_doors(view: View) -> Markup:
    """Return the addresses of the selected data, each with a copy button."""
    selection, lang = view.selection, view.selection.language
    rows = [("ogc", _features(view)), ("facts", page_url("data/facts.csv", selection))]
    if selection.measure:
        rows.append(("measure", page_url(f"data/{selection.measure}.csv", Selection())))
    rows.append(("embed", _frame(view)))
    listed = [
        tag(
            "div",
            tag("p", tag("b", text(f"doors.{name}", lang))),
            tag("p", tag("code", address), " ", copy_button(text("doors.copy", lang), lang, address)),
        )
        for name, address in rows
    ]
    allowed = origins()
    said = text("doors.embed.for", lang, origins=", ".join(allowed)) if allowed else text("doors.embed.none", lang)
    return tag(
        "div", tag("h2", text("doors.title", lang)), *listed, tag("p", said, class_="geo-meta"), class_="geo-section"
    )


def _features(view: View) -> str:
    """Return the address of the selected places as features."""
    query = {"limit": "1000"}
    if view.selection.is_filtered():
        ids = ",".join(f"'{place_id}'" for place_id in view.places.index)
        query["filter"] = f"place_id IN ({ids})"
    return f"{page_url('ogc/collections/places/items', Selection())}?{urlencode(query)}"


def _frame(view: View) -> str:
    """Return the HTML that embeds this map in another site."""
    atlas, selection = view.atlas, view.selection
    address = page_url("", selection, embed="map", data=str(atlas.meta["version"]))
    title = str(atlas.meta[f"title_{selection.language}"])
    return str(tag("iframe", src=address, title=title, width="100%", height=_HEIGHT, loading="lazy", style="border:0"))
