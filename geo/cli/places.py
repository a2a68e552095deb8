"""``geo places``: list the selected places."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from geo.atlas.atlas import Atlas
from geo.base.formulas import guard_formula
from geo.base.lines import columns_of
from geo.base.messages import printable, text
from geo.cli.selecting import add_language, add_layers, add_selection, view_of
from geo.contract.schema import table
from geo.contract.typed import join_list

EXAMPLES = {
    "geo places --cluster unmanned_systems": "",
    "geo places --kind district --format csv": "",
}

_TABLE_COLUMNS = ("place_id", "kind", "since_edition", "status", "area_km2", "method")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_selection(parser)
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")
    add_language(parser)
    add_layers(parser)


def run(args: argparse.Namespace) -> int:
    """Print the places in the order of the layers."""
    atlas = Atlas.load(args.layers)
    places = pd.DataFrame(view_of(atlas, args).places.drop(columns="geometry")).reset_index()
    for name in (column.name for column in table("place_layer").columns if column.type == "list"):
        places[name] = [join_list(cell) or None for cell in places[name]]
    if args.format == "json":
        rows = json.loads(places.to_json(orient="records", force_ascii=False))
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif args.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(places.columns)
        writer.writerows([_cell(cell) for cell in row] for row in places.itertuples(index=False))
    else:
        head = (*_TABLE_COLUMNS, f"name_{args.language}")
        print_table(head, places[list(head)].itertuples(index=False))
        print(text("list.places", args.language, count=len(places)), file=sys.stderr)
    return 0


def _cell(cell: Any) -> Any:
    """Return a CSV cell: "" if missing, and no text that a spreadsheet would run as a formula."""
    return "" if pd.isna(cell) else guard_formula(cell) if isinstance(cell, str) else cell


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows with a heading, columns as wide as their widest cell; a missing cell is a dash."""
    lines = [tuple(head)]
    for row in rows:
        cells = [
            "-" if pd.isna(cell) or cell == "" else f"{cell:.3f}" if isinstance(cell, float) else str(cell)
            for cell in row
        ]
        lines.append(tuple(map(printable, cells)))
    widths = [max(columns_of(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(c + " " * (w - columns_of(c)) for c, w in zip(line, widths, strict=True)).rstrip())
