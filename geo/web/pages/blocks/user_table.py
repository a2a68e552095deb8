"""The user's table in the session, kept across pages until it is removed, and its points for the maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from geo.analysis.site_choice.criteria_values import Spots
from geo.analysis.user_data.own_table import OwnTable
from geo.analysis.user_data.point_styles import PointStyle, point_style, style_columns
from geo.analysis.user_data.user_columns import row_words
from geo.analysis.user_data.user_table import Joined, UserTable, join
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.figure.own import POINT_ON_CLASSES, OwnMeasure
from geo.render.figure.sheet import figure
from geo.render.map.basemaps import basemap
from geo.web.server.paths import href
from geo.web.server.user_points import PointSet, publish

__all__ = ["drop", "figure_with", "held", "hold", "hypotheses", "joined", "own", "points", "spots", "style_block"]

_HELD = "user_table"

#: Colours that differ in lightness as well as in hue.
_COLOURS = {"wgs84": "#0b6e4f", "gcj02": "#d1495b", "bd09": "#8d6cab"}
_USER_COLOUR = POINT_ON_CLASSES
_STYLE = "points_colour"


def held() -> dict[str, Any] | None:
    """Return the session's table: ``user`` (a `UserTable`) and, once joined, ``own`` (an `OwnTable`), ``points``."""
    found: dict[str, Any] | None = st.session_state.get(_HELD)
    return found


def hold(key: tuple[Any, ...], user: UserTable) -> dict[str, Any]:
    """Keep a table instead of the previous one; a different `key` means that the file must be read again."""
    fresh = {"key": key, "user": user}
    st.session_state[_HELD] = fresh
    return fresh


def drop() -> None:
    """Remove the table from the session, and its points from the server."""
    st.session_state.pop(_HELD, None)


def joined(table: dict[str, Any], datum: str, atlas: Atlas, language: str) -> Joined:
    """Return the held table joined in a datum; it is joined again only if the datum or language is new."""
    if table.get("datum") != (datum, language):
        user: UserTable = table["user"]
        with st.spinner(text("data.joining", language)):
            table["own"] = OwnTable(join(user, datum, atlas, language), user.name, user.evidence)
        table["datum"] = (datum, language)
        table["points"] = publish(*table["own"].joined.points)
        table.pop("columns", None)
        table.pop("style", None)
    found: Joined = table["own"].joined
    return found


def own(atlas: Atlas, language: str) -> OwnTable | None:
    """Return the table for reports and figures, coloured as on the map; None while no datum is decided."""
    table = held()
    if table is None or "own" not in table:
        return None
    joined(table, table["datum"][0], atlas, language)
    found: OwnTable = table["own"]
    return replace(found, style=_style(table, language)) if table.get("by") else found


def spots() -> Spots | None:
    """Return the points of the table, whatever the language of the join; None where `own` returns None."""
    table = held()
    found: OwnTable | None = table.get("own") if table else None
    return found.spots if found else None


def figure_with(view: View, kind: str, own: OwnTable | None, measure: OwnMeasure | None = None) -> bytes:
    """Return the figure of a view in a file format, with the points of the table if there is one, and its measure."""
    if own is None:
        return figure(view, kind)
    return figure(view, kind, points=own.points, style=own.points_style, measure=measure)


def style_block(table: dict[str, Any], language: str) -> None:
    """Ask for the column by which the points are coloured."""
    options = ["", *_columns(table)]
    if len(options) == 1:
        return
    st.session_state.setdefault(_STYLE, table.get("by", ""))
    if st.session_state[_STYLE] not in options:  # the chosen column was one of the previous table
        st.session_state[_STYLE] = ""
    by = st.selectbox(
        text("data.style", language),
        options,
        key=_STYLE,
        format_func=lambda name: name or text("data.style.one", language),
    )
    table["by"] = by or ""


def _columns(table: dict[str, Any]) -> list[str]:
    """Return the columns that may colour the points; determined once per joined table."""
    if "columns" not in table:
        table["columns"] = style_columns(table["own"].joined, table["user"])
    found: list[str] = table["columns"]
    return found


def _style(table: dict[str, Any], language: str) -> PointStyle | None:
    """Return the style of the points, None for one colour; computed when the column is new."""
    by = table.get("by", "")
    if by not in _columns(table):
        by = ""
    if "style" not in table or table["style"][0] != (by, language):
        joined, user = table["own"].joined, table["user"]
        found = point_style(joined, user, by, language) if by else None
        table["points"].colour(found.of if found else None)
        table["points"].describe(row_words(joined, user, by, language))
        table["style"] = ((by, language), found)
    style: PointStyle | None = table["style"][1]
    return style


def points(selection: Selection) -> dict[str, Any]:
    """Return the map state that draws the joined rows as points; {} if there are none."""
    table = held()
    if table is None or "points" not in table:
        return {}
    found: PointSet = table["points"]
    lang = selection.language
    style = _style(table, lang)
    told: dict[str, Any] = {
        "url": href(found.url(basemap(selection.basemap).datum)),
        "colour": _USER_COLOUR,
        "label": text("data.map.rows", lang, count=len(found)),
        "gathered": True,
        "rows": href(rows) if (rows := found.rows_url()) else "",
    }
    title = text("data.map.user", lang)
    if style is not None:
        title = f"{title} · {style.column}"
        told["classes"] = href(found.classes_url())
        told["list"] = [
            {"label": text("data.style.class", lang, label=one.label, count=one.count), "colour": one.colour}
            for one in style.classes
        ]
    return {"points": [told], "points_title": title, "points_note": text("data.map.gathered", lang)}


def hypotheses(table: dict[str, Any], selection: Selection) -> dict[str, Any]:
    """Return the map state that draws the points three times, once for each possible datum."""
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
