# ruff: noqa: E501 - small tables read best on one line
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from geo.analysis.user_data.user_measures import UserMeasure, aggregate, density, in_order, location_quotient, share
from geo.atlas.atlas import Atlas
from geo.errors import DataError, UsageError

TABLE = pa.table(
    {
        "kind": ["lab", "firm", "firm", "firm", "lab", "firm"],
        "capital": ["10", "20", "n/a", None, "5", "1000"],
        "owner": ["x", "y", "y", "z", None, "w"],
        "district_id": ["a", "a", "a", "b", "b", None],
        "place_ids": pa.array([["p", "q"], ["p"], [], None, ["q"], []], pa.list_(pa.string())),
    }
)
MEASURES = [
    UserMeasure("rows"),
    UserMeasure("capital", "万元", "sum", "capital"),
    UserMeasure("mean capital", "万元", "mean", "capital"),
    UserMeasure("owners", how="distinct", column="owner"),
    UserMeasure("labs", where=("kind", "lab")),
]


def test_by_district_with_values_worked_out_by_hand() -> None:
    values, left_out = aggregate(TABLE, MEASURES, ["a", "b", "c"], "district")
    assert values["rows"].to_list() == [3, 2, 0]
    assert values["capital"].to_list()[:2] == [30, 5]
    assert values["mean capital"].to_list()[:2] == [15, 5]
    assert values["owners"].to_list() == [2, 1, 0]
    assert values["labs"].to_list() == [1, 1, 0]
    assert left_out == {"capital": 2, "mean capital": 2}


def test_a_category_is_counted_as_it_is_offered() -> None:
    cells = {"kind": pa.array([" lab", "lab", "x"]).dictionary_encode(), "open": pa.array([True, None, False])}
    table = pa.table({**cells, "district_id": ["a", "a", "a"]})
    measures = [UserMeasure("labs", where=("kind", "lab")), UserMeasure("open", where=("open", "True"))]
    values, _ = aggregate(table, measures, ["a"], "district")
    assert values.loc["a"].to_list() == [2, 1]


def test_no_number_is_unknown_and_no_row_is_zero() -> None:
    values, _ = aggregate(TABLE, MEASURES, ["c"], "district")
    assert values.loc["c", "rows"] == 0
    assert math.isnan(values.loc["c", "capital"])
    assert math.isnan(values.loc["c", "mean capital"])


def test_a_row_in_two_places_counts_in_both() -> None:
    values, _ = aggregate(TABLE, MEASURES, ["p", "q", "r"], "place")
    assert values["rows"].to_list() == [2, 2, 0]
    assert values["capital"].to_list()[:2] == [30, 15]


def test_a_row_in_two_places_is_left_out_once() -> None:
    table = TABLE.set_column(1, "capital", pa.array(["n/a", "20", "n/a", None, "5", "1000"]))
    _, left_out = aggregate(table, [UserMeasure("capital", how="sum", column="capital")], ["p", "q"], "place")
    assert left_out == {"capital": 1}


def test_agrees_with_pandas_on_many_rows() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "district_id": rng.choice(list("abcd"), 5000),
            "v": rng.normal(size=5000).round(3),
            "k": rng.integers(0, 50, 5000),
        }
    )
    got, _ = aggregate(
        pa.Table.from_pandas(frame),
        [
            UserMeasure("s", how="sum", column="v"),
            UserMeasure("m", how="mean", column="v"),
            UserMeasure("d", how="distinct", column="k"),
        ],
        list("abcd"),
        "district",
    )
    groups = frame.groupby("district_id")
    assert np.allclose(got["s"], groups["v"].sum())
    assert np.allclose(got["m"], groups["v"].mean())
    assert (got["d"] == groups["k"].nunique()).all()


def test_density_share_and_quotient() -> None:
    assert density(pd.Series({"a": 6.0}), {"a": 3.0})["a"] == 2
    assert share(pd.Series({"a": 6.0}), 24)["a"] == 0.25
    assert math.isnan(share(pd.Series({"a": 0.0}), 0)["a"])
    quotient = location_quotient(pd.Series([5.0, 0.0]), pd.Series([10.0, 0.0]), 10, 40)
    assert quotient[0] == 2
    assert math.isnan(quotient[1])
    assert location_quotient(pd.Series([1.0]), pd.Series([1.0]), 0, 5).isna().all()


def test_user_counts_are_ranked_by_the_rule_of_all_figures(atlas: Atlas) -> None:
    """A belt that nobody drew holds most points because it was drawn large: no position, no colour, and it says why."""
    ids = list(atlas.layout.index)
    counts = pd.Series({place_id: float(1000 - number) for number, place_id in enumerate(ids)})
    counts[ids[-1]] = math.nan
    found = in_order(atlas, counts)
    schematic = set(atlas.layout.index[atlas.layout["method"] == "schematic"])
    assert schematic & {ids[0], ids[1]}, "the test needs a schematic place at the top"
    assert set(found.positions) == set(ids) - schematic - {ids[-1]}
    assert list(found.comparable.values()) == sorted(found.comparable.values(), reverse=True)
    for one in found.cells:
        assert [reason.code for reason in one.reasons] == (["schematic"] if one.place_id in schematic else [])
    assert found.missing == (ids[-1],)
    districts = in_order(atlas, pd.Series(1.0, index=atlas.districts.index))
    assert (districts.level, len(districts.positions)) == ("district", 16)
    assert set(districts.positions.values()) == {1}


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: aggregate(TABLE, MEASURES, ["a"], "street"), UsageError, "allowed are district, township, place"),
        (lambda: aggregate(TABLE, MEASURES, ["a"], "township"), DataError, "has no column township_id: join it first"),
        (lambda: aggregate(TABLE, [UserMeasure("x", how="sum", column="size")], ["a"], "district"), UsageError, "no column 'size'"),
        (lambda: aggregate(TABLE, [UserMeasure("x"), UserMeasure("x")], ["a"], "district"), UsageError, "same label"),
        (lambda: UserMeasure("x", how="median", column="y"), UsageError, "allowed are count, sum, mean, distinct"),
        (lambda: UserMeasure("x", how="sum"), UsageError, "needs a column"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(call, error, match) -> None:
    with pytest.raises(error, match=match):
        call()
