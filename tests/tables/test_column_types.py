"""Numbers as numbers, dates as dates, codes as text; one odd cell anywhere keeps a column text."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from geo.tables.column_types import column_types
from geo.tables.reading_report import describe_columns


def typed(kind: str, *batches: list[str | None]):
    parts = [pa.record_batch({"c": pa.array(cells, pa.string())}) for cells in batches]
    types = column_types(parts, {"c": kind})
    table = pa.Table.from_batches([types(part) for part in parts])
    return table.schema.field("c").type, table["c"].to_pylist()


@pytest.mark.parametrize(
    ("kind", "cells", "type_", "values"),
    [
        ("integer", ["1", " -20", "", None, "+3"], pa.int64(), [1, -20, None, None, 3]),
        ("integer", ["1", "2.5"], pa.float64(), [1.0, 2.5]),
        ("number", ["1.5", "1,200.25", "3e+2", ""], pa.float64(), [1.5, 1200.25, 300.0, None]),
        ("date", ["2020-01-05", "2020/1/5", "2020年12月31日"], pa.date32(),
         [dt.date(2020, 1, 5), dt.date(2020, 1, 5), dt.date(2020, 12, 31)]),
        ("date", ["2020-01-05 7:08", "2020-01-05"], pa.timestamp("s"),
         [dt.datetime(2020, 1, 5, 7, 8), dt.datetime(2020, 1, 5)]),
    ],
)  # fmt: skip
def test_what_columns_hold(kind, cells, type_, values):
    assert typed(kind, cells) == (type_, values)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("integer", ["1", "007"]),
        ("integer", ["1", "约 3"]),
        ("integer", ["1", "无"]),
        ("number", ["1.5", "nan"]),
        ("integer", ["1", "12345678901234567890123"]),
        ("date", ["2020-01-05", "2020-02-30"]),
        ("date", ["2020-01-05", "2020-02"]),
        ("number", ["12", "3E1"]),
        ("text", ["1", "2"]),
        ("code", ["310104", "310105"]),
    ],
)
def test_what_stays_text(kind, cells):
    assert typed(kind, cells) == (pa.string(), cells)


def test_powers_as_programs_write_them_are_numbers_and_codes_are_none():
    assert typed("number", ["1E+05", "1.5e3", "-2e-1"]) == (pa.float64(), [1e5, 1500.0, -0.2])
    for cells, kind in ((["1E+05", "1.5e3"], "number"), (["3E1", "4E2"], "text"), (["12", "3E1"], "text")):
        assert [one.type for one in describe_columns(pa.table({"a": cells}), {}, (), "")] == [kind]


def test_a_cell_late_in_the_file_decides():
    assert typed("integer", ["1", "2"], ["3", "x"]) == (pa.string(), ["1", "2", "3", "x"])
    assert typed("integer", ["1", "2"], ["3", "4.5"]) == (pa.float64(), [1.0, 2.0, 3.0, 4.5])
