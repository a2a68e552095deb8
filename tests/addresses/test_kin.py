"""What bears almost the same name lies near, or says nothing."""

from __future__ import annotations

import pytest

from addresses.city import NAMES, PLANE, anchors, geocoder, metres
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Sources
from geo.addresses.kin import Kin, Near


def kin(sources: Sources) -> Kin:
    known = Gazetteer.of(NAMES, PLANE, sources)
    return Kin(known.points, known.roads)


def villages(*spots: float, district: int = 0) -> Sources:
    return Sources(
        points={f"梨园{'一二三四'[at]}村": [NamedPoint(x, 0.0, 150.0, district)] for at, x in enumerate(spots)}
    )


def test_the_middle_of_numbered_villages() -> None:
    found = kin(villages(2000.0, 2100.0, 2200.0))
    assert found.near("梨园九村", (0,)) == Near(2100.0, 0.0, 350.0, ("梨园一村", "梨园三村", "梨园二村"))
    assert found.near("梨园新村", ()) is not None
    assert found.near("梨园村", (0,)) is None
    assert found.near("梨园九村", (1,)) is None
    assert found.near("桃园九村", (0,)) is None


def test_villages_that_lie_apart_tell_nothing() -> None:
    assert kin(villages(0.0, 2500.0, 5000.0, 9000.0)).near("梨园九村", (0,)) is None


def test_a_section_of_a_road_begins_where_the_known_one_ends() -> None:
    found = kin(Sources(anchors={"长安路": anchors(200, 800, range(1, 600, 20))}))
    east, west, branch = (found.near(name, (0,)) for name in ("长安东路", "长安西路", "长安支路"))
    assert east is not None
    assert west is not None
    assert branch is not None
    assert (east.x, west.x) == (200.0 + 2 * 581, 202.0)
    assert west.x < branch.x < east.x
    assert found.near("长安街", (0,)) is None


def test_an_estate_is_called_after_its_road() -> None:
    found = kin(Sources(anchors={"长安路": anchors(200, 800, range(1, 600, 20))}))
    for name in ("长安三村", "长安东四村", "长安新村", "长安公寓", "长安新村小区"):
        near = found.near(name, (0,))
        assert near is not None, name
        assert (near.x, near.names) == (pytest.approx(200 + 2 * 291, abs=1), ("长安路",))
        assert near.error_m > 600
    assert found.near("长安村", (0,)) is None
    assert found.near("长安三村", (1,)) is None
    long = [*anchors(0, 0, range(1, 60, 20)), *anchors(3000, 0, range(1501, 1560, 20))]
    assert kin(Sources(anchors={"长安路": long})).near("长安三村", (0,)) is None


def test_roads_of_one_name_that_lie_apart_tell_nothing() -> None:
    apart = [*anchors(0, 0, range(1, 60, 20)), *anchors(12000, 0, range(1, 60, 20))]
    assert kin(Sources(anchors={"长安路": apart})).near("长安东路", (0,)) is None


def test_it_is_said_by_what_a_spot_was_found() -> None:
    found = geocoder(Sources(anchors={"长安路": anchors(200, 800, range(1, 600, 20))})).geocode(["东浦新区长安东路9号"])
    assert found.level == ["road"]
    assert ("kin", "长安路") in found.notes[0]
    assert metres(found)[0] == pytest.approx(1362.0, abs=1)
    assert found.accuracy_m[0] > 1500
