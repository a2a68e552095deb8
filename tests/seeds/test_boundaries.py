# ruff: noqa: E501 - one broken file a line reads as a table
from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from tiny_city import boundary, collection, square

from geo.crs.geodesy import geodesic_area_km2
from geo.seeds.boundaries import build_polygon, read_boundary

BBOX = (9.9, 49.9, 10.5, 50.3)
METRIC = "EPSG:32632"


def read(tmp_path: Path, content: str):
    path = tmp_path / "x.geojson"
    path.write_text(content, encoding="utf-8")
    return read_boundary(path, bbox=BBOX, metric_crs=METRIC)


def test_disc_has_the_stated_geodesic_area_and_is_round() -> None:
    centre = shapely.Point(121.6, 31.2)
    disc = build_polygon(centre, {"recipe": "disc", "area_km2": "2"}, METRIC)
    assert geodesic_area_km2(disc) == pytest.approx(2, rel=1e-6)
    lon, lat = shapely.get_coordinates(disc.exterior).T
    geod = pyproj.Geod(ellps="WGS84")
    _, _, radii = geod.inv(np.full_like(lon, 121.6), np.full_like(lat, 31.2), lon, lat)
    assert radii.max() / radii.min() == pytest.approx(1, abs=1e-6)
    assert radii.mean() == pytest.approx(math.sqrt(2e6 / math.pi), rel=2e-3)
    assert disc.exterior.is_ccw


def test_corridor_has_width_and_round_ends() -> None:
    line = shapely.LineString([[10.0, 50.1], [10.2, 50.1]])
    corridor = build_polygon(line, {"recipe": "corridor", "width_m": "1000"}, METRIC)
    length_km = pyproj.Geod(ellps="WGS84").geometry_length(line) / 1000
    expected = length_km * 1.0 + math.pi * 0.25
    assert geodesic_area_km2(corridor) == pytest.approx(expected, rel=3e-3)


def test_polygon_stays_as_drawn(tmp_path: Path) -> None:
    found = read(tmp_path, collection((boundary("x"), square(10.0, 50.0, 10.1, 50.1))))
    assert found.problems == []
    assert found.polygon is not None
    assert found.polygon.bounds == (10.0, 50.0, 10.1, 50.1)
    assert found.properties["accuracy_m"] == "100"
    assert found.properties["area_km2"] == ""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[]", "is no FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "has 0 features: a boundary file has exactly one"),
        ('{"type": "FeatureCollection"}', "has no features"),
        (collection(({"place_id": "x"}, square(10, 50, 10.1, 50.1))), "lacks the properties method, recipe"),
        (collection((boundary("x"), {"type": "Polygon", "coordinates": []})), "has an empty geometry"),
        (collection((boundary("x"), {"type": "Blob"})), "has no readable geometry"),
        (collection((boundary("x"), None)), "has no readable geometry"),
        (collection((boundary("x", recipe="blob"), square(10, 50, 10.1, 50.1))), "recipe is 'blob': allowed are"),
        (
            collection((boundary("x", recipe="disc"), {"type": "Point", "coordinates": [10.1, 50.1, 4.0]})),
            "has heights",
        ),
        (
            collection((boundary("x", recipe="corridor", width_m=-5), {"type": "LineString", "coordinates": [[10.0, 50.0], [10.1, 50.0]]})),
            "recipe corridor needs a positive width_m, it is '-5'",
        ),
        (
            json.dumps(json.loads(collection((boundary("x"), square(10, 50, 10.1, 50.1)))) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}}),
            "is in urn:ogc:def:crs:EPSG::4549: save it in WGS 84",
        ),
        (
            collection((boundary("x"), {"type": "Polygon", "coordinates": [[[10.0, 50.0], [10.1, 50.1], [10.1, 50.0], [10.0, 50.1], [10.0, 50.0]]]})),
            "is invalid: Self-intersection[10.05 50.05]",
        ),
        (
            collection((boundary("x"), {"type": "Polygon", "coordinates": [[[50.0, 10.0], [50.1, 10.0], [50.1, 10.1], [50.0, 10.0]]]})),
            "has 4 coordinates outside the city's bbox [9.9, 49.9, 10.5, 50.3], such as 50, 10: check datum, units and the order",
        ),
        (
            collection((boundary("x", recipe="disc", area_km2=0.1), square(10, 50, 10.1, 50.1))),
            "recipe disc needs a Point, the file holds a Polygon",
        ),
        (
            collection((boundary("x", recipe="disc"), {"type": "Point", "coordinates": [10.1, 50.1]})),
            "recipe disc needs a positive area_km2, it is ''",
        ),
        (
            collection((boundary("x", recipe="disc", area_km2=9_000), {"type": "Point", "coordinates": [10.1, 50.1]})),
            "recipe disc makes a polygon that has 97 coordinates outside the city's bbox",
        ),
        (
            json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": ["place_id"], "geometry": None}]}),
            "lacks the properties place_id, method",
        ),
        (
            json.dumps(json.loads(collection((boundary("x"), square(10, 50, 10.1, 50.1)))) | {"crs": {"properties": "4549"}}),
            "is in {'properties': '4549'}: save it in WGS 84",
        ),
        ("[" * 100_000, "is not readable JSON"),
    ],
)  # fmt: skip
def test_bad_files_say_what_and_how_to_mend(tmp_path: Path, content: str, expected: str) -> None:
    found = read(tmp_path, content)
    assert found.polygon is None
    assert len(found.problems) == 1
    assert expected in found.problems[0]
    assert found.problems[0].startswith(f"{tmp_path.name}/x.geojson: ")


def test_infinite_coordinate_is_named(tmp_path: Path) -> None:
    content = collection((boundary("x"), square(10, 50, 10.1, 50.1))).replace("50.1]", "1e999]")
    assert "coordinate that is no number" in read(tmp_path, content).problems[0]


def test_repeated_vertices_are_no_problem(tmp_path: Path) -> None:
    ring = [[10.0, 50.0], [10.0, 50.0], [10.1, 50.0], [10.1, 50.1], [10.1, 50.1], [10.0, 50.0]]
    found = read(tmp_path, collection((boundary("x"), {"type": "Polygon", "coordinates": [ring]})))
    assert found.problems == []
