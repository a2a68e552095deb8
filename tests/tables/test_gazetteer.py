"""Which area a row names: by column, by code, by the beginning of a name, within an address; and when it names none."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.tables.areas import Areas
from geo.tables.gazetteer import Gazetteer, named_areas

EAST, WEST = 0, 1


@pytest.fixture
def districts() -> gpd.GeoDataFrame:
    names = {
        "place_id": ["district_990101", "district_990102"],
        "name_zh": ["甲东区", "甲西区"],
        "name_en": ["3 District", "13 District"],
        "short_zh": ["东", "西"],
    }
    return gpd.GeoDataFrame(names, geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326)


@pytest.fixture
def townships() -> gpd.GeoDataFrame:
    names = {"name_zh": ["河口镇", "河上镇"], "district": ["甲东区", "990102"]}
    return gpd.GeoDataFrame(names, geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326)


def cells(*values: Any) -> np.ndarray:
    return np.array(values, dtype=object)


def by_district(districts: gpd.GeoDataFrame, *values: Any) -> list[int]:
    return list(named_areas(districts, None, cells(*values), None, None, len(values))[1])


def test_names_are_read_once_for_as_long_as_the_areas_are_there(districts: gpd.GeoDataFrame) -> None:
    areas = Areas.of(districts)
    found = Gazetteer.of(areas)
    assert Gazetteer.of(areas) is found
    assert Gazetteer.of(Areas.of(districts)) is not found
    gone = weakref.ref(areas)
    del areas
    gc.collect()
    assert gone() is None


def test_of_a_cell_without_end_the_beginning_is_looked_at(districts: gpd.GeoDataFrame) -> None:
    find = Gazetteer(Areas.of(districts))
    assert find.inside("路" * 900 + "甲东区") == EAST
    assert find.inside("路" * 100_000 + "甲东区") == -1
    assert not find.is_place("甲东区" * 100_000)


def test_what_addresses_name(districts: gpd.GeoDataFrame) -> None:
    find = Gazetteer(Areas.of(districts)).inside
    assert find("某市甲东区人民路1号") == EAST
    assert find("3 DISTRICT, Main Road") == EAST
    assert find("13 District") == WEST
    assert find("某市人民路") == -1
    assert find("甲东区，原甲西区") == -2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("甲西区", WEST),
        ("西", WEST),
        ("district_990102", WEST),
        ("990102", WEST),
        (990101, EAST),
        ("  3   DISTRICT ", EAST),
        ("甲西", WEST),  # the beginning of one name only
        ("甲", -1),  # one character says too little
        ("3", -1),
        ("某市甲西区", WEST),
        (None, -1),
        (float("nan"), -1),
        ("丙区", -1),
    ],
)
def test_what_a_district_cell_names(districts: gpd.GeoDataFrame, value: Any, expected: int) -> None:
    assert by_district(districts, value) == [expected]


def test_a_name_of_two_areas_names_neither(districts: gpd.GeoDataFrame) -> None:
    districts["alias_zh"] = ["老区", "老区"]
    assert by_district(districts, "老区", "甲东区") == [-1, EAST]


def test_two_names_in_one_cell_name_none(districts: gpd.GeoDataFrame) -> None:
    assert by_district(districts, "甲东区、甲西区") == [-1]


@pytest.mark.parametrize(
    ("district", "town", "address", "expected"),
    [
        ("甲东区", "河口镇", None, 2),  # the township, after the two districts
        ("甲西区", "河口镇", None, WEST),  # they contradict each other: the district counts
        (None, "河上镇", None, 3),
        (None, None, "甲西区河上镇1号", 3),
        (None, "河口镇", "河上镇1号", -1),
        ("甲东区", None, "甲西区1号", -1),
        (None, "河口镇", "甲东区、甲西区", -1),
        ("甲东区", None, "人民路1号", EAST),
    ],
)
def test_what_statements_together_name(
    districts: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, district: Any, town: Any, address: Any, expected: int
) -> None:
    columns: Sequence[Any] = [cells(value) for value in (district, town, address)]
    polygons, target = named_areas(districts, townships, *columns, 1)
    assert list(target) == [expected]
    assert polygons == [*districts.geometry, *townships.geometry]


def test_traditional_characters_name_the_same(districts: gpd.GeoDataFrame) -> None:
    assert by_district(districts, "甲東區", "甲西區", "某市甲東區", "甲東") == [EAST, WEST, EAST, EAST]
