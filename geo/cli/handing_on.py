"""Output of a joined table: typed columns, a table of counts, and extra sheets in a workbook."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from geo.analysis.user_data.area_counts import area_counts, counts_sheet
from geo.analysis.user_data.sheets_behind import sheets_behind
from geo.analysis.user_data.user_areas import read_areas
from geo.assign.database import Database, table_name
from geo.assign.join import AREAS, Joiner, Tally, column_names
from geo.assign.outputs import Output, loading, output_format, writing
from geo.assign.vector import DRIVERS
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

__all__ = [
    *("add_table", "check_areas", "check_counts", "check_output", "code_words", "hand_on", "joiner_for"),
    *("output_of", "types_of"),
]

#: A spreadsheet keeps so many digits of a number.
_EXACT_DIGITS = 15


def add_table(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the database table."""
    parser.add_argument("--table", metavar="T")


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


def check_counts(counts: str) -> None:
    """Raise early for a table of counts in a format that has to have points."""
    if output_format(Path(counts)) in DRIVERS:
        raise told(UsageError, "assign.refused.no_points", name=Path(counts).name)


def check_areas(args: argparse.Namespace) -> None:
    """Raise unless the areas are those of the atlas or an existing file; called before the table is read."""
    if args.areas in AREAS:
        if args.area_id or args.area_name or args.areas_datum:
            raise told(UsageError, "wrong.area_options")
    elif not Path(args.areas).is_file():
        raise told(UsageError, "wrong.areas", given=args.areas, allowed=", ".join(AREAS))


def joiner_for(args: argparse.Namespace, atlas: Atlas, datum: str) -> Joiner:
    """Return the joiner for the requested areas: those of the atlas, or of a user's file."""
    options = {"datum": datum, "language": args.language, "predicate": args.predicate}
    if args.areas in AREAS:
        return Joiner.from_atlas(atlas, args.areas, **options)
    borders = args.areas_datum or "wgs84"
    read = read_areas(args.areas, id_column=args.area_id or "", name_column=args.area_name or "", datum=borders)
    said = [text("assign.areas.repaired", args.language, count=read.repaired)] if read.repaired else []
    if not args.areas_datum:  # no file says that its borders are shifted
        said.append(text("assign.areas.datum", args.language, name=Path(args.areas).name))
    for line in said:
        print(printable(line), file=sys.stderr)
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
    args: argparse.Namespace, atlas: Atlas, joiner: Joiner, tally: Tally, write: Output, lines: Sequence[str]
) -> None:
    """Write the table of counts if it was asked for, and the extra sheets of a workbook."""
    if not args.counts and not write.keeps_sheets:
        return
    theirs = atlas if args.areas in AREAS else None
    counts = area_counts(joiner, tally, theirs, args.language)
    if write.keeps_sheets:
        for sheet in sheets_behind(counts_sheet(counts, args.language), lines, theirs, args.language):
            write.add_sheet(sheet)
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


def code_words(table: TableReader, output: str, language: str) -> list[str]:
    """Return what a spreadsheet would do to the codes of a text file, if there are any that it takes for numbers."""
    if is_database(output) or output_format(Path(output)) not in ("csv", "tsv"):
        return []
    codes = [one.name for one in table.report.columns if any(map(_loses, one.examples))]
    return [text("assign.report.codes", language, columns=", ".join(codes[:10]))] if codes else []


def _loses(cell: str) -> bool:
    """Whether a spreadsheet drops digits of a cell when it opens a text file: zeros before, the last beyond fifteen."""
    return cell.isdecimal() and len(cell) > 1 and (cell.startswith("0") or len(cell) > _EXACT_DIGITS)
