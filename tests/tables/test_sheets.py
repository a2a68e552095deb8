"""Columns of a sheet: one type if all cells have it, else text; whole numbers are whole, and none is too large."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from geo.tables import open_table

DAY, MOMENT = dt.date(2024, 6, 30), dt.datetime(2024, 6, 30, 12, 30)


def column(*cells: Any) -> pa.ChunkedArray:
    """Write one column beside one of words, and return it as read."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        forms = {dt.date: "yyyy-mm-dd", dt.datetime: "yyyy-mm-dd hh:mm"}
        date = {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}
        sheet.write_row(0, 0, ["word", "value"])
        for number, cell in enumerate(cells, start=1):
            sheet.write(number, 0, f"r{number}")
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, 1, cell, date[type(cell)])
            elif cell is not None:
                sheet.write(number, 1, cell)
    content.seek(0)
    with open_table(content, name="a.xlsx") as table:
        return pa.Table.from_batches([b.replace_schema_metadata(None) for b in table.batches()])["value"]


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ((1, 2.0, None), pa.int64(), [1, 2, None]),
        ((1, 2.5), pa.float64(), [1.0, 2.5]),
        ((2.0**53 - 1, 1), pa.int64(), [2**53 - 1, 1]),
        ((2.0**53, 1), pa.float64(), [2.0**53, 1.0]),  # beyond, a float holds no longer every whole number
        ((1e300, 1), pa.float64(), [1e300, 1.0]),
        ((True, False, None), pa.bool_(), [True, False, None]),
        ((DAY, None), pa.date32(), [DAY, None]),
        ((DAY, MOMENT), pa.timestamp("ms"), [dt.datetime(2024, 6, 30), MOMENT]),
        (("007", "008"), pa.string(), ["007", "008"]),
        ((7, "008"), pa.string(), ["7", "008"]),
        ((7.5, "x", True, DAY), pa.string(), ["7.5", "x", "true", "2024-06-30"]),
    ],
)
def test_a_column_has_the_type_of_its_cells(cells: tuple[Any, ...], kind: pa.DataType, expected: list[Any]) -> None:
    found = column(*cells)
    assert (found.type, found.to_pylist()) == (kind, expected)
