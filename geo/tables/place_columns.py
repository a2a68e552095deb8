"""Which columns of a table say where its rows are, told by what they hold, whatever they are called."""

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
#: Of many columns fewer cells each, so that a wide table takes no longer than a long one.
_LOOK_AT_CELLS = 40_000
#: A column is one of districts if so many of its cells are a name or code of one and little else.
_ARE_PLACES = 0.5
#: One that is called so may hold that few.
_CALLED_SO = 0.1
_NAMES_PLACES = 0.3
_MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """The names of columns: of districts, of townships, of texts such as addresses in which they occur."""

    districts: list[str]
    townships: list[str]
    texts: list[str]


def find_place_columns(table: TableReader, sample: pa.Table, areas: Areas, townships: Areas | None) -> PlaceColumns:
    """Return the columns that name places.

    Parameters
    ----------
    table : TableReader
        With coordinates.
    sample : pyarrow.Table
        Some of its rows.
    areas, townships : Areas

    Notes
    -----
    Of each column 500 cells are looked at, of more than 80 columns fewer. A column called an address is one; without
    any, every text column in which three cells of ten hold the full name of a district is taken for one.
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
    """Return a function that gives, for every row of a batch, the id of the district that a column names, or null.

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
    """Return whether cells of a type may be names, codes or addresses."""
    other = pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_nested(kind)
    return not other and "binary" not in str(kind)


def _share(cells: Counter[str], holds: Callable[[str], bool]) -> float:
    return sum(number for cell, number in cells.items() if holds(cell)) / cells.total()
