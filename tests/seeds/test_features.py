"""Features of the seeds against their table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from tiny_city import add, collection

from geo.atlas import Atlas
from geo.build import build
from geo.contract.schema import table
from geo.crs.geodesy import geodesic_length_km
from geo.errors import DataError
from geo.seeds.features import read_features

ROAD = {"road_id": "r1", "name_zh": "黄河路", "name_en": None, "district_id": "east", "partial": "false"}
ROAD |= {"source_id": "plan"}
LINE = {"type": "LineString", "coordinates": [[10.21, 50.1], [10.25, 50.1]]}


def written(tmp_path: Path, content: str) -> tuple[list, list[str]]:
    path, problems = tmp_path / "roads.geojson", []
    path.write_text(content, encoding="utf-8")
    return read_features(path, "roads.geojson", table("address_roads"), {"east"}, problems), problems


def test_features_that_hold(tmp_path: Path) -> None:
    found, problems = written(tmp_path, collection((ROAD, LINE)))
    assert problems == []
    ((row, geometry),) = found
    assert row == {**ROAD, "name_en": ""}
    assert geometry.equals(shapely.geometry.shape(LINE))


@pytest.mark.parametrize(
    ("change", "geometry", "problem"),
    [
        ({"district_id": "nowhere"}, LINE, "feature 1: district_id 'nowhere' is not in places.csv"),
        ({"partial": "maybe"}, LINE, "feature 1: partial is 'maybe'"),
        ({"name_zh": ""}, LINE, "feature 1: name_zh is empty"),
        ({}, {"type": "LineString", "coordinates": [[1e4, 1], [2, 2]]}, "lies beyond 180 or 90"),
        ({}, {"type": "LineString", "coordinates": []}, "is empty"),
        ({}, {"type": "Nonsense"}, "no readable properties and geometry"),
    ],
)
def test_what_breaks_the_contract_is_told(tmp_path: Path, change: dict, geometry: dict, problem: str) -> None:
    _, problems = written(tmp_path, collection(({**ROAD, **change}, geometry)))
    assert any(problem in line for line in problems), problems


def test_what_is_no_collection_is_told(tmp_path: Path) -> None:
    for content in ("", "[]", "{", '{"features": 3}'):
        assert written(tmp_path, content)[0] == []
        assert "is not a GeoJSON FeatureCollection" in written(tmp_path, content)[1][0]
    assert "lacks road_id" in written(tmp_path, collection(({"name_zh": "x"}, LINE)))[1][0]


def test_addresses_are_built_with_the_length_of_each_road(seeds: Path, tmp_path: Path) -> None:
    (seeds / "addresses").mkdir()
    (seeds / "addresses" / "roads.geojson").write_text(collection((ROAD, LINE)), encoding="utf-8")
    number = {"number_id": "n1", "road": "黄河路", "house_number": "12", "source_id": "plan"}
    point = {"type": "Point", "coordinates": [10.22, 50.1]}
    (seeds / "addresses" / "house_numbers.geojson").write_text(collection((number, point)), encoding="utf-8")
    old = {"name_zh": "老区", "level": "district", "now_ids": "east", "until": "2001"}
    add(seeds, "former_names", [old])
    build(seeds, tmp_path / "layers")
    atlas = Atlas.load(tmp_path / "layers")
    roads, numbers = atlas.addresses("roads"), atlas.addresses("house_numbers")
    assert roads["length_m"].tolist() == [round(1000 * geodesic_length_km(shapely.geometry.shape(LINE)))]
    assert roads["partial"].tolist() == [False]
    assert numbers["house_number"].tolist() == [12]
    assert "attribution" in json.loads((tmp_path / "layers" / "addresses" / "roads.geojson").read_text("utf-8"))
    assert atlas.table("former_names")["now_ids"].tolist() == [("east",)]


def test_a_city_may_do_without(tiny: Atlas) -> None:
    assert len(tiny.addresses("roads")) == len(tiny.addresses("house_numbers")) == 0
    with pytest.raises(ValueError, match="layer of addresses"):
        tiny.addresses("streets")


def test_every_problem_of_addresses_is_told(seeds: Path, tmp_path: Path) -> None:
    (seeds / "addresses").mkdir()
    rumour = {**ROAD, "source_id": "rumour"}
    (seeds / "addresses" / "roads.geojson").write_text(collection((rumour, LINE)), encoding="utf-8")
    (seeds / "addresses" / "rivers.geojson").write_text("{}", encoding="utf-8")
    add(seeds, "former_names", [{"name_zh": "老区", "level": "district", "now_ids": "gone", "until": "2001"}])
    with pytest.raises(DataError) as error:
        build(seeds, tmp_path / "layers")
    told = "\n".join(error.value.problems)
    assert "addresses/roads.geojson: source_id 'rumour' is not in sources.csv" in told
    assert "addresses/rivers.geojson: is no layer of addresses" in told
    assert "former_names.csv:2: now_ids 'gone' is no district and no township" in told
