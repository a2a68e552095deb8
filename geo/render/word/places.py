"""The section of a Word document on one place: identity, boundary, figures, what is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from geo.analysis.compare import Cell as Compared
from geo.analysis.figures import Figure
from geo.analysis.labels import detail_text, district_heading
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.place_words import districts_text, ratio_text, unknown_texts
from geo.analysis.values import (
    accuracy_text,
    cell,
    dated_text,
    figure_words,
    remark_texts,
    scope_text,
    when_text,
    why_text,
)
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.word.runs import Cell, Line, Run, bold, lines, note, quiet
from geo.render.word.writer import Writer

__all__ = ["FIGURE_SHARES", "drawn_cell", "official_cell", "write_place"]

#: Relative column widths of the table of figures: measure, value, date, scope, source, quote.
FIGURE_SHARES = (2.4, 2.0, 1.4, 1.5, 0.8, 4.0)


def write_place(writer: Writer, atlas: Atlas, place_id: str, number: int, language: str) -> None:
    """Write the section on a place."""
    sheet = place_sheet(atlas, place_id)
    other = "en" if language == "zh" else "zh"
    name = cell(sheet.row, f"name_{language}")
    writer.heading([f"{number} {name}", note(str(sheet.row["source_id"]))], 2)
    status = text(f"web.status.{sheet.row['status']}", language)
    kind = " · ".join([cell(sheet.kind, f"name_{language}"), status, cell(sheet.row, f"name_{other}")])
    writer.paragraph([quiet(kind)])
    if said := cell(sheet.row, f"note_{language}"):
        writer.paragraph([said])
    known = [[lines([bold(key)]), lines(line)] for key, line in _identity(atlas, sheet, language) if line]
    writer.table((text("report.identity", language), ""), known, (2.4, 9.7))
    writer.heading([text("report.facts", language)], 3)
    if sheet.reported:
        columns = [text(name, language) for name in _FIGURE_COLUMNS]
        writer.table(columns, _figures(atlas, sheet, language), FIGURE_SHARES)
    else:
        writer.paragraph([quiet(text("web.panel.no_facts", language))])
    if computed := [one for one in sheet.computed if one.figure]:
        writer.heading([text("place.derived", language)], 3)
        columns = [text(f"report.column.{name}", language) for name in ("measure", "value", "note")]
        writer.table(columns, [_computed(atlas, one, language) for one in computed], (3.2, 4.0, 4.9))
    if unknown := unknown_texts(atlas, sheet, language):
        writer.heading([text("place.unknown", language)], 3)
        writer.bullets([line] for line in unknown)


_FIGURE_COLUMNS = (
    "report.column.measure",
    "report.column.value",
    "web.panel.as_of",
    "web.panel.scope",
    "report.column.source",
    "report.column.note",
)


def _identity(atlas: Atlas, sheet: PlaceSheet, language: str) -> Iterator[tuple[str, Line]]:
    def say(message: str) -> str:
        return text(message, language)

    comma = text("list.comma", language)
    if named := sheet.first_named:
        title = f"{named.edition['month']} {named.edition[f'title_{language}']}"
        yield say("web.panel.since"), [title, note(named.source_id)]
    later = [part for one in sheet.also_named for part in (f"{one.edition['month']}", note(one.source_id), " ")]
    yield say("report.also_named"), later
    for key, ids in (("parent", sheet.parents[:1]), ("children", sheet.children)):
        yield say(f"web.panel.{key}"), [comma.join(atlas.name(one, language) for one in ids)] if ids else []
    yield district_heading(atlas, "web.panel.districts", language), [districts_text(atlas, sheet, language)]
    clusters: list[Run | str] = []
    for one in sheet.clusters:
        clusters += [comma if clusters else "", cell(one.cluster, f"name_{language}"), note(one.source_id)]
    yield say("web.table.clusters"), clusters
    boundary = sheet.boundary
    method = f"{say(f'method.{boundary.method}')} · {accuracy_text(boundary.accuracy_m, language)}"
    yield say("web.panel.boundary.method"), [method, note(boundary.source_id)]
    yield say("web.panel.boundary.scope"), [scope_text(atlas, boundary.scope, language)]
    yield say("web.panel.boundary.stated"), [boundary.stated]
    yield say("web.panel.area.drawn"), _joined(drawn_cell(atlas, sheet, language))
    yield say("web.panel.area.official"), _joined(official_cell(atlas, sheet, language))
    yield say("web.panel.boundary.note"), [boundary.note_zh if language == "zh" else boundary.note_en]


def _joined(told: Cell) -> Line:
    return [part for number, line in enumerate(told) for part in (*([" · "] if number else []), *line)]


def drawn_cell(atlas: Atlas, sheet: PlaceSheet, language: str) -> Cell:
    """Return the drawn area; for a schematic boundary also why it is not comparable."""
    drawn = sheet.boundary.drawn
    return _with_reason(atlas, drawn, language) if drawn else []


def official_cell(atlas: Atlas, sheet: PlaceSheet, language: str) -> Cell:
    """Return the official area of the drawn extent, its date and source, and its ratio to the drawn area."""
    official, ratio = sheet.boundary.official, quiet(ratio_text(sheet.boundary, language))
    if official is None:
        return lines([ratio])
    said = dated_text(atlas, official, language)
    return lines([said, note(official.source_id)], [ratio] if sheet.boundary.ratio is not None else None)


def _with_reason(atlas: Atlas, one: Compared, language: str) -> Cell:
    if one.figure is None:
        return lines([quiet(text("value.none", language))])
    why = why_text(atlas, one.reasons, language)
    return lines([figure_words(atlas, one.figure, language)], [quiet(why)] if why else None)


def _figures(atlas: Atlas, sheet: PlaceSheet, language: str) -> Iterator[list[Cell]]:
    """Yield a row for every figure, grouped by measure, the headline first, conflicts marked."""
    for group in sheet.reported:
        label = cell(atlas.rows("measures")[group.measure_id], f"label_{language}")
        first = lines(label, [bold(text("value.conflict", language))] if group.in_conflict else None)
        for number, one in enumerate(group.figures):
            yield [first if number == 0 else [], *_figure(atlas, one, language)]


def _figure(atlas: Atlas, one: Figure, language: str) -> list[Cell]:
    said = figure_words(atlas, one, language)
    return [
        lines([bold(said) if one.headline else said]),
        lines(when_text(one, language)),
        lines(scope_text(atlas, one.scope, language)),
        lines([one.grade, note(one.source_id)]),
        lines(*remark_texts(one, language)) or [[""]],
    ]


def _computed(atlas: Atlas, one: Compared, language: str) -> list[Cell]:
    assert one.figure is not None
    label = cell(atlas.rows("measures")[one.figure.measure_id], f"label_{language}")
    detail = detail_text(atlas, one.figure.detail, language)
    return [lines(label), _with_reason(atlas, one, language), lines([quiet(detail)]) if detail else [[""]]]
