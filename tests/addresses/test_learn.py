"""What a table with addresses and coordinates teaches."""

from __future__ import annotations

import numpy as np

from addresses.city import SOURCES, geocoder
from geo.addresses.gazetteer import Sources
from geo.addresses.learn import Table, learned, measured_accuracy


def table(rows: list[tuple[str, float, float]]) -> Table:
    addresses, x, y = zip(*rows, strict=True)
    nothing = [None] * len(rows)
    return Table(list(addresses), nothing, nothing, np.array(x, float), np.array(y, float))


ROWS = [
    ("甲城市东浦新区新开路12号", 2000.0, 300.0),
    ("东浦新区高新技术园区新开路52号", 2080.0, 300.0),
    ("东浦新区河口新开路32号2楼", 2040.0, 300.0),
    ("东浦新区黄河路43号", 286.0, 815.0),
    ("东浦新区梨花大厦", 700.0, 700.0),
    ("东浦新区梨花大厦", 720.0, 700.0),
    ("东浦新区连锁超市", 100.0, 100.0),
    ("东浦新区连锁超市", 3800.0, -1900.0),
    ("广东省广州市天河区天河路9号", 500.0, 500.0),
    ("东浦新区无坐标路9号", np.nan, np.nan),
]


def test_new_roads_known_roads_and_names() -> None:
    first = geocoder()
    found = learned(table(ROWS), first, first.gazetteer)
    assert set(found.anchors) == {"新开路", "黄河路"}
    assert sorted(a.number for a in found.anchors["新开路"]) == [12, 32, 52]
    assert found.anchors["新开路"][0].district == 0
    assert found.anchors["新开路"][0].township == 0
    # a name in two far places is none
    assert set(found.points) == {"梨花大厦"}
    taught = geocoder(SOURCES | found)
    located = taught.geocode(["东浦新区新开路22号", "甲城市东浦新区梨花大厦3层", "东浦新区连锁超市"])
    assert located.level == ["house_number", "poi", "district"]


def test_a_road_whose_name_ends_like_another_is_a_road_of_its_own() -> None:
    rows = [("杨南路8号", 400.0, 700.0), ("东浦新区江杨南路12号", 900.0, -700.0), ("江杨南路52号", 980.0, -700.0)]
    first = geocoder()
    found = learned(table(rows), first, first.gazetteer)
    assert {road: sorted(a.number for a in found.anchors[road]) for road in found.anchors} == {
        "杨南路": [8],
        "江杨南路": [12, 52],
    }
    taught = geocoder(SOURCES | found)
    located = taught.geocode(["东浦新区江杨南路32号"])
    x, y = taught.gazetteer.plane.metres(located.lon, located.lat)
    assert located.level == ["house_number"]
    np.testing.assert_allclose((x[0], y[0]), (940.0, -700.0), atol=1.0)


def test_two_letters_are_no_road_that_others_end_in() -> None:
    rows = [
        ("东浦新区陈路8号", 400.0, 700.0),
        ("东浦新区春江花月陈路12号", 900.0, -700.0),
        ("东浦新区春江花月陈路52号", 980.0, -700.0),
    ]
    first = geocoder()
    found = learned(table(rows), first, first.gazetteer)
    assert {road: sorted(a.number for a in found.anchors[road]) for road in found.anchors} == {
        "陈路": [8],
        "春江花月陈路": [12, 52],
    }


def test_numbers_that_a_service_put_in_the_middle_of_their_road_teach_nothing() -> None:
    """Where it knew the house, it stands two metres on for each number; where not, at the middle, 800 m on."""
    known = [(f"东浦新区学府路{n}号", 200.0 + 2 * n, 500.0) for n in range(21, 800, 60)]
    unknown = [(f"东浦新区学府路{n}号", 1000.0, 500.0) for n in (30, 150, 290, 530, 710)]
    first = geocoder()
    found = learned(table(known + unknown), first, first.gazetteer)
    assert sorted(a.number for a in found.anchors["学府路"]) == list(range(21, 800, 60))
    taught = geocoder(SOURCES | found)
    located = taught.geocode(["东浦新区学府路150号", "东浦新区学府路530号"])
    x = taught.gazetteer.plane.metres(located.lon, located.lat)[0]
    np.testing.assert_allclose(x, [200 + 2 * 150, 200 + 2 * 530], atol=15)
    # of a road with no other rows it is all that is known
    only = learned(table(unknown), first, first.gazetteer)
    assert len(only.anchors["学府路"]) == len(unknown)


def test_hamlets_teach_their_village() -> None:
    rows = [("东浦新区红旗村李家宅", 700.0, 700.0), ("东浦新区红旗村王家宅", 900.0, 700.0), ("红旗村路3号", 90.0, 9.0)]
    first = geocoder()
    found = learned(table(rows), first, first.gazetteer)
    assert (found.points["红旗村"][0].x, found.points["红旗村"][0].accuracy_m) == (800.0, 150.0)
    located = geocoder(SOURCES | found).geocode(["东浦新区红旗村赵家宅", "红旗村路9号"])
    assert located.level == ["road", "house_number"]


def test_what_the_table_cannot_teach_is_measured_on_the_table_itself() -> None:
    chance = np.random.default_rng(2)
    rows = []
    for road in range(30):
        x, y = chance.uniform(100, 2000), chance.uniform(-1800, 1800)
        for number in chance.choice(np.arange(1, 300), 12, replace=False):
            rows.append((f"东浦新区{chr(0x4E00 + road)}学路{number}号", x + 2 * number, y + chance.normal(0, 20)))
    made, first = table(rows), geocoder()
    accuracy = measured_accuracy(made, SOURCES, geocoder, first)
    assert "between" in accuracy.steps
    asked = geocoder(SOURCES | learned(made, first, first.gazetteer), accuracy)
    again = measured_accuracy(made, SOURCES, geocoder, first)
    assert again == accuracy  # the same table, the same folds
    found = asked.geocode([row[0] for row in rows])
    assert set(found.level) == {"house_number"}
    assert measured_accuracy(made, Sources(), geocoder, geocoder(Sources())).steps


def test_a_row_far_from_the_area_it_states_teaches_nothing() -> None:
    first = geocoder()
    inside, outside = (2000.0, 300.0), (-3000.0, 500.0)
    rows = [("东浦新区新开路12号", *inside), ("东浦新区新开路52号", *outside), ("新开路72号", *outside)]
    found = learned(table(rows), first, first.gazetteer)
    assert sorted(a.number for a in found.anchors["新开路"]) == [12, 72]
    # The column counts as the address does.
    x, y = (np.array(axis) for axis in zip(inside, outside, strict=True))
    column = Table(["新开路12号", "新开路52号"], ["东浦新区"] * 2, [None] * 2, x, y)
    assert [a.number for a in learned(column, first, first.gazetteer).anchors["新开路"]] == [12]
    # What stands elsewhere tells of a name that nothing else tells of.
    only = learned(table([("东浦新区新开路52号", *outside), ("东浦新区红旗村", *outside)]), first, first.gazetteer)
    assert [(a.number, a.district) for a in only.anchors["新开路"]] == [(52, 1)]
    assert [p.district for p in only.points["红旗村"]] == [1]
    assert learned(table([("东浦新区黄河路52号", *outside)]), first, first.gazetteer) == Sources()


def test_rows_without_a_number_teach_where_a_road_is_that_has_none() -> None:
    rows = [
        ("东浦新区桃花街", 700.0, 700.0),
        ("东浦新区梨花路樱花路交界口工地", 900.0, -700.0),
        ("樱花路8号", 900.0, -690.0),
    ]
    first = geocoder()
    found = learned(table(rows), first, first.gazetteer)
    assert set(found.points) >= {"桃花街", "梨花路"}
    assert "樱花路" not in found.points  # its number tells more
    taught = geocoder(SOURCES | found)
    located = taught.geocode(["东浦新区桃花街29号", "东浦新区梨花路61弄", "东浦新区新桃花街29号"])
    assert located.level == ["road", "road", "district"]
    x, y = taught.gazetteer.plane.metres(located.lon[:2], located.lat[:2])
    np.testing.assert_allclose(np.column_stack([x, y]), [(700, 700), (900, -700)], atol=1.0)


def test_a_hamlet_is_found_without_its_village_if_it_is_the_only_one() -> None:
    rows = [
        ("东浦新区红旗村老油坊", 700.0, 700.0),
        ("东浦新区红旗村李家宅", 750.0, 700.0),
        ("东浦新区胜利村李家宅", 3300.0, -700.0),
    ]
    first = geocoder()
    taught = geocoder(SOURCES | learned(table(rows), first, first.gazetteer))
    located = taught.geocode(["东浦新区红旗村老油坊", "东浦新区老油坊", "东浦新区李家宅"])
    assert located.level == ["road", "road", "district"]
