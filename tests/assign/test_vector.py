"""A joined table for GIS tools: every row, points in WGS 84, columns with names in words."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geo.assign.join import COLUMNS, Joiner
from geo.assign.outputs import _ADDED, writing
from geo.assign.points_wkb import points_wkb
from geo.errors import UsageError

LON, LAT = np.array([121.12, 121.7, np.nan]), np.array([31.15, 31.4, np.nan])
DISTRICTS = {"d1": shapely.box(121.0, 31.0, 121.5, 31.5)}


def joined(**own) -> pa.RecordBatch:
    columns, _ = Joiner(DISTRICTS, names={"d1": "甲区"}).columns(LON, LAT)
    fields = [
        *(pa.field(name, cells.type) for name, cells in own.items()),
        *(pa.field(n, k) for n, k in COLUMNS.items()),
    ]
    return pa.RecordBatch.from_arrays([*own.values(), *columns], schema=pa.schema(fields))


def save(path, *batches, **options):
    with writing(path, batches[0].schema, **options) as write:
        for batch in batches:
            write(batch)
    return path


BATCH = joined(名称=pa.array(["甲", "乙", None]), 资本=pa.array([1.5, None, 2.0]), fid=pa.array(["x", "y", "z"]))


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb"])
def test_every_row_is_there_with_its_point_and_types(tmp_path, ending):
    frame = gpd.read_file(save(tmp_path / f"o{ending}", BATCH, BATCH), layer="rows" if ending == ".gpkg" else None)
    assert len(frame) == 6
    assert frame.crs.to_epsg() == 4326
    assert frame["名称"].fillna("").to_list() == ["甲", "乙", ""] * 2
    assert frame["资本"].fillna(-1).to_list() == [1.5, -1, 2] * 2
    assert frame["district"].fillna("").to_list() == ["甲区", "", ""] * 2
    assert frame["fid_input" if ending == ".gpkg" else "fid"].to_list() == ["x", "y", "z"] * 2
    points = frame.geometry.to_list()
    assert (points[0].x, points[0].y) == pytest.approx((121.12, 31.15), abs=1e-7)
    assert points[2] is None or points[2].is_empty


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb"])
def test_rows_stand_in_their_order(tmp_path, ending):
    """Also those of a FlatGeobuf, whose index puts them into another."""
    lon, lat = np.random.default_rng(7).uniform((121.0, 31.0), (121.5, 31.5), (500, 2)).T
    columns, _ = Joiner(DISTRICTS, names={"d1": "甲区"}).columns(lon, lat)
    fields = [pa.field("n", pa.int64()), *(pa.field(n, k) for n, k in COLUMNS.items())]
    batch = pa.RecordBatch.from_arrays([pa.array(range(500)), *columns], schema=pa.schema(fields))
    frame = gpd.read_file(save(tmp_path / f"o{ending}", batch), layer="rows" if ending == ".gpkg" else None)
    assert frame["n"].to_list() == list(range(500))
    assert np.allclose(frame.geometry.x, lon, atol=1e-7)


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb"])
def test_columns_whose_names_differ_in_case_only_are_all_there(tmp_path, ending):
    own = {"District": ["pudong"], "ID": ["7"], "id": ["8"], "Fid": ["9"], "fid_input": ["x"], "GEOM": ["y"]}
    batch = joined(**{name: pa.array(3 * cells) for name, cells in own.items()})
    batch = batch.add_column(0, "OGC_FID", pa.array([1, 1, 1]))  # of a table that GDAL has written
    frame = gpd.read_file(save(tmp_path / f"o{ending}", batch), layer="rows" if ending == ".gpkg" else None)
    assert frame["OGC_FID_input"].to_list() == [1, 1, 1]
    found = {name: frame[name].to_list() for name in frame.columns}
    fid = "Fid_input_2" if ending == ".gpkg" else "Fid"
    wanted = {"District_input": "pudong", "ID": "7", "id_input": "8", fid: "9", "fid_input": "x", "GEOM": "y"}
    assert {name: found[name] for name in wanted} == {name: [cell] * 3 for name, cell in wanted.items()}
    assert frame["district"].fillna("").to_list() == ["甲区", "", ""]


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb"])
def test_what_gdal_has_no_field_for_is_text(tmp_path, ending):
    """A column without any value, a span of time, a number of more than 38 digits."""
    spans = pa.array([3_600_000_000, None, 90_061_000_000], pa.duration("us"))
    long = pa.array([Decimal("1.5"), None, Decimal("9" * 40)], pa.decimal256(45, 2))
    batch = joined(空=pa.nulls(3), 用时=spans, 长数=long)
    frame = gpd.read_file(save(tmp_path / f"o{ending}", batch), layer="rows" if ending == ".gpkg" else None)
    assert frame["空"].isna().all()
    assert frame["用时"].fillna("").to_list() == ["P0DT1H0M0S", "", "P1DT1H1M1S"]
    assert frame["长数"].fillna("").to_list() == ["1.50", "", "9" * 40 + ".00"]


def test_an_empty_table_is_a_layer_too(tmp_path):
    for ending in (".gpkg", ".geojson", ".fgb", ".parquet"):
        path = save(tmp_path / f"o{ending}", BATCH.slice(0, 0))
        if ending != ".parquet":
            assert len(pyogrio.read_dataframe(path, layer=0)) == 0


@pytest.mark.parametrize(("language", "word"), [("zh", "所在区"), ("en", "district it lies in")])
def test_a_geopackage_has_names_in_words_and_a_style(tmp_path, language, word):
    path = save(tmp_path / "o.gpkg", BATCH, language=language)
    with sqlite3.connect(path) as database:
        named = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
        style, kind = database.execute("SELECT styleQML, useAsDefault FROM layer_styles").fetchone()
    assert named["district"] == word
    assert set(named) == set(COLUMNS)
    assert 'attr="join_status"' in style
    assert "{" not in style
    assert f'name="{word}"' in style
    assert kind == 1


def test_parquet_is_geoparquet(tmp_path):
    path = save(tmp_path / "o.parquet", BATCH)
    told = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert told["version"] == "1.1.0"
    assert told["columns"][told["primary_column"]] == {"encoding": "WKB", "geometry_types": ["Point"]}
    frame = gpd.read_parquet(path)
    assert frame.crs.to_string() == "OGC:CRS84"
    assert frame.geometry.isna().to_list() == [False, False, True]
    taken = save(tmp_path / "taken.parquet", joined(geometry=pa.array(["a", "b", "c"])))
    assert gpd.read_parquet(taken).active_geometry_name == "geometry_2"


def test_points_as_wkb_are_those_of_shapely():
    found = points_wkb(BATCH).to_pylist()
    assert found == [*shapely.to_wkb(shapely.points(LON[:2], LAT[:2])), None]


def test_a_table_without_points_is_no_layer(tmp_path):
    with pytest.raises(UsageError, match="has no points"):
        save(tmp_path / "o.gpkg", pa.RecordBatch.from_pydict({"a": [1]}))
    assert list(tmp_path.iterdir()) == []


def test_what_is_described_is_what_a_join_adds():
    assert tuple(COLUMNS) == _ADDED
