"""The user's table as the session holds it, over pages, until it is taken away; its points for any map."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo.analysis.user_table import Joined, UserTable, join
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.map.basemaps import basemap
from geo.web.server.paths import href
from geo.web.server.user_points import PointSet, publish

__all__ = ["drop", "held", "hold", "hypotheses", "joined", "points"]

_HELD = "user_table"

#: Told apart by lightness as well as by hue.
_COLOURS = {"wgs84": "#0b6e4f", "gcj02": "#d1495b", "bd09": "#8d6cab"}
_USER_COLOUR = "#c2410c"


def held() -> dict[str, Any] | None:
    """Return what the session holds: ``user`` (a `UserTable`) and, once joined, ``joined`` and ``points``."""
    found: dict[str, Any] | None = st.session_state.get(_HELD)
    return found


def hold(key: tuple[Any, ...], user: UserTable) -> dict[str, Any]:
    """Hold a table in place of the one before; `key` tells whether it must be read again."""
    fresh = {"key": key, "user": user}
    st.session_state[_HELD] = fresh
    return fresh


def drop() -> None:
    """Let the table go; its points are gone from the server with it."""
    st.session_state.pop(_HELD, None)


def joined(table: dict[str, Any], datum: str, atlas: Atlas, language: str) -> Joined:
    """Return the held table joined in a datum, joining it when that is new."""
    if table.get("datum") != (datum, language):
        with st.spinner(text("data.joining", language)):
            table["joined"] = join(table["user"], datum, atlas, language)
        table["datum"] = (datum, language)
        table["points"] = publish(*table["joined"].points)
    found: Joined = table["joined"]
    return found


def points(selection: Selection) -> dict[str, Any]:
    """Return what a map is told to draw the joined rows as points; nothing if there are none."""
    table = held()
    if table is None or "points" not in table:
        return {}
    found: PointSet = table["points"]
    label = text("data.map.rows", selection.language, count=f"{len(found):,}")
    url = href(found.url(basemap(selection.basemap).datum))
    return {
        "points": [{"url": url, "colour": _USER_COLOUR, "label": label}],
        "points_title": text("data.map.user", selection.language),
    }


def hypotheses(table: dict[str, Any], selection: Selection) -> dict[str, Any]:
    """Return what a map is told to draw the same points in the three datums they may be in."""
    if "hypotheses" not in table:
        table["hypotheses"] = {datum: publish(*both) for datum, both in table["user"].hypotheses().items()}
    shown_in = basemap(selection.basemap).datum
    sets = [
        {
            "url": href(found.url(shown_in)),
            "colour": _COLOURS[datum],
            "label": text(f"data.datum.{datum}", selection.language),
        }
        for datum, found in table["hypotheses"].items()
    ]
    return {"points": sets, "points_title": text("data.map.hypotheses", selection.language)}
