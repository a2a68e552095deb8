"""The columns of a table that name districts, townships or addresses, recognised by their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from geo.tables.areas import Areas
from geo.tables.gazetteer import Gazetteer
from geo.tables.reader import TableReader
from geo.tables.values import as_text

__all__ = ["PlaceColumns", "find_place_columns", "stated_districts"]

_LOOK_AT = 500
#: Most cells examined in all: with many columns, fewer of each.
_LOOK_AT_CELLS = 40_000
#: Share of cells that must be the name or code of a district, with little else.
_ARE_PLACES = 0.5
#: The same for a column whose name stands for districts.
_CALLED_SO = 0.1
_NAMES_PLACES = 0.3
_MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """The columns of districts, of townships, and of texts, such as addresses, in which their names occur."""

    districts: list[str]
    townships: list[str]
    texts: list[str]


def find_place_columns(table: TableReader, sample: pa.Table, areas: Areas, townships: Areas | None) -> PlaceColumns:
    """Return the columns that name places.

    Parameters
    ----------
    table : TableReader
        A table with coordinates.
    sample : pyarrow.Table
        Some of its rows.
    areas, townships : Areas, Areas or None

    Notes
    -----
    Examines 500 cells of each column, fewer in a table of more than 80 columns. Columns whose names stand for addresses
    are taken as such; if there are none, text columns in which 30 % of the cells hold the full name of a district.
    """
    upper, lower = Gazetteer.of(areas), None if townships is None else Gazetteer.of(townships)
    used = set(table.require_points().columns)
    called = {role: table.report.columns_with_role(role) for role in ("district", "township", "address")}
    found = PlaceColumns([], [], [])
    loose = []
    looked_at = max(1, min(_LOOK_AT, _LOOK_AT_CELLS // max(sample.num_columns, 1)))
    rows = np.unique(np.linspace(0, max(sample.num_rows - 1, 0), looked_at).astype(np.int64))
    spoken = sample.select([field.name for field in sample.schema if field.name not in used and _may_say(field.type)])
    if len(rows) < sample.num_rows:
        spoken = spoken.take(pa.array(rows))
    for name, column in zip(spoken.column_names, spoken.columns, strict=True):
        cells = Counter(cell for cell in as_text(column.combine_chunks()).to_pylist() if cell and cell.strip())
        if not cells:
            continue
        in_upper = _share(cells, upper.is_place)
        in_lower = _share(cells, lower.is_place) if lower is not None else 0.0
        if in_upper >= (_CALLED_SO if name in called["district"] else _ARE_PLACES):
            found.districts.append(name)
        elif in_lower >= (_CALLED_SO if name in called["township"] else _ARE_PLACES):
            found.townships.append(name)
        elif name in called["address"]:
            found.texts.append(name)
        elif _share(cells, lambda cell: upper.inside(cell) != -1) >= _NAMES_PLACES:
            loose.append(name)
    found.districts.sort(key=lambda name: name not in called["district"])
    found.townships.sort(key=lambda name: name not in called["township"])
    if not (found.districts or found.townships or found.texts):
        found.texts.extend(loose)
    del found.districts[_MOST_COLUMNS:]
    return found


def stated_districts(areas: Areas, ids: Sequence[str], column: str) -> Callable[[Any], pa.Array]:
    """Return a function from a batch to the id of the district that a column names in each row, null for none.

    Parameters
    ----------
    areas : Areas
        Districts.
    ids : sequence of str
        Their ids, in the same order.
    column : str
    """
    gazetteer, known = Gazetteer.of(areas), dict[Any, str | None]()

    def of(batch: Any) -> pa.Array:
        cells = batch.column(column)
        cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
        is_coded = pa.types.is_dictionary(cells.type) and pa.types.is_string(cells.type.value_type)
        coded = cells if is_coded else as_text(cells).dictionary_encode()
        for word in coded.dictionary.to_pylist():
            if word not in known:
                place = gazetteer.exact(word)
                known[word] = ids[place] if place >= 0 else None
        words = pa.array([known[word] for word in coded.dictionary.to_pylist()], pa.string())
        return words.take(coded.indices)

    return of


def _may_say(kind: pa.DataType) -> bool:
    """Return whether cells of this type may be names, codes or addresses."""
    other = pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_nested(kind)
    return not other and "binary" not in str(kind)


def _share(cells: Counter[str], holds: Callable[[str], bool]) -> float:
    """Return the share of cells for which `holds` is true."""
    return sum(number for cell, number in cells.items() if holds(cell)) / cells.total()
