"""GeoJSON: RFC 7946, and the same with GCJ-02 under a name that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from clients import ogr

from geo.atlas.atlas import Atlas
from geo.base.geojson import feature_collection
from geo.contract.schema import table
from geo.crs.datums import gcj02_to_wgs84
from geo.export import export


@pytest.fixture
def collection(tiny: Atlas, tmp_path: Path) -> dict:
    export(tiny.select(), tmp_path / "a.geojson")
    return json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))


def test_rfc_7946(tiny: Atlas, collection: dict) -> None:
    assert "crs" not in collection
    assert collection["data_date"] == "2024-06-30"
    assert collection["attribution"] == "测试 · Test"
    assert {row["source_id"] for row in collection["sources"]} == {"plan", "press", "blog"}
    assert len(collection["facts"]) == 5
    for feature in collection["features"]:
        assert feature["id"] == feature["properties"]["place_id"]
        assert set(feature["properties"]) == set(table("place_layer").names())
        assert {feature["properties"][name] for name in ("method", "accuracy_m")}
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.geom_type == "MultiPolygon"
        assert all(part.exterior.is_ccw for part in shape.geoms)
        assert shape.equals(tiny.places.geometry[feature["id"]])


def test_gcj02_is_named_and_shifted(tiny: Atlas, tmp_path: Path, monkeypatch) -> None:
    # The tiny city lies in Europe, where nothing is shifted: move the box over it.
    monkeypatch.setattr("geo.crs.datums.CHINA_BOX", (0.0, 40.0, 20.0, 60.0))
    result = export(tiny.select(), tmp_path / "a.geojson", "geojson-gcj02")
    assert result.outputs == (str(tmp_path / "a.gcj02.geojson"),)
    written = json.loads((tmp_path / "a.gcj02.geojson").read_text(encoding="utf-8"))
    assert "crs" not in written
    assert written["datum"] == "GCJ-02"
    for feature in written["features"]:
        assert feature["properties"]["datum"] == "GCJ-02"
        ours = tiny.places.geometry[feature["id"]]
        shifted = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        assert not shapely.geometry.shape(feature["geometry"]).equals_exact(ours, 1e-4)
        lon, lat = gcj02_to_wgs84(shifted[:, 0], shifted[:, 1])
        back = shapely.get_coordinates(shapely.orient_polygons(ours, exterior_cw=False))
        assert abs(back[:, 0] - lon).max() < 1e-7
        assert abs(back[:, 1] - lat).max() < 1e-7


def test_feature_collection_writes_missing_as_null() -> None:
    written = json.loads(feature_collection([("a", {"x": None}, None)]))
    assert written["features"][0] == {"type": "Feature", "id": "a", "properties": {"x": None}, "geometry": None}


def test_gdal_reads_gcj02_with_its_datum_in_every_row(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.geojson", "geojson-gcj02")
    found = ogr(tmp_path / "a.gcj02.geojson")
    assert {row["place_id"] for row, _ in found} == set(tiny.select().places.index)
    assert {row["datum"] for row, _ in found} == {"GCJ-02"}
