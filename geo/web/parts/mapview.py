"""The map on a page: a Streamlit component, the clicks it reports, and a text shown if it fails."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v1 import declare_component

from geo.atlas.atlas import Atlas, View
from geo.base.messages import text
from geo.render.map.basemaps import basemap
from geo.render.map.state import map_state
from geo.render.markup import tag
from geo.web.parts import state
from geo.web.server import firstpaint
from geo.web.server.assets import asset_path
from geo.web.server.current import current_mapdata
from geo.web.server.paths import href

__all__ = ["show_map"]

_HEIGHT = 640


@lru_cache(maxsize=2)
def _component(address: str) -> Any:
    return declare_component("map", url=address)


def _clicked(key: str, hold: bool, opens: bool) -> None:
    """Handle a click on the map: select a place, open an institution, or clear the selection unless `hold`."""
    answer = st.session_state.get(key) or {}
    number = answer.get("n")
    if not number or number == st.session_state.get("click_known"):
        return
    st.session_state["click_known"] = number
    atlas = current_mapdata().atlas
    place = str(answer.get("place", ""))
    if opens:
        state.set_parameters(institution=str(answer.get("institution", "")))
    if "institution" in answer:
        if opens:
            return
        owners = atlas.institutions["place_id"].dropna()
        place = str(owners.get(str(answer["institution"]), ""))
    if place in atlas.place_rows or ("place" in answer and not place and not hold):
        st.session_state["map_focus"] = False
        state.change(place=place)


def _fallback(language: str, urls: list[str]) -> None:
    """Put a text behind the map that is visible if the map never appears; ``watch.js`` adds which file is missing."""
    said = tag("b", text("web.map.waiting", language)) + tag("p", text("web.map.waiting.why", language))
    st.html(
        tag(
            "div",
            said + tag("p", class_="geo-why"),
            class_="geo-waiting",
            role="status",
            data_needs=" ".join(urls),
            data_missing=text("web.map.failed", language),
            data_stalled=text("web.map.stalled", language),
        )
    )


def show_map(
    atlas: Atlas,
    view: View,
    key: str = "map",
    *,
    extra: Mapping[str, Any] | None = None,
    hold: bool = False,
    opens: bool = False,
) -> None:
    """Show the map of a view; a click on it changes the selection.

    `extra` overrides entries of the state: a user's ``points`` (sets of url, colour, label) and ``classes``. With
    `hold` a click outside all places changes nothing, for pages about one place. With `opens` a click on an institution
    sets the page's parameter ``institution``; otherwise it selects its place.

    The map is mounted once per page. Each run only sends the state: ids, classes, selected place, some 3 KB.
    """
    selection = view.selection
    number = st.session_state["map_number"] = st.session_state.get("map_number", 0) + 1
    focus = st.session_state.pop("map_focus", True) and selection.place != st.session_state.get("map_place", "")
    st.session_state["map_place"] = selection.place
    urls = {name: href(url) for name, url in current_mapdata().urls(basemap(selection.basemap).datum).items()}
    focus = bool(focus and selection.place and selection.view is None)
    word = firstpaint.token()
    told = map_state(
        atlas, view, urls, number=number, focus=focus, say=href(f"{firstpaint.ROUTE}/{word}") if word else ""
    )
    told |= extra or {}
    box = st.container(key="mapbox")
    try:
        with box:
            _component(asset_path("map.frame.html"))(
                state=told, key=key, height=_HEIGHT, on_change=lambda: _clicked(key, hold, opens), default={}
            )
    except BaseException:  # includes Streamlit's exception for a click while the page runs
        firstpaint.forget(word)
        raise
    firstpaint.wait(word)
    with box:
        _fallback(selection.language, [asset_path("leaflet.bundle.js"), urls["layout"], urls["basemap"]])
