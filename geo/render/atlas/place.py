"""The page of a place: location, map with neighbours, boundary, figures with their sources."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import shapely

from geo.analysis.figures import Figure
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.place_words import districts_text, ratio_text, unknown_texts
from geo.analysis.units import format_number
from geo.analysis.values import (
    accuracy_text,
    cell,
    dated_text,
    figure_words,
    scope_text,
    when_text,
    why_text,
)
from geo.atlas.atlas import Atlas, View
from geo.base.messages import text
from geo.base.name_order import name_order
from geo.export.base_look import BASE_LOOKS, BEYOND, SEA
from geo.render.atlas.pages import Cite, Pages, Told, quiet, strong
from geo.render.figure.frame import Frame, framed
from geo.render.figure.marks import MUTED, RULE, Mark, Sheet
from geo.render.figure.plate import Plate
from geo.render.figure.scene import scene

__all__ = ["locator", "write_place"]

#: Width of the column beside the map; height of the map on pages with one and with two columns, in points.
_RAIL_PT = 128.0
_MAP_PT = {1: 285.0, 2: 400.0}

#: Margin around a place as a share of its length; smallest extent of its map, metres.
_AROUND, _LEAST_M = 0.45, 4000.0


def write_place(pages: Pages, view: View, place_id: str, number: int, cite: Cite) -> None:
    """Write the pages of a place, beginning on a new page.

    Parameters
    ----------
    pages : Pages
    view : View
        The view that the book shows.
    place_id : str
    number : int
        Number of the place in the book.
    cite : callable
        Returns the mark of a source id.
    """
    atlas, lang = view.atlas, view.selection.language
    sheet = place_sheet(atlas, place_id)
    pages.new_page()
    pages.section(f"{number} {cell(sheet.row, f'name_{lang}')}", 1, 15)
    other = cell(sheet.row, f"name_{'en' if lang == 'zh' else 'zh'}")
    status = text(f"web.status.{sheet.row['status']}", lang)
    said = [cell(sheet.kind, f"name_{lang}"), status, districts_text(atlas, sheet, lang), other]
    pages.paragraph(quiet(" · ".join(filter(None, said))))
    _maps(pages, view, place_id)
    if remark := cell(sheet.row, f"note_{lang}"):
        pages.paragraph(remark)
    pages.table((), [([quiet(key)], told) for key, told in _identity(atlas, sheet, lang, cite) if told], (1, 5.2))
    pages.heading(text("report.facts", lang), 9.5)
    if sheet.reported:
        pages.table(
            [text(name, lang) for name in _COLUMNS], list(_figures(atlas, sheet, lang, cite)), (3, 2.6, 1.7, 2.6, 1)
        )
    else:
        pages.paragraph(quiet(text("web.panel.no_facts", lang)))
    if rows := list(_computed(atlas, sheet, lang)):
        pages.heading(text("place.derived", lang), 9.5)
        pages.table((), rows, (3, 2.6, 5.3))
    if unknown := unknown_texts(atlas, sheet, lang):
        pages.heading(text("place.unknown", lang), 9.5)
        for line in unknown:
            pages.paragraph(f"· {line}", after=1)


_COLUMNS = (
    "report.column.measure",
    "report.column.value",
    "web.panel.as_of",
    "web.panel.scope",
    "report.column.source",
)


def _maps(pages: Pages, view: View, place_id: str) -> None:
    """Draw the map of the place, and beside it a locator map."""
    high = _MAP_PT[pages.columns]
    left, top = pages.left + 8, pages.y + 4
    chart = (left, top, pages.wide - 8 - _RAIL_PT - 12, high)
    where = scene(view.atlas)
    frame = framed(chart, where.shapes[place_id].bounds, margin=_AROUND, least_m=_LEAST_M)
    ground = shapely.box(*frame.ground)
    near = [key for key in view.atlas.layout.index if key == place_id or where.shapes[key].intersects(ground)]
    quiet_ones = frozenset(near) - {place_id}
    plate = Plate(view, pages.sheet, frame, near, quiet=quiet_ones, focus=place_id)
    plate.whole(None)
    rail = left + chart[2] + 12
    pages.sheet.marks += locator(view.atlas, rail, top, _RAIL_PT, _RAIL_PT)
    _mark(pages.sheet, view.atlas, place_id, rail, top)
    lang = view.selection.language
    below = [text("atlas.locator", lang), text("atlas.scale", lang, scale=format_number(frame.scale))]
    pages.sheet.lines(rail, top + _RAIL_PT + 4, below, 6.4, 9, colour=MUTED)
    pages.y = top + high + 18


@lru_cache(maxsize=4)
def locator(atlas: Atlas, left: float, top: float, width: float, height: float) -> tuple[Mark, ...]:
    """Return the marks of a small map of the whole city."""
    sheet, frame = Sheet(0, 0), _city_frame(atlas, left, top, width, height)
    sheet.area(frame.box, BEYOND)
    land = BASE_LOOKS["district"]
    for layer in scene(atlas).ground:
        if layer.role == "sea":
            sheet.area(shapely.simplify(frame.drawn(layer.shape), 0.3), SEA)
        elif layer.role == "district":
            shape = shapely.simplify(frame.drawn(layer.shape), 0.3)
            sheet.area(shape, land.fill)
            sheet.line(shape, land.colour, 0.35)
    sheet.line(frame.box, RULE, 0.6)
    return tuple(sheet.marks)


def _city_frame(atlas: Atlas, left: float, top: float, width: float, height: float) -> Frame:
    city = scene(atlas).shapes[atlas.meta["city_place_id"]]
    return framed((left, top, width, height), city.bounds, margin=0.03)


def _mark(sheet: Sheet, atlas: Atlas, place_id: str, left: float, top: float) -> None:
    """Mark a place on the locator map: its area, with a ring if it is too small to see."""
    frame, shape = _city_frame(atlas, left, top, _RAIL_PT, _RAIL_PT), scene(atlas).shapes[place_id]
    colour = "#C8102E"
    sheet.area(frame.drawn(shape), colour)
    centre = shape.centroid
    x, y = frame.place(np.array([[centre.x, centre.y]]))[0]
    if math.sqrt(shape.area) / frame.metres < 9:
        sheet.line(shapely.Point(x, y).buffer(6), colour, 1.1)


def _identity(atlas: Atlas, sheet: PlaceSheet, lang: str, cite: Cite) -> Iterator[tuple[str, list[Told | str]]]:
    def say(message: str) -> str:
        return text(message, lang)

    comma = text("list.comma", lang)
    if named := sheet.first_named:
        title = f"{named.edition['month']} {named.edition[f'title_{lang}']} {cite(named.source_id)}"
        yield say("web.panel.since"), [title]
    if sheet.also_named:
        yield (
            say("report.also_named"),
            [comma.join(f"{one.edition['month']} {cite(one.source_id)}" for one in sheet.also_named)],
        )
    for key, ids in (("parent", sheet.parents[:1]), ("children", sheet.children)):
        if ids:
            yield say(f"web.panel.{key}"), [comma.join(atlas.name(one, lang) for one in ids)]
    if sheet.clusters:
        names = (f"{cell(one.cluster, f'name_{lang}')} {cite(one.source_id)}" for one in sheet.clusters)
        yield say("web.table.clusters"), [comma.join(names)]
    yield from _boundary(atlas, sheet, lang, cite)
    if sheet.residents:
        residents = sorted(sheet.residents, key=lambda one: name_order(one.row, lang))
        yield text("map.legend.institutions", lang), [comma.join(cell(one.row, f"name_{lang}") for one in residents)]


def _boundary(atlas: Atlas, sheet: PlaceSheet, lang: str, cite: Cite) -> Iterator[tuple[str, list[Told | str]]]:
    boundary = sheet.boundary
    method = [text(f"method.{boundary.method}", lang), accuracy_text(boundary.accuracy_m, lang)]
    yield text("web.panel.boundary.method", lang), [f"{' · '.join(filter(None, method))} {cite(boundary.source_id)}"]
    yield text("web.panel.boundary.scope", lang), [scope_text(atlas, boundary.scope, lang)]
    if boundary.stated:
        yield text("web.panel.boundary.stated", lang), [boundary.stated]
    if boundary.drawn and boundary.drawn.figure:
        why = why_text(atlas, boundary.drawn.reasons, lang)
        yield text("web.panel.area.drawn", lang), [figure_words(atlas, boundary.drawn.figure, lang), quiet(why)]
    ratio = ratio_text(boundary, lang)
    if boundary.official:
        told = f"{dated_text(atlas, boundary.official, lang)} {cite(boundary.official.source_id)}"
        yield text("web.panel.area.official", lang), [told, quiet(ratio if boundary.ratio is not None else "")]
    else:
        yield text("web.panel.area.official", lang), [quiet(ratio)]
    if note := boundary.note_zh if lang == "zh" else boundary.note_en:
        yield text("web.panel.boundary.note", lang), [quiet(note)]


def _figures(atlas: Atlas, sheet: PlaceSheet, lang: str, cite: Cite) -> Iterator[list[list[Told | str]]]:
    """Yield a row for every figure, grouped by measure, the headline first, conflicts marked."""
    for group in sheet.reported:
        label = cell(atlas.rows("measures")[group.measure_id], f"label_{lang}")
        first: list[Told | str] = [label, strong(text("value.conflict", lang)) if group.in_conflict else ""]
        for number, one in enumerate(group.figures):
            yield [first if number == 0 else [], *_figure(atlas, one, lang, cite)]


def _figure(atlas: Atlas, one: Figure, lang: str, cite: Cite) -> list[list[Told | str]]:
    said = figure_words(atlas, one, lang)
    return [
        [strong(said) if one.headline else said],
        [when_text(one, lang)],
        [scope_text(atlas, one.scope, lang)],
        [f"{one.grade} {cite(one.source_id)}"],
    ]


def _computed(atlas: Atlas, sheet: PlaceSheet, lang: str) -> Iterator[list[list[Told | str]]]:
    for one in sheet.computed:
        if one.figure is not None:
            label = cell(atlas.rows("measures")[one.figure.measure_id], f"label_{lang}")
            yield [[label], [figure_words(atlas, one.figure, lang)], [quiet(why_text(atlas, one.reasons, lang))]]
