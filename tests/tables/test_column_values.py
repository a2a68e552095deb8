"""Coordinates told by values: the same columns are found together as each alone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from geo.tables import stacked
from geo.tables.column_values import coordinates_by_values
from geo.tables.points import Coordinates

BASE = Coordinates("pair", (), "", bbox=(120.8, 30.6, 122.3, 31.9))
COLUMNS = {
    "a": ["121.4712", "121.5231", None],
    "b": [31.2312, 31.1015, 31.3021],
    "year": [2017, 2018, 2019],
    "words": ["x", "y", "z"],
    "empty": [None, None, None],
    "both": ["121.4712,31.2312", "31.1015 121.5231", "(121.3317; 31.3021)"],
    "shape": ["POINT(121.4 31.2)", None, "LINESTRING(121 31,122 32)"],
    "json": ['{"type":"Point","coordinates":[121.4,31.2]}'] * 3,
    "yes": [True, False, None],
}


@pytest.mark.parametrize("cells", [1, 7, 1 << 17])
def test_found_together_as_each_alone(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(stacked, "_CELLS", cells)
    assert [spec.columns for spec in coordinates_by_values(pa.table(COLUMNS), BASE)] == [("a", "b")]
    without = {name: values for name, values in COLUMNS.items() if name not in ("a", "b")}
    together = coordinates_by_values(pa.table(without), BASE)
    alone = [spec for name, values in without.items() for spec in coordinates_by_values(pa.table({name: values}), BASE)]
    assert together == alone
    assert [(spec.kind, *spec.columns) for spec in together] == [
        *(("point", "both"), ("geometry", "shape"), ("geometry", "json"))
    ]


def test_without_a_city_geometries_alone_are_told() -> None:
    anywhere = Coordinates("pair", (), "")
    assert [spec.columns for spec in coordinates_by_values(pa.table(COLUMNS), anywhere)] == [("shape",), ("json",)]


def test_no_rows_and_no_columns() -> None:
    assert coordinates_by_values(pa.table({"a": pa.array([], pa.string())}), BASE) == []
    assert coordinates_by_values(pa.table({}), BASE) == []
