"""The map page: filters, map, panel of the place in focus, table of the selected places, downloads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from geo.analysis.compare import drawn, rankings
from geo.analysis.firms import firms
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.units import Scale, heading
from geo.analysis.values import cell_text, measure_heading, measure_scale, measure_unit
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.export import export_bytes
from geo.render.markup import Markup, tag
from geo.web.pages.blocks import firm, panel, user_table
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.downloads import download
from geo.web.parts.links import page_href, place_actions
from geo.web.parts.tables import Content, table
from geo.web.parts.text import escape_markdown

PATH = "map"
TITLE = "web.page.map"
ORDER = 0


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    view = atlas.select(selection)
    lang = selection.language
    with st.sidebar:
        # First, because the filter column appears with its first element and would otherwise push the painted map
        # aside.
        st.html(tag("h2", text("web.filters", lang), class_="geo-sidehead"))
    left, right = st.columns([1.72, 1], gap="medium")
    with left:
        page_frame.basemap_note(selection)
        mapview.show_map(atlas, view, extra=user_table.points(selection), opens=True)
    with right, st.container(key="panel"):
        _panel(atlas, view)
    with st.sidebar:
        page_frame.filters(atlas, selection)
    with st.container(horizontal=True, vertical_alignment="center", key="tablehead"):
        inside = set(atlas.layout_ids).issuperset(view)
        wording = "web.shown" if inside else "web.shown_only"
        shown = text(wording, lang, shown=len(view.places), total=len(atlas.layout))
        if more := len(drawn(view)) - len(view):
            shown += text("list.comma", lang) + text("web.shown.districts", lang, count=more)
        title = tag("h2", text("web.table.title", lang))
        hint = tag("span", f"{shown} · {text('web.table.hint', lang)}", class_="geo-count", role="status")
        st.html(tag("div", title, hint, class_="geo-tablehead"))
        _downloads(view)
    if not len(view):
        st.html(tag("div", text("web.none", lang), class_="geo-note", role="status"))
    else:
        _table(atlas, drawn(view))


def _panel(atlas: Atlas, view: View) -> None:
    selection = view.selection
    lang, place_id = selection.language, selection.place
    asked = state.parameter("institution")
    if found := next((one for one in firms(atlas) if one.institution_id == asked), None):
        st.html(firm.panel(atlas, selection, found, page_href("", selection)))
        return
    if asked:
        page_frame.problems_block([QueryProblem("institution", asked[:80], tuple(atlas.institutions.index))], lang)
    if not place_id:
        st.html(panel.overview(atlas, view))
        return
    if place_id not in view:
        st.html(tag("div", text("web.panel.not_shown", lang), class_="geo-note", role="status"))
    sheet = place_sheet(atlas, place_id)
    _relatives(atlas, sheet, lang)
    st.html(panel.identity(atlas, sheet, lang))
    st.html(place_actions(atlas, selection, PATH))
    for part in (panel.figures, panel.area, panel.boundary, panel.computed):
        if block := part(atlas, sheet, lang):
            st.html(block)
    if block := panel.institutions(atlas, sheet, selection):
        st.html(block)


def _relatives(atlas: Atlas, sheet: PlaceSheet, language: str) -> None:
    parents = sheet.parents[:1]
    with st.container(horizontal=True, key="relatives", gap="small"):
        for other in (*parents, *sheet.children):
            arrow = ":material/arrow_upward:" if other in parents else ":material/subdirectory_arrow_right:"
            st.button(
                escape_markdown(atlas.name(other, language, short=True)),
                key=f"go_{other}",
                icon=arrow,
                type="tertiary",
                on_click=state.change,
                kwargs={"place": other},
            )
        st.button(
            text("web.panel.close", language),
            key="close_panel",
            icon=":material/close:",
            type="tertiary",
            on_click=state.change,
            kwargs={"place": ""},
        )


def _frame(atlas: Atlas, view: View) -> pd.DataFrame:
    """Return the table of the selected places, in words; its numbers are the comparable ones."""
    lang = view.selection.language
    joiner = text("list.comma", lang)
    kinds = atlas.choices("kinds", lang)
    clusters = atlas.choices("clusters", lang)
    editions = {key: row["month"] for key, row in atlas.rows("editions").items()}
    districts = {key: atlas.place_rows[key][f"short_{lang}"] for key in atlas.allowed["district"]}
    places = view.places

    def listed(column: str, names: Mapping[str, str]) -> list[str]:
        return [joiner.join(names.get(i, i) for i in ids) for ids in places[column]]

    columns: dict[str, Any] = {
        "name": places[f"name_{lang}"],
        "kind": places["kind"].map(kinds),
        "clusters": listed("clusters", clusters),
        "districts": listed("district_ids", districts),
        "since": places["since_edition"].map(editions).fillna(""),
        "status": places["status"].map(lambda s: text(f"web.status.{s}", lang)),
        "method": places["method"].map(lambda m: text(f"web.method.short.{m}", lang)),
        "area": places["area_km2"].where(places["method"] != "schematic").round(2),
        "area_official": places["area_official_drawn_km2"],
    }
    return pd.DataFrame(columns, index=places.index)


def _figures(view: View, scale: Scale) -> tuple[list[float | None], list[str]]:
    """Return each place's figure of the measure in focus: the number if comparable, and its wording."""
    atlas, lang = view.atlas, view.selection.language
    cells = {one.place_id: one for found in rankings(view) for one in found.cells}
    numbers: list[float | None] = []
    said = []
    for place_id in view:
        one = cells.get(str(place_id))
        numbers.append(one.value * scale.factor if one and one.comparable and one.value is not None else None)
        said.append(cell_text(atlas, one, lang) if one else "")
    return numbers, said


def _table(atlas: Atlas, view: View) -> None:
    selection = view.selection
    lang = selection.language
    frame = _frame(atlas, view)
    config: dict[str, Any] = {str(name): st.column_config.Column(text(f"web.table.{name}", lang)) for name in frame}
    config["clusters"] = st.column_config.Column(text("web.table.clusters", lang), width="medium")
    for name in ("area", "area_official"):
        label = heading(text(f"web.table.{name}", lang), measure_unit(atlas, f"{name}_km2", lang), lang)
        config[name] = st.column_config.NumberColumn(label, format="%.2f")
    if selection.measure:
        label, scale = measure_heading(atlas, selection.measure, lang), measure_scale(atlas, selection.measure, lang)
        numbers, said = _figures(view, scale)
        frame.insert(1, "value", numbers)
        frame.insert(2, "figure", said)
        config["value"] = st.column_config.NumberColumn(label)
        config["figure"] = st.column_config.Column(text("web.table.figure", lang), width="large")
    ids = list(frame.index)
    chosen = [ids.index(selection.place)] if selection.place in ids else []
    known = st.session_state.get("table")
    if known is not None and list(known["selection"]["rows"]) != chosen:
        st.session_state["table"] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
    st.session_state["table_ids"] = ids
    st.dataframe(
        pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(),
        key="table",
        hide_index=True,
        column_config=config,
        on_select=_row_chosen,
        selection_mode="single-row",
        selection_default={"selection": {"rows": chosen}} if known is None and chosen else None,
        height=min(35 * (len(frame) + 1) + 3, 460),
        placeholder="—",
        alt=text("web.table.title", lang),
    )
    # A printed table is not sorted by the reader: the wording is enough.
    paper = frame.drop(columns="value", errors="ignore")
    st.html(_on_paper(paper, [str(config[str(name)]["label"]) for name in paper], lang))


def _on_paper(frame: pd.DataFrame, headings: list[str], language: str) -> Markup:
    """Return the same table for print, complete: the one on the screen scrolls, and its print would be cut.

    Its only numbers are areas, with two decimals as on the screen.
    """
    lines: list[list[Content]] = [
        [f"{one:,.2f}" if isinstance(one, float) else str(one) for one in row]
        for row in frame.astype(object).where(frame.notna(), "—").itertuples(index=False, name=None)
    ]
    shown = table(headings, [("", lines)], label=text("web.table.title", language))
    return tag("div", shown, class_="geo-paper")


def _row_chosen() -> None:
    rows = st.session_state["table"]["selection"]["rows"]
    ids = st.session_state.get("table_ids", [])
    state.set_parameters(institution="")
    state.change(place=ids[rows[0]] if rows and rows[0] < len(ids) else "")


#: Format → ending of the downloaded file; other formats are on the export page.
_DOWNLOADS = {"geojson": ".geojson", "csv": ".csv.zip", "xlsx": ".xlsx"}


def _downloads(view: View) -> None:
    """Offer the selected data as files; each is written only when requested."""
    selection = view.selection
    with st.container(horizontal=True, vertical_alignment="center", key="download", gap="small", width="content"):
        st.html(tag("span", text("web.download", selection.language), class_="geo-count"))
        for format_name, ending in _DOWNLOADS.items():
            label = format_name.upper() if format_name != "geojson" else "GeoJSON"
            make = partial(_file, view.atlas, selection, format_name)
            name = f"{view.atlas.meta['atlas_id']}{ending}"
            download(label, make, name, f"download_{format_name}", disabled=not len(view))


def _file(atlas: Atlas, selection: Selection, format_name: str) -> bytes:
    """Write a file of the session's selection; the session keeps the selection, not the tables."""
    return export_bytes(drawn(atlas.select(selection)), format_name, language=selection.language)[1]


__all__ = ["ORDER", "PATH", "TITLE", "render"]
