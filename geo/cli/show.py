"""``geo show``: one place with boundary, figures, policy and sources."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from geo.analysis.figures import Figure
from geo.analysis.labels import detail_text
from geo.analysis.place_rows import place_rows
from geo.analysis.place_sheet import Concern, PlaceSheet, place_sheet
from geo.analysis.place_words import belonging_text, districts_text, ratio_text, state_text, unknown_texts
from geo.analysis.policy import verdict_text
from geo.analysis.values import (
    accuracy_text,
    amount_apart,
    cell,
    cell_text,
    citation,
    date_text,
    dated_text,
    figure_words,
    quote_text,
    reading_text,
    remark_texts,
    told_text,
    why_text,
)
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.base.name_order import name_order
from geo.cli.selecting import add_language, add_layers

EXAMPLES = {
    "geo show example_park": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("place", metavar="PLACE_ID")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_language(parser)
    add_layers(parser)


def run(args: argparse.Namespace) -> int:
    """Print the place."""
    atlas = Atlas.load(args.layers)
    sheet = place_sheet(atlas, args.place)
    if args.format == "json":
        print(json.dumps(place_rows(atlas, sheet), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(atlas, sheet, args.language)))
    return 0


def _lines(atlas: Atlas, sheet: PlaceSheet, language: str) -> Iterator[str]:
    yield cell(sheet.row, f"name_{language}") + _about(sheet.place_id, language)
    for message, value in _identity(atlas, sheet, language):
        yield "  " + _said(text(f"show.{message}", language), value or text("unknown", language), language)
    parts = {
        "measures": _figures(atlas, sheet, language),
        "derived": _computed(atlas, sheet, language),
        "institutions": [
            _said(
                cell(one.row, f"name_{language}"),
                text("list.semicolon", language).join((state_text(one.row, language), belonging_text(one, language))),
                language,
            )
            for one in sorted(sheet.residents, key=lambda one: name_order(one.row, language))
        ],
        "policy": [line for concern in sheet.policy for line in _concern(atlas, concern, language)],
        "unknown": unknown_texts(atlas, sheet, language),
        "sources": _sources(atlas, sheet, language),
    }
    for name, lines in parts.items():
        if lines:
            yield _said(text(f"show.{name}", language), "", language).rstrip()
            yield from (f"   {line}" if line[0] != "*" else f" {line}" for line in lines)


def _said(name: str, told: str, language: str) -> str:
    return text("show.line", language, name=name, told=told)


def _about(told: str, language: str) -> str:
    return text("show.about", language, told=told) if told else ""


def _identity(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[tuple[str, str]]:
    comma, semicolon = text("list.comma", language), text("list.semicolon", language)
    boundary = sheet.boundary
    clusters = dict.fromkeys(cell(one.cluster, f"name_{language}") for one in sheet.clusters)
    method = f"{text(f'method.{boundary.method}', language)}{semicolon}{accuracy_text(boundary.accuracy_m, language)}"
    official = dated_text(atlas, boundary.official, language) if boundary.official else ""
    lines = [
        ("kind", cell(sheet.kind, f"name_{language}") + _about(str(sheet.kind["kind"]), language)),
        ("since", cell(sheet.row, "since_edition")),
        ("status", text(f"web.status.{sheet.row['status']}", language)),
        ("parents", comma.join(atlas.name(one, language) for one in sheet.parents)),
        ("children", comma.join(atlas.name(one, language) for one in sheet.children)),
        ("clusters", comma.join(clusters)),
        ("districts", districts_text(atlas, sheet, language)),
        ("boundary", method),
        ("bounds", boundary.stated),
        ("area", cell_text(atlas, boundary.drawn, language) if boundary.drawn else ""),
        ("area_official", semicolon.join(filter(None, [official, ratio_text(boundary, language)]))),
    ]
    # Most places have no parent and no children: those lines are left out, not marked as unknown.
    return [(name, value) for name, value in lines if value or name not in ("parents", "children")]


def _figures(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[str]:
    found = []
    for one in (one for group in sheet.reported for one in group.figures):
        found += [_figure(atlas, one, language), *(f"    {said}" for said in remark_texts(one, language))]
    return found


def _figure(atlas: Atlas, one: Figure, language: str) -> str:
    label = cell(atlas.rows("measures")[one.measure_id], f"label_{language}")
    flag = _about(text("value.conflict", language), language) if one.conflict else ""
    told = told_text(atlas, one, language) + flag
    cited = citation(atlas.rows("sources")[one.source_id], language)
    mark = "* " if one.headline else ""
    return mark + _said(label, f"{told} [{one.grade}] {cited}", language)


def _computed(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[str]:
    lines = []
    for one in sheet.computed:
        if one.figure is not None:
            label = cell(atlas.rows("measures")[one.figure.measure_id], f"label_{language}")
            about = [detail_text(atlas, one.figure.detail, language), why_text(atlas, one.reasons, language)]
            said = "".join(_about(part, language) for part in about)
            lines.append(_said(label, figure_words(atlas, one.figure, language) + said, language))
    return lines


def _concern(atlas: Atlas, concern: Concern, language: str) -> Iterator[str]:
    item = concern.item
    kind, told = text(f"policy.kind.{item.kind}", language), cell(item.row, f"text_{language}")
    due = text("place.policy.due", language, date=item.row["due"]) if item.row["due"] else ""
    parts = [_said(kind, told, language), amount_apart(atlas, item.row, language), due]
    yield text("list.semicolon", language).join(filter(None, parts))
    if words := quote_text(item.row, language):
        yield f"    {words}"
    if verdict := verdict_text(item, language):
        yield f"  = {verdict}"
    for outcome in item.outcomes:
        if outcome["source_id"]:
            came = _said(date_text(outcome["as_of"], language), cell(outcome, f"text_{language}"), language)
            yield f"  → {came}"
            if words := quote_text(outcome, language):
                yield f"    {words}"


def _sources(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[str]:
    found = []
    for row in (atlas.rows("sources")[source_id] for source_id in sorted(sheet.source_ids)):
        read, address = reading_text(row, language), cell(row, "url")
        cited = " ".join(filter(None, [citation(row, language), "" if address in read else address]))
        told = _said(row["source_id"], cited, language)
        found += [f"[{row['grade']}] {told}", *([f"    {read}"] if read else [])]
    return found
