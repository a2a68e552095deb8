"""``geo geocode``: the positions of the addresses in a table, and their accuracy; nothing leaves the machine."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from geo.addresses.geocoder import Geocoder
from geo.analysis.user_data.area_counts import counts_sheet, counts_table
from geo.analysis.user_data.geocoded import TableGeocoder, address_columns
from geo.analysis.user_data.sheets_behind import sheets_behind
from geo.assign.join import COLUMNS, column_names
from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.database import without_password
from geo.base.messages import printable, text
from geo.base.paths import Paths
from geo.cli.handing_on import add_table, check_output, code_words, output_of, types_of
from geo.cli.reading import add_reading, reading
from geo.cli.selecting import add_language, add_layers

EXAMPLES = {
    "geo geocode companies.csv -o located.csv": "",
    "geo geocode 企业.xlsx -o located.csv --address 注册地址 --gazetteer mine.gpkg": "",
    "geo geocode firms.csv -o postgresql://me@host/data --table planning.firms": "",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("input", metavar="IN")
    parser.add_argument("-o", "--output", metavar="OUT", required=True)
    parser.add_argument("--gazetteer", metavar="G")
    parser.add_argument("--address", metavar="C")
    parser.add_argument("--district", metavar="C")
    parser.add_argument("--township", metavar="C")
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument(
        "--raw-text",
        action="store_true",
    )
    parser.add_argument("--report", metavar="FILE")
    add_table(parser)
    add_reading(parser)
    add_language(parser)
    add_layers(parser)


def paths(args: argparse.Namespace) -> Paths:
    """Return the paths that are read and written."""
    inputs = [args.input, *([args.gazetteer] if args.gazetteer else []), args.layers or default_layers()]
    asked = [path for path in (args.output, args.report) if path]
    return Paths(inputs, asked, [], overwrite=args.overwrite)


def run(args: argparse.Namespace) -> int:
    """Geocode the table and print what was done."""
    import pyarrow as pa

    from geo.tables import memory_bound, open_apart

    started = time.perf_counter()
    check_output(args)
    atlas = Atlas.load(args.layers)
    geocoder = _geocoder(args, atlas)
    with memory_bound(), open_apart(args.input, **reading(args, atlas)) as table:
        asked = {"address": args.address, "district": args.district, "township": args.township}
        locate = TableGeocoder(geocoder, atlas, address_columns(table, geocoder, **asked), args.language)
        renamed = column_names(table.schema.names, COLUMNS)
        own = [one.with_name(renamed.get(one.name, one.name)) for one in table.schema]
        schema = pa.schema([*own, *(pa.field(name, kind) for name, kind in COLUMNS.items())])
        types = types_of(table, args.output)
        with output_of(args, types.schema(schema)) as write:
            write.numbers_in(renamed.get(name, name) for name in table.report.mixed)
            for batch in table.batches():
                arrays = locate(batch)
                write(types(pa.RecordBatch.from_arrays([*batch.columns, *arrays.values()], schema=schema)))
            table.report.question = None  # what it asks is answered
            said = [*table.report.lines(args.language), *locate.lines()]
            for sheet in sheets_behind(_counts(locate, atlas, args.language), said, atlas, args.language):
                write.add_sheet(sheet)
            if args.report:
                told = {"reading": table.report.to_dict(), "located": locate.tally.to_dict(), "renamed": renamed}
                written = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
                write.also(Path(args.report)).write_text(written, encoding="utf-8")
    seconds = f"{time.perf_counter() - started:.1f}"
    lines = [
        *said,
        *code_words(table, args.output, args.language),
        text("assign.report.time", args.language, seconds=seconds, output=without_password(args.output)),
    ]
    for line in lines:
        print(printable(line), file=sys.stderr)
    return 0


def _counts(locate: TableGeocoder, atlas: Atlas, language: str) -> list[list[Any]]:
    """Return the sheet of the rows in each area that has any."""
    tally = locate.tally
    areas = {"district": tally.districts, "township": tally.townships, "place": tally.places}
    return counts_sheet(counts_table(areas, locate.names, tally.status, atlas, language), language)


def _geocoder(args: argparse.Namespace, atlas: Atlas) -> Geocoder:
    from geo.analysis.user_data.geocoding import atlas_geocoder

    if not args.gazetteer:
        return atlas_geocoder(atlas)
    from geo.analysis.user_data.gazetteer_file import gazetteer_geocoder

    return gazetteer_geocoder(atlas, Path(args.gazetteer))
