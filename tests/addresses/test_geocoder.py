"""Addresses in, spots, levels, accuracies and areas out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from addresses.city import SOURCES, SQUARES, anchors, geocoder, metres
from geo.addresses.accuracy import Accuracy
from geo.addresses.gazetteer import NamedPoint, Sources
from geo.addresses.geocoder import LEVELS


@pytest.fixture(scope="module")
def coder():
    return geocoder()


@pytest.mark.parametrize(
    ("address", "level", "x", "y"),
    [
        ("甲城市东浦新区黄河路41号", "house_number", 282, 815),
        ("黄河路41弄7号", "house_number", 282, 815),
        ("东浦新区黄河路47号", "house_number", 294, 815),
        ("黄河路泰山路口", "crossing", 900, 800),
        ("东浦新区黄河路近泰山路", "crossing", 900, 800),
        ("泰山路与黄河路交叉口东北角", "crossing", 900, 800),
        ("东浦新区泰山路", "road", 900, 950),
        ("中央公园站2号口", "poi", 500, 1500),
        ("甲城市东浦新区科学园", "poi", 1300, 800),
        ("东浦新区桃花村7号", "house_number", 3000, 1558),
        ("桃花某路9号桃花村", "none", None, None),
        ("甲城市山东路42号", "house_number", -3416, 485),
    ],
)
def test_spots(coder, address: str, level: str, x: float | None, y: float | None) -> None:
    found = coder.geocode([address])
    assert found.level == [level]
    if x is None:
        assert np.isnan(found.lon[0])
        return
    at = metres(found)
    assert math.hypot(at[0] - x, at[1] - y) < 25
    assert found.accuracy_m[0] >= 30


def test_no_coordinate_without_a_level_and_no_level_without_a_coordinate(coder) -> None:
    rows = [
        "黄河路41号",
        "",
        None,
        "东浦新区",
        "河口镇",
        "别的市别的区人民路1号",
        "某某路1号",
        "泰山路",
        "残路",
        "中央公园站",
    ]
    found = coder.geocode(rows)
    for at, level in enumerate(found.level):
        assert level in LEVELS
        assert (level == "none") == bool(np.isnan(found.lon[at])) == bool(np.isnan(found.accuracy_m[at]))
        if level == "none":
            assert found.district[at] is found.township[at] is None
            assert found.notes[at]


def test_every_row_once_and_in_order(coder) -> None:
    rows = ["黄河路41号", "黄河路61号", "黄河路41号", "东浦新区"]
    found = coder.geocode(rows)
    assert found.lon[0] == found.lon[2] != found.lon[1]
    assert found.level == ["house_number", "house_number", "house_number", "district"]
    assert len(coder.geocode([]).level) == 0


def test_district_and_township_by_the_spot_alone(coder) -> None:
    found = coder.geocode(["黄河路201号"])
    assert (found.district, found.township) == (["d_east"], ["t_hekou"])


def test_the_district_stated_decides_between_roads_of_one_name(coder) -> None:
    found = coder.geocode(["东浦新区人民路30号", "西山区人民路30号", "人民路30号"])
    assert [metres(found, row)[0] > 0 for row in (0, 1)] == [True, False]
    assert found.level[2] == "none"
    assert found.notes[2] == (("several_roads", "人民路"),)


def test_a_column_decides_as_the_address_does(coder) -> None:
    found = coder.geocode(["人民路30号"] * 2, districts=["东浦新区", "100001"], townships=[None, ""])
    assert found.district == ["d_east", "d_east"]
    assert metres(found)[0] > 0


def test_areas_alone_are_a_level_of_their_own(coder) -> None:
    found = coder.geocode(["东浦新区", "甲城市河口镇", "西山区石桥镇某某路9号", "石桥镇"])
    assert found.level == ["district", "township", "township", "township"]
    assert found.district == ["d_east", "d_east", "d_west", None]
    assert found.township == [None, "t_hekou", "t_shiqiao", None]
    # the whole area lies within what is stated
    for row, area in ((0, "d_east"), (1, "t_hekou")):
        x, y = metres(found, row)
        corners = np.array(SQUARES[area].exterior.coords)
        assert np.hypot(corners[:, 0] - x, corners[:, 1] - y).max() <= found.accuracy_m[row] + 1
    assert ("unknown_road", "某某路") in found.notes[2]
    assert found.notes[3] == (("townships", "~t_changjiang t_shiqiao"),)


def test_a_border_within_the_accuracy_gives_candidates(coder) -> None:
    found = coder.geocode(["东浦新区跨区路"])
    assert found.level == ["road"]
    assert found.district == ["d_east"]
    assert found.township == ["t_changjiang"]
    crossing = coder.geocode(["跨区路"])
    assert crossing.district == [None]
    assert ("districts", "~d_east d_west") in crossing.notes[0]


def test_in_a_place_or_perhaps(coder) -> None:
    inside, edge = coder.geocode(["黄河路541号"]), coder.geocode(["黄河路401号"])
    assert inside.places == [("p_park",)]
    assert edge.places == [()]
    assert ("perhaps", "~p_park") in edge.notes[0]
    away = coder.geocode(["黄河路1号"])
    assert away.places == [()]
    assert not any(note[0] == "perhaps" for note in away.notes[0])
    named = coder.geocode(["科学园"])
    assert named.places == [("p_park",)]


def test_a_township_stated_that_the_spot_is_not_in_is_told(coder) -> None:
    found = coder.geocode(["东浦新区长江路街道黄河路201号"])
    assert found.township == ["t_hekou"]
    assert ("old_township", "~t_changjiang") in found.notes[0]


def test_a_road_known_in_another_district_only_is_no_spot(coder) -> None:
    found = coder.geocode(["东浦新区山东路42号"])
    assert found.level == ["district"]
    assert ("road_elsewhere", "山东路") in found.notes[0]


def test_a_road_far_from_the_township_stated_is_another_of_its_name() -> None:
    far = anchors(200, 2600, range(1, 80, 6))  # every town has its south street; this one's is unknown
    coder = geocoder(SOURCES | Sources(anchors={"南街": far}))
    asked = ["东浦新区长江路街道南街9号", "东浦新区长江路街道南街", "东浦新区南街9号", "东浦新区河口镇南街9号"]
    found = coder.geocode(asked)
    assert found.level == ["township", "township", "house_number", "house_number"]
    assert [("road_elsewhere", "南街") in notes for notes in found.notes] == [True, True, False, False]


def test_a_road_known_in_part_is_unsure(coder) -> None:
    whole, part = coder.geocode(["东浦新区泰山路5号"]), coder.geocode(["西山区残路5号"])
    assert part.accuracy_m[0] > 2000 > whole.accuracy_m[0]


def test_what_differs_in_its_number_only_tells_about_where() -> None:
    known = {f"梨园{n}村": [NamedPoint(2000.0 + 100 * at, -900.0, 150.0, 0)] for at, n in enumerate("一二五")}
    coder = geocoder(SOURCES | Sources(points=known))
    found = coder.geocode(["东浦新区梨园四村", "东浦新区梨园四村12号", "西山区梨园四村", "东浦新区梨园村"])
    assert found.level == ["road", "road", "district", "district"]
    assert metres(found) == (pytest.approx(2100, abs=1), pytest.approx(-900, abs=1))
    assert found.accuracy_m[0] > 500
    assert ("kin", "梨园一村, 梨园二村, 梨园五村") in found.notes[0]


def test_a_short_name_within_another_place_is_not_that_place() -> None:
    coder = geocoder(SOURCES | Sources(points={"张家宅": [NamedPoint(2000.0, -900.0, 150.0, 0)]}))
    asked = ["东浦新区张家宅", "东浦新区青三村后张家宅", "东浦新区张家宅路7号", "东浦新区黄河路附近张家宅"]
    assert coder.geocode(asked).level == ["road", "district", "district", "road"]


def test_two_districts_are_told(coder) -> None:
    found = coder.geocode(["西山区黄河路41号"], districts=["东浦新区"])
    assert ("two_districts", "~d_east d_west") in found.notes[0]
    # Within the address: neither is taken for the other, unless only one has the road.
    found = coder.geocode(["西山区、东浦新区", "西山区东浦新区黄河路41号"])
    assert [("two_districts", "~d_west d_east") in notes for notes in found.notes] == [True, True]
    assert found.district == [None, "d_east"]
    assert found.accuracy_m[0] > coder.geocode(["西山区"]).accuracy_m[0]
    # In the column too, and with a word between them.
    found = coder.geocode(["西山区和东浦新区", "无名之处"], districts=[None, "西山区和东浦新区"])
    assert found.district == [None, None]
    assert ("two_districts", "~d_west d_east") in found.notes[0]
    assert ("districts", "~d_west d_east") in found.notes[1]


def test_hostile_text_is_an_address_that_is_not_found(coder) -> None:
    rows = ["路" * 5000, "1" * 5000, "(" * 3000, "<script>1</script>", "\x00\x01", "路1" * 3000, "％％％", "東" * 9]
    found = coder.geocode(rows)
    assert set(found.level) == {"none"}


def test_prose_is_no_address_and_says_so(coder) -> None:
    """Searching it for names would take long; what the columns beside it say is still used."""
    prose = "黄河路41号" + "、某路" * 200
    found = coder.geocode([prose, prose], districts=[None, "西山区"])
    assert found.level == ["none", "district"]
    assert [("too_long", "500") in notes for notes in found.notes] == [True, True]


def test_a_house_number_that_may_lie_kilometres_off_is_a_road() -> None:
    found = geocoder(SOURCES, Accuracy({"exact": [(9e9, 1.0)], "between": [(9e9, 100.0)]})).geocode(
        ["黄河路41号", "黄河路47号"]
    )
    assert found.level == ["house_number", "road"]
    assert found.accuracy_m[1] > 1000
    assert [("number_unsure", "") in notes for notes in found.notes] == [False, True]


def test_a_name_of_another_township_is_not_taken() -> None:
    coder = geocoder(SOURCES | Sources(points={"红旗村": [NamedPoint(500.0, -2500.0, 150.0, 0)]}))
    asked = coder.geocode(["东浦新区红旗村", "东浦新区长江路街道红旗村李家宅", "东浦新区河口镇红旗村"])
    assert asked.level == ["road", "road", "township"]


def test_a_place_within_a_village_has_an_accuracy_of_its_own() -> None:
    points = Sources(points={"红旗村": [NamedPoint(500.0, 900.0, 150.0, 0)]})
    coder = geocoder(SOURCES | points, Accuracy({"settlement": [(9e9, 2.0)], "within": [(9e9, 8.0)]}))
    assert coder.geocode(["东浦新区红旗村", "东浦新区红旗村李家宅"]).accuracy_m.tolist() == [150.0, 600.0]


def test_of_a_road_through_two_districts_the_surer_numbers_are_asked() -> None:
    """In the district stated numbers are known on the other side of the road only; across the border both sides are."""
    own = anchors(0, -1900, range(201, 400, 60))
    across = [*anchors(0, -1900, range(1, 200, 10), district=1), *anchors(0, -1900, range(2, 400, 10), district=1)]
    alone, both = (geocoder(Sources(anchors={"跨界路": known})) for known in (own, [*own, *across]))
    found = [metres(one.geocode(["东浦新区跨界路350号"])) for one in (alone, both)]
    assert [math.dist(at, (700, -1915)) < 10 for at in found] == [False, True]
