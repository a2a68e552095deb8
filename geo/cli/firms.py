"""``geo firms``: institutions and their places; registered generative AI services."""

from __future__ import annotations

import argparse
import json
import sys

from geo.analysis.firm_rows import FIRM_COLUMNS, SERVICE_COLUMNS, firm_rows, service_rows
from geo.analysis.firms import Wanted, chosen_firms, chosen_services
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.cli.places import print_table
from geo.cli.selecting import add_language, add_layers
from geo.export.csvfile import csv_bytes

EXAMPLES = {
    "geo firms --place example_park": "",
    "geo firms --cluster robots_hardware --kind company --format csv": "",
    "geo firms --services --list filed --text dialogue": "",
}

#: Option → field of `Wanted`.
_FILTERS = {
    "kind": "kinds",
    "cluster": "clusters",
    "place": "places",
    "status": "statuses",
    "list": "lists",
    "text": "texts",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    group = parser.add_argument_group("filters")
    for name, field in _FILTERS.items():
        group.add_argument(f"--{name}", dest=field, action="append", default=[], metavar="ID")
    parser.add_argument("--services", action="store_true")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")
    add_language(parser)
    add_layers(parser)


def run(args: argparse.Namespace) -> int:
    """Print the requested rows in the order of the atlas."""
    atlas = Atlas.load(args.layers)
    filters = {field: tuple(getattr(args, field)) for field in _FILTERS.values()}
    wanted = Wanted(**filters)
    if args.services:
        rows, columns = service_rows(atlas, chosen_services(atlas, wanted)), SERVICE_COLUMNS
        short: tuple[str, ...] = ("filing_no", "list", "filed_on", "name", "filer")
    else:
        rows, columns = firm_rows(atlas, chosen_firms(atlas, wanted)), FIRM_COLUMNS
        short = ("institution_id", "kind", "status", "as_of", "places", f"name_{args.language}")
    if args.format == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif args.format == "csv":
        sys.stdout.buffer.write(csv_bytes(columns, ([row[name] for name in columns] for row in rows)))
    else:
        print_table(short, [[row[name] for name in short] for row in rows])
        counted = "list.services" if args.services else "list.institutions"
        print(text(counted, args.language, count=len(rows)), file=sys.stderr)
    return 0
