"""Types of the contract on the way in, plain values on the way out; missing is missing in every type."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from geo.atlas.atlas import Atlas
from geo.contract.schema import table
from geo.contract.typed import (
    csv_bytes,
    join_list,
    python_row,
    python_rows,
    python_value,
    python_values,
    split_list,
    typed_frame,
)

ROWS = [
    {"place_id": "a", "measure_id": "firms", "value": "140", "headline": "true", "as_of": "2021"},
    {"place_id": "b", "measure_id": "firms", "value": "", "headline": "", "as_of": ""},
    {"place_id": "c", "measure_id": "firms", "value": None, "headline": False, "as_of": "unknown"},
]


def test_types_follow_the_contract_and_columns_that_no_row_has_are_left_out() -> None:
    frame = typed_frame(table("facts"), ROWS)
    assert list(frame.columns) == [name for name in table("facts").names() if name in ROWS[0]]
    assert (frame["value"].dtype, frame["headline"].dtype, frame["as_of"].dtype) == ("float64", "boolean", "str")
    assert frame["value"].iloc[0] == 140.0
    assert frame["headline"].tolist() == [True, pd.NA, False]
    assert list(frame.isna().sum()[["value", "headline", "as_of"]]) == [2, 1, 1]


def test_integers_stay_whole_beside_missing_ones() -> None:
    frame = typed_frame(table("measures"), [{"sort_order": "3"}, {"sort_order": ""}])
    assert frame["sort_order"].dtype == "Int64"
    assert frame["sort_order"].tolist() == [3, pd.NA]


def test_a_table_without_rows_has_every_column_of_the_contract() -> None:
    assert tuple(typed_frame(table("facts"), []).columns) == table("facts").names()


def test_text_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="could not convert string to float: 'many'"):
        typed_frame(table("facts"), [{"value": "many"}])


def test_a_list_is_a_list_in_memory_that_nobody_can_change() -> None:
    frame = typed_frame(table("places"), [{"aliases": "a;b c"}, {"aliases": ""}, {"aliases": None}])
    assert frame["aliases"].tolist() == [("a", "b c"), (), ()]
    assert [row["aliases"] for row in python_rows(frame)] == [("a", "b c"), (), ()]
    assert frame.explode("aliases")["aliases"].dropna().tolist() == ["a", "b c"]


@pytest.mark.parametrize("cell", ["", "a", "a;b", "x y;中"])
def test_a_list_is_written_as_it_was_read(cell: str) -> None:
    assert join_list(split_list(cell)) == cell


def test_lists_of_the_atlas_are_the_cells_of_its_files(atlas: Atlas) -> None:
    """The files keep one string that every tool reads; the frames hold its items."""
    content = json.loads(atlas.file("pilot_zone.geojson") or b"")
    assert content["features"]
    for feature in content["features"]:
        written, place = feature["properties"], atlas[feature["properties"]["place_id"]]
        for name in ("clusters", "district_ids"):
            assert isinstance(getattr(place, name), tuple)
            assert ";".join(getattr(place, name)) == written[name]


def test_plain_values_are_what_json_takes() -> None:
    plain = python_rows(typed_frame(table("facts"), ROWS))
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert [row["value"] for row in plain] == [140.0, None, None]
    assert [row["headline"] for row in plain] == [True, None, False]
    assert type(python_row({"n": np.int64(3)})["n"]) is int


def test_csv_is_the_same_bytes_everywhere() -> None:
    written = csv_bytes(("a", "b"), [{"b": "x,y", "a": "甲"}, {"a": '"', "b": ""}])
    assert written == 'a,b\n甲,"x,y"\n"""",\n'.encode()
    with pytest.raises(ValueError, match="'c'"):
        csv_bytes(("a",), [{"a": "1", "c": "2"}])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["中", None, "a", "中"], dtype="str"),
        pd.Series([3, None, 3], dtype="Int64"),
        pd.Series([1.5, float("nan"), -0.25]),
        pd.Series([1.5, float("nan"), -0.25], dtype="float32"),
        pd.Series([3, 1, 3]),
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series(pd.to_datetime(["2024-06-30", "2024-06-30", "2025-01-01"])),
        pd.Series(["b", None, "a", "b"], dtype="category"),
        pd.Series([True, 1, 1.0, np.float64(2), None, ("a", "b")], dtype=object),
        pd.Series([], dtype="str"),
    ],
    ids=["str", "Int64", "float64", "float32", "int64", "boolean", "datetime", "category", "object", "empty"],
)
def test_a_column_has_the_values_of_its_cells(column: pd.Series[object]) -> None:
    values = python_values(column)
    expected = [python_value(cell) for cell in column]
    assert [(type(value), value) for value in values] == [(type(value), value) for value in expected]
