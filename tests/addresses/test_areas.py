"""Names of city, districts and townships at the head of an address."""

from __future__ import annotations

import pytest

from addresses.city import NAMES
from geo.addresses.areas import AreaNames
from geo.addresses.fold import folded


@pytest.mark.parametrize(
    ("address", "rest", "districts", "townships"),
    [
        ("甲城市东浦新区河口镇长江路1号", "长江路1号", (0,), (0,)),
        ("甲城东浦新区黄河路1号", "黄河路1号", (0,), ()),
        ("中国甲城市西山区石桥镇", "", (1,), (2,)),
        ("东浦新区,河口镇,黄河路1号", "黄河路1号", (0,), (0,)),
        ("甲城市东浦新区东浦新区黄河路1号", "黄河路1号", (0,), ()),
        ("西山黄河路1号", "黄河路1号", (1,), ()),
        ("老城区黄河路1号", "黄河路1号", (1,), ()),
        ("古塘镇黄河路1号", "黄河路1号", (), (0,)),
        ("长江路街道长江路1号", "长江路1号", (), (1,)),
        ("中国(甲城)自由贸易试验区黄河路1号", "黄河路1号", (), ()),
        # What leads to the first area is no part of the address.
        ("200002甲城市西山区黄河路1号", "黄河路1号", (1,), ()),
        ("(200002)西山区黄河路1号", "黄河路1号", (1,), ()),
        ("邮编200002甲城市西山区黄河路1号", "黄河路1号", (1,), ()),
        ("注册地址甲城市西山区黄河路1号", "黄河路1号", (1,), ()),
        ("(总部)甲城市西山区黄河路1号", "黄河路1号", (1,), ()),
        ("12,甲城市西山区黄河路1号", "黄河路1号", (1,), ()),
        ("(近西山区)黄河路1号", "(近西山区)黄河路1号", (), ()),
        ("200002号院", "200002号院", (), ()),
        # What goes on from a short name is no area: these are roads, a town, a station.
        ("甲城路1号", "甲城路1号", (), ()),
        ("西山东路1号", "西山东路1号", (), ()),
        ("东浦大道1号", "东浦大道1号", (), ()),
        ("西山站", "西山站", (), ()),
        # Nor is a town that a road is named after.
        ("东浦新区河口镇路12弄", "河口镇路12弄", (0,), ()),
        ("河口镇路", "河口镇路", (), ()),
        ("河口镇公路9号", "河口镇公路9号", (), ()),
        ("河口镇东路9号", "东路9号", (), (0,)),
        ("河口镇路口村", "路口村", (), (0,)),
    ],
)
def test_head(address: str, rest: str, districts: tuple[int, ...], townships: tuple[int, ...]) -> None:
    head = NAMES.head(address)
    assert (head.rest, head.districts, head.townships) == (rest, districts, townships)
    assert not head.elsewhere
    assert not head.clash


@pytest.mark.parametrize(
    ("address", "districts"),
    [
        ("No. 5, Xinhe Road, East Bank New Area, Jia City", (0,)),
        ("JIA CITY, WEST HILL DISTRICT, Floor 3", (1,)),
        ("East Bank New Area", ()),  # another city may have one
        ("Hill Road 5, Jia City", ()),
        ("between East Bank New Area and West Hill District, Jia City", (0, 1)),
    ],
)
def test_an_address_in_english_names_its_district(address: str, districts: tuple[int, ...]) -> None:
    names = AreaNames(
        ["甲城市", "Jia City"], [["东浦新区", "East Bank New Area"], ["West Hill District", "Hill"]], [], []
    )
    head = names.head(folded(address))
    assert (head.districts, head.clash) == (districts, len(districts) > 1)
    assert NAMES.head(folded(address)).districts == ()


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [
        ("广东省广州市天河区体育西路1号", True),
        ("乙城市南湖区人民路1号", True),
        ("乙城市河口镇人民路1号", True),
        ("丙州市长江路1号", True),
        ("江苏丙州长江路1号", True),
        ("江苏丙州工业园区长江街1号", True),
        ("200001丙州市长江路1号", True),
        ("地址丙州市河口镇1号", True),
        ("旧甲城市政府大楼长江路1号", False),
        ("江苏路1号", False),
        ("江苏北路1号", False),
        ("江苏大厦", False),
        ("丙丁都市花园长江路1号", False),
        ("甲城市广东路1号", False),
        ("广东路1号", False),
        ("都市路1号", False),
        ("北京东路1号", False),
    ],
)
def test_another_city_is_told_from_a_road_named_after_it(address: str, elsewhere: bool) -> None:
    assert NAMES.head(address).elsewhere is elsewhere


def test_two_districts_clash() -> None:
    for address in ("东浦新区西山区黄河路1号", "东浦新区,西山区黄河路1号"):
        head = NAMES.head(address)
        assert (head.clash, head.districts, head.rest) == (True, (0, 1), "黄河路1号")
    for word in ("和", "与", "及", "以及", "或", "、"):
        head = NAMES.head(folded(f"甲城市东浦新区{word}西山区"))
        assert (head.clash, head.districts, head.rest) == (True, (0, 1), "")
    # Before anything but a district the word begins the name of a road.
    for address, rest in (("东浦新区和平路1号", "和平路1号"), ("东浦新区和西山东路1号", "和西山东路1号")):
        head = NAMES.head(address)
        assert (head.clash, head.districts, head.rest) == (False, (0,), rest)


def test_an_old_township_that_was_divided_names_all_that_have_its_ground() -> None:
    assert NAMES.head("石桥镇黄河路").townships == (1, 2)
    # the district decides between them
    assert NAMES.head("西山区石桥镇黄河路").townships == (2,)


@pytest.mark.parametrize(
    ("kind", "cell", "numbers"),
    [
        ("district", "东浦新区", (0,)),
        ("district", "东浦", (0,)),
        ("district", "甲城市东浦新区", (0,)),
        ("district", "100001", (0,)),
        ("district", "EAST", (0,)),
        ("district", "d_west", (1,)),
        ("district", "老城区", (1,)),
        ("district", "别的区", ()),
        ("township", "河口镇", (0,)),
    ],
)
def test_a_cell_of_a_column(kind: str, cell: str, numbers: tuple[int, ...]) -> None:
    assert NAMES.named(kind, cell) == numbers


def test_the_area_before_a_road() -> None:
    assert NAMES.hint("甲城西山") == ("district", (1,))
    assert NAMES.hint("河口") == ("township", (0,))
    assert NAMES.hint("古塘") == ("township", (0,))
    assert NAMES.hint("新") is None


def test_what_a_beginning_says_does_not_depend_on_what_was_read_before() -> None:
    """The third begins as the others do, but goes on to a longer name; the last two repeat the first."""
    names = AreaNames(["甲市"], [["东区"], ["西区"]], [["东区路街道"], ["河口镇"]], [0, 0])
    texts = [
        "甲市东区河口镇长江路",
        "甲市东区西区长江路",
        "甲市东区路街道长江路",
        "甲市东区长江路",
        "甲市东区河口镇长江路",
    ]
    fresh = [AreaNames(names.city, names.districts, names.townships, names.parents).head(text) for text in texts]
    assert [names.head(text) for text in texts] == fresh
    assert [head.townships for head in fresh] == [(1,), (), (0,), (), (1,)]
    assert [head.clash for head in fresh] == [False, True, False, False, False]


def test_beginnings_that_never_end_are_not_all_kept() -> None:
    names = AreaNames(["甲市"], [["东区"]], [], [])
    for number in range(5000):
        names.head(f"{number}小区长江路")
    assert len(names._begun) <= 4096
    assert names.head("甲市东区长江路").districts == (0,)


def test_the_free_trade_zone_is_a_district_where_the_data_say_so() -> None:
    """Without a row it is the city; of several districts it names all; the longer name is the nearer one."""
    district, several = "中国（甲城）自由贸易试验区", "中国（甲城）自由贸易试验区新片区"
    zoned = AreaNames(["甲城市", "甲城"], [["东浦新区"], ["西山区"]], [], [], {district: (0,), several: (0, 1)})
    plain = AreaNames(["甲城市", "甲城"], [["东浦新区"], ["西山区"]], [], [])
    assert plain.head(folded(f"{district}长江路1号"))[:2] == ("长江路1号", ())
    assert zoned.head(folded(f"{district}长江路1号"))[:2] == ("长江路1号", (0,))
    assert zoned.head(folded(f"甲城市{several}长江路1号"))[:2] == ("长江路1号", (0, 1))
    assert zoned.head(folded(f"{district}长江路1号")).named == "中国(甲城)自由贸易试验区"
