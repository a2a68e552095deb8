"""A road of which no more than a spot is known: how near a house of it lies."""

from __future__ import annotations

import pytest

from addresses.city import SOURCES, geocoder, metres
from geo.addresses.beside import Beside
from geo.addresses.gazetteer import NamedPoint, RoughHouse, Sources

STATIONS = {
    "松花江路站": [NamedPoint(3000.0, -900.0, 400.0, 0)],
    "中央公园站": [NamedPoint(500.0, 1500.0, 200.0, 0)],
    "跨区路站": [NamedPoint(500.0, -800.0, 400.0, 0)],
}
HOUSES = {
    "嫩江路": [
        RoughHouse("嫩江路100号", 100, 3500.0, 1800.0, 800.0, 0),
        RoughHouse("嫩江路9弄", 9, 3300.0, 1700.0, 900.0, 0),
    ],
    "残路": [RoughHouse("残路9000号", 9000, -3000.0, 1000.0, 600.0, 1)],
}
SPOTS = Sources(points=STATIONS, houses=HOUSES)


def test_a_station_stands_on_the_road_it_is_called_after() -> None:
    spots = Beside(STATIONS, {})
    assert spots.roads == {"松花江路", "跨区路"}
    near = spots.near("松花江路", 500, (0,))
    assert near is not None
    assert (near.x, near.y, near.name) == (3000.0, -900.0, "松花江路站")
    assert near.error_m == pytest.approx(3400 / 2.5)
    assert spots.near("松花江路", 500, (1,)) is None
    assert spots.near("松花江路", 500, ()) == near
    assert spots.near("松花江路", 500, (), is_known=True) is None


def test_the_house_whose_number_is_nearest_tells_most() -> None:
    spots = Beside({}, HOUSES)
    same, other, far = (spots.near("嫩江路", number, (0,)) for number in (100, 20, 400))
    assert same is not None
    assert other is not None
    assert far is not None
    assert (same.name, other.name, far.name) == ("嫩江路100号", "嫩江路9弄", "嫩江路100号")
    assert [one.error_m * 2.5 for one in (same, other, far)] == pytest.approx(
        [800.0, 900.0 + 1.5 * 2.2 * 11, 800.0 + 1.5 * 2.2 * 300]
    )
    assert spots.near("嫩江路", 400, (0,), is_known=True) is None
    assert spots.near("嫩江路", 250, (0,), is_known=True) is not None


def test_a_road_that_is_not_known_is_placed_by_its_spot_and_says_so() -> None:
    coder = geocoder(SOURCES | SPOTS)
    found = coder.geocode(["东浦新区松花江路500号", "河口镇嫩江路100号", "西山区嫩江路100号", "东浦新区乌江路1号"])
    assert found.level == ["poi", "poi", "district", "district"]
    assert metres(found) == (pytest.approx(3000, abs=1), pytest.approx(-900, abs=1))
    assert found.accuracy_m[:2] == pytest.approx([3400.0, 800.0])
    assert ("beside", "松花江路站") in found.notes[0]
    assert ("beside", "嫩江路100号") in found.notes[1]
    assert ("unknown_road", "嫩江路") in found.notes[2]


def test_a_known_road_is_better_than_its_station() -> None:
    plain, more = geocoder(), geocoder(SOURCES | SPOTS)
    for address in ("东浦新区跨区路5号", "东浦新区黄河路41号"):
        one, other = plain.geocode([address]), more.geocode([address])
        assert (one.level, metres(one)) == (other.level, metres(other))


def test_a_house_far_out_on_a_road_known_in_part_is_placed_by_its_like() -> None:
    found = geocoder(SOURCES | SPOTS).geocode(["西山区残路9000号", "西山区残路5号"])
    assert found.level == ["poi", "road"]
    assert metres(found) == (pytest.approx(-3000, abs=1), pytest.approx(1000, abs=1))


def test_a_place_that_the_address_names_is_better_than_a_road_known_in_part() -> None:
    park = Sources(points={"石桥科技园": [NamedPoint(-2200.0, 900.0, 500.0, 1, 0)]})
    with_park, without = (
        coder.geocode(["西山区残路9000号石桥科技园2号楼"]) for coder in (geocoder(SOURCES | park), geocoder())
    )
    assert (with_park.level, without.level) == (["poi"], ["road"])
    assert with_park.accuracy_m[0] < without.accuracy_m[0]
    assert with_park.places == [("p_park",)]
    far = Sources(points={"石桥科技园": [NamedPoint(3900.0, -1900.0, 500.0, -1)]})
    assert geocoder(SOURCES | far).geocode(["残路5号石桥科技园2号楼"]).level == ["road"]


def test_an_area_that_bears_the_name_of_a_station_is_around_it() -> None:
    spots = Beside(STATIONS, {})
    near = spots.around("中央公园", ())
    assert near is not None
    assert (near.x, near.y, near.name) == (500.0, 1500.0, "中央公园站")
    assert spots.around("中央公园商圈", (0,)) == near
    assert spots.around("中央公园", (1,)) is None
    assert spots.around("中央", ()) is None
    twice = Beside({"中央公园站": [*STATIONS["中央公园站"], NamedPoint(-3000.0, 0.0, 200.0, 1)]}, {})
    assert twice.around("中央公园", ()) is None
    assert twice.around("中央公园", (1,)) is not None


def test_an_address_that_is_such_a_name_is_placed_there_and_no_other() -> None:
    found = geocoder(SOURCES | SPOTS).geocode(["中央公园", "东浦新区中央公园附近", "中央公园旁的小店", "1 Park Road"])
    assert found.level == ["poi", "poi", "none", "none"]
    assert metres(found) == (pytest.approx(500, abs=1), pytest.approx(1500, abs=1))
    assert found.accuracy_m[:2] == pytest.approx([1500.0, 1500.0])
    assert ("around", "中央公园站") in found.notes[0]
    assert found.notes[2] == found.notes[3] == (("nothing_known", ""),)
