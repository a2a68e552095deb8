"""``geo choose``: site choice, the places that meet criteria in order, with reasons and unknown values."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, Candidate, Choice, choose
from geo.analysis.site_choice.choose_rows import choice_records, choice_table
from geo.analysis.site_choice.choose_words import (
    answer_text,
    asked_texts,
    criterion_label,
    must_text,
    open_text,
    rank_text,
    score_text,
    value_source,
    value_text,
)
from geo.analysis.site_choice.criteria import Criteria, criterion_kinds
from geo.analysis.site_choice.criteria_values import Spots
from geo.atlas.atlas import Atlas
from geo.base.messages import printable, text
from geo.base.told import told
from geo.cli.help_words import heading
from geo.cli.selecting import add_language, add_layers, add_selection, view_of
from geo.crs.datums import DATUMS
from geo.errors import UsageError
from geo.export.csvfile import csv_bytes

EXAMPLES = {
    'geo choose --where "stations_1km >= 3" --weight centre_km=-1': "",
    "geo choose --where cluster:robots_hardware --weight institutions:lab=2": "",
    "geo choose --weight distance_km:10.1,50.1=-1 --format csv": "",
    "geo choose --kind node --points firms.csv --weight points_within_m:2000=1": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    kinds = [f"{one.kind}:{one.takes.upper()}" if one.takes else one.kind for one in criterion_kinds().values()]
    parser.epilog = f"{heading('help.choose.kinds')}\n  {', '.join(kinds)}"
    group = parser.add_argument_group("criteria")
    group.add_argument("--where", action="append", default=[], metavar="M>=N")
    group.add_argument("--weight", action="append", default=[], metavar="M=W")
    group.add_argument("--points", metavar="TABLE")
    group.add_argument("--datum", choices=("auto", *DATUMS), default="auto")
    add_selection(parser)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text")
    add_language(parser)
    add_layers(parser)


def run(args: argparse.Namespace) -> int:
    """Print the places in order."""
    atlas = Atlas.load(args.layers)
    criteria = Criteria.parse([*args.where, *args.weight], atlas)
    if args.points is None and (own := [one.key for one in criteria.all if one.asks_points]):
        raise told(UsageError, "wrong.own_points", criteria=", ".join(own), option="--points")
    if args.points is None and args.datum != "auto":
        raise told(UsageError, "wrong.datum_alone", given=f"--datum {args.datum}", option="--points")
    spots = _spots(args, atlas) if args.points else None
    choice = choose(atlas, criteria, view_of(atlas, args), spots)
    if args.format == "json":
        print(json.dumps(choice_records(choice, failing=args.all), ensure_ascii=False, indent=1))
    elif args.format == "csv":
        columns, rows = choice_table(atlas, choice, args.language)
        sys.stdout.buffer.write(csv_bytes(columns, rows))
    else:
        print(printable("\n".join(_lines(atlas, choice, args.language))))
    return 0


def _spots(args: argparse.Namespace, atlas: Atlas) -> Spots:
    """Return the points of the table; the datum as given, otherwise as decided by the evidence."""
    from geo.analysis.user_data.own_table import own_table

    return own_table(args.points, atlas, datum=args.datum, language=args.language).spots


def _lines(atlas: Atlas, choice: Choice, language: str) -> Iterator[str]:
    yield answer_text(atlas, choice, language)
    yield ""
    yield from asked_texts(atlas, choice.criteria, language)
    for state in (FITS, OPEN, FAILS):
        if found := choice.of(state):
            yield ""
            yield text(f"choose.group.{state}", language, count=len(found))
            for one in found:
                yield from _place(atlas, choice, one, language)
    if choice.criteria.wishes:
        yield ""
        yield text("choose.method", language)


def _place(atlas: Atlas, choice: Choice, one: Candidate, language: str) -> Iterator[str]:
    name = f"{atlas.name(one.place_id, language)} ({one.place_id})"
    if one.state == FAILS:
        said = (must_text(atlas, must, language) for must in one.failed)
        yield f"  – {name}: {text('choose.not', language, musts=text('list.semicolon', language).join(said))}"
        return
    about = [score_text(one, language), open_text(atlas, choice, one, language)]
    if one.rank is not None:
        about.insert(1, text("choose.between", language, ranks=rank_text(one, language)))
    about = [part for part in about if part]
    yield f"{one.rank or '–':>3} {name}" + (f": {text('list.semicolon', language).join(about)}" if about else "")
    for criterion in choice.criteria.all:
        cell = one.cells[criterion.key]
        cited = value_source(atlas, cell, language)
        value = value_text(atlas, criterion, cell, language)
        yield f"      {criterion_label(atlas, criterion, language)}: {value}" + (f" ← {cited}" if cited else "")
