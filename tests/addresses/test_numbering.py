"""House numbers on a road of which only the line is known."""

from __future__ import annotations

import pytest
import shapely

from addresses.city import anchors
from geo.addresses.numbering import Directions, Track
from geo.addresses.runs import Numbers

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


def test_who_does_not_know_which_way_numbers_rise_says_nothing() -> None:
    assert Track(LINE).spot(100, None, Directions([]), partial=False) is None
    assert Track(LINE).spot(100, None, directions(), partial=True) is None
