"""Areas of the user's own: any format, GBK too; what is no polygon is named."""

from __future__ import annotations

import math
import zipfile

import geopandas as gpd
import pytest
import shapely

from geo.analysis.user_data.user_areas import read_areas
from geo.crs.datums import shift_geometry
from geo.errors import DataError, UsageError

AREAS = gpd.GeoDataFrame(
    {"代码": ["a", "b"], "名称": ["东片", "西片"], "n": [1, 1]},
    geometry=[shapely.box(121.4, 31.1, 121.5, 31.2), shapely.box(121.3, 31.1, 121.4, 31.2)],
    crs=4326,
)


def written(folder, ending, frame=AREAS):
    path = folder / f"areas{ending}"
    if ending == ".zip":
        (folder / "shp").mkdir()
        frame.to_file(folder / "shp" / "片.shp", encoding="gbk", engine="pyogrio")
        with zipfile.ZipFile(path, "w") as archive:
            for part in (folder / "shp").iterdir():
                archive.write(part, part.name)
    elif ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".csv":
        frame.to_wkt().to_csv(path, index=False)
    else:
        frame.to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("ending", [".zip", ".gpkg", ".geojson", ".parquet", ".csv"])
def test_any_format(tmp_path, ending):
    found = read_areas(written(tmp_path, ending))
    assert found.names == {"a": "东片", "b": "西片"}
    assert found.areas["a"].equals(AREAS.geometry[0])
    assert found.repaired == 0


def test_metres_are_converted(tmp_path):
    found = read_areas(written(tmp_path, ".gpkg", AREAS.to_crs(4549)))
    assert found.areas["b"].symmetric_difference(AREAS.geometry[1]).area < 1e-9


@pytest.mark.parametrize("crs", [4326, 4549])
def test_borders_in_another_datum_are_shifted_back(tmp_path, crs):
    shifted = shift_geometry(AREAS.geometry, "gcj02").set_crs(4326)  # as the file says, which is not so
    moved = AREAS.set_geometry(shifted).to_crs(crs)
    path = written(tmp_path, ".gpkg", moved)
    found = read_areas(path, datum="gcj02")
    assert found.areas["b"].equals_exact(AREAS.geometry[1], 1e-8)
    assert not read_areas(path).areas["b"].equals_exact(AREAS.geometry[1], 1e-3)


def test_ids_and_names_as_the_user_says_or_the_row(tmp_path):
    path = written(tmp_path, ".gpkg")
    assert read_areas(path, id_column="名称", name_column="代码").names == {"东片": "a", "西片": "b"}
    with pytest.raises(UsageError, match="the cells of 'n' are no ids"):
        read_areas(path, id_column="n")
    with pytest.raises(UsageError, match="no column 'x'"):
        read_areas(path, name_column="x")
    bare = written(tmp_path, ".geojson", AREAS[["n", "geometry"]])
    assert read_areas(bare).names == {"1": "1", "2": "2"}


def test_lines_that_cross_are_put_right_and_said(tmp_path):
    bow = shapely.Polygon([(121, 31), (122, 32), (122, 31), (121, 32)])
    found = read_areas(written(tmp_path, ".gpkg", gpd.GeoDataFrame({"id": ["x"]}, geometry=[bow], crs=4326)))
    assert found.repaired == 1
    assert found.areas["x"].is_valid
    assert found.areas["x"].area == pytest.approx(0.5)


def test_each_shape_keeps_its_row_whatever_lies_beside_it(tmp_path):
    """All are read at once; one that has to be read or put right alone changes no other."""
    boxes = [f"POLYGON Z (({n} 0 9, {n + 1} 0 9, {n + 1} 1 9, {n} 1 9, {n} 0 9))" for n in range(50)]
    circle = "CURVEPOLYGON (CIRCULARSTRING (20 5, 21 6, 20 5))"
    bow = "POLYGON ((0 30, 1 31, 1 30, 0 31, 0 30))"
    for others in ([], [bow], [circle, bow]):
        cells = [*boxes[:20], *others, *boxes[20:]]
        path = tmp_path / "areas.csv"
        path.write_text("id,wkt\n" + "".join(f'a{n},"{cell}"\n' for n, cell in enumerate(cells)), encoding="utf-8")
        found = read_areas(path)
        assert found.repaired == (bow in others)
        shapes = [shape for n, shape in enumerate(found.areas.values()) if not 20 <= n < 20 + len(others)]
        assert [shapely.bounds(shape).tolist() for shape in shapes] == [[n, 0, n + 1, 1] for n in range(50)]
        assert not any(shape.has_z for shape in shapes)
    assert found.areas["a20"].area == pytest.approx(math.pi * 0.5, rel=0.03)
    assert found.areas["a21"].area == pytest.approx(0.5)


def test_a_star_of_very_many_crossings_is_refused_and_a_coast_with_many_loops_is_not(tmp_path):
    star = [(121 + math.cos(math.tau * n * 300 / 601), 31 + math.sin(math.tau * n * 300 / 601)) for n in range(601)]
    frame = gpd.GeoDataFrame({"id": ["x"]}, geometry=[shapely.Polygon(star)], crs=4326)
    with pytest.raises(DataError, match="row 1 has a polygon that crosses itself"):
        read_areas(written(tmp_path, ".geojson", frame))
    coast = [(121 + math.cos(math.tau * n / 4000), 31 + math.sin(math.tau * n / 4000)) for n in range(4000)]
    for n in range(1, 3990, 10):
        coast[n], coast[n + 1] = coast[n + 1], coast[n]
    frame.geometry = [shapely.Polygon(coast)]
    found = read_areas(written(tmp_path, ".geojson", frame))
    assert found.repaired == 1
    assert found.areas["x"].area == pytest.approx(math.pi, rel=1e-3)


def test_a_line_there_and_back_is_no_area(tmp_path):
    line = shapely.Polygon([(121, 31), (122, 32), (121, 31)])
    with pytest.raises(DataError, match="row 1 has no geometry"):
        read_areas(written(tmp_path, ".gpkg", gpd.GeoDataFrame({"id": ["x"]}, geometry=[line], crs=4326)))


def test_what_is_no_area(tmp_path):
    points = gpd.GeoDataFrame({"id": ["x"]}, geometry=[shapely.Point(121, 31)], crs=4326)
    with pytest.raises(DataError, match="row 1 has a Point; areas are polygons") as caught:
        read_areas(written(tmp_path, ".gpkg", points))
    assert caught.value.translations["zh"].endswith("第 1 行是 Point；面须是多边形，请去掉这一行")
    (tmp_path / "t.csv").write_text("lon,lat\n121.4,31.2\n")
    (tmp_path / "none.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(DataError, match=r"none\.geojson: there are no rows in it"):
        read_areas(tmp_path / "none.geojson", name_column="n")
    with pytest.raises(UsageError, match="this is a table of points"):
        read_areas(tmp_path / "t.csv")
