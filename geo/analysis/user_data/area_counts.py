"""How many rows of a user's table lie in each district, township and place: a table to hand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from geo.analysis.user_data.user_measures import in_order
from geo.analysis.values import why_text
from geo.assign.join import Joiner, Tally
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.base.optional import needs

with needs("needs.counting_table", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["COUNT_COLUMNS", "CountedArea", "area_counts", "counted_areas", "counts_sheet", "counts_table"]

COUNT_COLUMNS = {
    "level": pa.string(),
    "area_id": pa.string(),
    "area": pa.string(),
    "rows": pa.int64(),
    "position": pa.int64(),
    "why_not": pa.string(),
}


class CountedArea(NamedTuple):
    """An area with its number of rows and its position; where it may not be compared, the reason instead."""

    area_id: str
    name: str
    rows: int
    position: int | None = None
    why: str | None = None


_LEVELS = {"district": "districts", "township": "townships", "place": "places"}


def area_counts(joiner: Joiner, tally: Tally, atlas: Atlas | None, language: str) -> pa.Table:
    """Return the rows in every area that was asked for, also where there are none, and those in no area.

    Parameters
    ----------
    joiner : Joiner
        Knows the areas and their names.
    tally : Tally
    atlas : Atlas or None
        Tells which places may not be compared; None for areas of the user's own.
    language : {"zh", "en"}

    Returns
    -------
    pyarrow.Table
        Columns `COUNT_COLUMNS`, the areas of each level by their rows. `position` is null and `why_not` says why where
        a count may not be compared with others, as inside a boundary that was never published. A row in several places
        counts in each.
    """
    areas = {}
    for level, counted in _LEVELS.items():
        counts = getattr(tally, counted)
        areas[level] = {joiner.ids[at]: counts.get(joiner.ids[at], 0) for at in joiner.range[level]}
    return counts_table(areas, joiner.names, tally.to_dict(), atlas, language)


def counts_table(
    areas: Mapping[str, Mapping[str, int]],
    names: Mapping[str, str],
    status: Mapping[str, int],
    atlas: Atlas | None,
    language: str,
) -> pa.Table:
    """Return the table of `area_counts` of rows that are counted already.

    Parameters
    ----------
    areas : mapping of level to mapping of id to number of rows
    names : mapping of id to str
    status : mapping
        The rows that are ``outside`` and ``set_aside``.
    atlas, language
        As in `area_counts`.
    """
    rows: list[tuple[Any, ...]] = []
    for level, counted in areas.items():
        own = atlas is None and level == "place"
        word = text(f"assign.counts.level.{'own' if own else level}", language)
        rows += [(word, *one) for one in counted_areas(level, counted, names, atlas, language)]
    for one in ("outside", "set_aside"):
        word = text(f"assign.counts.{one}", language)
        rows.append((text("assign.counts.level.none", language), None, word, status.get(one, 0), None, None))
    columns = list(zip(*rows, strict=True))
    return pa.table(
        [pa.array(c, kind) for c, kind in zip(columns, COUNT_COLUMNS.values(), strict=True)], list(COUNT_COLUMNS)
    )


def counted_areas(
    level: str, areas: Mapping[str, int], names: Mapping[str, str], atlas: Atlas | None, language: str
) -> list[CountedArea]:
    """Return areas of one level by their rows; last those that may not be compared, with why.

    Parameters
    ----------
    level : {"district", "township", "place"}
    areas : mapping of id to number of rows
    names : mapping of id to str
        What areas are called; by default by their ids.
    atlas : Atlas or None
        As in `area_counts`.
    language : {"zh", "en"}
    """
    positions: Mapping[str, int] = {}
    why: dict[str, str] = {}
    if atlas is not None and level != "township" and areas:
        found = in_order(atlas, pd.Series(areas, dtype=float))
        positions = found.positions
        why = {cell.place_id: why_text(atlas, cell.reasons, language) for cell in found.cells if cell.reasons}
    else:
        values = sorted(areas.values(), reverse=True)
        first = dict(zip(reversed(values), range(len(values), 0, -1), strict=True))
        positions = {area: first[count] for area, count in areas.items()}
    order = sorted(areas, key=lambda area: (positions.get(area) is None, -areas[area], area))
    return [
        CountedArea(area, names.get(area, area), areas[area], positions.get(area), why.get(area) or None)
        for area in order
    ]


def counts_sheet(counts: pa.Table, language: str) -> list[list[Any]]:
    """Return the table of counts as rows for a sheet, the head in words."""
    head = [text(f"assign.counts.{name}", language) for name in counts.column_names]
    return [head, *(list(row.values()) for row in counts.to_pylist())]
