"""Figures over time: choice of the place, charts, why lines have gaps, and the figures as a table."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from geo.analysis.labels import measure_text
from geo.analysis.series import Chart, charts
from geo.analysis.values import date_text, measured
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.chart.marks import panels
from geo.render.chart.words import (
    chart_alt,
    chart_file,
    chart_lines,
    chart_title,
    gap_texts,
    series_label,
    target_label,
    target_value,
)
from geo.render.markup import Markup, tag
from geo.web.parts.chart import chart, swatch
from geo.web.parts.data_links import data_links, facts_file, picture_files
from geo.web.parts.links import link, page_href
from geo.web.parts.tables import table
from geo.web.parts.text import source_details

__all__ = ["series_section"]


@lru_cache(maxsize=2)
def _charted(atlas: Atlas) -> dict[str, tuple[Chart, ...]]:
    """Return the charts of every place that has any: city, districts, then places."""
    order = [atlas.meta["city_place_id"], *atlas.districts.index, *atlas.layout.index]
    found = {str(place_id): charts(atlas, place_id) for place_id in order}
    return {place_id: own for place_id, own in found.items() if own}


def series_section(atlas: Atlas, selection: Selection) -> None:
    """Show the charts of the selected place, or those of the city if it has none."""
    lang = selection.language
    found = _charted(atlas)
    if not found:
        return
    city = atlas.meta["city_place_id"]
    shown = selection.place if selection.place in found else next(iter(found))
    head = [tag("h2", text("time.series", lang)), tag("p", text("time.series.hint", lang), class_="geo-quiet")]
    if selection.place and shown != selection.place:
        names = {"name": atlas.name(selection.place, lang), "city": atlas.name(shown, lang)}
        head.append(tag("p", text("time.series.none", lang, **names), class_="geo-note", role="status"))
    places = []
    for place_id in found:
        href = page_href("time", selection.replace(place="" if place_id == city else place_id))
        more = {"aria_current": "true"} if place_id == shown else {}
        places.append(link(href, atlas.name(place_id, lang, short=True), class_="geo-pick", **more))
    head.append(tag("nav", *places, class_="geo-picks", aria_label=text("time.series.of", lang)))
    st.html(tag("section", *head, class_="geo-section", id="geo-series"))
    st.html(tag("div", *(_figure(atlas, one, lang) for one in found[shown]), class_="geo-figures"))
    st.html(data_links({"CSV": facts_file([shown])}, lang))


def _figure(atlas: Atlas, one: Chart, language: str) -> Markup:
    title = chart_title(atlas, one, language)
    lines = chart_lines(atlas, one, language)
    apart = text("time.series.panels", language) if len(panels(lines)) > 1 else ""
    body = [
        tag("figcaption", title),
        chart(lines, chart_alt(atlas, one, language)),
        tag("p", apart, class_="geo-quiet") if apart else "",
        _legend(atlas, one, language),
        _gaps(atlas, one, language),
        data_links(picture_files(chart_file(one), Selection(language=language)), language, said="doors.as_picture"),
        tag("details", tag("summary", text("time.series.table", language)), _table(atlas, one, title, language)),
    ]
    return tag("figure", *body, class_="geo-figure")


def _legend(atlas: Atlas, one: Chart, language: str) -> Markup:
    measures = atlas.rows("measures")
    items = []
    for number, series in enumerate(one.series):
        hollow = all(point.qualifier != "exact" for point in series.points)
        name = tag(
            "span", series_label(atlas, series, language), title=measure_text(measures[series.measure_id], language)
        )
        items.append(tag("li", swatch(number, hollow=hollow), name))
    legend = tag("ul", *items, class_="geo-legend-list")
    if not one.targets:
        return legend
    marked = []
    for i, target in enumerate(one.targets):
        source = source_details(atlas.rows("sources")[target.source_id], language)
        key = swatch(len(one.series) + i, target=True, hollow=target.qualifier != "exact")
        marked.append(tag("li", key, tag("span", target_label(target, language)), source))
    title = tag("p", text("time.series.targets", language), class_="geo-quiet")
    return legend + title + tag("ul", *marked, class_="geo-legend-list")


def _gaps(atlas: Atlas, one: Chart, language: str) -> Markup:
    told = gap_texts(atlas, one, language)
    if not told:
        return Markup()
    items = [tag("li", line) for line in told]
    return tag("details", tag("summary", text("time.series.gaps", language)), tag("ul", *items))


def _table(atlas: Atlas, one: Chart, title: str, language: str) -> Markup:
    columns = ("date", "value", "joined", "note", "source")
    headings = [text(f"time.series.column.{name}", language) for name in columns]
    sources = atlas.rows("sources")
    groups = []
    for series in one.series:
        lines = []
        for point in series.points:
            joined = {"first": "–", "": text("time.series.joined", language)}
            note = point.note_zh if language == "zh" else point.note_en
            lines.append(
                [
                    date_text(point.as_of, language),
                    tag("strong", measured(atlas, series.measure_id, point.value, point.qualifier, language)),
                    joined.get(point.gap, text("time.series.apart", language)),
                    note,
                    source_details(sources[point.source_id], language),
                ]
            )
        groups.append((series_label(atlas, series, language), lines))
    if one.targets:
        lines = [
            [
                text("time.series.target", language, date=target.due),
                tag("strong", target_value(atlas, one, target, language)),
                "–",
                target_label(target, language),
                source_details(sources[target.source_id], language),
            ]
            for target in one.targets
        ]
        groups.append((text("time.series.targets", language), lines))
    return table(headings, groups, label=title, class_="geo-cardy")
