"""The export page: GIS formats, each with a preview of its content before it is made; report and figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from geo.analysis.compare import drawn
from geo.analysis.units import format_number
from geo.analysis.user_data.own_table import OwnTable
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.errors import GeoError
from geo.export import ExportPreview, Format, LayerPreview, export_bytes, formats, preview
from geo.render.figure.sheet import FIGURE_FORMATS
from geo.render.markup import tag
from geo.render.report.page import report_html
from geo.web.pages.blocks import user_table
from geo.web.pages.blocks.atlas_book import atlas_book
from geo.web.pages.blocks.open_doors import open_doors
from geo.web.parts import page_frame, state
from geo.web.parts.downloads import download
from geo.web.parts.tables import Content, table

PATH = "export"
TITLE = "web.page.export"
ORDER = 70

ENCODINGS = ("utf-8", "gb18030")
_MEBIBYTE = 1 << 20
_FIELDS_SHOWN = 60


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    with st.sidebar:
        page_frame.filters(atlas, selection)
    view = drawn(atlas.select(selection))
    intro = text("export.page.intro", lang, places=len(view.places), institutions=len(view.institutions))
    st.html(tag("div", tag("h2", text("web.page.export", lang)), tag("p", intro), class_="geo-section"))
    if view.places.empty:
        st.html(tag("div", text("web.none", lang), class_="geo-note", role="status"))
        return
    entry = _format(lang)
    crs = _crs(entry, atlas, lang)
    encoding = "utf-8"
    if entry.format == "shapefile":
        label = text("export.page.encoding", lang)
        encoding = st.segmented_control(label, ENCODINGS, default="utf-8", key="export_encoding", required=True)
    try:
        told = preview(view, entry.format, crs, language=lang)
    except GeoError as error:
        st.html(tag("div", error.in_language(lang), class_="geo-warning", role="alert"))
        return
    drawing = _drawing(told, lang) if told.plot_scales else {}
    label = text("export.page.download", lang, name=told.name_zh if lang == "zh" else told.name_en)
    make = partial(_made, view, entry.format, crs, lang, encoding, **drawing)
    download(label, make, _file_name(atlas, entry, told), f"export_{entry.format}", kind="primary")
    _told(told, lang)
    _print(view, lang)
    atlas_book(atlas, lang)
    st.html(open_doors(view))


def _format(language: str) -> Format:
    offered = {name: entry for name, entry in formats().items() if entry.output != "database"}
    asked = state.parameter("format")
    if asked and asked not in offered:
        page_frame.problems_block([QueryProblem("format", asked[:80], tuple(offered))], language)
        asked = ""
    st.session_state["export_format"] = asked or "gpkg"
    chosen = st.selectbox(
        text("export.page.format", language),
        list(offered),
        format_func=lambda name: offered[name].name_zh if language == "zh" else offered[name].name_en,
        key="export_format",
        on_change=lambda: state.set_parameters(format=st.session_state["export_format"], crs=""),
    )
    return offered[str(chosen)]


def _crs(entry: Format, atlas: Atlas, language: str) -> str | None:
    """Return the requested CRS; asked for only if the format can store one."""
    if entry.crs not in ("any", "projected"):
        return None
    usual = ["", "EPSG:4326", "EPSG:4490", atlas.meta["metric_crs"]]
    options = list(dict.fromkeys(usual if entry.crs == "any" else ["", atlas.meta["metric_crs"]]))
    asked = state.parameter("crs")[:40]
    if asked and asked not in options:
        options.append(asked)
    st.session_state["export_crs"] = asked
    chosen = st.selectbox(
        text("export.page.crs", language),
        options,
        format_func=lambda code: code or text("export.page.crs.default", language),
        key="export_crs",
        accept_new_options=True,
        help=text("export.page.crs.help", language),
        on_change=lambda: state.set_parameters(crs=st.session_state["export_crs"] or ""),
    )
    return str(chosen) if chosen else None


def _file_name(atlas: Atlas, entry: Format, told: ExportPreview) -> str:
    single = entry.output in ("file", "zip")
    ending = entry.ending if single else f"{entry.ending}.zip"
    return f"{atlas.meta['atlas_id']}{ending}"


def _drawing(told: ExportPreview, language: str) -> dict[str, Any]:
    """Ask how a CAD drawing is to be plotted, and whether to include the basemap."""
    scales, sheets = told.plot_scales, list(told.plot_scales.values())
    chosen = st.selectbox(
        text("export.page.plot_scale", language),
        list(scales),
        index=sheets.index("A3") if "A3" in sheets else 0,
        format_func=lambda one: text("export.dxf.scale", language, scale=format_number(one), size=scales[one]),
        key="export_plot_scale",
    )
    basemap = st.checkbox(text("export.page.basemap", language), key="export_basemap")
    return {"plot_scale": chosen, "basemap": basemap}


def _made(view: View, name: str, crs: str | None, language: str, encoding: str, **drawing: Any) -> bytes:
    return export_bytes(view, name, crs, language=language, encoding=encoding, **drawing)[1]


def _word(view: View, own: OwnTable | None) -> bytes:
    from geo.render.word.document import word_document

    return word_document(view, own)


def _told(told: ExportPreview, language: str) -> None:
    """Show layers, rows, CRS, fields, size and caveats before anything is made."""
    english = language == "en"
    size = f"{told.bytes / _MEBIBYTE:.1f} MiB" if told.bytes >= _MEBIBYTE else f"{max(1, round(told.bytes / 1024))} KiB"
    same = text("export.page.same" if told.deterministic else "export.page.not_same", language)
    lines = [
        tag("p", text("export.page.told.crs", language, crs=told.crs_en if english else told.crs_zh)),
        tag("p", text("export.page.told.size", language, size=size)),
        tag("p", same),
    ]
    if caveat := told.caveat_en if english else told.caveat_zh:
        lines.append(tag("p", caveat, class_="geo-caveat"))
    st.html(tag("section", tag("h3", text("export.page.told", language)), *lines, class_="geo-section"))
    for kind, layers in (("layers", told.layers), ("tables", told.tables)):
        if layers:
            _layers(kind, layers, language)


def _layers(kind: str, layers: Sequence[LayerPreview], language: str) -> None:
    names = ["name", "title", "rows", *(["geometry"] if kind == "layers" else []), "fields"]
    head = [text(f"export.page.column.{name}", language) for name in names]
    body: list[list[Content]] = []
    for layer in layers:
        fields = text("list.comma", language).join(layer.fields[:_FIELDS_SHOWN])
        shown = tag("details", tag("summary", str(len(layer.fields))), tag("div", fields), class_="geo-define")
        title = layer.title_en if language == "en" else layer.title_zh
        geometry = [layer.geometry or ""] if kind == "layers" else []
        body.append([tag("code", layer.name), title, f"{layer.rows:,}", *geometry, shown])
    title = text(f"export.page.{kind}", language)
    shown_table = table(head, [("", body)], label=title, class_="geo-layers-table geo-cardy")
    st.html(tag("section", tag("h3", title), shown_table, class_="geo-section"))


def _print(view: View, language: str) -> None:
    """Offer the report and the figure as files."""
    name = view.atlas.meta["atlas_id"]
    said = [tag("p", text("export.page.print.intro", language))]
    own = user_table.own(view.atlas, language)
    if own is not None:
        said.append(tag("p", text("export.page.own", language, name=own.name), class_="geo-note", role="status"))
    st.html(tag("section", tag("h3", text("export.page.print", language)), *said, class_="geo-section"))
    offers: list[tuple[str, str, Callable[[], bytes]]] = [("html", "HTML", partial(report_html, view, None, own))]
    offers.append(("docx", "Word", partial(_word, view, own)))
    offers += [(kind, kind.upper(), partial(user_table.figure_with, view, kind, own)) for kind in FIGURE_FORMATS]
    with st.container(horizontal=True, key="export_print", gap="small"):
        for ending, label, make in offers:
            what = "export.page.figure" if ending in FIGURE_FORMATS else "export.page.report"
            download(
                text(what, language, name=label), make, f"{name}.{ending}", f"export_print_{ending}", kind="secondary"
            )
