"""Workbooks, Parquet, GeoJSON, GeoPackage, zipped Shapefiles; the format is told from the content."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.errors import DataError, UsageError
from geo.tables import Limits, TableReader, open_table

BBOX = (120.8, 30.6, 122.3, 31.9)
NAMES = ["某某人工智能实验室", "滨江"]


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    points = shapely.points([[121.4, 31.2], [121.5, 31.3]])
    return gpd.GeoDataFrame({"名称": NAMES, "code": ["007", "08"], "n": [1, 2]}, geometry=points, crs=4326)


def read(path: Path, **options: Any) -> tuple[TableReader, list[dict[str, Any]], list[float]]:
    with open_table(path, bbox=BBOX, metric_crs="EPSG:4549", **options) as table:
        rows: list[dict[str, Any]] = []
        lon: list[float] = []
        for batch in table.batches():
            rows += batch.to_pylist()
            lon += table.points(batch).lon.tolist()
        return table, rows, lon


def shapefile(frame: gpd.GeoDataFrame, folder: Path, encoding: str, cpg: str | None, drop: str = "") -> Path:
    """Write a zipped shapefile; `cpg` None leaves the .cpg out, and the language id is cleared."""
    (folder / "shp").mkdir()
    frame.to_file(folder / "shp" / "点.shp", encoding=encoding, engine="pyogrio")
    with zipfile.ZipFile(folder / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (folder / "shp").iterdir():
            raw = part.read_bytes()
            if part.suffix == ".dbf":
                raw = raw[:29] + b"\0" + raw[30:]
            if part.suffix not in (".cpg", drop):
                archive.writestr(f"层/点{part.suffix}", raw)
        if cpg is not None:
            archive.writestr("层/点.cpg", cpg)
    return folder / "in.zip"


@pytest.mark.parametrize(
    ("encoding", "cpg", "decided"),
    [
        ("utf-8", "UTF-8", ("utf-8", "cpg")),
        ("gbk", "GBK", ("gb18030", "cpg")),
        ("gbk", "936", ("gb18030", "cpg")),
        ("utf-8", None, ("utf-8", "utf8")),
        ("gbk", None, ("gb18030", "gb18030")),
        ("gbk", "UTF-8", ("gb18030", "gb18030")),
        ("gbk", "nonsense", ("gb18030", "gb18030")),
    ],
)
def test_shapefile_in_each_encoding(
    frame: gpd.GeoDataFrame, tmp_path: Path, encoding: str, cpg: str | None, decided: tuple[str, str]
) -> None:
    table, rows, lon = read(shapefile(frame, tmp_path, encoding, cpg))
    assert [row["名称"] for row in rows] == NAMES
    assert [row["code"] for row in rows] == ["007", "08"]
    assert lon == [121.4, 121.5]
    assert (table.report.encoding, table.report.encoding_rule) == decided
    assert ("does not decode" in " ".join(table.report.lines("en"))) == (encoding == "gbk" and cpg == "UTF-8")


def test_shapefile_language_id_decides(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = shapefile(frame, tmp_path, "gbk", None)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "ldid.zip", "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, raw[:29] + b"\x4d" + raw[30:] if name.endswith(".dbf") else raw)
    table, rows, _ = read(tmp_path / "ldid.zip")
    assert (table.report.encoding_rule, rows[0]["名称"]) == ("ldid", NAMES[0])


def test_shapefile_encoding_can_be_named_and_its_mojibake_seen(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = shapefile(frame, tmp_path, "gbk", "GBK")
    with open_table(path, encoding="cp1252") as table:
        assert "名称" not in table.schema.names
    with pytest.raises(DataError, match=r"utf-8 \(option\): fails on"):
        read(path, encoding="utf-8")


def test_shapefile_text_cut_within_a_character(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = shapefile(frame, tmp_path, "gbk", None)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "cut.zip", "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            if name.endswith(".dbf"):  # the width of the first field ends half a character early
                text = NAMES[0].encode("gbk")
                at, start = raw.index(text), int.from_bytes(raw[8:10], "little")
                width = raw[32 + 16]
                cell = (b"a" + text + "丁".encode("gbk") * 200)[:width]
                assert width % 2 == 0
                raw = raw[: start + 1] + cell + raw[start + 1 + width :]
                assert at == start + 1
            new.writestr(name, raw)
    table, rows, _ = read(tmp_path / "cut.zip")
    assert rows[0]["名称"].startswith(f"a{NAMES[0]}丁")
    assert "half a character" in " ".join(table.report.lines("en"))


def test_shapefile_that_is_not_whole_or_not_alone(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"点\.shp is not whole: \.dbf is missing"):
        read(shapefile(frame, tmp_path, "utf-8", None, drop=".dbf"))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for name in ("a.shp", "b.shp"):
            archive.writestr(name, b"x")
    with pytest.raises(UsageError, match="several layers could be meant: 'a', 'b'; pass layer="):
        read(tmp_path / "two.zip")
    with pytest.raises(UsageError, match="no layer 'c': there are a, b"):
        read(tmp_path / "two.zip", layer="c")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("a.md", b"x")
    with pytest.raises(DataError, match=r"neither a workbook nor a zipped Shapefile or text; it holds 'a\.md'"):
        read(tmp_path / "none.zip")


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:32651"])
def test_geopackage(frame: gpd.GeoDataFrame, tmp_path: Path, crs: str) -> None:
    frame.to_crs(crs).to_file(tmp_path / "in.gpkg", layer="places")
    table, rows, lon = read(tmp_path / "in.gpkg")
    assert [(row["名称"], row["code"], row["n"]) for row in rows] == [(NAMES[0], "007", 1), (NAMES[1], "08", 2)]
    assert lon == pytest.approx([121.4, 121.5], abs=1e-9)
    assert table.report.layer == "places"
    assert table.report.crs == ("" if crs in ("EPSG:4326", "EPSG:4490") else crs)


def test_geopackage_layers_and_odd_name(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    frame.to_file(tmp_path / "in.gpkg", layer="a")
    frame.to_file(tmp_path / "in.gpkg", layer="b")
    with pytest.raises(UsageError, match="several layers could be meant: 'a', 'b'; pass layer="):
        read(tmp_path / "in.gpkg")
    (tmp_path / "in.gpkg").rename(tmp_path / "upload.bin")
    table, rows, _ = read(tmp_path / "upload.bin", layer="b")
    assert len(rows) == 2
    assert "other layers are not read: 'a'" in " ".join(table.report.lines("en"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_geojson(frame: gpd.GeoDataFrame, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "in.geojson"
    path.write_bytes(json.dumps(json.loads(frame.to_json()), ensure_ascii=False).encode(encoding))
    table, rows, lon = read(path)
    assert ([row["名称"] for row in rows], lon) == (NAMES, [121.4, 121.5])
    types = {c.name: c.type for c in table.report.columns if c.name != "id"}
    assert types == {"名称": "text", "code": "code", "n": "integer", "geometry": "geometry"}
    assert table.report.columns_with_role("geometry") == ["geometry"]


def test_what_gdal_remarks_is_in_the_report(tmp_path: Path) -> None:
    ring = [[121.4, 31.2], [121.5, 31.2], [121.5, 31.3]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "in.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    table, _, _ = read(tmp_path / "in.geojson")
    assert "Non closed ring" in " ".join(table.report.lines("en"))


def test_geojson_of_mixed_and_missing_geometry(tmp_path: Path) -> None:
    shapes = [shapely.Point(121.4, 31.2), shapely.box(121.4, 31.2, 121.5, 31.3), None]
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, crs=4326)
    (tmp_path / "in.json").write_text(frame.to_json())
    with open_table(tmp_path / "in.json") as table:
        points = table.points(next(table.batches()))
        assert points.notes().to_pylist() == [None, "inner_point", "missing"]


@pytest.mark.parametrize(
    "text", ['{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}', '{"type": "Topology"}']
)
def test_other_json_is_not_carried_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.geojson").write_text(text)
    with pytest.raises(DataError, match=r"not a sound geojson file|this is TopoJSON"):
        read(tmp_path / "in.geojson")


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "名称": pa.array(NAMES).dictionary_encode(),
            "code": ["007", None],
            "经度": [121.4, None],
            "纬度": [31.2, 31.3],
        }
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=1)
    with open_table(tmp_path / "in.parquet") as reader:
        assert reader.rows == 2
        assert reader.schema.types == [table.schema.field(0).type, pa.string(), pa.float64(), pa.float64()]
        batches = list(reader.batches())
        assert [n for b in batches for n in reader.points(b).notes().to_pylist()] == [None, "missing"]
        assert pa.Table.from_batches([b.replace_schema_metadata(None) for b in batches]).equals(table)


def test_geoparquet(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    frame.to_crs("EPSG:4549").to_parquet(tmp_path / "in.parquet")
    table, _, lon = read(tmp_path / "in.parquet")
    assert (table.report.crs, table.report.crs_rule) == ("EPSG:4549", "file")
    assert lon == pytest.approx([121.4, 121.5], abs=1e-9)


def test_workbook(tmp_path: Path) -> None:
    when = dt.datetime(2020, 1, 2, 3, 4, 5)
    rows = pd.DataFrame(
        {
            "名称": ["甲", "乙", None],
            "代码": ["007", "08", "1"],
            "经度": [121.4, 121.5, None],
            "纬度": [31.2, 31.3, 31.4],
            "n": [1, 2, 3],
            "日期": [when, when, None],
            "真": [True, False, True],
            "杂": ["a", 1, 2.5],
        }
    )
    rows.to_excel(tmp_path / "in.xlsx", index=False)
    table, found, lon = read(tmp_path / "in.xlsx")
    assert [str(t) for t in table.schema.types] == [
        "string", "string", "double", "double", "int64", "timestamp[ms]", "bool", "string",
    ]  # fmt: skip
    assert found[0] == {
        "名称": "甲",
        "代码": "007",
        "经度": 121.4,
        "纬度": 31.2,
        "n": 1,
        "日期": when,
        "真": True,
        "杂": "a",
    }
    assert (found[2]["经度"], found[2]["杂"], found[1]["杂"]) == (None, "2.5", "1")
    assert lon[:2] == [121.4, 121.5]
    assert table.report.reasons == {"missing": 1}


def test_workbook_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["本表由某处整理"])
    sheet = book.create_sheet("名单")
    sheet.append(["某市名单", None, None])
    sheet.append(["名称", "经度", "纬度"])
    sheet.append(["甲", 121.4, 31.2])
    book.create_sheet("空")
    book.save(tmp_path / "in.xlsx")
    table, rows, _ = read(tmp_path / "in.xlsx")
    assert (table.report.sheet, table.report.header_row, rows) == (
        "名单",
        2,
        [{"名称": "甲", "经度": 121.4, "纬度": 31.2}],
    )
    assert "'说明'" in " ".join(table.report.lines("zh"))
    with pytest.raises(UsageError, match="no sheet 'x': there are 说明, 名单, 空"):
        read(tmp_path / "in.xlsx", sheet="x")
    with pytest.raises(DataError, match="sheet '空' is empty"):
        read(tmp_path / "in.xlsx", sheet="空")
    copy = book.copy_worksheet(sheet)
    copy.title = "名单二"
    book.save(tmp_path / "in.xlsx")
    said = r"several sheets could be meant: '名单', '名单二'; pass sheet= with one, or \* for all"
    with pytest.raises(UsageError, match=said):
        read(tmp_path / "in.xlsx")
    del book["说明"]
    copy["A3"] = "乙"
    book.save(tmp_path / "in.xlsx")
    table, rows, _ = read(tmp_path / "in.xlsx", sheet="*")
    assert [(row["名称"], row["sheet"]) for row in rows] == [("甲", "名单"), ("乙", "名单二")]
    assert table.report.sheet == "名单, 名单二"
    copy["C2"] = "维度"
    book.save(tmp_path / "in.xlsx")
    with pytest.raises(UsageError, match="the sheets '名单二' have other columns than '名单'"):
        read(tmp_path / "in.xlsx", sheet="*")


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    pd.DataFrame({"lon": [121.4], "lat": [31.2]}).to_excel(tmp_path / "a.xlsx", index=False)
    (tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    table, _, _ = read(tmp_path / "a.csv")
    assert table.report.format == "xlsx"
    assert "the name ends in .csv but the content is xlsx" in " ".join(table.report.lines("en"))
    with pytest.raises(UsageError, match="format='csv' was given but the content is xlsx"):
        read(tmp_path / "a.csv", format="csv")
    with pytest.raises(UsageError, match="format 'odt' is not known; use one of csv, xlsx"):
        read(tmp_path / "a.csv", format="odt")


def zipped(*entries: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for entry in entries:
            archive.writestr(entry, "x")
    return raw.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "match"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not a sound workbook"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "web page or XML"),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", "web page or XML"),
        (
            "a.xls",
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table/></Workbook>',
            "an XML Spreadsheet 2003, whatever it is called",
        ),
        ("a.ods", zipped("mimetype", "content.xml", "styles.xml"), "OpenDocument file but no spreadsheet"),
        ("a.gml", b'<?xml version="1.0"?>\n<gml:FeatureCollection></gml:FeatureCollection>', "map file such as OSM"),
        ("a.tab", b"!table\n!version 300\n", r"a bare \.tab of MapInfo"),
        ("a.json", b'{"type": "Topology", "objects": {"a": {"type": "Point"}}, "arcs": []}', "this is TopoJSON"),
        ("a.dxf", b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "a CAD drawing"),
        ("a.dxf", b"999\nmade by hand\n0\nSECTION\n2\nENTITIES\n", "a CAD drawing"),
        ("a.dwg", b"AC1032\0\0\0", "a CAD drawing"),
        ("a.csv.gz", b"\x1f\x8b\x08\0\0", "the gzip is damaged"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\0" * 96, r"bare \.shp"),
        ("a.parquet", b"lon,lat\n1,2\n", "named like parquet but it is not"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "neither a workbook nor"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 100, "not a sound GeoPackage"),
        ("a.parquet", b"PAR1" + b"\xff" * 40 + b"PAR1", "not a sound Parquet file"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[{"type":', "not a sound geojson file"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, name: str, raw: bytes, match: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DataError, match=match) as refused:
        read(tmp_path / name)
    assert re.search(r"[\u4e00-\u9fff]{3}", refused.value.translations["zh"])  # on a page in Chinese


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="is not a file"):
        open_table(tmp_path)
    with pytest.raises(UsageError, match="a path or a binary file object, not int"):
        open_table(3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="binary mode"):
        open_table(io.StringIO("a,b"))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="empty"):
        open_table(io.BytesIO(b""))


def test_temporary_files_go_with_the_reader(
    frame: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "tmp"
    home.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(home))
    with open_table(shapefile(frame, tmp_path, "gbk", None)):
        assert len(list(home.iterdir())) == 1
    with pytest.raises(DataError, match="neither"):
        open_table(io.BytesIO(b"PK\x05\x06" + b"\0" * 18))
    assert list(home.iterdir()) == []


def test_so_many_layers_or_sheets_that_nobody_made_them_are_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([121.4], [31.2]), crs=4326)
    for layer in ("a", "b", "c"):
        frame.to_file(tmp_path / "in.gpkg", layer=layer)
    with pd.ExcelWriter(tmp_path / "in.xlsx") as book:
        for sheet in ("a", "b", "c"):
            pd.DataFrame({"lon": [121.4], "lat": [31.2]}).to_excel(book, sheet_name=sheet, index=False)
    for name, option in (("in.gpkg", "layer"), ("in.xlsx", "sheet")):
        with pytest.raises(DataError, match=r"3 sheets or layers, more than the 2 allowed"):
            open_table(tmp_path / name, limits=Limits(layers=2), **{option: "a"})
        open_table(tmp_path / name, limits=Limits(layers=3), **{option: "a"}).close()


def test_a_list_of_names_in_a_message_stays_short(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "in.xlsx") as book:
        for number in range(60):
            pd.DataFrame({"lon": [121.4], "lat": [31.2]}).to_excel(book, sheet_name=f"s{number}", index=False)
    with pytest.raises(UsageError, match=r"'s0', 's1', .*'s29', …; pass sheet="):
        read(tmp_path / "in.xlsx")
