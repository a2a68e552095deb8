"""Figures over time as a picture: the chart of the page, with legend, targets, the rule for lines, and sources."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import shapely

from geo.analysis.series import Chart
from geo.analysis.units import format_number
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.chart.marks import COLOURS, HEIGHT, SHAPES, WIDTH, Axes, Line, axes, panels, sides
from geo.render.chart.picture import INSIDE, MARGIN, foot, head, paragraph
from geo.render.chart.words import chart_lines, chart_title, series_label, target_label
from geo.render.figure.legend import Entry, draw_legend
from geo.render.figure.marks import MUTED, RULE, Sheet

__all__ = ["series_sheet"]

_LEFT = MARGIN + INSIDE - WIDTH
_VALUE, _FAINT = 8.5, "#E3E7EB"
#: Below the floor of a panel: its years, then room for the values above the next one.
_BELOW = 24


def series_sheet(atlas: Atlas, one: Chart, language: str) -> Sheet:
    """Return the sheet with the chart of a place.

    Parameters
    ----------
    atlas : Atlas
    one : Chart
        From `geo.analysis.series.charts`.
    language : str
    """
    lines = chart_lines(atlas, one, language)
    sheet, y = head(chart_title(atlas, one, language))
    parts = panels(lines)
    for part in parts:
        top = y + 20
        scale = axes(part, lines)
        _frame(sheet, scale, top)
        _lines(sheet, scale, part, top)
        y = top + HEIGHT + _BELOW
    y = draw_legend(sheet, _legend(atlas, one, lines, language), MARGIN, y + 6, INSIDE, 7.6)
    if len(parts) > 1:
        y = paragraph(sheet, y, text("time.series.panels", language), 6.8)
    y = paragraph(sheet, y, text("time.series.hint", language), 6.8) + 6
    used = [point.source_id for series in one.series for point in series.points]
    return foot(sheet, atlas, dict.fromkeys([*used, *(target.source_id for target in one.targets)]), y, language)


def _at(scale: Axes, top: float, at: float, value: float) -> tuple[float, float]:
    """Return where a value at a moment is drawn on the sheet."""
    return _LEFT + scale.x(at) * WIDTH / 100, top + HEIGHT - scale.y(value) * HEIGHT / 100


def _frame(sheet: Sheet, scale: Axes, top: float) -> None:
    for value in scale.rules:
        _, y = _at(scale, top, scale.first, value)
        sheet.line(shapely.LineString([(_LEFT, y), (_LEFT + WIDTH, y)]), RULE if value == 0 else _FAINT, 0.7)
        sheet.words(_LEFT - 6, y + 2.8, format_number(value), 8, colour=MUTED, anchor="end")
    for year in range(scale.first, scale.last + 1):
        x, y = _at(scale, top, year, 0)
        sheet.line(shapely.LineString([(x, y), (x, y + 4)]), RULE, 0.7)
    for year in scale.named_years:
        x, y = _at(scale, top, year + 0.5, 0)
        sheet.words(x, y + 13, str(year), 8, colour=MUTED, anchor="middle")


def _lines(sheet: Sheet, scale: Axes, lines: Sequence[Line], top: float) -> None:
    """Draw the lines, the marks above them, and the values for which there is room."""
    for line in lines:
        for before, mark in zip(line.marks, line.marks[1:], strict=False):
            if mark.joined:
                ends = [_at(scale, top, one.at, one.value) for one in (before, mark)]
                sheet.line(shapely.LineString(ends), _colour(line.number), 1.6)
    for line in lines:
        for mark in line.marks:
            _swatch(sheet, *_at(scale, top, mark.at, mark.value), line.number, target=line.target, hollow=mark.hollow)
    marks = [mark for line in lines for mark in line.marks]
    places = [(scale.x(mark.at), scale.y(mark.value), mark.shown) for mark in marks]
    moves = {
        "above": (0.0, -12.0, "middle"),
        "below": (0.0, 17.0, "middle"),
        "right": (12.0, 3.0, "start"),
        "left": (-12.0, 3.0, "end"),
    }
    for mark, side in zip(marks, sides(places, WIDTH), strict=True):
        if side:
            x, y = _at(scale, top, mark.at, mark.value)
            dx, dy, anchor = moves[side]
            sheet.words(x + dx, y + dy, mark.shown, _VALUE, anchor=anchor, halo=2.0)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _swatch(sheet: Sheet, x: float, y: float, number: int, *, target: bool, hollow: bool) -> None:
    """Draw the mark of a series: shape and colour by its number, open if not exact; a target is two strokes."""
    colour, shape = _colour(number), SHAPES[number % len(SHAPES)]
    if target:
        for dy, dash in ((-3.0, None), (3.0, (1.5, 1.5) if hollow else None)):
            sheet.line(shapely.LineString([(x - 9, y + dy), (x + 9, y + dy)]), colour, 1.8, dash)
        return
    fill = "#FFFFFF" if hollow else colour
    if shape == "round":
        sheet.circle(x, y, 4.0, fill, colour, 1.7)
        return
    box = shapely.box(x - 3.7, y - 3.7, x + 3.7, y + 3.7)
    if shape == "tilted":
        box = shapely.Polygon([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)])
    sheet.area(box, fill)
    sheet.line(box, colour, 1.7)


def _legend(atlas: Atlas, one: Chart, lines: Sequence[Line], language: str) -> list[list[Entry]]:
    """Return the legend: series, then targets, each group with its heading."""
    names = [series_label(atlas, series, language) for series in one.series]
    names += [target_label(target, language) for target in one.targets]
    entries = [Entry(name, partial(_key, line)) for name, line in zip(names, lines, strict=True)]
    count = len(one.series)
    groups = [[Entry(text(f"topic.{one.topic}", language)), *entries[:count]]]
    if one.targets:
        groups.append([Entry(text("time.series.targets", language)), *entries[count:]])
    return groups


def _key(line: Line, sheet: Sheet, x: float, y: float) -> None:
    """Draw the symbol of a line in the legend."""
    hollow = all(mark.hollow for mark in line.marks)
    _swatch(sheet, x + 10, y, line.number, target=line.target, hollow=hollow)
