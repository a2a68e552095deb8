"""The texts of a chart, for the app and for pictures: title and unit, labels, tooltips, why lines have gaps."""

from __future__ import annotations

from geo.analysis.series import Chart, Point, Series, Target
from geo.analysis.units import Scale, heading, scale_of
from geo.analysis.values import cell, date_text, figure_text, measured, scope_text, short_figure
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.chart.marks import Line, Mark

__all__ = [
    "chart_alt",
    "chart_file",
    "chart_lines",
    "chart_title",
    "gap_texts",
    "series_label",
    "target_label",
    "target_value",
]


def chart_lines(atlas: Atlas, one: Chart, language: str) -> list[Line]:
    """Return the lines of a chart: its series, then its targets, with consecutive numbers."""
    scale, count = scale_of(_unit(atlas, one, language), language), len(one.series)
    series = [
        Line(number, tuple(_mark(atlas, own, point, scale, language) for point in own.points))
        for number, own in enumerate(one.series)
    ]
    targets = [
        Line(count + number, (_target_mark(atlas, one, target, scale, language),), target=True)
        for number, target in enumerate(one.targets)
    ]
    return series + targets


def chart_file(one: Chart) -> str:
    """Return the path of a chart in the app, without file ending."""
    return f"data/charts/{one.place_id}/{one.topic}-{one.unit}"


def chart_title(atlas: Atlas, one: Chart, language: str) -> str:
    """Return place, topic and unit of a chart."""
    names = {"place": atlas.name(one.place_id, language), "topic": text(f"topic.{one.topic}", language)}
    return heading(text("time.series.title", language, **names), _unit(atlas, one, language), language)


def chart_alt(atlas: Atlas, one: Chart, language: str) -> str:
    """Return the alternative text of a chart."""
    years = [int(mark.at) for line in chart_lines(atlas, one, language) for mark in line.marks]
    title = chart_title(atlas, one, language)
    ends = {"from_year": min(years), "to_year": max(years)}
    return text("time.series.alt", language, title=title, series=len(one.series), **ends)


def _unit(atlas: Atlas, one: Chart, language: str) -> str:
    return cell(atlas.rows("units")[one.unit], f"symbol_{language}")


def series_label(atlas: Atlas, series: Series, language: str) -> str:
    """Return the name of a series: its measure, and its scope if that is not the drawn boundary's."""
    name = cell(atlas.rows("measures")[series.measure_id], f"label_{language}")
    if series.scope == atlas.place_rows[series.place_id]["scope"]:
        return name
    return f"{name} · {scope_text(atlas, series.scope, language)}"


def target_label(target: Target, language: str) -> str:
    """Return the name of a target."""
    return target.label_zh if language == "zh" else target.label_en


def target_value(atlas: Atlas, one: Chart, target: Target, language: str) -> str:
    """Return the value of a target in words."""
    return figure_text(target.value, target.qualifier, _unit(atlas, one, language), language)


def _mark(atlas: Atlas, series: Series, point: Point, scale: Scale, language: str) -> Mark:
    value = measured(atlas, series.measure_id, point.value, point.qualifier, language)
    title = f"{series_label(atlas, series, language)} · {date_text(point.as_of, language)} · {value}"
    shown = short_figure(point.value, point.qualifier, scale)
    return Mark(point.at, point.value * scale.factor, shown, title, point.qualifier != "exact", not point.gap)


def _target_mark(atlas: Atlas, one: Chart, target: Target, scale: Scale, language: str) -> Mark:
    due = text("time.series.target", language, date=target.due)
    title = f"{due} · {target_value(atlas, one, target, language)} · {target_label(target, language)}"
    shown = short_figure(target.value, target.qualifier, scale)
    return Mark(target.at, target.value * scale.factor, shown, title, target.qualifier != "exact")


def gap_texts(atlas: Atlas, one: Chart, language: str) -> list[str]:
    """Return why lines have gaps, and which series have a single date."""
    told = []
    for series in one.series:
        label = series_label(atlas, series, language)
        if len(series.points) == 1:
            told.append(text("time.series.single", language, label=label))
        for before, point in zip(series.points, series.points[1:], strict=False):
            if point.gap == "missing":
                dates = {"before": before.as_of, "after": point.as_of}
                told.append(text("time.series.missing", language, label=label, **dates))
            elif point.gap == "conflict":
                told.append(text("time.series.conflict", language, label=label, after=point.as_of))
    return list(dict.fromkeys(told))
