"""House numbers on a road of which only the line is known."""

from __future__ import annotations

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
    assert spot.y == pytest.approx(0)


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
    assert Track(LINE).spot(100, None, directions(), partial=True) is None
