"""Which of two answers is taken, and when several points of one name are one place."""

from __future__ import annotations

import pytest

from addresses.city import SOURCES, geocoder, metres
from geo.addresses.found import Match, agree, one_place, surer
from geo.addresses.gazetteer import NamedPoint, Sources
from geo.addresses.runs import Spot


def match(x: float, error_m: float) -> Match:
    return Match(Spot(x, 0.0, error_m, "road"), "road")


def test_the_surer_of_two() -> None:
    rough, fine = match(0.0, 900.0), match(50.0, 100.0)
    assert surer(rough, fine) is surer(fine, rough) is fine
    assert surer(None, rough) is surer(rough, None) is rough
    assert surer(None, None) is None


def test_spots_agree_within_their_errors() -> None:
    assert agree(match(0.0, 100.0), match(500.0, 100.0))
    assert not agree(match(0.0, 100.0), match(501.0, 100.0))
    assert not agree(match(0.0, 100.0), Match(None))


def test_one_place() -> None:
    park, firm = NamedPoint(0.0, 0.0, 500.0, 0, 3), NamedPoint(300.0, 0.0, 200.0, 0)
    assert one_place([park, firm]) == NamedPoint(300.0, 0.0, 200.0, 0, 3)
    assert one_place([firm]) is firm
    assert one_place([park, NamedPoint(900.0, 0.0, 200.0, 0)]) is None
    assert one_place([]) is None


def test_points_of_one_name_that_lie_together_are_one_place() -> None:
    """An institution in the park of its name; two of a name that lie apart are none."""
    near = [NamedPoint(3000.0, 100.0, 500.0, 0, 0), NamedPoint(3200.0, 200.0, 300.0, 0)]
    found = geocoder(SOURCES | Sources(points={"云顶科创园": near})).geocode(["东浦新区云顶科创园"])
    assert (found.level, metres(found)) == (["poi"], (pytest.approx(3200, abs=1), pytest.approx(200, abs=1)))
    assert found.places == [("p_park",)]
    apart = [NamedPoint(3000.0, 100.0, 500.0, 0), NamedPoint(900.0, 1200.0, 300.0, 0)]
    assert geocoder(SOURCES | Sources(points={"云顶科创园": apart})).geocode(["东浦新区云顶科创园"]).level == [
        "district"
    ]
