"""Villages, estates and other names that a row teaches."""

from __future__ import annotations

import numpy as np
import pytest

from addresses.city import NAMES
from geo.addresses.parse import parse
from geo.addresses.places import is_settlement, names_taught, passing_names, spots_of, spots_passed


@pytest.mark.parametrize(
    "name", ["红旗村", "梨园新村", "兰花小区", "迎园十三坊", "东安花园", "李家宅", "菊园二区", "红旗村老油坊"]
)
def test_villages_and_estates(name: str) -> None:
    assert is_settlement(name)


@pytest.mark.parametrize(
    "name", ["科学园", "梨花大厦", "中央公园站", "红旗村路", "云间中学", "红旗村小学", "红旗村路口"]
)
def test_what_is_none(name: str) -> None:
    assert not is_settlement(name)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("东浦新区红旗村", [("红旗村", True)]),
        ("东浦新区红旗村李家宅", [("红旗村李家宅", True), ("红旗村", False)]),
        ("东浦新区红旗2村9号", [("红旗二村", False)]),
        ("东浦新区兰花小区东门", [("兰花小区东门", True), ("兰花小区", False)]),
        ("东浦新区梨花大厦", [("梨花大厦", True)]),
        ("东浦新区红旗村路", []),
        ("东浦新区15号", []),
        ("东浦新区黄河路12号", []),
        ("广东省广州市天河区红旗村", []),
    ],
)
def test_names_of_a_row(address: str, expected: list[tuple[str, bool]]) -> None:
    assert list(names_taught(parse(address, NAMES))) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("东浦新区桃花街", ["桃花街"]),
        ("东浦新区桃花街与梨花路交界口工地", ["桃花街", "梨花路"]),
        ("东浦新区高新工业区红旗村", ["红旗村"]),
        ("东浦新区红旗村老油坊", ["老油坊"]),
        ("东浦新区桃花街9号", []),
        ("东浦新区桃花街9号（近梨花路）", ["梨花路"]),
        ("东浦新区红旗村卫生室", []),
        ("东浦新区红旗村生活区", []),
        ("东浦新区红旗村桃花河东侧", []),
        ("东浦新区老街", []),  # two letters are many a street
        ("广东省广州市天河区桃花街", []),
    ],
)
def test_names_that_a_row_is_at_but_does_not_number(address: str, expected: list[str]) -> None:
    found = list(passing_names(parse(address, NAMES)))
    assert [name for name in expected if name in found] == expected
    assert (found == []) == (expected == [])


def test_what_stands_at_a_crossing_is_no_name() -> None:
    assert list(passing_names(parse("东浦新区桃花街梨花路口停车棚", NAMES))) == ["桃花街", "梨花路"]


def test_of_a_name_that_is_passed_all_rows_must_lie_together() -> None:
    near, none = np.array([0.0, 200.0, 100.0]), np.zeros(3, np.intp)
    assert [(p.x, p.accuracy_m) for p in spots_passed("桃花街", near, np.zeros(3), none)] == [(100.0, 800.0)]
    assert [(p.x, p.accuracy_m) for p in spots_passed("老油坊", near, np.zeros(3), none)] == [(100.0, 300.0)]
    assert spots_passed("老油坊", np.array([0.0, 200.0, 9000.0]), np.zeros(3), none) == []
    assert len(spots_passed("老油坊", np.array([0.0, 200.0, 9000.0]), np.zeros(3), np.array([0, 0, 1]))) == 2


def test_one_spot_for_a_district_where_most_lie_together() -> None:
    x = np.array([0.0, 200.0, 9000.0, 50.0, 5000.0, 40000.0])
    whole = np.zeros(6, bool)
    found = spots_of(x, np.zeros(6), np.array([0, 0, 0, 1, 2, 2]), whole)
    assert [(p.district, p.x, p.accuracy_m) for p in found] == [(0, 100.0, 3000.0), (1, 50.0, 150.0)]


def test_a_row_that_names_nothing_more_tells_first() -> None:
    x, y, whole = np.array([0.0, 8000.0, 8100.0]), np.zeros(3), np.array([True, False, False])
    assert [p.x for p in spots_of(x, y, np.zeros(3, np.intp), whole)] == [0.0]
