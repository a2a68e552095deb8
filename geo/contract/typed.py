"""Conversion of table rows: text → DataFrame with the types of the contract → plain Python values → CSV bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.contract.schema import Table

__all__ = [
    "csv_bytes",
    "distinct",
    "join_list",
    "python_row",
    "python_rows",
    "python_value",
    "python_values",
    "split_list",
    "taken",
    "typed_frame",
    "written_row",
]

_BETWEEN_ITEMS = ";"

_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "list": "object"}


def split_list(cell: str | None) -> tuple[str, ...]:
    """Return the items of a list as written in files; () for an empty cell.

    >>> split_list("a;b"), split_list(""), split_list(None)
    (('a', 'b'), (), ())
    """
    return tuple(cell.split(_BETWEEN_ITEMS)) if cell else ()


def join_list(items: Iterable[str]) -> str:
    """Return a list as written in files: its items joined by ``;``.

    >>> join_list(["a", "b"]), join_list([])
    ('a;b', '')
    """
    return _BETWEEN_ITEMS.join(items)


def typed_frame(table: Table, rows: Iterable[Mapping[Any, Any]]) -> pd.DataFrame:
    """Return rows of text as a DataFrame with the dtypes of the contract.

    Parameters
    ----------
    table : Table
        The contract; a column that occurs in no row is left out.
    rows : iterable of mapping
        Column → text or JSON value; "" and None are missing values.

    Returns
    -------
    DataFrame
        Text, ids, enums and periods as `str` (missing: NaN), integer as Int64, number as float64, boolean as boolean,
        lists as tuples of `str` in an object column (missing: the empty tuple).
    """
    rows = list(rows)
    present = set().union(*(row.keys() for row in rows)) if rows else set(table.names())
    columns: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in present:
            continue
        values = [row.get(column.name) for row in rows]
        values = [None if value == "" else value for value in values]
        if column.type == "boolean":
            values = [{"true": True, "false": False}.get(v, v) if isinstance(v, str) else v for v in values]
        elif column.type in ("integer", "number"):
            convert = int if column.type == "integer" else float
            values = [None if value is None else convert(value) for value in values]
        elif column.type == "list":
            values = [split_list(value) for value in values]
        # Without an index: those of a hundred columns would be compared.
        columns[column.name] = pd.Series(values, dtype=_DTYPES.get(column.type, "str")).array
    return pd.DataFrame(columns)


def python_value(value: Any) -> Any:
    """Return a cell as a plain Python value: None if missing, NumPy scalars converted, a list as a tuple."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def distinct(column: pd.Series[Any]) -> tuple[np.ndarray[Any, Any], list[Any]]:
    """Return the position of every cell among the distinct values of a column, and these values, followed by None.

    Lets callers convert each distinct value once: most columns of a layer have few. Cells of an object column are not
    compared; each counts as distinct.

    >>> positions, values = distinct(pd.Series([2.0, None, 2.0]))
    >>> positions.tolist(), values
    ([0, -1, 0], [2.0, None])
    """
    if column.dtype == object:  # in a hash table True, 1 and 1.0 would be the same value
        cells = [python_value(cell) for cell in column]
        return np.arange(len(cells)), [*cells, None]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        positions, values = pd.factorize(column.to_numpy())
        return positions, [*values.tolist(), None]
    positions, found = pd.factorize(column.array)
    return positions, [*found.to_numpy(dtype=object, na_value=None).tolist(), None]


def python_values(column: pd.Series[Any]) -> list[Any]:
    """Return the cells of a column, each converted by `python_value`."""
    positions, values = distinct(column)
    found: list[Any] = taken(values, positions).tolist()
    return found


def taken(values: Sequence[Any], positions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the values at the given positions as an object array."""
    every = np.empty(len(values), dtype=object)
    every[:] = values
    found: np.ndarray[Any, Any] = every[positions]
    return found


def python_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row with its names as text and its cells converted by `python_value`."""
    return {str(name): python_value(value) for name, value in row.items()}


def python_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, each converted by `python_row`."""
    return [python_row(row) for row in frame.to_dict("records")]


def written_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain row as written in files: lists joined by ``;``, an empty list as None.

    >>> written_row({"clusters": ("a", "b"), "aliases": (), "kind": "node"})
    {'clusters': 'a;b', 'aliases': None, 'kind': 'node'}
    """
    return {name: (join_list(cell) or None) if isinstance(cell, tuple) else cell for name, cell in row.items()}


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as CSV with a header: UTF-8 without BOM, LF line ends, the same bytes on every machine."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
