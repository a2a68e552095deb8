"""The page of the user's data: the table is read with a report, its datum weighed, joined, measured, exported."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from geo.analysis.user_data.own_table import OwnTable
from geo.analysis.user_data.row_lines import located_line, no_data_lines
from geo.analysis.user_data.user_files import FILE_ENDINGS, user_file
from geo.analysis.user_data.user_table import Joined, UserTable, head
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.crs.datums import DATUMS
from geo.errors import GeoError
from geo.render.figure.own import OwnMeasure
from geo.render.figure.sheet import FIGURE_FORMATS
from geo.render.markup import tag
from geo.tables.table_formats import PAGE_ENDINGS
from geo.web.pages.blocks import user_table
from geo.web.pages.blocks.reading import read
from geo.web.pages.blocks.user_measures import measures_block
from geo.web.pages.blocks.user_sample import sample_block
from geo.web.parts import mapview
from geo.web.parts.downloads import download
from geo.web.parts.text import escape_markdown

PATH = "data"
TITLE = "web.page.data"
ORDER = 60

_OPTION_CHARACTERS = 200  # enforced by the browser, but not on what is sent directly to the websocket
# Two in each column, so that they stay pairs on a phone.
_TEXT_OPTIONS = ("lon", "lat", "point", "crs", "sheet", "address")
_HEADER_ROWS = 200  # so far a header is looked for
_ENCODINGS = ("", "utf-8", "gb18030", "utf-16", "big5")


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    st.html(
        tag("div", tag("h2", text("web.page.data", lang)), tag("p", text("data.intro", lang)), class_="geo-section")
    )
    file = st.file_uploader(
        text("data.choose", lang),
        type=list(PAGE_ENDINGS),
        key="user_file",
        help=text("data.choose.help", lang),
        on_change=_file_changed,
    )
    table = user_table.held() if file is None else _read(atlas, file, _options(file.file_id), lang)
    asked = bool(table and table["user"].question and not table["user"].by_address)
    if table and asked:
        st.html(tag("div", table["user"].question[lang], class_="geo-warning", role="status"))
    if file is not None:
        _options_block(lang, file.file_id, unfolded=table is None or asked)
    if table is None:
        if file is None:
            st.html(tag("div", text("data.privacy", lang), class_="geo-note"))
            sample_block(atlas, lang)
        return
    if file is None:
        _still_held(table, lang)
    user: UserTable = table["user"]
    _reading_block(user, lang)
    if asked:
        return
    if user.evidence is None and not user.by_address:
        st.html(tag("div", text("data.no_points", lang), class_="geo-warning", role="status"))
        return
    if user.by_address:
        st.html(tag("div", text("data.by_address", lang), class_="geo-note", role="status"))
        datum = "wgs84"
    else:
        datum = _datum_block(user, lang, str(table["key"][0]), table.get("datum", ("",))[0])
    shown = selection.replace(measure="", place="")
    if not datum:
        mapview.show_map(atlas, atlas.select(shown), extra=user_table.hypotheses(table, selection))
        return
    joined = user_table.joined(table, datum, atlas, lang)
    _tally_block(joined, lang)
    measured = measures_block(atlas, selection, joined)
    user_table.style_block(table, lang)
    three = st.session_state.get("user_three") and not user.by_address
    extra = user_table.hypotheses(table, selection) if three else user_table.points(selection)
    extra["classes"] = measured.classes
    if measured.districts:
        extra["visible"] = [*atlas.districts.index, *atlas.layout.index]
    mapview.show_map(atlas, atlas.select(shown), extra=extra)
    measured.show()
    _download(atlas, joined, user, lang)
    # With districts in colour the figure is of districts, without the places that would lie on them.
    pictured = shown.replace(kinds=("district",)) if measured.districts else shown
    _picture(atlas.select(pictured), table["own"], measured.drawn, lang)


def _file_changed() -> None:
    """Drop the table together with its file, which the user removed or replaced."""
    user_table.drop()


def _still_held(table: dict[str, Any], language: str) -> None:
    """Show that the table is still held, when the user comes back from another page."""
    with st.container(horizontal=True, vertical_alignment="center", key="user_held"):
        st.html(tag("span", text("data.held", language, name=table["user"].name)))
        st.button(text("data.remove", language), key="user_remove", icon=":material/close:", on_click=user_table.drop)


def _options(file_id: str) -> dict[str, Any]:
    """Return the reading options that the user has set in `_options_block`."""
    given: dict[str, Any] = {}
    for name in (*_TEXT_OPTIONS, "delimiter", "encoding"):
        value = str(st.session_state.get(f"user_{name}_{file_id}") or "").strip()
        if value:
            given[name] = value[:_OPTION_CHARACTERS]
    header = st.session_state.get(f"user_header_{file_id}")
    return given if header is None else {**given, "header": int(header)}


def _options_block(language: str, file_id: str, *, unfolded: bool) -> None:
    """Ask for what was not read right; unfolded where nothing could be."""
    with st.expander(text("data.options", language), expanded=unfolded):
        st.html(tag("p", text("data.options.why", language), class_="geo-meta"))
        columns = st.columns(3)
        for number, name in enumerate(_TEXT_OPTIONS):
            columns[number // 2].text_input(
                text(f"data.option.{name}", language), key=f"user_{name}_{file_id}", max_chars=_OPTION_CHARACTERS
            )
        columns[0].selectbox(
            text("data.option.encoding", language),
            _ENCODINGS,
            key=f"user_encoding_{file_id}",
            format_func=lambda name: name or text("data.option.auto", language),
        )
        columns[2].text_input(text("data.option.delimiter", language), key=f"user_delimiter_{file_id}", max_chars=1)
        columns[1].number_input(
            text("data.option.header", language), 0, _HEADER_ROWS, None, 1, key=f"user_header_{file_id}"
        )


def _read(atlas: Atlas, file: Any, options: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Return the session's data on the file, read again if it or an option is new; None if the file was refused."""
    key = (file.file_id, tuple(sorted(options.items())), atlas.digest)
    table = user_table.held()
    if table is not None and table["key"] == key:
        return table
    try:
        return user_table.hold(key, read(file, file.name, atlas, language, **options))
    except GeoError as error:
        user_table.drop()
        st.html(tag("div", text("data.refused", language), class_="geo-warning", role="alert"))
        st.code(error.in_language(language), language=None, wrap_lines=True)
        return None


def _reading_block(user: UserTable, language: str) -> None:
    with st.expander(
        text("data.report", language, name=escape_markdown(user.name)),
        expanded=bool(user.question) and not user.by_address,
    ):
        st.html(tag("ul", *(tag("li", line) for line in user.lines[language]), class_="geo-lines"))
        st.dataframe(head(user.table, 50), hide_index=True, height=240, key="user_preview")


def _datum_block(user: UserTable, language: str, file_id: str, before: str) -> str:
    """Show the evidence and return the datum: chosen by the user now or `before`, or decided; "" while undecided."""
    evidence = user.evidence
    assert evidence is not None
    st.html(tag("div", tag("h2", text("data.datum", language)), class_="geo-section"))
    st.html(tag("p", evidence.sentence(language), role="status"))
    with st.expander(text("data.datum.numbers", language)):
        st.html(tag("ul", *(tag("li", line) for line in evidence.lines(language)), class_="geo-lines"))
    choice = st.radio(
        text("data.datum.choose" if evidence.datum else "data.datum.ask", language),
        list(DATUMS),
        index=list(DATUMS).index(str(before or evidence.datum)) if before or evidence.datum else None,
        format_func=lambda datum: text(f"data.datum.{datum}", language),
        horizontal=True,
        key=f"user_datum_{file_id}",
    )
    if choice:
        st.toggle(text("data.datum.show", language), key="user_three")
    if choice and evidence.datum and choice != evidence.datum:
        st.html(tag("div", text("data.datum.against", language), class_="geo-warning", role="status"))
    return str(choice or "")


def _tally_block(joined: Joined, language: str) -> None:
    tally, no_data = joined.tally, no_data_lines(joined, language)
    parts = [
        tag("div", tag("b", f"{getattr(tally, name):,}"), tag("span", text(f"data.tally.{name}", language)))
        for name in ("rows", "matched", "outside", "set_aside", "ambiguous", "elsewhere", "fitting", "perhaps")
        if name not in ("elsewhere", "fitting", "perhaps") or getattr(tally, name)
    ]
    st.html(
        tag(
            "div",
            tag("h2", text("data.join", language)),
            tag("div", *parts, class_="geo-tally"),
            *(tag("p", line, class_="geo-meta") for line in (located_line(joined, language), *no_data) if line),
            class_="geo-section",
        )
    )
    if tally.set_aside or tally.outside:
        status = joined.table["join_status"].to_pandas()
        kept = joined.table.filter(pa.array((status != "matched").to_numpy()))
        with st.expander(text("data.not_matched", language, count=kept.num_rows)):
            st.dataframe(head(kept, 1000), hide_index=True, height=260, key="user_rest")


def _download(atlas: Atlas, joined: Joined, user: UserTable, language: str) -> None:
    stem = Path(user.name).stem[:60] or "table"
    with st.container(horizontal=True, vertical_alignment="center", key="user_download", gap="small"):
        st.html(tag("span", text("data.download", language), class_="geo-count"))
        for ending in FILE_ENDINGS:
            make = partial(user_file, joined, user, atlas, ending, language)
            download(ending[1:].upper(), make, f"{stem}_joined{ending}", f"user_download_{ending[1:]}")


def _picture(view: View, own: OwnTable, measure: OwnMeasure | None, language: str) -> None:
    """Offer the map with the points and the measure as figures, for print and for sharing."""
    stem = Path(own.name).stem[:60] or "table"
    with st.container(horizontal=True, vertical_alignment="center", key="user_picture", gap="small"):
        st.html(tag("span", text("data.picture", language), class_="geo-count"))
        for kind in FIGURE_FORMATS:
            make = partial(user_table.figure_with, view, kind, own, measure)
            download(kind.upper(), make, f"{stem}_map.{kind}", f"user_picture_{kind}")


__all__ = ["ORDER", "PATH", "TITLE", "render"]
