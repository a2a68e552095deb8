"""Rows that stand where a service put many others too."""

from __future__ import annotations

import numpy as np

from geo.addresses.trust import own_places


def own(rows: list[tuple[str, int, float, float]]) -> list[bool]:
    names, numbers, x, y = zip(*rows, strict=True)
    return own_places(np.array(x), np.array(y), names, numbers).tolist()


def test_the_middle_of_a_road_is_no_place_of_its_numbers() -> None:
    rows = [("黄河路", n, 500.0, 80.0) for n in (12, 340, 906)] + [("黄河路", 12, 24.0, 80.0)]
    assert own(rows) == [False, False, False, True]


def test_one_building_may_have_several_numbers_and_stand_at_a_corner() -> None:
    assert own([("黄河路", n, 500.0, 80.0) for n in (100, 108, 140)]) == [True] * 3
    assert own([("黄河路", 100, 500.0, 80.0), ("长江路", 7, 500.0, 80.0)]) == [True] * 2
    # the same address over and over, and what is told apart by a metre
    assert own([("黄河路", 100, 500.0, 80.0)] * 5) == [True] * 5
    assert own([("黄河路", 12, 500.0, 80.0), ("黄河路", 340, 501.0, 80.0)]) == [True] * 2


def test_many_roads_and_villages_at_one_spot_are_the_middle_of_a_district() -> None:
    rows = [("黄河路", 9, 0.0, 0.0), ("长江路", 4, 0.0, 0.0), ("红旗村", -1, 0.0, 0.0), ("", -1, 0.0, 0.0)]
    assert own(rows) == [False, False, False, True]
    assert own([("红旗村", -1, 0.0, 0.0)] * 9) == [True] * 9


def test_no_rows() -> None:
    assert own([("", -1, 0.0, 0.0)][:1]) == [True]
    assert own_places(np.empty(0), np.empty(0), [], []).tolist() == []
