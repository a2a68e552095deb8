"""A joined table of the user's as a file to hand on: its own types, and in a workbook the sheets behind."""

from __future__ import annotations

from pathlib import Path

from geo.analysis.user_data.area_counts import area_counts, counts_sheet
from geo.analysis.user_data.sheets_behind import sheets_behind, tally_lines
from geo.analysis.user_data.user_columns import likely_types
from geo.analysis.user_data.user_table import Joined, UserTable
from geo.assign.join import column_names
from geo.assign.outputs import writing
from geo.atlas.atlas import Atlas
from geo.base.files import scratch_folder
from geo.tables.column_types import ColumnTypes, column_types

__all__ = ["FILE_ENDINGS", "user_file"]

#: What is offered, the planner's first.
FILE_ENDINGS = (".xlsx", ".csv", ".gpkg", ".parquet")
_ROWS = 100_000


def user_file(joined: Joined, user: UserTable, atlas: Atlas, ending: str, language: str) -> bytes:
    """Return the joined table as a file.

    Parameters
    ----------
    joined : Joined
    user : UserTable
        The same table before the join: how it was read.
    atlas : Atlas
    ending : str
        One of `geo.assign.outputs.ENDINGS`.
    language : {"zh", "en"}
    """
    batches = joined.table.to_batches(max_chunksize=_ROWS)
    types = ColumnTypes({}) if ending in (".csv", ".tsv") else column_types(batches, likely_types(user))
    with scratch_folder("user") as folder:
        path = Path(folder) / f"joined{ending}"
        with writing(path, types.schema(joined.table.schema), language=language) as write:
            renamed = column_names(user.table.column_names)
            write.numbers_in(renamed.get(name, name) for name in user.report.get("mixed", ()))
            for batch in batches:
                write(types(batch))
            counts = None
            if joined.joiner is not None:
                counts = counts_sheet(area_counts(joined.joiner, joined.tally, atlas, language), language)
            evidence = [user.evidence.sentence(language), *user.evidence.lines(language)] if user.evidence else []
            done = tally_lines(joined.tally, "" if user.by_address else joined.datum, language)
            for sheet in sheets_behind(counts, [*done, *evidence, *user.lines[language]], atlas, language):
                write.add_sheet(sheet)
        return path.read_bytes()
