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
    assert math.hypot(between.x - 98, between.y - 15) < 0.5
    beyond = road.locate(191)
    assert beyond.how == "beyond"
    # moved on at two metres a number from 181
    assert beyond.x == pytest.approx(382, abs=5)
    assert Numbers.of([]).locate(5) is None


def test_the_own_side_of_the_road_is_asked_first() -> None:
    both = Numbers.of([*anchors(0, 0, range(1, 100, 8)), *anchors(0, 0, range(2, 100, 8))])
    assert both.locate(46).y == pytest.approx(-15, abs=0.7)
    assert both.locate(47).y == pytest.approx(15, abs=0.7)


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


def test_the_far_end_of_a_road_is_no_outlier() -> None:
    """Numbers 1 to 81 are known, then none up to 1501, three kilometres on at two metres each."""
    road = Numbers.of([*anchors(0, 0, range(1, 100, 20)), *anchors(0, 0, range(1501, 1502))])
    assert road.number[-1] == 1501
    found = road.locate(801)
    assert (found.how, found.x) == ("between", pytest.approx(1602, abs=40))
    astray = Numbers.of([*anchors(0, 0, range(1, 100, 20)), Anchor(121, 3002.0, 15.0)])
    assert astray.number[-1] == 81


def test_several_anchors_of_one_number_are_one_place() -> None:
    road = Numbers.of([Anchor(5, 0, 0), Anchor(5, 10, 0), Anchor(5, 1000, 0)])
    assert len(road) == 1
    assert (road.x[0], road.spread[0]) == (10, 10)


def test_a_lane_is_not_the_house_of_its_number() -> None:
    """Lane 120 lies behind the road; 120 itself is told by the numbers around, and the other way round."""
    known = [*anchors(0, 0, range(2, 240, 10)), Anchor(120, 240.0, -95.0, is_lane=True)]
    road = Numbers.of(known)
    assert (road.locate(120, True).how, road.locate(120, True).y) == ("exact", -95.0)
    assert road.locate(120).how == "between"
    assert road.locate(120).y > -40
    assert road.locate(42).how == "exact"
    assert road.locate(42, True).how == "between"
    alone = Numbers.of([Anchor(120, 240.0, -95.0, 0, 4, True)])
    assert (alone.locate(120).how, alone.locate(120).township) == ("between", 4)
    both = Numbers.of([Anchor(7, 0.0, 0.0, 0, 1), Anchor(7, 40.0, 0.0, 0, 2, True)])
    assert (both.locate(7).x, both.locate(7, True).x) == (0.0, 40.0)
    assert both.pitch is None


def test_a_village_knows_one_spot_of_a_number() -> None:
    scattered = [Anchor(n, 37.0 * (n * 7 % 11), 29.0 * (n * 5 % 13)) for n in range(1, 40, 2)]
    assert Numbers.of(scattered, is_road=False).locate(3, True).how == "exact"


def test_the_other_side_tells_where_the_own_one_has_no_number() -> None:
    """Odd numbers lie 30 m across: between two even ones an odd one is moved over the road."""
    only_even_near = Numbers.of([*anchors(0, 0, range(1, 60, 5)), *anchors(0, 0, range(100, 200, 10))])
    found = only_even_near.locate(125)
    assert (found.x, found.y) == (pytest.approx(250, abs=2), pytest.approx(15, abs=3))


def test_a_known_number_off_the_course_of_its_road_is_doubted() -> None:
    straight = anchors(0, 0, range(1, 400, 20))
    astray = Numbers.of([*straight, Anchor(111, 222.0, 300.0)])
    assert astray.locate(111).y == 300.0
    assert astray.locate(111).error_m > 100 > astray.locate(101).error_m


def test_a_village_is_its_middle_unless_its_numbers_rise() -> None:
    scattered = [Anchor(n, 37.0 * (n * 7 % 11), 29.0 * (n * 5 % 13)) for n in range(1, 40, 2)]
    village = Numbers.of(scattered, is_road=False)
    assert village.locate(3).how == "exact"
    assert village.locate(4).how == "estate"
    assert village.locate(4) == village.locate(400)
    rising = Numbers.of(anchors(0, 0, range(1, 200, 20)), is_road=False)
    assert rising.locate(49).how == "between"
