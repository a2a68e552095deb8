"""The chapters of the atlas other than the places: cover, contents, districts, policy, method, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from geo.analysis.labels import district_heading
from geo.analysis.place_sheet import place_sheet
from geo.analysis.policy import Item, verdict_text
from geo.analysis.promises import PlanPromises, promises, status_of
from geo.analysis.values import amount_text, cell, citation, date_text, dated_text, reading_text
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.contract.notices import notice
from geo.render.atlas.pages import MARGIN_PT, Cite, Pages, Section, Told, quiet, strong
from geo.render.figure.fonts import wrapped
from geo.render.figure.frame import framed
from geo.render.figure.marks import MUTED, RULE, Sheet
from geo.render.figure.plate import Plate
from geo.render.figure.scene import scene
from geo.render.figure.sheet import subtitle

__all__ = ["cover", "write_contents", "write_districts", "write_method", "write_policy", "write_sources"]

_RULES = ("methods", "facts", "headline", "conflicts", "unknown", "derived", "institutions", "datum")


def cover(view: View, width: float, height: float) -> Sheet:
    """Return the cover: title, selection, date, notices, and a map of the places without labels."""
    sheet, meta, lang = Sheet(width, height), view.atlas.meta, view.selection.language
    x, wide = MARGIN_PT * 1.6, width - 3.2 * MARGIN_PT
    y = sheet.lines(x, height * 0.09, wrapped(meta[f"title_{lang}"], wide, 30, bold=True), 30, 38, bold=True)
    y = sheet.lines(x, y + 4, wrapped(cell(meta, f"subtitle_{lang}"), wide, 13), 13, 18, colour=MUTED)
    y = sheet.lines(x, y + 6, wrapped(subtitle(view), wide, 10), 10, 15)
    where = scene(view.atlas)
    bounds = shapely.total_bounds([where.shapes[key] for key in view]).tolist()
    frame = framed((x, y + 14, wide, height * 0.86 - y - 14), tuple(bounds))
    plate = Plate(view, sheet, frame, list(view))
    plate.ground()
    plate.places()
    plate.dots()
    sheet.line(frame.box, RULE, 0.8)
    told = [
        text("web.data_date", lang, date=meta["data_date"], version=meta["version"]),
        notice(meta, lang),
        meta[f"attribution_{lang}"],
    ]
    lines = [line for one in told for line in wrapped(one, wide, 8.5)]
    sheet.lines(x, height * 0.88, lines, 8.5, 13, colour=MUTED)
    return sheet


def write_contents(pages: Pages, sections: Sequence[Section]) -> None:
    """Write the table of contents."""
    pages.new_page()
    pages.section(text("atlas.contents", pages.language), 0, 18)
    pages.y += 6
    for one in sections:
        pages.line_of_contents(one.title, one.page, indent=12.0 * one.level)


def write_districts(pages: Pages, view: View, cite: Cite) -> None:
    """Write the districts of the places shown: their places, and their headline figures with sources."""
    atlas, lang = view.atlas, view.selection.language
    within: dict[str, list[str]] = {key: [] for key in atlas.districts.index}
    for place_id in view:
        for district, _ in place_sheet(atlas, place_id).districts:
            within[district].append(atlas.name(place_id, lang, short=True))
    comma = text("list.comma", lang)
    rows: list[list[list[Told | str]]] = []
    for district, names in within.items():
        if not names and district not in view:
            continue
        figures: list[Told | str] = [
            f"{cell(atlas.rows('measures')[one.measure_id], f'label_{lang}')} {dated_text(atlas, one, lang)} "
            f"{cite(one.source_id)}"
            for one in place_sheet(atlas, district).headlines
        ]
        shown = figures or [quiet(text("web.panel.no_facts", lang))]
        rows.append([[strong(atlas.name(district, lang))], [comma.join(names)], shown])
    if rows:
        pages.new_page()
        pages.section(district_heading(view.atlas, "atlas.districts", lang), 0, 18)
        head = [district_heading(view.atlas, "web.table.districts", lang)]
        head += [text(name, lang) for name in ("report.places", "report.count.facts")]
        pages.table(head, rows, (1, 2.2, 4))


def write_policy(pages: Pages, view: View, cite: Cite) -> None:
    """Write promises and outcomes by plan: all of them, or those that concern a place shown."""
    lang = view.selection.language
    groups = promises(view.atlas, place_ids=list(view) if view.selection.is_filtered() else None)
    if not groups:
        return
    pages.new_page()
    pages.section(text("web.page.promises", lang), 0, 18)
    for group in groups:
        plan = group.plan or {}
        named = {"name": cell(plan, f"name_{lang}"), "date": date_text(plan.get("issued"), lang)}
        title = text("policy.plan", lang, **named) if plan else text("news.topic.other", lang)
        pages.section(title, 1, 10.5)
        pages.table(_policy_head(lang), _policy_rows(view, group, cite), (4.6, 1.3, 1.2, 4.6))
        pages.y += 4


def _policy_head(lang: str) -> list[str]:
    names = ("word.policy.item", "promises.column.due", "promises.status", "word.policy.outcome")
    return [text(name, lang) for name in names]


def _policy_rows(view: View, group: PlanPromises, cite: Cite) -> list[list[list[Told | str]]]:
    return [_policy_row(view, item, cite) for item in group.items]


def _policy_row(view: View, item: Item, cite: Cite) -> list[list[Told | str]]:
    atlas, lang, row = view.atlas, view.selection.language, item.row
    names = text("list.comma", lang).join(atlas.name(str(one["place_id"]), lang, short=True) for one in item.places)
    about = [text(f"policy.kind.{row['kind']}", lang), amount_text(atlas, row, lang), cell(row, "locator"), names]
    told: list[Told | str] = []
    if decided := item.verdict:
        told.append(verdict_text(item, lang))
        if cell(decided, "source_id"):
            when = date_text(decided["as_of"], lang)
            told.append(f"{when} {cell(decided, f'text_{lang}')} {cite(str(decided['source_id']))}")
        told.append(quiet(cell(decided, f"caveat_{lang}")))
    return [
        [f"{cell(row, f'text_{lang}')} {cite(str(row['source_id']))}", quiet(" · ".join(filter(None, about)))],
        [cell(row, "due")],
        [strong(text(f"policy.status.{status_of(item)}", lang))],
        told,
    ]


def write_method(pages: Pages, view: View) -> None:
    """Write how to read the figures, and the licences."""
    lang, meta = view.selection.language, view.atlas.meta
    pages.new_page()
    pages.section(text("report.method", lang), 0, 18)
    told: list[tuple[str, str]] = [
        (text(f"report.method.{rule}.title", lang), text(f"report.method.{rule}", lang)) for rule in _RULES
    ]
    told += [
        (text("report.licence.geometry", lang), meta["geometry_licence"]),
        (text("report.licence.tables", lang), meta["tables_licence"]),
        (text("report.licence.credit", lang), meta[f"attribution_{lang}"]),
        (text("report.licence.borders", lang), notice(meta, lang)),
    ]
    pages.table((), [([strong(key)], [line]) for key, line in told], (1, 4.5))


def write_sources(pages: Pages, view: View, numbers: Mapping[str, int]) -> None:
    """Write the sources by number: citation, grade, reading, address."""
    lang, sources = view.selection.language, view.atlas.rows("sources")
    pages.new_page()
    pages.section(text("report.sources", lang), 0, 18)
    pages.table((), [_source(sources[key], number, lang) for key, number in numbers.items()], (0.42, 11))


def _source(source: Mapping[Any, Any], number: int, lang: str) -> list[list[Told | str]]:
    grade, address = text("word.grade", lang, grade=cell(source, "grade")), cell(source, "url")
    read = reading_text(source, lang)
    more = [grade, read, "" if address in read else address]
    return [
        [quiet(f"[{number}]")],
        [citation(source, lang), quiet(text("list.semicolon", lang).join(filter(None, more)))],
    ]
