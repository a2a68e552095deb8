"""Figures over time: which place, its charts, why lines break, and the same figures as a table."""

from __future__ import annotations

import html
from functools import lru_cache

import streamlit as st

from geo.analysis.labels import measure_texts
from geo.analysis.series import Chart, Point, Series, Target, charts
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.web.parts.chart import Line, Mark, chart, swatch
from geo.web.parts.links import link, page_href
from geo.web.parts.tables import table
from geo.web.parts.text import cell, date_text, source_details, tag, value_text, words

__all__ = ["series_section"]


@lru_cache(maxsize=2)
def _charted(atlas: Atlas) -> dict[str, tuple[Chart, ...]]:
    """Return the charts of every place that has any: the city first, then districts, then places."""
    order = [atlas.meta["city_place_id"], *atlas.districts.index, *atlas.layout.index]
    found = {str(place_id): charts(atlas, place_id) for place_id in order}
    return {place_id: own for place_id, own in found.items() if own}


def series_section(atlas: Atlas, selection: Selection) -> None:
    """Show the charts of the selected place, those of the city where it has none."""
    lang = selection.language
    found = _charted(atlas)
    if not found:
        return
    city = atlas.meta["city_place_id"]
    shown = selection.place if selection.place in found else next(iter(found))
    head = [words("h2", text("time.series", lang)), words("p", text("time.series.hint", lang), class_="geo-quiet")]
    if selection.place and shown != selection.place:
        names = {"name": atlas.name(selection.place, lang), "city": atlas.name(shown, lang)}
        head.append(words("p", text("time.series.none", lang, **names), class_="geo-note", role="status"))
    places = []
    for place_id in found:
        href = page_href("time", selection.replace(place="" if place_id == city else place_id))
        more = {"aria_current": "true"} if place_id == shown else {}
        places.append(link(href, html.escape(atlas.name(place_id, lang, short=True)), class_="geo-pick", **more))
    head.append(tag("nav", *places, class_="geo-picks", aria_label=text("time.series.of", lang)))
    st.html(tag("section", *head, class_="geo-section", id="geo-series"))
    st.html(tag("div", *(_figure(atlas, one, lang) for one in found[shown]), class_="geo-figures"))


def _figure(atlas: Atlas, one: Chart, language: str) -> str:
    title = _title(atlas, one, language)
    lines = [
        Line(number, tuple(_mark(atlas, series, point, language) for point in series.points))
        for number, series in enumerate(one.series)
    ]
    count = len(lines)
    lines += [
        Line(count + i, (_target_mark(atlas, one, target, language),), target=True)
        for i, target in enumerate(one.targets)
    ]
    years = [int(mark.at) for line in lines for mark in line.marks]
    label = text(
        "time.series.alt", language, title=title, series=count, from_year=min(years), to_year=max(years)
    )  # fmt: skip
    body = [
        words("figcaption", title),
        chart(lines, label),
        _legend(atlas, one, language),
        _gaps(atlas, one, language),
        tag("details", words("summary", text("time.series.table", language)), _table(atlas, one, title, language)),
    ]
    return tag("figure", *body, class_="geo-figure")


def _title(atlas: Atlas, one: Chart, language: str) -> str:
    unit = _unit(atlas, one, language)
    names = {"place": atlas.name(one.place_id, language), "topic": text(f"topic.{one.topic}", language)}
    return (
        text("time.series.title", language, **names, unit=unit)
        if unit
        else text("time.series.plain", language, **names)
    )


def _unit(atlas: Atlas, one: Chart, language: str) -> str:
    symbol = cell(atlas.rows("units")[one.unit], f"symbol_{language}")
    return "" if symbol == "–" else symbol


def _label(atlas: Atlas, series: Series, language: str) -> str:
    """Return the name of a series: its measure, and its scope where that is not what the boundary draws."""
    name = cell(atlas.rows("measures")[series.measure_id], f"label_{language}")
    if series.scope == atlas.place_rows[series.place_id]["scope"]:
        return name
    return f"{name} · {cell(atlas.rows('scopes').get(series.scope, {}), f'name_{language}')}"


def _mark(atlas: Atlas, series: Series, point: Point, language: str) -> Mark:
    unit = cell(atlas.rows("units")[atlas.rows("measures")[series.measure_id]["unit"]], f"symbol_{language}")
    value = value_text(point.value, point.qualifier, unit, language)
    title = f"{_label(atlas, series, language)} · {point.as_of} · {value}"
    return Mark(point.at, point.value, point.qualifier, title, joined=not point.gap)


def _target_mark(atlas: Atlas, one: Chart, target: Target, language: str) -> Mark:
    value = value_text(target.value, target.qualifier, _unit(atlas, one, language), language)
    label = target.label_zh if language == "zh" else target.label_en
    title = f"{text('time.series.target', language, date=target.due)} · {value} · {label}"
    return Mark(target.at, target.value, target.qualifier, title)


def _legend(atlas: Atlas, one: Chart, language: str) -> str:
    meanings = measure_texts(atlas, language)
    items = []
    for number, series in enumerate(one.series):
        hollow = all(point.qualifier != "exact" for point in series.points)
        name = words("span", _label(atlas, series, language), title=meanings[series.measure_id])
        items.append(tag("li", swatch(number, hollow=hollow), name))
    legend = tag("ul", *items, class_="geo-legend-list")
    if not one.targets:
        return legend
    marked = []
    for i, target in enumerate(one.targets):
        label = target.label_zh if language == "zh" else target.label_en
        source = source_details(atlas.rows("sources")[target.source_id], language, "")
        key = swatch(len(one.series) + i, target=True, hollow=target.qualifier != "exact")
        marked.append(tag("li", key, words("span", label), source))
    title = words("p", text("time.series.targets", language), class_="geo-quiet")
    return legend + title + tag("ul", *marked, class_="geo-legend-list")


def _gaps(atlas: Atlas, one: Chart, language: str) -> str:
    told = []
    for series in one.series:
        label = _label(atlas, series, language)
        if len(series.points) == 1:
            told.append(text("time.series.single", language, label=label))
        for before, point in zip(series.points, series.points[1:], strict=False):
            if point.gap == "missing":
                dates = {"before": before.as_of, "after": point.as_of}
                told.append(text("time.series.missing", language, label=label, **dates))
            elif point.gap == "conflict":
                told.append(text("time.series.conflict", language, label=label, after=point.as_of))
    if not told:
        return ""
    items = [words("li", line) for line in dict.fromkeys(told)]
    return tag("details", words("summary", text("time.series.gaps", language)), tag("ul", *items))


def _table(atlas: Atlas, one: Chart, title: str, language: str) -> str:
    columns = ("date", "value", "joined", "note", "source")
    headings = [html.escape(text(f"time.series.column.{name}", language)) for name in columns]
    unit = _unit(atlas, one, language)
    sources = atlas.rows("sources")
    groups = []
    for series in one.series:
        lines = []
        for point in series.points:
            joined = {"first": "–", "": text("time.series.joined", language)}
            note = point.note_zh if language == "zh" else point.note_en
            lines.append(
                [
                    html.escape(date_text(point.as_of, language)),
                    words("strong", value_text(point.value, point.qualifier, unit, language)),
                    html.escape(joined.get(point.gap, text("time.series.apart", language))),
                    html.escape(note),
                    source_details(sources[point.source_id], language, ""),
                ]
            )
        groups.append((_label(atlas, series, language), lines))
    if one.targets:
        lines = [
            [
                html.escape(text("time.series.target", language, date=target.due)),
                words("strong", value_text(target.value, target.qualifier, unit, language)),
                "–",
                html.escape(target.label_zh if language == "zh" else target.label_en),
                source_details(sources[target.source_id], language, ""),
            ]
            for target in one.targets
        ]
        groups.append((text("time.series.targets", language), lines))
    return table(headings, groups, label=title, class_="geo-cardy")
