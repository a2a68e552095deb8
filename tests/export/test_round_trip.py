"""Every value, character and coordinate survives in every format, read by other software than the writer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from clients import csv_rows, ogr, parquet, sheets, unzipped
from hostile import examples, expected, few, hostile
from lxml import etree

from geo.atlas.atlas import Atlas, View
from geo.base.formulas import unguard_formula
from geo.contract.schema import table
from geo.export import export
from geo.export.csvfile import cell_text
from geo.export.safe_text import safe_text, xml_text
from geo.export.shapefile import fit, short_name


def check(
    rows: Iterable[tuple[dict[str, Any], Any]], view: View, clean: Any = safe_text, tolerance: float = 1e-7
) -> None:
    """Compare what a client read with the view: every cell of every feature, and every vertex."""
    rows = list(rows)
    wanted = expected(view, clean)
    assert {row["place_id"] for row, _ in rows} == set(wanted)
    assert len(rows) == len(wanted)
    for row, shape in rows:
        ours = wanted[row["place_id"]]
        assert {name: row[name] for name in ours} == ours
        if shape is not None:
            same_shape(shape, view.places.geometry[row["place_id"]], tolerance)


def same_shape(shape: Any, ours: Any, tolerance: float) -> None:
    """Compare two geometries vertex by vertex, whatever the first one and the direction."""
    assert len(shapely.get_coordinates(shape)) == len(shapely.get_coordinates(ours))
    assert shapely.hausdorff_distance(shape, ours) <= tolerance
    assert abs(shape.area - ours.area) < 1e-9


@examples
@few
@pytest.mark.parametrize("name", ["a.geojson", "a.fgb"])
def test_one_layer_formats_in_gdal(tiny: Atlas, name: str, drawn) -> None:
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / name)
        check(ogr(Path(folder) / name), view)


@examples
@few
def test_geopackage_in_gdal(tiny: Atlas, drawn) -> None:
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.gpkg")
        check(ogr(Path(folder) / "a.gpkg", *set(view.places["kind"])), view)


@examples
@few
def test_geoparquet_in_duckdb(tiny: Atlas, drawn) -> None:
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.parquet")
        check(parquet(Path(folder) / "a.parquet"), view)


@examples
@few
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_shapefile_in_gdal(tiny: Atlas, encoding: str, drawn) -> None:
    """What DBF cannot hold is short in it, and whole in values.csv."""
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.shp.zip", encoding=encoding)
        unpacked = unzipped(Path(folder) / "a.shp.zip")
        beyond = {(row["id"], row["column"]): row["value"] for row in csv_rows(unpacked / "values.csv")}
        wanted = expected(view)
        seen = 0
        for kind in set(view.places["kind"]):
            for row, shape in ogr(unpacked / f"{kind}.shp"):
                seen += 1
                for name, value in wanted[row["place_id"]].items():
                    written = row[short_name(name)]
                    held, whole = fit(value, encoding)
                    if whole:
                        assert written == value
                        assert (row["place_id"], name) not in beyond
                    else:
                        assert unguard_formula(beyond[row["place_id"], name]) == cell_text_plain(value)
                        assert held is None or same_short(written, held)
                same_shape(shape, view.places.geometry[row["place_id"]], 1e-7)
        assert seen == len(wanted)


def same_short(written: Any, held: Any) -> bool:
    """Tell whether DBF has the short form: 15 decimals, text without outer spaces."""
    return abs(written - held) <= 1e-15 if isinstance(held, float) else (written or "") == held.strip(" ")


def cell_text_plain(value: Any) -> str:
    return unguard_formula(cell_text(value))


@examples
@few
def test_kml_in_an_xml_parser(tiny: Atlas, drawn) -> None:
    """What XML forbids became visible symbols; the rest is there, and no markup of a value is markup."""
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.kml")
        root = etree.parse(Path(folder) / "a.kml").getroot()
    space = {"k": "http://www.opengis.net/kml/2.2"}
    types = {column.name: column.type for column in table("place_layer").columns}
    convert = {"integer": int, "number": float}
    rows = []
    for mark in root.iterfind(".//k:Folder[@id]/k:Placemark", space):
        data = mark.findall(".//k:SimpleData", space)
        if data and data[0].get("name") == "place_id":
            row = dict.fromkeys(types)
            row |= {d.get("name"): convert.get(types[d.get("name")], str)(d.text or "") for d in data}
            rings = [
                np.array([[float(x) for x in pair.split(",")] for pair in ring.text.split()])
                for ring in mark.iterfind(".//k:outerBoundaryIs//k:coordinates", space)
            ]
            assert sum(len(ring) for ring in rings) > 4
            rows.append((row, None))
            balloon = mark.find("k:description", space).text
            assert "<img" not in balloon
            assert "$[" not in balloon
    check(rows, view, clean=xml_text)


def is_number(text: str) -> bool:
    try:
        return np.isfinite(float(text))
    except ValueError:
        return False


@examples
@few
def test_csv(tiny: Atlas, drawn) -> None:
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.csv")
        rows = csv_rows(Path(folder) / "a.csv")
    wanted = expected(view)
    for row in rows:
        for name, value in wanted[row["place_id"]].items():
            read = unguard_formula(row[name]) if isinstance(value, str) else row[name] or None
            assert (float(read) if isinstance(value, int | float) else read) == value
        assert not row["name_zh"].startswith(("=", "+", "@", "\t", "\r")) or is_number(row["name_zh"])
        same_shape(shapely.from_wkt(row["wkt"]), view.places.geometry[row["place_id"]], 1e-7)
    assert len(rows) == len(wanted)


@examples
@few
def test_workbook_in_openpyxl(tiny: Atlas, drawn) -> None:
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.xlsx")
        found = sheets(Path(folder) / "a.xlsx")
    rows = [row for kind in set(view.places["kind"]) for row in found[kind]]
    check([(row, shapely.from_wkt(row["wkt"])) for row in rows], view, clean=xml_text)
    assert all(row["source"] for row in rows)


@examples
@few
def test_drawing_in_gdal_and_handles(tiny: Atlas, drawn) -> None:
    """Every boundary is there to the millimetre; every attribute in the CSV by handle."""
    view = hostile(tiny, drawn)
    with tempfile.TemporaryDirectory() as folder:
        export(view, Path(folder) / "a.dxf")
        rows = csv_rows(Path(folder) / "a.dxf.handles.csv")
        lines = {
            row["EntityHandle"]: shape
            for row, shape in ogr(Path(folder) / "a.dxf")
            if row["SubClasses"].endswith("AcDbPolyline")
        }
    boundaries = [row for row in rows if row["role"] in ("boundary", "hole")]
    assert {row["handle"] for row in boundaries} == set(lines)
    wanted = expected(view)
    metric = view.places.to_crs(tiny.meta["metric_crs"]).geometry
    for row in boundaries:
        for name, value in wanted[row["place_id"]].items():
            read = unguard_formula(row[name]) if isinstance(value, str) else row[name] or None
            assert (float(read) if isinstance(value, int | float) else read) == value
        line = shapely.get_coordinates(lines[row["handle"]])
        edge = shapely.MultiPoint(shapely.get_coordinates(metric[row["place_id"]]))
        assert shapely.hausdorff_distance(shapely.MultiPoint(line), edge) < 1e6
        assert shapely.distance(shapely.points(line), edge).max() < 1e-3
    assert {row["place_id"] for row in boundaries} == set(wanted)
