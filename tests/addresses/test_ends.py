"""Where the known line of a road stops short of the next road."""

from __future__ import annotations

import pytest
import shapely

from geo.addresses.ends import Ends
from geo.addresses.numbering import Track

#: Crosses the axis to the east at x = 1100.
CROSSING = shapely.LineString([(1100, -500), (1100, 500)])
LINE = shapely.LineString([(0, 0), (1000, 0)])


def reached(*others: shapely.LineString, line: shapely.LineString = LINE) -> Track:
    return Ends([("own", line), *((str(at), one) for at, one in enumerate(others))]).reached(Track(line), "own")


def test_a_road_goes_on_straight_to_the_next_road() -> None:
    track = reached(CROSSING)
    assert track.length_m == pytest.approx(1100, abs=20)
    west, east = sorted((track.at(0.0), track.at(track.length_m)))
    assert west == pytest.approx((0, 0), abs=20)
    assert east == pytest.approx((1100, 0), abs=20)


def test_an_end_at_no_road_is_open_and_stays_where_it_is() -> None:
    track = reached(CROSSING)
    at_crossing = track.at(0.0)[0] > 500
    assert track.is_open == ((False, True) if at_crossing else (True, False))


@pytest.mark.parametrize(
    ("other", "is_met"),
    [
        (shapely.LineString([(1020, -500), (1020, 500)]), True),  # met
        (shapely.LineString([(1300, -500), (1300, 500)]), False),  # too far
        (shapely.LineString([(1050, 100), (1150, 100)]), False),  # beside
    ],
)
def test_what_is_met_too_far_or_beside_draws_nothing_on(other: shapely.LineString, is_met: bool) -> None:
    track = reached(other)
    assert track.length_m == pytest.approx(1000, abs=20)
    assert track.is_open.count(True) == (1 if is_met else 2)


def test_a_road_is_no_next_road_to_itself() -> None:
    own = Ends([("own", LINE), ("own", CROSSING)])
    assert own.reached(Track(LINE), "own").length_m == pytest.approx(1000, abs=20)


def test_of_a_short_line_nothing_is_known() -> None:
    line = shapely.LineString([(0, 0), (40, 0)])
    assert reached(shapely.LineString([(100, -50), (100, 50)]), line=line).length_m == pytest.approx(40, abs=20)
