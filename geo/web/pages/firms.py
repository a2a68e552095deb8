"""The institutions page: institutions and registered services, filtered and counted, each with a panel; CSV."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from geo.analysis.firm_rows import FIRM_COLUMNS, SERVICE_COLUMNS, firm_rows, service_rows
from geo.analysis.firms import LISTS, Wanted, chosen_firms, chosen_services, firms, kinds, tally
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.export.csvfile import csv_bytes
from geo.render.markup import tag
from geo.web.pages.blocks import firm as blocks
from geo.web.parts import page_frame, state
from geo.web.parts.downloads import download
from geo.web.parts.text import escape_markdown

PATH = "firms"
TITLE = "web.page.firms"
ORDER = 15

_TABLES = ("institutions", "services")


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    shown = page_frame.chosen_one("table", _TABLES, lang, _TABLES[0])
    wanted = Wanted(
        kinds=page_frame.chosen("type", kinds(atlas), lang),
        lists=page_frame.chosen("list", LISTS, lang),
        clusters=selection.clusters,
        places=(selection.place,) if selection.place else (),
        districts=selection.districts,
        texts=tuple(filter(None, [state.parameter("name")[:200]])),
    )
    found, filed = chosen_firms(atlas, wanted), chosen_services(atlas, wanted)
    st.html(blocks.answer(atlas, selection, wanted, found, filed))
    _filters(atlas, selection, wanted, shown)
    known = {one.institution_id: one for one in firms(atlas)}
    asked = state.parameter("institution")
    if asked and asked not in known:
        page_frame.problems_block([QueryProblem("institution", asked[:80], tuple(known))], lang)
    left, right = st.columns([1.72, 1], gap="medium")
    with right, st.container(key="firmpanel"):
        if asked in known:
            st.html(blocks.panel(atlas, selection, known[asked]))
        else:
            st.html(blocks.where(atlas, selection, tally(atlas, found)))
    with left, st.container(key="firmlist"):
        _taking(atlas, wanted, shown, lang)
        if shown == "services":
            st.html(blocks.services_table(atlas, selection, filed))
        else:
            st.html(blocks.firms_table(atlas, selection, found, asked))


def _filters(atlas: Atlas, selection: Selection, wanted: Wanted, shown: str) -> None:
    lang = selection.language
    st.session_state["firms_name"] = state.parameter("name")
    with st.container(horizontal=True, vertical_alignment="bottom", key="firmbar"):
        tables = {one: text(f"firms.show.{one}", lang) for one in _TABLES}
        page_frame.switch("table", "firms_table", text("firms.show", lang), tables, shown, usual=_TABLES[0])
        held = {key for one in firms(atlas) for key in one.belongs} | {selection.place}
        names = {one: page_frame.place_label(atlas, one, lang) for one in atlas if one in held}
        st.selectbox(
            text("firms.place", lang),
            list(names),
            format_func=names.__getitem__,
            index=None,
            placeholder=text("firms.place.hint", lang),
            key=state.WIDGETS["place"],
            on_change=state.from_widget,
            args=("place",),
        )
        st.text_input(
            text("firms.name", lang),
            placeholder=text("firms.name.hint", lang),
            max_chars=200,
            key="firms_name",
            on_change=lambda: state.set_parameters(name=(st.session_state["firms_name"] or "").strip()),
        )
    if shown == "services":
        _pills("list", wanted.lists, {one: text(f"firms.list.{one}", lang) for one in LISTS}, lang)
    _pills("type", wanted.kinds, {one: text(f"map.institution.{one}", lang) for one in kinds(atlas)}, lang)
    clusters = atlas.choices("clusters", lang)
    st.pills(
        text("web.filter.cluster", lang),
        list(clusters),
        selection_mode="multi",
        format_func=lambda key: escape_markdown(clusters[key]),
        key=state.WIDGETS["clusters"],
        on_change=state.from_widget,
        args=("clusters",),
    )


def _pills(name: str, chosen: tuple[str, ...], labels: Mapping[str, str], language: str) -> None:
    key = f"firms_{name}"
    st.session_state[key] = list(chosen)
    st.pills(
        text(f"firms.{name}", language),
        list(labels),
        selection_mode="multi",
        format_func=lambda one: escape_markdown(labels[one]),
        key=key,
        on_change=lambda: state.set_parameters(**{name: ",".join(st.session_state[key] or ())}),
    )


def _taking(atlas: Atlas, wanted: Wanted, shown: str, language: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="firmtake", gap="small"):
        st.html(tag("h2", text(f"firms.show.{shown}", language), class_="geo-listhead"))
        download("CSV", partial(_csv, atlas, wanted, shown), f"{atlas.meta['atlas_id']}_{shown}.csv", "firms_csv")


def _csv(atlas: Atlas, wanted: Wanted, shown: str) -> bytes:
    """Write the listed rows as CSV; the session keeps the request, not the rows."""
    if shown == "services":
        rows, columns = service_rows(atlas, chosen_services(atlas, wanted)), SERVICE_COLUMNS
    else:
        rows, columns = firm_rows(atlas, chosen_firms(atlas, wanted)), FIRM_COLUMNS
    return csv_bytes(columns, ([row[name] for name in columns] for row in rows))


__all__ = ["ORDER", "PATH", "TITLE", "render"]
