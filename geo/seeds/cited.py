"""Check for sources that nothing cites: the list of sources is read as the basis of the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo.contract.cells import Row
from geo.contract.schema import tables

__all__ = ["check_cited"]


def check_cited(rows: Mapping[str, list[Row]], drawn: Iterable[str]) -> list[str]:
    """Return the problems of sources that no row, boundary or address layer cites, one line each.

    Parameters
    ----------
    rows : mapping of table name to rows
        All tables of the seeds, all readable: an unreadable table would look as if it cited nothing.
    drawn : iterable of str
        Ids of the sources cited by boundaries and address layers.
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
