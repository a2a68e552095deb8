from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.crs.geodesy import geodesic_area_km2
from geo.errors import CRSError, UsageError
from geo.export import find_format, format_of, formats
from geo.export.api import make_job
from geo.export.registry import resolve_crs

META = {"bbox": (9.9, 49.9, 10.5, 50.3), "metric_crs": "EPSG:32632"}
DOCS = Path(__file__).parents[2] / "docs" / "export.md"


def test_formats_are_those_of_the_contract() -> None:
    names = "geojson geojson-gcj02 gpkg qgz shapefile fgb geoparquet kml kmz dxf csv xlsx sql postgis bundle"
    assert list(formats()) == names.split()


@pytest.mark.parametrize("entry", formats().values(), ids=lambda entry: entry.format)
def test_every_row_is_whole(entry) -> None:
    assert callable(entry.load_writer())
    assert entry.output in ("file", "sides", "zip", "database")
    assert entry.layers in ("one", "many")
    assert entry.crs in ("any", "wgs84", "projected", "gcj02")
    assert entry.fields in ("full", "short", "key")
    assert len(entry.size) == 6
    for text in (entry.name_zh, entry.name_en, entry.caveat_zh, entry.caveat_en):
        assert text


@pytest.mark.parametrize("entry", formats().values(), ids=lambda entry: entry.format)
def test_every_format_is_in_the_docs(entry) -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert f"| `{entry.format}` |" in page
    for ending in entry.endings:
        assert f"`{ending}" in page


#: What a test module that opens a file in a client has in it.
CLIENTS = {
    "GDAL": r"\bogr(?:info)?\(|pyogrio|gpd\.read_file",
    "QGIS": "qgis_\\w*probe",
    "DuckDB": r"\bparquet\(",
    "geopandas": r"gpd\.read_parquet",
    "SQLite": "sqlite3",
    "XML parser": "etree",
    "ezdxf": r"ezdxf\.readfile",
    "openpyxl": r"openpyxl\.load_workbook",
    "calamine": "CalamineWorkbook",
    "PostgreSQL": "postgis_url",
    "psql": '"psql"',
    "frictionless": "Package",
    "sha256sum": '"sha256sum"',
}


def test_the_docs_say_of_every_format_which_test_opens_it_where() -> None:
    """A row each; the modules named are there, and each client named is in one of them."""
    page = DOCS.read_text(encoding="utf-8")
    head = "| format | opened by a test in | not shown there | tests |"
    lines = page[page.index(head) :].partition("\n\n")[0].splitlines()[2:]
    rows = {cells[1].strip(" `"): cells for cells in (line.split("|") for line in lines)}
    assert list(rows) == list(formats())
    for name, (_, _, opened, hidden, tests, _) in rows.items():
        modules = [Path(__file__).with_name(f"{one}.py") for one in re.findall(r"`(\w+)`", tests)]
        code = "".join(one.read_text(encoding="utf-8") for one in modules)
        assert hidden.strip(), name
        assert modules, name
        named = [client for client in CLIENTS if client in opened]
        assert named or "Python" in opened, name
        assert [client for client in named if not re.search(CLIENTS[client], code)] == [], name


def test_endings_and_names_belong_to_one_format() -> None:
    for words in (
        [e for f in formats().values() for e in f.endings],
        [a for f in formats().values() for a in f.aliases],
    ):
        assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("GPKG", "gpkg"),
        ("Geo Package", "gpkg"),
        ("shp", "shapefile"),
        ("ESRI Shapefile", "shapefile"),
        ("parquet", "geoparquet"),
    ],
)
def test_names_are_forgiven(name: str, format: str) -> None:
    assert find_format(name).format == format


@pytest.mark.parametrize(
    ("out", "format"),
    [
        ("x/Y.GPKG", "gpkg"),
        ("a.shp.zip", "shapefile"),
        ("a.zip", "bundle"),
        ("a.json", "geojson"),
        ("a.gcj02.geojson", "geojson-gcj02"),
        ("a_GCJ-02.geojson", "geojson-gcj02"),
        ("gcj02/a.geojson", "geojson"),
        ("postgres://h/d", "postgis"),
        ("a.geoparquet", "geoparquet"),
    ],
)
def test_format_of_an_ending(out: str, format: str) -> None:
    assert format_of(out).format == format


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UsageError, match="no format 'shapfile': did you mean shapefile"):
        find_format("shapfile")
    with pytest.raises(UsageError, match=r"a\.tab: no format has this ending"):
        format_of("a.tab")


def test_crs_by_default_and_by_choice() -> None:
    assert resolve_crs(find_format("gpkg"), None, META) == pyproj.CRS(4326)
    assert resolve_crs(find_format("dxf"), None, META) == pyproj.CRS(32632)
    assert resolve_crs(find_format("geojson-gcj02"), None, META) is None
    assert resolve_crs(find_format("kml"), "EPSG:4326", META) == pyproj.CRS(4326)
    assert resolve_crs(find_format("sql"), "25832", META) == pyproj.CRS(25832)


@pytest.mark.parametrize(
    ("format", "crs", "message"),
    [
        ("kml", 32632, "carries no CRS but WGS 84 .* use gpkg, qgz, shapefile, fgb, geoparquet, sql, postgis"),
        ("csv", 32632, "carries no CRS but WGS 84"),
        ("xlsx", 25832, "carries no CRS but WGS 84"),
        ("gpkg", 4549, "does not cover longitude 9.9 to 10.5"),
        ("gpkg", "gcj02", "gcj02 is not a coordinate reference system"),
        ("dxf", 4258, "drawn in metres"),
        ("gpkg", "nonsense", "is not known"),
        ("sql", "+proj=tmerc +lon_0=10 +ellps=WGS84", "does not cover|has none"),
    ],
)
def test_crs_that_does_not_fit_is_refused(format: str, crs: object, message: str) -> None:
    with pytest.raises(CRSError, match=message):
        resolve_crs(find_format(format), crs, META)


def test_codes_of_esri_and_a_citys_own_grid_are_carried_and_what_they_do_to_areas_is_said(tiny: Atlas) -> None:
    """Area of a small square in the projection beside that on the ellipsoid, at both ends of the map."""
    grid = "+proj=tmerc +lat_0=50.1 +lon_0=10.2 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    for asked, size in ((grid, 1e-6), ("EPSG:32632", 1e-3), ("ESRI:102100", 2.0)):
        job = make_job(tiny.select(), find_format("gpkg"), asked, language="en")
        low, high = (float(one) / 100 for one in re.findall(r"([+-]\d+\.\d\d)%", job.crs_text("en")))
        west, south, east, north = job.contents.places.frame.total_bounds
        off = []
        for lon in (west, (west + east) / 2, east):
            for lat in (south, north):
                square = gpd.GeoSeries([shapely.box(lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)], crs=4326)
                true_km2 = geodesic_area_km2(square.iloc[0])
                off.append(float(square.to_crs(job.crs).area.iloc[0]) / 1e6 / true_km2 - 1)
        assert low == pytest.approx(min(off), abs=6e-5 + size * 1e-2)
        assert high == pytest.approx(max(off), abs=6e-5 + size * 1e-2)
    assert "%" not in make_job(tiny.select(), find_format("gpkg")).crs_text("zh")


def test_what_a_format_cannot_store_is_said_in_chinese_too() -> None:
    with pytest.raises(CRSError) as refused:
        resolve_crs(find_format("kml"), "EPSG:32632", META)
    assert str(refused.value).startswith("kml carries no CRS but WGS 84 (EPSG:4326), not EPSG:32632: use ")
    assert refused.value.translations["zh"].startswith("kml 只能存 WGS 84（EPSG:4326），不能存 EPSG:32632：请改用 ")
    with pytest.raises(UsageError) as refused_ending:
        format_of("a.odd")
    assert refused_ending.value.translations["zh"].startswith("a.odd：没有格式用这个扩展名；请给 --format")
