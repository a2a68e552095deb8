"""A joined frame written as the command line writes it: same columns, same order, the frame's own counts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import geo
from geo.atlas import Atlas
from geo.errors import OutputError, UsageError

ADDED = ["lon_wgs84", "lat_wgs84", "district_id", "district", "township_id", "township", "place_ids", "places"]


@pytest.fixture(scope="module")
def joined(atlas: Atlas) -> pd.DataFrame:
    """Twenty points in districts, one without, under a shuffled index with a name."""
    spots = atlas.districts.geometry.representative_point()
    frame = pd.DataFrame({"代码": [f"{i:06d}" for i in range(len(spots))], "lon": spots.x, "lat": spots.y})
    frame.loc[frame.index[3], ["lon", "lat"]] = np.nan
    frame.index = pd.Index(np.random.default_rng(1).permutation(len(frame)), name="号")
    return geo.join(frame, datum="wgs84")


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "arrow", "gpkg", "geojson", "fgb"])
def test_every_row_in_order_with_its_own_columns_first(joined: pd.DataFrame, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    assert geo.save(joined, out) == (str(out),)
    if ending in ("csv", "tsv"):
        found = pd.read_csv(out, dtype={"代码": str}, sep="\t" if ending == "tsv" else ",")
    elif ending == "arrow":
        found = pd.read_feather(out)
    else:
        found = gpd.read_parquet(out) if ending == "parquet" else gpd.read_file(out, layer=0)
    assert list(found.columns[:12]) == ["号", "代码", "lon", "lat", *ADDED]
    for name in ("号", "代码", "district_id", "township"):
        given = joined.index if name == "号" else joined[name]
        assert [None if pd.isna(cell) else cell for cell in found[name]] == [None if pd.isna(c) else c for c in given]
    if ending in ("parquet", "gpkg", "geojson", "fgb"):
        assert found.crs == ("OGC:CRS84" if ending == "parquet" else 4326)
        placed = found[found.geometry.notna() & ~found.geometry.is_empty]
        assert len(placed) == len(joined) - 1
        np.testing.assert_allclose(placed.geometry.x, placed["lon_wgs84"], atol=1e-6)


def test_places_of_rows_that_lie_in_none_are_empty_lists_and_empty_cells(atlas: Atlas, tmp_path: Path) -> None:
    """However few the rows are: the type is that of every other file."""
    apart = shapely.union_all(atlas.layout.geometry.to_numpy())
    spot = atlas.districts.geometry.iloc[0].difference(apart).representative_point()
    joined = geo.join(pd.DataFrame({"lon": [spot.x], "lat": [spot.y]}), datum="wgs84")
    assert joined["places"].to_list() == [[]]
    geo.save(joined, tmp_path / "a.csv")
    geo.save(joined, tmp_path / "a.parquet")
    assert pd.read_csv(tmp_path / "a.csv")[["place_ids", "places"]].isna().all(axis=None)
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert [schema.field(name).type.value_type for name in ("place_ids", "places")] == [pa.string(), pa.string()]


def test_a_workbook_counts_the_rows_of_this_frame(joined: pd.DataFrame, tmp_path: Path) -> None:
    some = joined[joined["district_id"].isin(joined["district_id"].dropna().iloc[:2])]
    geo.save(some, tmp_path / "some.xlsx", language="en")
    book = openpyxl.load_workbook(tmp_path / "some.xlsx")
    assert book.sheetnames == ["data", "rows by area", "columns", "how it was read"]
    rows = list(book["rows by area"].iter_rows(min_row=2, values_only=True))
    assert [row[1:4] for row in rows if row[0] == "district"] == sorted(
        zip(some["district_id"], some["district"], [1, 1], strict=True)
    )
    assert [row[3] for row in rows if row[1] is None] == [0, 0]
    assert book["data"].max_row == 3
    assert book["how it was read"].max_row > 2


def test_the_geometry_of_a_frame_is_written_as_text(atlas: Atlas, tmp_path: Path) -> None:
    spots = atlas.districts.geometry.representative_point().reset_index(drop=True)
    frame = gpd.GeoDataFrame({"a": range(len(spots))}, geometry=spots, crs=4326).to_crs(3857)
    found = geo.join(frame)
    geo.save(found, tmp_path / "out.csv")
    back = pd.read_csv(tmp_path / "out.csv")
    assert shapely.equals_exact(shapely.from_wkt(back["geometry"].to_numpy()), frame.geometry.to_numpy(), 1e-6).all()
    geo.save(found, tmp_path / "out.gpkg")
    assert gpd.read_file(tmp_path / "out.gpkg", layer=0).total_bounds == pytest.approx(spots.total_bounds, abs=1e-6)


def test_what_cannot_be_is_said(joined: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no column 'lon_wgs84': a frame as geo\.join"):
        geo.save(pd.DataFrame({"a": [1]}), tmp_path / "a.csv")
    with pytest.raises(UsageError, match="a frame is no report and no figure: give it with a View, as points="):
        geo.save(joined, tmp_path / "a.docx")
    for more in ({"crs": 4490}, {"points": joined}, {"criteria": ["rent<=3"]}, {"portrait": True}):
        with pytest.raises(UsageError, match=f"{next(iter(more))} was given: of a joined frame only language"):
            geo.save(joined, tmp_path / "a.csv", **more)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="a dict was given; a View, or a frame"):
        geo.save({}, tmp_path / "a.csv")  # type: ignore[arg-type]
    geo.save(joined, tmp_path / "a.csv")
    with pytest.raises(OutputError, match="is there already"):
        geo.save(joined, tmp_path / "a.csv")
    geo.save(joined, tmp_path / "a.csv", overwrite=True)


def test_numbers_beside_words_are_numbers_in_a_workbook(atlas: Atlas, tmp_path: Path) -> None:
    spot = atlas.districts.geometry.iloc[0].representative_point()
    frame = pd.DataFrame({"资本": [100, "8.5万", 2.5], "代码": ["001", "2", "3"], "lon": spot.x, "lat": spot.y})
    geo.save(geo.join(frame, datum="wgs84"), tmp_path / "a.xlsx", language="en")
    _, *rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["data"].values
    assert [row[0] for row in rows] == [100, "8.5万", 2.5]
    assert [row[1] for row in rows] == ["001", "2", "3"]
