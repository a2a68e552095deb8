"""Addresses taken apart."""

from __future__ import annotations

import pytest

from addresses.city import NAMES
from geo.addresses import parse as parser
from geo.addresses.parse import boundary_cut, parse, road_names


@pytest.mark.parametrize(
    ("address", "name", "number", "is_road"),
    [
        ("甲城市东浦新区黄河路635号", "黄河路", 635, True),
        ("东浦新区黄河路 635 弄 12 号 501 室", "黄河路", 635, True),
        ("黄河路635弄1支弄8号", "黄河路", 635, True),
        ("黄河路635-641号", "黄河路", 635, True),
        ("黄河路635号3号楼12层", "黄河路", 635, True),
        ("黄河路六百三十五号", "黄河路", 635, True),
        ("黄河路#635", "黄河路", 635, True),
        ("东浦大道12号", "东浦大道", 12, True),
        ("沪西公路3号", "沪西公路", 3, True),
        ("老街5号", "老街", 5, True),
        ("中山东1路9号", "中山东一路", 9, True),
        ("广东路51号", "广东路", 51, True),
        ("长江路街道黄河路12号", "黄河路", 12, True),
        ("河口镇桃花村9128号", "桃花村", 9128, False),
        ("桃花新村12号", "桃花新村", 12, False),
        ("黄河路（近泰山路）12号", "黄河路", 12, True),
        ("黄河路第635号", "黄河路", 635, True),
        ("东浦新区黄河路临635号", "黄河路", 635, True),
        ("东浦新区黄河路临时635号", "黄河路", 635, True),
        ("东浦新区黄河路原635号", "黄河路", 635, True),
        ("东浦新区黄河路甲635号", "黄河路", 635, True),
        ("东浦新区黄河路 No. 635", "黄河路", 635, True),
    ],
)
def test_road_and_number(address: str, name: str, number: int, is_road: bool) -> None:
    found = parse(address, NAMES).numbered
    if "#" in address:
        assert found == ()  # a mark that some write and few mean: nothing is made of it
        return
    assert (found[0].name, found[0].number, found[0].is_road) == (name, number, is_road)


@pytest.mark.parametrize(
    ("address", "is_lane"),
    [
        ("黄河路635弄", True),
        ("黄河路635弄12号", True),
        ("黄河路635支弄", True),
        ("黄河路635-641弄3号", True),
        ("黄河路635、637弄", True),
        ("黄河路635号", False),
        ("黄河路635", False),
        ("黄河路635号12弄", False),
        ("黄河路635-641号", False),
    ],
)
def test_the_number_of_a_lane_is_told_from_that_of_a_house(address: str, is_lane: bool) -> None:
    (found,) = parse(address, NAMES).numbered
    assert (found.name, found.number, found.is_lane) == ("黄河路", 635, is_lane)


@pytest.mark.parametrize(
    "address",
    [
        "黄河路",
        "桃花村",
        "",
        "黄河路口北120米",
        "S20号线",
        "中央公园站3号口",
        "12",
        "黄河路123456号",
        "黄河公路35km处",
        "黄河公路12K+300",
        "黄河公路8千米",
        "临635号",
    ],
)
def test_no_number_is_made_up(address: str) -> None:
    assert parse(address, NAMES).numbered == ()


def test_what_stands_in_brackets_is_kept_apart() -> None:
    found = parse("桃花村6组（黄河路1465号）", NAMES)
    assert [(one.name, one.number) for one in found.numbered] == [("黄河路", 1465)]
    assert found.main == "桃花村6组"
    assert found.aside == "黄河路1465号"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("黄河路泰山路口", ["黄河路", "泰山路"]),
        ("黄河路近泰山路", ["黄河路", "泰山路"]),
        ("黄河路与泰山路交叉口", ["黄河路", "泰山路"]),
        ("黄河路/泰山路", ["黄河路", "泰山路"]),
        ("长江路街道", ["长江路"]),
        ("中央公园", []),
        ("临汾路", ["临汾路"]),
        ("临汾路近和田路", ["临汾路", "和田路"]),
        ("近黄河路", ["黄河路"]),
    ],
)
def test_roads_of_a_crossing(text: str, names: list[str]) -> None:
    assert [name for name in road_names(text) if "街" not in name] == names


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("高新技术开发区黄河路", "黄河路"),
        ("某某工业园区黄河路", "黄河路"),
        ("黄河路", "黄河路"),
        ("小区路", "小区路"),
        ("科学园二路", "科学园二路"),
        ("临汾路", "临汾路"),
        ("和田路", "和田路"),
        ("共和新路", "共和新路"),
        ("园区路", "园区路"),
        ("小园浜路", "小园浜路"),
        ("长江路和黄河路", "黄河路"),
        ("长江路口黄河路", "黄河路"),
        ("近黄河路", "黄河路"),
        ("红旗村黄河路", "黄河路"),
        ("光明居委会黄河路", "黄河路"),
        ("第二居委黄河路", "黄河路"),
        ("人工智能岛黄河路", "黄河路"),
        ("科创走廊黄河路", "黄河路"),
        ("文化基地黄河路", "黄河路"),
        ("青岛西路", "青岛西路"),
        ("长岛黄河路", "长岛黄河路"),
    ],
)
def test_areas_before_a_name_are_cut(name: str, rest: str) -> None:
    assert boundary_cut(name) == rest


def test_a_long_text_without_digits_is_passed_over_in_one_go() -> None:
    """It was tried anew from each of its letters: 500 of them took longer than fifty addresses."""
    assert len(list(parser._NUMBERED.finditer("字" * 1_000_000))) == 1
    assert [(one[1], one[2], one[3]) for one in parser._NUMBERED.finditer("黄河路635号,近12路")] == [
        ("黄河路", "635", None),
        ("号", None, None),
        ("近", "12", "路"),
    ]
