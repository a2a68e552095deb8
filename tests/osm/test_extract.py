"""Elements as the extract has them, with all tags; files that are none, or damaged, are named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import osm_extract
import pytest
import shapely

from geo.errors import DataError
from geo.osm.extract import check_extract, names, read


def test_elements_come_with_id_all_tags_and_geometry_in_order(tmp_path: Path) -> None:
    notes: list[Mapping[str, str]] = []
    path = osm_extract.write(tmp_path / "small.osm")
    wishes = [
        ("points", "other_tags LIKE '%light_rail%'"),
        ("lines", "waterway = 'river' OR highway = 'trunk'"),
        ("multipolygons", "natural = 'water' OR boundary = 'administrative'"),
    ]
    found, ways, areas = read(path, wishes, notes)
    (station,) = found
    assert station.osm_id == "n72"
    assert station.tags == osm_extract.NODE_TAGS[72]
    assert station.geometry.equals(shapely.Point(osm_extract.NODES[72]))
    assert [way.osm_id for way in ways] == ["w7", "w8", "w14"]
    assert [area.osm_id for area in areas] == ["r100", "r101", "r102", "r103", "w9", "w10"]
    assert notes == []


def test_only_what_meets_the_frame_is_read(tmp_path: Path) -> None:
    path = osm_extract.write(tmp_path / "small.osm")
    (ways,) = read(path, [("lines", "waterway = 'river'")], [], (10.15, 50.1, 10.35, 50.2))
    assert [way.osm_id for way in ways] == ["w8"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"name": "小河", "name:zh": "大河", "name:en": "River"}, ("大河", "River")),
        ({"name": "Isar", "name:zh-Hans": "伊萨尔河"}, ("伊萨尔河", "")),
        ({"name": "Isar", "int_name": "Isar River"}, ("Isar", "Isar River")),
        ({"ref": "A9"}, ("A9", "")),
        ({}, ("", "")),
    ],
)
def test_names_fall_back_in_order(tags: dict[str, str], expected: tuple[str, str]) -> None:
    assert names(tags) == expected


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file .*give an OpenStreetMap extract"):
        check_extract(tmp_path / "none.osm")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.osm", "<html></html>"), ("a.osm.pbf", "no extract"), ("a.osm", "")],
)
def test_a_file_that_is_no_extract(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="is not an OpenStreetMap extract"):
        check_extract(path)


def test_another_format_with_layers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(path, layer="points")
    with pytest.raises(DataError, match="is not an OpenStreetMap extract"):
        check_extract(path)


def test_an_extract_that_breaks_off(tmp_path: Path) -> None:
    path = osm_extract.write(tmp_path / "cut.osm")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: int(len(text) * 0.9)], encoding="utf-8")
    with pytest.raises(DataError, match=r"cut\.osm breaks off or is damaged .*download the extract again"):
        read(path, [("multipolygons", "boundary = 'administrative'")], [])


def test_a_ring_of_two_points_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(osm_extract.WAYS, 17, ([80, 80], {"natural": "water", "name": "双点湖"}))
    notes: list[Mapping[str, str]] = []
    (areas,) = read(osm_extract.write(tmp_path / "small.osm"), [("multipolygons", "natural = 'water'")], notes)
    assert "w17" not in [area.osm_id for area in areas]
    assert [note["en"] for note in notes] == ["w17: a ring of two points in OSM is no outline; left out"]
    assert notes[0]["zh"] == "w17：在 OSM 里是只有两个点的环，不成轮廓，已略去"
