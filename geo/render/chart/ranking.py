"""A ranking as a picture: bars in order, figures that are not comparable apart with the reason, places without data."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from geo.analysis.compare import Cell, Ranking, candidates, longest, ranking
from geo.analysis.filter_words import filter_words
from geo.analysis.labels import level_heading
from geo.analysis.values import cell, figure_words, measure_heading, scope_text, when_text, why_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.chart.marks import COLOURS
from geo.render.chart.picture import MARGIN, PICTURE_WIDTH, foot, head, paragraph
from geo.render.figure.fonts import width_pt, wrapped
from geo.render.figure.marks import INK, MUTED, Sheet

__all__ = ["ranking_sheet"]

#: Left edges of name and bar, length of the longest bar, height of a row; points.
_NAME, _BAR, _LONGEST, _ROW = MARGIN + 24, MARGIN + 200, 150.0, 17.0


def ranking_sheet(atlas: Atlas, selection: Selection, level: str, language: str, *, ascending: bool = False) -> Sheet:
    """Return the sheet with the picture of a ranking.

    Parameters
    ----------
    atlas : Atlas
    selection : Selection
        Its measure is ranked over the places that its filters leave.
    level : str
        "layout" or "district".
    language : str
    ascending : bool
        Smallest first.

    Raises
    ------
    UsageError
        If there is no such measure.
    """
    found = ranking(atlas, selection.measure, candidates(atlas, selection, level), ascending=ascending)
    order = text(f"rank.order.{'asc' if ascending else 'desc'}", language)
    told = [level_heading(atlas, level, language), order]
    told += [f"{name} {values}" for name, values in filter_words(atlas, selection, language)]
    sheet, y = head(measure_heading(atlas, found.measure_id, language), " · ".join(told))
    measure, sources = atlas.rows("measures")[found.measure_id], _sources(found)
    # The definition of the measure; for a measure computed by this map also the formula, since it has no source.
    y = paragraph(sheet, y + 2, cell(measure, f"definition_{language}"), 7.2)
    y = _rows(sheet, atlas, found, sources, y + 10, language)
    if found.missing:
        names = text("list.comma", language).join(atlas.name(one, language, short=True) for one in found.missing)
        count = text("rank.missing", language, count=len(found.missing))
        y = sheet.lines(MARGIN, y, [count], 8, 12, bold=True)
        y = paragraph(sheet, y, f"{text('rank.missing.note', language)} {names}", 7.2) + 8
    if caveat := cell(measure, f"caveat_{language}"):
        y = paragraph(sheet, y, caveat, 7.2) + 6
    return foot(sheet, atlas, sources, y + 4, language)


def _sources(found: Ranking) -> dict[str, int]:
    """Return the sources of the figures in row order, numbered."""
    reported = (one.figure for one in found.cells if one.figure and not one.figure.is_computed)
    return {one: number for number, one in enumerate(dict.fromkeys(one.source_id for one in reported), start=1)}


def _rows(sheet: Sheet, atlas: Atlas, found: Ranking, sources: Mapping[str, int], y: float, language: str) -> float:
    """Write the comparable figures with bars, then the others; return where the next part may begin."""
    largest = longest(atlas, found) or 0.0
    comparable = [one for one in found.cells if one.comparable]
    others = [one for one in found.cells if not one.comparable]
    if not found.cells:
        y = sheet.lines(MARGIN, y, [text("rank.none", language)], 9, 14, colour=MUTED)
    for one in comparable:
        y = _row(sheet, atlas, one, _marks(found, sources, one), y, largest, language)
    y += 8
    if others:
        heading = text("rank.marked", language, count=len(others))
        y = sheet.lines(MARGIN, y, [heading], 8, 14, bold=True)
        for one in others:
            y = _row(sheet, atlas, one, _marks(found, sources, one), y, 0.0, language)
        y += 8
    return y


def _marks(found: Ranking, sources: Mapping[str, int], one: Cell) -> tuple[str, str]:
    """Return the position of a row, and the number of its source in brackets."""
    number = sources.get(one.figure.source_id) if one.figure and not one.figure.is_computed else None
    return str(found.positions.get(one.place_id, "–")), f" [{number}]" if number else ""


def _row(
    sheet: Sheet, atlas: Atlas, one: Cell, marks: tuple[str, str], y: float, largest: float, language: str
) -> float:
    """Write position, name, bar and figure; in grey its date, scope, why it is not comparable, and its source."""
    shown = one.figure
    if shown is None:
        return y
    look = INK if one.comparable else MUTED
    sheet.words(_NAME - 8, y + 8, marks[0], 8, colour=MUTED, anchor="end")
    names = wrapped(atlas.name(one.place_id, language, short=True), _BAR - _NAME - 8, 8.5)
    sheet.lines(_NAME, y + 0.6, names, 8.5, 10.5, colour=look)
    x = _BAR
    if largest > 0 and shown.value > 0:
        length = max(0.5, _LONGEST * shown.value / largest)
        sheet.area(shapely.box(x, y + 0.5, x + length, y + 10.5), COLOURS[0])
        x += length + 6
    figure = figure_words(atlas, shown, language)
    sheet.words(x, y + 8, figure, 8.5, colour=look, bold=one.comparable)
    x += width_pt(figure, 8.5, bold=one.comparable) + 8
    scope = "" if shown.is_computed else scope_text(atlas, shown.scope, language)
    conflict = text("value.conflict", language) if shown.conflict else ""
    quiet = [when_text(shown, language), scope, conflict, why_text(atlas, one.reasons, language)]
    said = " · ".join(filter(None, quiet)) + marks[1]
    lines = wrapped(said, PICTURE_WIDTH - MARGIN - x, 6.8)
    sheet.lines(x, y + 1.8, lines, 6.8, 8.6, colour=MUTED)
    return y + max(_ROW, len(names) * 10.5 + 5, len(lines) * 8.6 + 6)
