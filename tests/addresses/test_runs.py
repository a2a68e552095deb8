"""House numbers along a road."""

from __future__ import annotations

import math

import pytest

from addresses.city import anchors
from geo.addresses.runs import Anchor, Numbers, without_outliers


def test_at_its_anchor_between_and_beyond() -> None:
    road = Numbers.of(anchors(0, 0, range(1, 200, 20)))
    exact = road.locate(41)
    assert (exact.how, exact.x, exact.y) == ("exact", 82.0, 15.0)
    between = road.locate(49)
    assert between.how == "between"
    assert math.hypot(between.x - 98, between.y - 15) < 1e-9
    beyond = road.locate(191)
    assert beyond.how == "beyond"
    # moved on at two metres a number from 181
    assert beyond.x == pytest.approx(382, abs=1)
    assert Numbers.of([]).locate(5) is None


def test_the_own_side_of_the_road_is_asked_first() -> None:
    both = Numbers.of([*anchors(0, 0, range(1, 100, 8)), *anchors(0, 0, range(2, 100, 8))])
    assert both.locate(46).y == pytest.approx(-15)
    assert both.locate(47).y == pytest.approx(15)


def test_error_grows_with_the_bracket() -> None:
    near, far = Numbers.of(anchors(0, 0, range(1, 200, 20))), Numbers.of(anchors(0, 0, range(1, 2000, 400)))
    assert near.locate(9).error_m < far.locate(201).error_m
    assert far.locate(3000).error_m > far.locate(1700).error_m


def test_a_township_is_told_only_where_the_anchors_agree() -> None:
    road = Numbers.of([Anchor(1, 0, 0, 0, 3), Anchor(11, 20, 0, 0, 3), Anchor(21, 40, 0, 0, 4)])
    assert road.locate(5).township == 3
    assert road.locate(15).township == -1


def test_outliers_are_left_out() -> None:
    given = anchors(0, 0, range(1, 200, 20))
    wrong = Anchor(90, 9000.0, 9000.0)
    road = Numbers.of([*given, wrong])
    assert 90 not in road.number
    assert len(road) == len(given)
    pair = [(one, 0.0) for one in given[:2]]
    assert without_outliers(pair) == pair


def test_several_anchors_of_one_number_are_one_place() -> None:
    road = Numbers.of([Anchor(5, 0, 0), Anchor(5, 10, 0), Anchor(5, 1000, 0)])
    assert len(road) == 1
    assert (road.x[0], road.spread[0]) == (10, 10)
