"""House numbers on a road of which only the line is known."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from addresses.city import anchors
from geo.addresses.numbering import Directions, Track
from geo.addresses.runs import Anchor, Numbers

LINE = shapely.LineString([(0, 0), (1000, 0)])


def directions() -> Directions:
    """Roads around, whose numbers rise to the east, two metres each."""
    return Directions(Numbers.of(anchors(100, 100.0 * at, range(1, 60, 6))) for at in range(1, 26))


def test_the_first_house_stands_beyond_the_crossing() -> None:
    spot = Track(LINE).spot(100, None, directions(), partial=False)
    assert spot is not None
    assert spot.how == "model"
    assert spot.x == pytest.approx(20 + 100 * 2.0, abs=1)


def test_odd_numbers_stand_on_the_left_as_they_rise() -> None:
    """Along an axis to the east and one to the north: left of it is north, and west."""
    up = shapely.LineString([(0, 0), (0, 1000)])
    north = Directions(
        Numbers.of([Anchor(n, 100.0 * at, 100.0 + 2.0 * n) for n in range(1, 60, 6)]) for at in range(1, 26)
    )
    for line, around, odd in ((LINE, directions(), (0, 10)), (up, north, (-10, 0))):
        track = Track(line)
        left, right = (track.spot(number, None, around, partial=False) for number in (101, 100))
        assert left is not None
        assert right is not None
        # the two houses are two metres apart along the road, and face each other across it
        assert sorted(abs(d) for d in (left.x - right.x, left.y - right.y)) == pytest.approx([2, 20], abs=0.2)
        assert (left.x * bool(odd[0]) + left.y * bool(odd[1])) == pytest.approx(sum(odd), abs=0.1)


def test_where_the_way_numbers_rise_is_open_the_other_way_counts_as_error() -> None:
    """As many roads around rise to the east as to the west, but for one."""
    along = range(1, 60, 6)
    east = [anchors(100, 100.0 * at, along) for at in range(1, 14)]
    west = [[Anchor(n, 900.0 - 2 * n, 100.0 * at) for n in along] for at in range(1, 13)]
    even = Directions(Numbers.of(one) for one in east + west)
    unsure, sure = (Track(LINE).spot(50, None, around, partial=False) for around in (even, directions()))
    assert unsure is not None
    assert sure is not None
    assert unsure.x == pytest.approx(sure.x, abs=15)
    # number 50 stands 120 m from one end or from the other
    assert unsure.error_m == pytest.approx((1000 - 2 * 120) / 2, rel=0.1)
    assert sure.error_m < 100


def test_a_line_that_begins_at_no_road_may_begin_elsewhere() -> None:
    begins, opens = (Track(LINE, (is_open, True)).spot(100, None, directions(), False) for is_open in (False, True))
    assert begins is not None
    assert opens is not None
    assert opens[:2] == begins[:2]
    assert opens.error_m > 2 * begins.error_m


def test_a_number_lies_on_its_road_so_that_near_an_end_it_is_drawn_back() -> None:
    """Number 480 would stand 20 m before the end: half of where it may stand else is beyond, where no road is."""
    plain, ends = 20 + 480 * 2.0, []
    for is_open in ((True, True), (False, False)):
        spot = Track(LINE, is_open).spot(480, None, directions(), False)
        assert spot is not None
        ends.append(spot.x)
    assert ends[0] == pytest.approx(plain, abs=1)
    # a normal distribution cut off at 1000 m, solved by adding up
    deviation = (45.0**2 + 26.5 * 480 + (0.18 * 480) ** 2) ** 0.5
    x = np.linspace(0, 1000, 20_001)
    weight = np.exp(-(((x - plain) / deviation) ** 2) / 2)
    assert ends[1] == pytest.approx((x * weight).sum() / weight.sum(), abs=1)
    assert ends[1] < plain - 80


def test_a_number_beyond_the_end_of_the_line_is_unsure() -> None:
    near, far = (Track(LINE).spot(number, None, directions(), partial=False) for number in (400, 1500))
    assert near is not None
    assert far is not None
    assert (far.how, far.x) == ("road", pytest.approx(1000))
    assert far.error_m > 3 * near.error_m


def test_numbers_rise_away_from_two_lines_through_the_city() -> None:
    """Known are roads far to the east and west, the north and south: twelve of each."""
    along = range(1, 99, 9)
    known = [anchors(5000.0, 700.0 * at - 4000, along) for at in range(12)]
    known += [[Anchor(n, -5000.0 - 2 * n, 700.0 * at - 4000) for n in along] for at in range(12)]
    known += [[Anchor(n, 700.0 * at - 4000, 5000.0 + 2 * n) for n in along] for at in range(12)]
    known += [[Anchor(n, 700.0 * at - 4000, -5000.0 - 2 * n) for n in along] for at in range(12)]
    city = Directions(Numbers.of(one) for one in known)
    east, north = (1.0, 0.0), (0.0, 1.0)
    # to the north of the middle they rise to the north, however far to the west it is
    assert city.sign(-3000, 3000, north) > 0.9 > -0.9 > city.sign(-3000, -3000, north)
    assert city.sign(3000, -3000, east) > 0.9 > -0.9 > city.sign(-3000, -3000, east)


def test_between_the_first_house_and_a_known_number_the_pace_is_that_of_the_road() -> None:
    """Number 300 stands 900 m on, so three metres a number, though two are usual around."""
    known = Numbers.of([Anchor(300, 920.0, 0.0)])
    spot = Track(LINE).spot(150, known, directions(), partial=False)
    assert spot is not None
    assert spot.x == pytest.approx(20 + 150 * 3.0, abs=25)
    none = Track(LINE).spot(150, None, directions(), partial=False)
    assert none is not None
    assert spot.error_m < none.error_m


def test_one_number_alone_does_not_turn_a_road_round_but_three_do() -> None:
    """As if numbers began at the eastern end, against all roads around."""
    against = [Anchor(n, 980.0 - 2.0 * n, 0.0) for n in (40, 90, 140)]
    at = {}
    for known in (1, 3):
        spots = [Track(LINE).spot(n, Numbers.of(against[:known]), directions(), False) for n in (20, 200)]
        at[known] = [spot.x for spot in spots if spot is not None]
    assert at[1][0] < at[1][1]
    assert at[3] == [pytest.approx(980 - 2 * 20, abs=20), pytest.approx(980 - 2 * 200, abs=60)]


def test_who_does_not_know_which_way_numbers_rise_says_nothing() -> None:
    assert Track(LINE).spot(100, None, Directions([]), partial=False) is None


def test_of_a_road_known_in_part_the_road_only_is_known() -> None:
    part, whole = (Track(LINE).spot(100, None, directions(), partial) for partial in (True, False))
    assert part is not None
    assert whole is not None
    assert (part[:2], part.how) == (whole[:2], "road")
    assert part.error_m == pytest.approx(whole.error_m + 250, abs=1)
