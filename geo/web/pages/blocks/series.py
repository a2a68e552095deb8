"""Figures over time: which place, its charts, why lines break, and the same figures as a table."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from geo.analysis.labels import measure_texts
from geo.analysis.series import Chart, Point, Series, Target, charts
from geo.analysis.units import Scale, heading, scale_of
from geo.analysis.values import cell, date_text, figure_text, measured, scope_text, short_figure
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.parts.chart import Line, Mark, chart, swatch
from geo.web.parts.data_links import data_links, facts_file
from geo.web.parts.links import link, page_href
from geo.web.parts.tables import table
from geo.web.parts.text import source_details

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
    title, scale = _title(atlas, one, language), _scale(atlas, one, language)
    lines = [
        Line(number, tuple(_mark(atlas, series, point, scale, language) for point in series.points))
        for number, series in enumerate(one.series)
    ]
    count = len(lines)
    lines += [
        Line(count + i, (_target_mark(atlas, one, target, scale, language),), target=True)
        for i, target in enumerate(one.targets)
    ]
    years = [int(mark.at) for line in lines for mark in line.marks]
    label = text(
        "time.series.alt", language, title=title, series=count, from_year=min(years), to_year=max(years)
    )  # fmt: skip
    body = [
        tag("figcaption", title),
        chart(lines, label),
        _legend(atlas, one, language),
        _gaps(atlas, one, language),
        tag("details", tag("summary", text("time.series.table", language)), _table(atlas, one, title, language)),
    ]
    return tag("figure", *body, class_="geo-figure")


def _title(atlas: Atlas, one: Chart, language: str) -> str:
    names = {"place": atlas.name(one.place_id, language), "topic": text(f"topic.{one.topic}", language)}
    return heading(text("time.series.title", language, **names), _unit(atlas, one, language), language)


def _unit(atlas: Atlas, one: Chart, language: str) -> str:
    return cell(atlas.rows("units")[one.unit], f"symbol_{language}")


def _scale(atlas: Atlas, one: Chart, language: str) -> Scale:
    return scale_of(_unit(atlas, one, language), language)


def _label(atlas: Atlas, series: Series, language: str) -> str:
    """Return the name of a series: its measure, and its scope where that is not what the boundary draws."""
    name = cell(atlas.rows("measures")[series.measure_id], f"label_{language}")
    if series.scope == atlas.place_rows[series.place_id]["scope"]:
        return name
    return f"{name} · {scope_text(atlas, series.scope, language)}"


def _mark(atlas: Atlas, series: Series, point: Point, scale: Scale, language: str) -> Mark:
    value = measured(atlas, series.measure_id, point.value, point.qualifier, language)
    title = f"{_label(atlas, series, language)} · {date_text(point.as_of, language)} · {value}"
    shown = short_figure(point.value, point.qualifier, scale)
    return Mark(point.at, point.value * scale.factor, shown, title, point.qualifier != "exact", not point.gap)


def _target_mark(atlas: Atlas, one: Chart, target: Target, scale: Scale, language: str) -> Mark:
    label = target.label_zh if language == "zh" else target.label_en
    due = text("time.series.target", language, date=target.due)
    title = f"{due} · {_target_value(atlas, one, target, language)} · {label}"
    shown = short_figure(target.value, target.qualifier, scale)
    return Mark(target.at, target.value * scale.factor, shown, title, target.qualifier != "exact")


def _target_value(atlas: Atlas, one: Chart, target: Target, language: str) -> str:
    return figure_text(target.value, target.qualifier, _unit(atlas, one, language), language)


def _legend(atlas: Atlas, one: Chart, language: str) -> Markup:
    meanings = measure_texts(atlas, language)
    items = []
    for number, series in enumerate(one.series):
        hollow = all(point.qualifier != "exact" for point in series.points)
        name = tag("span", _label(atlas, series, language), title=meanings[series.measure_id])
        items.append(tag("li", swatch(number, hollow=hollow), name))
    legend = tag("ul", *items, class_="geo-legend-list")
    if not one.targets:
        return legend
    marked = []
    for i, target in enumerate(one.targets):
        label = target.label_zh if language == "zh" else target.label_en
        source = source_details(atlas.rows("sources")[target.source_id], language)
        key = swatch(len(one.series) + i, target=True, hollow=target.qualifier != "exact")
        marked.append(tag("li", key, tag("span", label), source))
    title = tag("p", text("time.series.targets", language), class_="geo-quiet")
    return legend + title + tag("ul", *marked, class_="geo-legend-list")


def _gaps(atlas: Atlas, one: Chart, language: str) -> Markup:
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
        return Markup()
    items = [tag("li", line) for line in dict.fromkeys(told)]
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
        groups.append((_label(atlas, series, language), lines))
    if one.targets:
        lines = [
            [
                text("time.series.target", language, date=target.due),
                tag("strong", _target_value(atlas, one, target, language)),
                "–",
                target.label_zh if language == "zh" else target.label_en,
                source_details(sources[target.source_id], language),
            ]
            for target in one.targets
        ]
        groups.append((text("time.series.targets", language), lines))
    return table(headings, groups, label=title, class_="geo-cardy")
