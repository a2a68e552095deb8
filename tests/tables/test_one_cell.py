"""Cells that hold both coordinates, in the notations there are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from geo.tables.one_cell import nothing, split_cells, split_struct
from geo.tables.reasons import MISSING, NOT_A_NUMBER, OK, SET_ASIDE_FROM


@pytest.mark.parametrize(
    "cell",
    [
        "121.5,31.25",
        "[121.5, 31.25]",
        "<121.5；31.25>",
        "121.5、31.25",
        "121.5|31.25",
        "121.5,31.25,0",
        "121.5, 31.25, 12.5",
        "(121.5;31.25;-3)",
        "经度:121.5,纬度:31.25",
        "经度：121.5；纬度：31.25",
        "纬度=31.25 经度=121.5",
        '{"lat": "31.25", "lng": "121.5"}',
        "{'longitude': 121.5, 'latitude': 31.25}",
        "lng=121.5&lat=31.25",
        "SRID=4490;POINT Z (121.5 31.25 4)",
        "东经121.5，北纬31.25",
        "121°30′E 31°15′N",
    ],
)
def test_notations(cell: str) -> None:
    a, b, codes = split_cells(pa.array([cell, None]), ".")
    assert (a[0], b[0]) == (121.5, 31.25)
    assert codes[0] < SET_ASIDE_FROM
    assert codes[1] == MISSING


@pytest.mark.parametrize("cell", ["121.5_31.25", "121.5,31.25,121.6,31.3", "张江、临港", "121.5"])
def test_what_is_no_pair(cell: str) -> None:
    a, _, codes = split_cells(pa.array([cell]), ".")
    assert np.isnan(a[0])
    assert codes[0] == NOT_A_NUMBER


@pytest.mark.parametrize(
    "cell",
    [
        {"lng": 121.5, "lat": 31.25},
        {"adcode": 310115, "lat": 31.25, "lng": "121.5"},
        {"type": "Point", "coordinates": [121.5, 31.25]},
        {"h": 4.0, "x": 121.5, "y": 31.25},
        {"e": 121.5, "n": 31.25, "h": 4.0},
    ],
)
def test_structs(cell: dict[str, object]) -> None:
    a, b, codes = split_struct(pa.array([cell, None]))
    assert (a[0], b[0]) == (121.5, 31.25)
    assert codes.tolist() == [OK, MISSING]


def test_structs_of_less_than_two_fields() -> None:
    assert split_struct(pa.array([{"lng": 121.5}]))[2][0] == NOT_A_NUMBER
    assert nothing(2, MISSING)[2].tolist() == [MISSING, MISSING]
