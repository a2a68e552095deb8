from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from clients import csv_rows, ogr, ogrinfo, parquet, unzipped

from geo.atlas.atlas import Atlas
from geo.contract.schema import table
from geo.export import export


@pytest.fixture(scope="module")
def file(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("parquet") / "a.parquet"
    export(tiny.select(), made, crs=32632)
    return made


def test_geoparquet_metadata(file: Path) -> None:
    metadata = pq.read_metadata(file)
    geo = json.loads(metadata.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 32632}
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert {metadata.row_group(0).column(i).compression for i in range(metadata.num_columns)} == {"ZSTD"}
    assert set(metadata.metadata) == {b"geo", b"metadata"}  # nothing of pandas or Arrow, which would double it
    about = json.loads(metadata.metadata[b"metadata"])
    assert about["data_date"] == "2024-06-30"
    assert {row["source_id"] for row in about["sources"]} == {"plan", "press", "blog"}


def test_of_the_geometry_it_says_what_geopandas_says_and_no_dictionary_is_made_of_shapes(
    file: Path, tiny: Atlas, tmp_path: Path
) -> None:
    shown = gpd.GeoSeries([shape for _, shape in parquet(file)], crs=32632).to_frame("geometry")
    theirs = tmp_path / "theirs.parquet"
    shown.to_parquet(theirs, index=False, schema_version="1.1.0", write_covering_bbox=True)
    said, expected = (json.loads(pq.read_metadata(one).metadata[b"geo"]) for one in (file, theirs))
    bounds = [one["columns"]["geometry"].pop("bbox") for one in (said, expected)]
    assert said == expected
    assert bounds[0] == pytest.approx(bounds[1])
    group = pq.read_metadata(file).row_group(0)
    columns = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    packed = {name for name, column in columns.items() if column.has_dictionary_page}
    assert "kind" in packed
    assert not packed & {"geometry", "bbox.xmin", "bbox.ymin", "bbox.xmax", "bbox.ymax"}


def test_columns_are_those_of_the_contract(file: Path) -> None:
    assert pq.read_schema(file).names == [*table("place_layer").names(), "geometry", "bbox"]


def test_bbox_column_covers_the_geometry(file: Path) -> None:
    for row, shape in parquet(file):
        corners = [row["bbox"][name] for name in ("xmin", "ymin", "xmax", "ymax")]
        assert corners == pytest.approx(shape.bounds)
        assert all(part.exterior.is_ccw for part in shape.geoms)  # as the GeoParquet specification wants it


def test_a_row_without_geometry_has_no_box(tiny: Atlas, tmp_path: Path) -> None:
    """A box of nulls fails validators."""
    export(tiny.select(), f"{tmp_path}/out/", "geoparquet")
    rows = {row["institution_id"]: (row["bbox"], shape) for row, shape in parquet(tmp_path / "out/institution.parquet")}
    assert rows["lab_y"] == (None, None)
    assert rows["lab_x"][0]["xmin"] == pytest.approx(rows["lab_x"][1].x)


def test_flatgeobuf_has_index_crs_and_metadata(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.fgb", crs=32632)
    shown = ogrinfo(tmp_path / "a.fgb", "-al")
    assert 'ID["EPSG",32632]' in shown
    raw = (tmp_path / "a.fgb").read_bytes()
    assert raw.startswith(b"fgb\x03fgb")
    assert "测试 · Test".encode() in raw
    assert b"2024-06-30" in raw


def test_flatgeobuf_of_institutions_keeps_those_not_placed_beside_it(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.zip", "fgb")
    folder = unzipped(tmp_path / "a.zip")
    assert [row["institution_id"] for row, _ in ogr(folder / "institution.fgb")] == ["lab_x"]
    [left] = csv_rows(folder / "institution.without_geometry.csv")
    assert (left["institution_id"], left["name_zh"]) == ("lab_y", "未定位")
