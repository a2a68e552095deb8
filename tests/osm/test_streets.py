"""Roads, house numbers and named points of an extract."""

from __future__ import annotations

import subprocess
from pathlib import Path

import osm_extract
import pytest
import shapely

from geo.errors import DataError
from geo.osm.streets import Streets, read_streets

BOX = (9.5, 49.5, 10.6, 50.5)


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    number = {"addr:street": "小路", "addr:housenumber": "12-14", "name": "小屋", "building": "yes"}
    monkeypatch.setitem(osm_extract.NODE_TAGS, 20, number)
    monkeypatch.setitem(osm_extract.NODE_TAGS, 30, {"addr:street": "小路", "addr:housenumber": "甲"})
    monkeypatch.setitem(osm_extract.WAYS, 16, ([20, 21], {"highway": "steps", "name": "石阶路"}))
    return osm_extract.write(tmp_path / "small.osm")


def said(found: Streets) -> tuple[list, list, list]:
    return (
        sorted(name for name, _ in found.roads),
        [(road, number, point.coords[0]) for road, number, point in found.numbers],
        sorted(name for name, _, _ in found.points),
    )


def test_houses_of_a_lane_stand_at_its_number() -> None:
    """A lane is a number of its road, whatever its houses bear."""
    found = Streets()
    for street, number in (("小路126弄", "5~21"), ("小路7弄Lane 7 of Small Road", "30"), ("126弄", "2")):
        found.add({"addr:street": street, "addr:housenumber": number}, shapely.Point(10, 50))
    assert [(road, number) for road, number, _ in found.numbers] == [("小路", 126), ("小路", 7), ("126弄", 2)]


def test_roads_numbers_and_names(extract: Path) -> None:
    roads, numbers, points = said(read_streets(extract, BOX))
    assert roads == ["一环", "小路"]
    assert numbers == [("小路", 12, (10.05, 50.1))]
    assert {"小屋", "火车站"} <= set(points)


def test_a_geopackage_made_of_it_says_the_same_roads(extract: Path, tmp_path: Path) -> None:
    made = tmp_path / "small.gpkg"
    subprocess.run(["ogr2ogr", str(made), str(extract), "points", "lines"], check=True, capture_output=True)
    roads, numbers, points = said(read_streets(made, BOX))
    assert roads == ["一环", "小路"]
    assert numbers == [("小路", 12, (10.05, 50.1))]
    assert "火车站" in points


def test_only_what_lies_in_the_box(extract: Path) -> None:
    with pytest.raises(DataError, match="no named road"):
        read_streets(extract, (50.0, 10.0, 51.0, 11.0))


def test_what_is_no_extract_is_told(tmp_path: Path) -> None:
    for name in ("a.osm", "a.gpkg", "a.osm.pbf"):
        path = tmp_path / name
        path.write_bytes(b"something else")
        with pytest.raises(DataError):
            read_streets(path, BOX)
