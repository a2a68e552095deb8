"""What a joined table is handed on with: its own types, a table of counts, and in a workbook the sheets behind."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from geo.analysis.area_counts import area_counts, counts_sheet
from geo.analysis.user_areas import read_areas
from geo.assign.join import AREAS, Joiner, Tally, column_names
from geo.assign.outputs import Output, output_format, writing
from geo.assign.workbook import Sheet
from geo.atlas.atlas import Atlas
from geo.base.files import remove
from geo.base.messages import printable, text
from geo.errors import UsageError
from geo.tables import TableReader
from geo.tables.column_types import ColumnTypes, column_types

__all__ = ["check_areas", "hand_on", "joiner_for", "types_of"]

#: Formats whose cells are text, whatever they hold.
_TEXTUAL = ("csv", "json", "jsonl")


def check_areas(args: argparse.Namespace) -> None:
    """Refuse areas that are neither those of the atlas nor a file, before the table is read."""
    if args.areas in AREAS:
        if args.area_id or args.area_name:
            raise UsageError("--area-id and --area-name are for a file of areas: --areas FILE")
    elif not Path(args.areas).is_file():
        raise UsageError(f"--areas {args.areas}: there is no such file, and it is none of {', '.join(AREAS)}")


def joiner_for(args: argparse.Namespace, atlas: Atlas, datum: str) -> Joiner:
    """Return the joiner for the areas that are asked for: those of the atlas, or of a file of the user's own."""
    options = {"datum": datum, "language": args.language, "predicate": args.predicate}
    if args.areas in AREAS:
        return Joiner.from_atlas(atlas, args.areas, **options)
    read = read_areas(args.areas, id_column=args.area_id or "", name_column=args.area_name or "")
    if read.repaired:
        print(printable(text("assign.areas.repaired", args.language, count=read.repaired)), file=sys.stderr)
    return Joiner(None, None, read.areas, names=read.names, **options)


def types_of(table: TableReader, output: Path) -> ColumnTypes:
    """Return what columns of text become: numbers and dates, but in a text file, where every cell stays as it is."""
    if output_format(output) in ("csv", "tsv") or table.report.format not in _TEXTUAL:
        return ColumnTypes({})
    # "1,200" looks like text to the report.
    likely = {column.name: {"text": "number"}.get(column.type, column.type) for column in table.report.columns}
    renamed = column_names(table.schema.names)
    found = column_types(table.batches(), likely)
    return ColumnTypes({renamed.get(name, name): kind for name, kind in found.kinds.items()})


def hand_on(
    args: argparse.Namespace, atlas: Atlas, joiner: Joiner, tally: Tally, write: Output, lines: list[str]
) -> None:
    """Write the table of counts, if asked for, and in a workbook the sheets behind the data."""
    language, counts = args.language, area_counts(joiner, tally, atlas if args.areas in AREAS else None, args.language)
    write.add_sheet(Sheet(text("assign.sheet.counts", language), counts_sheet(counts, language)))
    head = [text("assign.sheet.line", language)]
    write.add_sheet(Sheet(text("assign.sheet.read", language), [head, *([line] for line in lines)]))
    if args.counts:
        target = Path(args.counts)
        hidden = write.also(target)
        made = hidden.with_name(hidden.name + target.suffix)  # the ending tells the format
        try:
            with writing(made, counts.schema) as out:
                for batch in counts.to_batches():
                    out(batch)
            made.replace(hidden)
        finally:
            remove(made)
