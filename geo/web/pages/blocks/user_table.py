"""The user's table, kept in the session from page to page until it is removed, and its points for the maps."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo.analysis.criteria_values import Spots
from geo.analysis.own_table import OwnTable
from geo.analysis.user_table import Joined, UserTable, join
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.map.basemaps import basemap
from geo.web.server.paths import href
from geo.web.server.user_points import PointSet, publish

__all__ = ["drop", "held", "hold", "hypotheses", "joined", "own", "points", "spots"]

_HELD = "user_table"

#: Told apart by lightness as well as by hue.
_COLOURS = {"wgs84": "#0b6e4f", "gcj02": "#d1495b", "bd09": "#8d6cab"}
_USER_COLOUR = "#c2410c"


def held() -> dict[str, Any] | None:
    """Return what the session holds: ``user`` (a `UserTable`) and, once joined, ``own`` (an `OwnTable`), ``points``."""
    found: dict[str, Any] | None = st.session_state.get(_HELD)
    return found


def hold(key: tuple[Any, ...], user: UserTable) -> dict[str, Any]:
    """Keep a table in place of the one before; another `key` means that the file must be read again."""
    fresh = {"key": key, "user": user}
    st.session_state[_HELD] = fresh
    return fresh


def drop() -> None:
    """Remove the table from the session, and with it its points from the server."""
    st.session_state.pop(_HELD, None)


def joined(table: dict[str, Any], datum: str, atlas: Atlas, language: str) -> Joined:
    """Return the held table joined in a datum, joining it when that is new."""
    if table.get("datum") != (datum, language):
        user: UserTable = table["user"]
        with st.spinner(text("data.joining", language)):
            table["own"] = OwnTable(join(user, datum, atlas, language), user.name, user.evidence)
        table["datum"] = (datum, language)
        table["points"] = publish(*table["own"].joined.points)
    found: Joined = table["own"].joined
    return found


def own(atlas: Atlas, language: str) -> OwnTable | None:
    """Return the table for reports and figures; None if there is none, or its datum is not decided."""
    table = held()
    if table is None or "own" not in table:
        return None
    joined(table, table["datum"][0], atlas, language)
    found: OwnTable = table["own"]
    return found


def spots() -> Spots | None:
    """Return the points of the table in whatever language it was joined; None where `own` has none."""
    table = held()
    found: OwnTable | None = table.get("own") if table else None
    return found.spots if found else None


def points(selection: Selection) -> dict[str, Any]:
    """Return the part of the map's state that draws the joined rows as points; empty if there are none."""
    table = held()
    if table is None or "points" not in table:
        return {}
    found: PointSet = table["points"]
    label = text("data.map.rows", selection.language, count=len(found))
    url = href(found.url(basemap(selection.basemap).datum))
    return {
        "points": [{"url": url, "colour": _USER_COLOUR, "label": label}],
        "points_title": text("data.map.user", selection.language),
    }


def hypotheses(table: dict[str, Any], selection: Selection) -> dict[str, Any]:
    """Return the part of the map's state that draws the same points three times, once for each datum they may be in."""
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
