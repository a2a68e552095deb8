"""Your data: a table of the user's own, read with a report, its datum weighed, joined, measured, exported."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from geo.assign.outputs import writing
from geo.atlas import Atlas
from geo.crs import DATUMS
from geo.errors import GeoError
from geo.messages import text
from geo.owntable import Joined, OwnTable, join, read_own
from geo.render.basemaps import basemap
from geo.selection import Selection
from geo.web import mapview
from geo.web.mine import PointSet, publish
from geo.web.own_measures import measures_block
from geo.web.text import plain, tag, words

PATH = "data"
TITLE = "web.page.data"
ORDER = 60

_TYPES = ["csv", "tsv", "txt", "xlsx", "parquet", "geojson", "json", "gpkg", "zip"]
#: Told apart by lightness as well as by hue.
_COLOURS = {"wgs84": "#0b6e4f", "gcj02": "#d1495b", "bd09": "#8d6cab"}
_OWN_COLOUR = "#c2410c"
_HELD = "own_table"
_ENCODINGS = ("", "utf-8", "gb18030", "utf-16", "big5")


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    st.html(
        tag("div", words("h2", text("web.page.data", lang)), words("p", text("data.intro", lang)), class_="geo-section")
    )
    file = st.file_uploader(text("data.choose", lang), type=_TYPES, key="own_file", help=text("data.choose.help", lang))
    if file is None:
        # The table ends with the file: nothing of it is kept.
        st.session_state.pop(_HELD, None)
        st.html(words("div", text("data.privacy", lang), class_="geo-note"))
        return
    options = _options(lang, file.file_id)
    held = _held(atlas, file, options, lang)
    if held is None:
        return
    own: OwnTable = held["own"]
    _reading_block(own, lang)
    if own.question:
        st.html(words("div", own.question[lang], class_="geo-warning", role="status"))
        return
    if own.evidence is None:
        st.html(words("div", text("data.no_points", lang), class_="geo-warning", role="status"))
        return
    datum = _datum_block(own, lang, file.file_id)
    joined = _joined(held, datum, atlas, lang) if datum else None
    extra = _points(held, own, joined, selection)
    if joined is None:
        mapview.show_map(atlas, atlas.select(selection.replace(measure="", place="")), extra=extra)
        return
    _tally_block(joined, lang)
    table = measures_block(atlas, selection, joined)
    extra["classes"] = table.classes
    if table.districts:
        extra["visible"] = [*atlas.districts.index, *atlas.layout.index]
    mapview.show_map(atlas, atlas.select(selection.replace(measure="", place="")), extra=extra)
    table.show()
    _download(joined, own, lang)


def _options(language: str, file_id: str) -> dict[str, Any]:
    """Return what the user says against what was found; nothing is asked for unless they open this."""
    given: dict[str, Any] = {}
    with st.expander(text("data.options", language)):
        st.html(words("p", text("data.options.why", language), class_="geo-meta"))
        columns = st.columns(3)
        names = ("lon", "lat", "point", "crs", "sheet", "delimiter")
        for number, name in enumerate(names):
            value = columns[number % 3].text_input(text(f"data.option.{name}", language), key=f"own_{name}_{file_id}")
            if value.strip():
                given[name] = value.strip()
        encoding = columns[0].selectbox(
            text("data.option.encoding", language),
            _ENCODINGS,
            key=f"own_encoding_{file_id}",
            format_func=lambda name: name or text("data.option.auto", language),
        )
        if encoding:
            given["encoding"] = encoding
    return given


def _held(atlas: Atlas, file: Any, options: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Return what this session holds of the file, reading it when it or an option is new; None if it is refused."""
    key = (file.file_id, tuple(sorted(options.items())), atlas.digest)
    held: dict[str, Any] | None = st.session_state.get(_HELD)
    if held is None or held["key"] != key:
        try:
            with st.spinner(text("data.reading", language)):
                held = {"key": key, "own": read_own(file, file.name, atlas, **options)}
        except GeoError as error:
            st.session_state.pop(_HELD, None)
            st.html(words("div", text("data.refused", language), class_="geo-warning", role="alert"))
            st.code(str(error), language=None, wrap_lines=True)
            return None
        st.session_state[_HELD] = held
    return held


def _reading_block(own: OwnTable, language: str) -> None:
    with st.expander(text("data.report", language, name=plain(own.name)), expanded=bool(own.question)):
        st.html(tag("ul", *(words("li", line) for line in own.lines[language]), class_="geo-lines"))
        st.dataframe(own.table.slice(0, 50), hide_index=True, height=240, key="own_preview")


def _datum_block(own: OwnTable, language: str, file_id: str) -> str:
    """Show the evidence and return the datum: decided, or chosen by the user; "" while it is open."""
    evidence = own.evidence
    assert evidence is not None
    st.html(tag("div", words("h2", text("data.datum", language)), class_="geo-section"))
    st.html(tag("ul", *(words("li", line) for line in evidence.lines(language)), class_="geo-lines"))
    choice = st.radio(
        text("data.datum.choose" if evidence.datum else "data.datum.ask", language),
        list(DATUMS),
        index=list(DATUMS).index(evidence.datum) if evidence.datum else None,
        format_func=lambda datum: text(f"data.datum.{datum}", language),
        horizontal=True,
        key=f"own_datum_{file_id}",
    )
    if choice:
        st.toggle(text("data.datum.show", language), key="own_three")
    if choice and evidence.datum and choice != evidence.datum:
        st.html(words("div", text("data.datum.against", language), class_="geo-warning", role="status"))
    return str(choice or "")


def _joined(held: dict[str, Any], datum: str, atlas: Atlas, language: str) -> Joined:
    if held.get("datum") != (datum, language):
        with st.spinner(text("data.joining", language)):
            held["joined"] = join(held["own"], datum, atlas, language)
        held["datum"] = (datum, language)
        held["points"] = publish(*held["joined"].points)
    joined: Joined = held["joined"]
    return joined


def _points(held: dict[str, Any], own: OwnTable, joined: Joined | None, selection: Selection) -> dict[str, Any]:
    """Return the map's sets of points: the joined ones, or, while the datum is open, the three it may be."""
    lang, shown_in = selection.language, basemap(selection.basemap).datum
    if joined is not None and not st.session_state.get("own_three"):
        points: PointSet = held["points"]
        label = text("data.map.rows", lang, count=f"{len(points):,}")
        sets = [{"url": points.url(shown_in), "colour": _OWN_COLOUR, "label": label}]
        return {"points": sets, "points_title": text("data.map.own", lang)}
    if "hypotheses" not in held:
        held["hypotheses"] = {datum: publish(*both) for datum, both in own.hypotheses().items()}
    sets = [
        {"url": found.url(shown_in), "colour": _COLOURS[datum], "label": text(f"data.datum.{datum}", lang)}
        for datum, found in held["hypotheses"].items()
    ]
    return {"points": sets, "points_title": text("data.map.hypotheses", lang)}


def _tally_block(joined: Joined, language: str) -> None:
    tally = joined.tally
    parts = [
        tag("div", words("b", f"{getattr(tally, name):,}"), words("span", text(f"data.tally.{name}", language)))
        for name in ("rows", "matched", "outside", "set_aside", "ambiguous")
    ]
    st.html(
        tag(
            "div",
            words("h2", text("data.join", language)),
            tag("div", *parts, class_="geo-tally"),
            class_="geo-section",
        )
    )
    if tally.set_aside or tally.outside:
        status = joined.table["join_status"].to_pandas()
        kept = joined.table.filter(pa.array((status != "matched").to_numpy()))
        with st.expander(text("data.not_matched", language, count=f"{kept.num_rows:,}")):
            st.dataframe(kept.slice(0, 1000), hide_index=True, height=260, key="own_rest")


def _download(joined: Joined, own: OwnTable, language: str) -> None:
    stem = Path(own.name).stem[:60] or "table"
    with st.container(horizontal=True, vertical_alignment="center", key="own_download", gap="small"):
        st.html(words("span", text("data.download", language), class_="geo-count"))
        for ending in (".csv", ".xlsx", ".parquet"):
            st.download_button(
                ending[1:].upper(),
                data=partial(_file, joined, ending),
                file_name=f"{stem}_joined{ending}",
                key=f"own_download_{ending[1:]}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def _file(joined: Joined, ending: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="geo-own-") as folder:
        path = Path(folder) / f"joined{ending}"
        with writing(path, joined.table.schema) as write:
            for batch in joined.table.to_batches(max_chunksize=100_000):
                write(batch)
        return path.read_bytes()


__all__ = ["ORDER", "PATH", "TITLE", "render"]
