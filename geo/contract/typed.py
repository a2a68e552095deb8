"""Rows of text as a DataFrame with the types of the contract, as plain values, as the bytes of a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.contract.schema import Table

__all__ = ["csv_bytes", "plain", "plain_row", "plain_rows", "typed_frame"]

_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean"}


def typed_frame(table: Table, rows: Iterable[Mapping[Any, Any]]) -> pd.DataFrame:
    """Return rows of text as a DataFrame with the types of the contract.

    Parameters
    ----------
    table : Table
        The contract; columns that no row has are left out.
    rows : iterable of mapping
        Column → text or JSON value; "" and None mean no value.

    Returns
    -------
    DataFrame
        Text, ids, enums, lists and periods as `str` (missing: NaN), integer as Int64, number as float64,
        boolean as boolean.
    """
    rows = list(rows)
    present = set().union(*(row.keys() for row in rows)) if rows else set(table.names())
    columns: dict[str, pd.Series[Any]] = {}
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
        columns[column.name] = pd.Series(values, dtype=_DTYPES.get(column.type, "str"))
    return pd.DataFrame(columns)


def plain(value: Any) -> Any:
    """Return a cell as a plain Python value: missing as None, NumPy scalars unwrapped."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row with its names as text and its cells as `plain` gives them."""
    return {str(name): plain(value) for name, value in row.items()}


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as `plain_row` gives them."""
    return [plain_row(row) for row in frame.to_dict("records")]


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as CSV with a header, UTF-8 without mark, LF line ends: the same bytes on every machine."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
