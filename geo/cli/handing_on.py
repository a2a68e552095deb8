"""Output of a joined table: typed columns, a table of counts, and extra sheets in a workbook."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from geo.analysis.user_data.area_counts import area_counts, counts_sheet
from geo.analysis.user_data.user_areas import read_areas
from geo.assign.database import Database, table_name
from geo.assign.join import AREAS, Joiner, Tally, column_names
from geo.assign.outputs import Output, loading, output_format, writing
from geo.assign.workbook import Sheet
from geo.atlas.atlas import Atlas
from geo.base.database import is_database
from geo.base.files import remove
from geo.base.messages import printable, text
from geo.base.told import told
from geo.errors import UsageError
from geo.tables import TableReader
from geo.tables.column_types import ColumnTypes, column_types
from geo.tables.table_formats import holds_texts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["add_table", "check_areas", "check_output", "hand_on", "joiner_for", "output_of", "types_of"]


def add_table(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the database table."""
    parser.add_argument(
        "--table", metavar="T", help="with -o postgresql://…: TABLE or SCHEMA.TABLE (default: public, named after IN)"
    )


def check_output(args: argparse.Namespace) -> None:
    """Raise early for options that would be refused after the table was read."""
    if is_database(args.output):
        table_name(args.table, args.input)
        if args.raw_text:
            raise told(UsageError, "wrong.raw_text_database")
        return
    if args.table:
        raise told(UsageError, "wrong.table_option")
    output = Path(args.output)
    if output_format(output) not in ("csv", "tsv") and args.raw_text:
        raise told(UsageError, "wrong.raw_text_file", ending=output.suffix)


def output_of(args: argparse.Namespace, schema: pa.Schema) -> AbstractContextManager[Output]:
    """Open the requested output: a file or a database table."""
    if is_database(args.output):
        table = table_name(args.table, args.input)
        return loading(Database(args.output, table, schema, overwrite=args.overwrite), overwrite=args.overwrite)
    options = {"overwrite": args.overwrite, "raw_text": args.raw_text, "language": args.language}
    return writing(Path(args.output), schema, **options)


def check_areas(args: argparse.Namespace) -> None:
    """Raise unless the areas are those of the atlas or an existing file; called before the table is read."""
    if args.areas in AREAS:
        if args.area_id or args.area_name:
            raise told(UsageError, "wrong.area_options")
    elif not Path(args.areas).is_file():
        raise told(UsageError, "wrong.areas", given=args.areas, allowed=", ".join(AREAS))


def joiner_for(args: argparse.Namespace, atlas: Atlas, datum: str) -> Joiner:
    """Return the joiner for the requested areas: those of the atlas, or of a user's file."""
    options = {"datum": datum, "language": args.language, "predicate": args.predicate}
    if args.areas in AREAS:
        return Joiner.from_atlas(atlas, args.areas, **options)
    read = read_areas(args.areas, id_column=args.area_id or "", name_column=args.area_name or "")
    if read.repaired:
        print(printable(text("assign.areas.repaired", args.language, count=read.repaired)), file=sys.stderr)
    return Joiner(None, None, read.areas, names=read.names, **options)


def types_of(table: TableReader, output: str) -> ColumnTypes:
    """Return the types that text columns are converted to; none for a text file, whose cells are copied unchanged."""
    is_text = not is_database(output) and output_format(Path(output)) in ("csv", "tsv")
    if is_text or not holds_texts(table.report.format):
        return ColumnTypes({})
    # The reading report takes "1,200" for text, but it is a number.
    likely = {column.name: {"text": "number"}.get(column.type, column.type) for column in table.report.columns}
    renamed = column_names(table.schema.names)
    found = column_types(table.batches(), likely)
    return ColumnTypes({renamed.get(name, name): kind for name, kind in found.kinds.items()})


def hand_on(
    args: argparse.Namespace, atlas: Atlas, joiner: Joiner, tally: Tally, write: Output, lines: list[str]
) -> None:
    """Write the table of counts if it was asked for, and the extra sheets of a workbook."""
    language, counts = args.language, area_counts(joiner, tally, atlas if args.areas in AREAS else None, args.language)
    write.add_sheet(Sheet(text("assign.sheet.counts", language), counts_sheet(counts, language)))
    head = [text("assign.sheet.line", language)]
    write.add_sheet(Sheet(text("assign.sheet.read", language), [head, *([line] for line in lines)]))
    if args.counts:
        target = Path(args.counts)
        hidden = write.also(target)
        made = hidden.with_name(hidden.name + target.suffix)  # the ending determines the format
        try:
            with writing(made, counts.schema) as out:
                for batch in counts.to_batches():
                    out(batch)
            made.replace(hidden)
        finally:
            remove(made)
