"""The page of one place: everything known about it, with sources, and how it was drawn."""

from __future__ import annotations

import math

import streamlit as st

from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.web.pages.blocks import panel, place
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.links import link, page_href, place_actions, place_link
from geo.web.parts.text import counted

PATH = "place"
TITLE = "web.page.place"
ORDER = 10

#: Width and height in pixels assumed for the map; largest zoom.
_MAP_PX = (420, 380)
_CLOSEST = 15.0


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang, place_id = selection.language, selection.place
    names = {one: page_frame.place_label(atlas, one, lang) for one in _in_order(atlas)}
    with st.container(horizontal=True, vertical_alignment="bottom", key="placebar"):
        st.selectbox(
            text("web.filter.place", lang),
            list(names),
            format_func=names.__getitem__,
            index=None,
            placeholder=text("web.filter.place.hint", lang),
            key=state.WIDGETS["place"],
            on_change=state.from_widget,
            args=("place",),
        )
        if place_id:
            st.html(place_actions(atlas, selection, PATH))
    if not place_id:
        _directory(atlas, selection)
        return
    sheet = place_sheet(atlas, place_id)
    st.html(_trail(atlas, sheet, selection))
    left, right = st.columns([1, 1.15], gap="large")
    with right, st.container(key="placemap"):
        page_frame.basemap_note(selection)
        shown = selection if selection.view else selection.replace(view=position(atlas, [place_id]))
        mapview.show_map(atlas, atlas.select(shown), hold=True)
    with left:  # sent after the map, which on a phone is above it and would be pushed down
        for part in (panel.identity, panel.area, panel.boundary):
            st.html(part(atlas, sheet, lang))
    parts = [place.conflicts, place.figures, place.computed]
    blocks = [part(atlas, sheet, lang) for part in parts]
    blocks += [place.relations(atlas, sheet, selection), place.policy(atlas, sheet, selection)]
    blocks += [place.institutions(atlas, sheet, selection), place.unknown(atlas, sheet, lang)]
    blocks += [place.cite(atlas, sheet, selection), place.error(atlas, sheet, selection)]
    for block in filter(None, blocks):
        st.html(block)


def position(atlas: Atlas, place_ids: list[str]) -> tuple[float, float, float]:
    """Return the map position (longitude, latitude, zoom) that shows the places with a margin."""
    west, south, east, north = atlas.places.loc[place_ids].total_bounds
    # Web Mercator: at zoom 0 the world's 360 degrees are 256 pixels wide; a degree of latitude is longer by 1 / cos.
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    fits = [
        math.log2(pixels * 360 / 256 / max(degrees, 1e-6))
        for pixels, degrees in zip(_MAP_PX, (east - west, (north - south) * stretch), strict=True)
    ]
    zoom = min(_CLOSEST, math.floor(2 * min(fits)) / 2)
    return (west + east) / 2, (south + north) / 2, zoom


def _in_order(atlas: Atlas) -> list[str]:
    first = dict.fromkeys([*atlas.layout_ids, *atlas.allowed["district"]])
    return [*first, *(one for one in atlas if one not in first)]


def _trail(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    lang = selection.language
    every = link(page_href("place", selection.replace(place="")), text("place.all", lang))
    above = [place_link(atlas, one, selection, short=True) for one in reversed(sheet.parents)]
    here = tag("span", atlas.name(sheet.place_id, lang, short=True), aria_current="page")
    trail = join([every, *above, here], " › ")
    return tag("nav", trail, class_="geo-trail", aria_label=text("place.trail", lang))


def _directory(atlas: Atlas, selection: Selection) -> None:
    """Show all places by kind, as links."""
    lang = selection.language
    parts = [tag("p", text("place.choose", lang), class_="geo-quiet")]
    kinds = atlas.choices("kinds", lang)
    layout_first = sorted(kinds.items(), key=lambda item: atlas.roles[item[0]] in ("district", "city"))
    for kind, name in layout_first:
        own = [place_id for place_id, row in atlas.place_rows.items() if row["kind"] == kind]
        if own:
            items = [tag("li", place_link(atlas, one, selection)) for one in own]
            listed = tag("ul", *items, class_="geo-many" if atlas.roles[kind] == "district" else "geo-few")
            parts.append(tag("div", tag("h3", counted(name, len(own), lang)), listed, class_="geo-card"))
    title = tag("h2", text("place.all", lang))
    st.html(tag("section", title, parts[0], tag("div", *parts[1:], class_="geo-directory"), class_="geo-section"))


__all__ = ["ORDER", "PATH", "TITLE", "position", "render"]
