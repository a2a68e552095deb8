"""Sources that nothing cites: a list of sources is read as what the map rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo.contract.cells import Row
from geo.contract.schema import tables

__all__ = ["check_cited"]


def check_cited(rows: Mapping[str, list[Row]], drawn: Iterable[str]) -> list[str]:
    """Return the problems of sources that no row, boundary or address names, one line each.

    Parameters
    ----------
    rows : mapping of table name to rows
        Every table of the seeds, all of them readable: a table that is not looks as if it cited nothing.
    drawn : iterable of str
        The sources that boundaries and layers of addresses name.
    """
    cited = set(drawn)
    for name, found in rows.items():
        for column in tables()[name].columns:
            if column.references == "sources.source_id" and column.stage == "seeds":
                cited.update(row[column.name] for row in found)
    return [
        f"sources.csv:{number}: source_id {row['source_id']!r} is cited by nothing: delete the row, or name it where "
        f"it is used"
        for number, row in enumerate(rows["sources"], start=2)
        if row["source_id"] not in cited
    ]
