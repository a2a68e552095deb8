"""Everything beside the map of a figure: legend, sources, notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from geo.analysis.classes import classify
from geo.analysis.compare import Ranking
from geo.analysis.units import format_number, scale_of
from geo.analysis.values import citation, date_text, measure_heading, measure_scale
from geo.atlas.atlas import View
from geo.base.lines import is_wide
from geo.base.messages import text
from geo.export.base_look import BASE_LOOKS
from geo.render.figure.fonts import wrapped
from geo.render.figure.frame import Frame
from geo.render.figure.marks import INK, MUTED, RULE, Sheet
from geo.render.figure.own import POINT, OwnMeasure, OwnPoints, point_look
from geo.render.figure.plate import DASHES, NO_DATA, draw_hatch

if TYPE_CHECKING:
    from geo.analysis.user_data.point_styles import PointStyle

__all__ = ["Entry", "Told", "draw_legend", "draw_sources", "legend", "source_lines"]

#: Size of a legend symbol, points; roles of basemap lines that have a legend entry.
_KEY_PT = (20.0, 8.0)
_LINE_ROLES = ("rail", "road")

#: Most lines per source.
_LINES_EACH = 2

#: Draws a legend symbol with its left edge at x and its centre at y.
Draw = Callable[[Sheet, float, float], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: its text, and the function that draws its symbol; a heading has none."""

    words: str
    draw: Draw | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A user's points for the legend: how many the map shows, their total, their colours; and a measure of theirs."""

    shown: int = 0
    count: int = 0
    style: PointStyle | None = None
    measure: OwnMeasure | None = None
    colour: str = POINT

    @classmethod
    def of(cls, points: OwnPoints | None, frame: Frame, measure: OwnMeasure | None = None) -> Told:
        """Return the legend data of points in a frame."""
        if points is None:
            return cls(measure=measure)
        return cls(int(frame.holds(points.metres).sum()), len(points.metres), points.style, measure, points.colour)

    def words(self, language: str) -> str:
        """Return a description of the points with their number; also the number within the map, if some lie outside."""
        count, shown = format_number(self.count), format_number(self.shown)
        told = count if shown == count else text("figure.points.shown", language, shown=shown, count=count)
        return text("figure.points", language, count=told)


def legend(view: View, found: Ranking | None, *, small: bool, points: Told | None = None) -> list[list[Entry]]:
    """Return the legend in groups, each beginning with its heading.

    Parameters
    ----------
    view : View
    found : Ranking or None
        The measure in focus.
    small : bool
        Whether small places are drawn as squares.
    points : Told, optional
    """
    points = points or Told()
    groups = [_measure(view, found, points.measure)] if found is not None else []
    groups += [
        _own(points, view.selection.language),
        _kinds(view),
        _methods(view),
        _others(view, small=small, points=points),
    ]
    return [group for group in groups if len(group) > 1]


def _own(points: Told, language: str) -> list[Entry]:
    """Return the classes by which a user's points are coloured; [] if they have one colour."""
    if points.style is None:
        return []
    head = text("figure.points.by", language, points=points.words(language), column=points.style.column)
    entries = [
        Entry(text("data.style.class", language, label=one.label, count=one.count), _dot(2.0, *point_look(one.colour)))
        for one in points.style.classes
    ]
    return [Entry(head), *entries]


def _kinds(view: View) -> list[Entry]:
    language, shown = view.selection.language, set(view.places["kind"])
    rows = [row for kind, row in view.atlas.rows("kinds").items() if kind in shown]
    named = [Entry(str(row[f"name_{language}"]), _stroke(str(row["colour"]), 2.0)) for row in rows]
    return [Entry(text("figure.kinds", language)), *named]


def _methods(view: View) -> list[Entry]:
    language = view.selection.language
    drawn = set(view.places.loc[view.places["status"] != "context", "method"])
    named = [
        Entry(text(f"method.{method}", language), _frame(dash, hatch=method == "schematic"))
        for method, dash in DASHES.items()
        if method in drawn
    ]
    return [Entry(text("figure.methods", language)), *named]


def _others(view: View, *, small: bool, points: Told) -> list[Entry]:
    language = view.selection.language
    entries = [Entry(text("figure.marks", language))]
    if points.count and points.style is None:
        entries.append(Entry(points.words(language), _dot(1.6, *point_look(points.colour))))
    if view.institutions.geometry.notna().any():
        entries.append(Entry(text("figure.institution", language), _dot(2.0, "#FFFFFF", INK)))
    if small:
        entries.append(Entry(text("figure.small", language), _square))
    for row in view.atlas.table("basemap").sort_values("sort_order").to_dict("records"):
        if row["role"] in _LINE_ROLES:
            entries.append(Entry(str(row[f"name_{language}"]), _stroke(BASE_LOOKS[str(row["role"])].colour, 1.1)))
    return entries


def _measure(view: View, found: Ranking, own: OwnMeasure | None) -> list[Entry]:
    """Return the entries of the measure's colours, of figures that are not comparable, and of missing data."""
    language, classes = view.selection.language, classify(found.comparable)
    scale = scale_of(own.unit, language) if own else measure_scale(view.atlas, found.measure_id, language)
    entries = [Entry(own.heading if own else _measure_title(view, found))]
    entries += [Entry(classes.label(number, scale), _fill(colour)) for number, colour in enumerate(classes.colours)]
    if len(found.cells) > len(found.positions):
        entries.append(Entry(text("value.apart", language), _fill(NO_DATA, crossed=True)))
    if found.missing:
        entries.append(Entry(text("map.no_data", language), _fill(NO_DATA)))
    return entries


def _measure_title(view: View, found: Ranking) -> str:
    """Return the heading of the coloured measure with the dates of its figures."""
    language = view.selection.language
    title = measure_heading(view.atlas, found.measure_id, language)
    dates = sorted({one.figure.as_of for one in found.cells if one.comparable and one.figure and one.year})
    if not dates:
        return title
    return f"{title} {dates[0] if len(dates) == 1 else f'{dates[0]} – {dates[-1]}'}"


def _key(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x, y - _KEY_PT[1] / 2, x + _KEY_PT[0], y + _KEY_PT[1] / 2)


def _stroke(colour: str, width: float) -> Draw:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.line(shapely.LineString([(x, y), (x + _KEY_PT[0], y)]), colour, width)

    return draw


def _frame(dash: tuple[float, float] | None, *, hatch: bool) -> Draw:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        if hatch:
            draw_hatch(sheet, _key(x, y), MUTED)
        sheet.line(_key(x, y), MUTED, 1.1, dash)

    return draw


def _fill(colour: str, *, crossed: bool = False) -> Draw:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.area(_key(x, y), colour)
        if crossed:
            draw_hatch(sheet, _key(x, y), MUTED, crossed=True)
        sheet.line(_key(x, y), RULE, 0.5)

    return draw


def _dot(radius: float, fill: str, edge: str) -> Draw:
    return lambda sheet, x, y: sheet.circle(x + _KEY_PT[0] / 2, y, radius, fill, edge, 0.6)


def _square(sheet: Sheet, x: float, y: float) -> None:
    middle = x + _KEY_PT[0] / 2
    sheet.area(shapely.box(middle - 2.3, y - 2.3, middle + 2.3, y + 2.3), MUTED)


def draw_legend(
    sheet: Sheet, groups: Sequence[Sequence[Entry]], left: float, top: float, width: float, size: float
) -> float:
    """Draw groups of a legend from top to bottom; return where the next would begin."""
    y = top
    for group in groups:
        head, *entries = group
        y = sheet.lines(left, y, wrapped(head.words, width, size + 1, bold=True), size + 1, size * 1.45, bold=True)
        y += 1.5
        for one in entries:
            if one.draw:
                one.draw(sheet, left, y + size * 0.58)
            beside = _KEY_PT[0] + 7
            y = sheet.lines(left + beside, y, wrapped(one.words, width - beside, size), size, size * 1.3) + size * 0.18
        y += size * 0.8
    return y


def draw_sources(
    sheet: Sheet,
    view: View,
    found: Ranking | None,
    rect: tuple[float, float, float, float],
    size: float,
    *,
    readable: bool,
) -> None:
    """Write the sources of boundaries and of the measure into a rectangle, in as many columns as fit.

    Parameters
    ----------
    found : Ranking or None
        The measure in focus.
    rect : tuple of float
        Left, top, width and height, points. Sources that do not fit are counted.
    size : float
        Font size, points.
    readable : bool
        Whether a font with Chinese characters is available; without one a source is named by its id.
    """
    left, top, width, height = rect
    language, sources = view.selection.language, view.atlas.rows("sources")
    used = [one.figure.source_id for one in found.cells if one.figure and one.figure.source_id] if found else []
    used = list(dict.fromkeys([*used, *view.places["boundary_source_id"]]))
    columns = max(1, int(width // 250))
    wide, spacing = (width - 14 * (columns - 1)) / columns, size * 1.42
    y = sheet.lines(left, top, [text("figure.sources", language)], size + 2, size * 2, bold=True)
    rows = int((height - (y - top)) / spacing)
    room = rows * columns
    shown: list[str] = []
    for number, source_id in enumerate(used):
        entry = source_lines(sources[source_id], language, wide, size, readable=readable)
        last = number == len(used) - 1
        if len(shown) + len(entry) > room - (0 if last else 1):
            shown.append(text("figure.more_sources", language, count=len(used) - number))
            break
        shown += entry
    for column in range(columns):
        lines = shown[column * rows : (column + 1) * rows]
        sheet.lines(left + column * (wide + 14), y, lines, size, spacing, colour=MUTED)


def source_lines(source: Mapping[Any, Any], language: str, width: float, size: float, *, readable: bool) -> list[str]:
    """Return a source with its grade in one or two lines; only its id if there is no font for it."""
    if not readable and source["title_en"]:
        source = {**source, "title": source["title_en"]}
    entry = f"[{source['grade']}] {citation(source, language)}"
    if not readable and any(map(is_wide, entry)):
        entry = f"[{source['grade']}] {source['source_id']}, {date_text(source['published'], language)}"
    lines = wrapped(entry, width - size, size)
    if len(lines) > _LINES_EACH:
        lines = [*lines[: _LINES_EACH - 1], lines[_LINES_EACH - 1] + "…"]
    return [lines[0], *(f"\N{EM SPACE}{line}" for line in lines[1:])]
