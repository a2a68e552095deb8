"""Files made to cost their reader: few bytes of which each heading, CRS, cell, layer or page is a long calculation.

Each is read, or refused in words, for some processor time that grows with its size and no faster.
"""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from least_workbook import NS, RELATIONS, workbook

Make = Callable[[Path], object]

#: Name of the file → who makes it.
FILES: dict[str, Make] = {}
POINT = "121.4,31.2"
SQUARE = "((121.4 31.2,121.5 31.2,121.5 31.3,121.4 31.2))"
MARKS = "\u0323\u0307"


def keep(name: str, make: Make) -> None:
    assert name not in FILES
    FILES[name] = make


def text(name: str, content: Callable[[], str], encoding: str = "utf-8") -> None:
    keep(name, lambda path: path.write_bytes(content().encode(encoding)))


def quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


# --- headings ---------------------------------------------------------------------------------------------------------


def headings(name: str, *names: str, rows: int = 50) -> None:
    """Keep a CSV file with odd headings behind those of the coordinates."""
    head, row = ",".join(map(quoted, names)), f"{POINT}{',x' * len(names)}\n"
    text(name, lambda: f"lon,lat,{head}\n{row * rows}")


headings("wide.csv", *(f"c{number}" for number in range(4000)))
headings("wide_rows.csv", *(f"c{number}" for number in range(4000)), rows=400)
headings("same.csv", *(f"name_{number}" for number in range(2, 2000)), *["name"] * 2000)
headings("empty.csv", *[""] * 4000)
headings("pairs.csv", *(f"lon{number}" for number in range(2000)), *(f"lat{number}" for number in range(2000)))
headings("pairs_alike.csv", *["lng"] * 2000, *["lat"] * 2000)
headings("x_and_y.csv", *(f"x {number}" for number in range(2000)), *(f"y {number}" for number in range(2000)))
headings("addresses.csv", *(f"地址{number}" for number in range(4000)))
headings("geometries.csv", *(f"geometry {number}" for number in range(4000)))
headings("survey.csv", *(" ".join(f"word{number}{other}" for other in range(40)) for number in range(2000)))
for _name, _letters in {
    "words": "lon lat ",
    "ligatures": "ﷺ",
    "marks": MARKS,
    "dots": ".",
    "camel": "aB",
    "digits": "1",
    "brackets": "(",
    "hangul": "\u1100\u1161\u11a8",
}.items():
    headings(
        f"long_{_name}.csv", *(f"a{number}{_letters * (90_000 // len(_letters.encode()))}" for number in range(40))
    )


# --- cells ------------------------------------------------------------------------------------------------------------


def cells(name: str, column: str, *values: str, rows: int) -> None:
    """Keep a CSV file of which a column repeats values."""
    text(
        name,
        lambda: f"lon,lat,{column}\n" + "".join(f"{POINT},{quoted(values[n % len(values)])}\n" for n in range(rows)),
    )


def geometries(name: str, *values: str, rows: int) -> None:
    """Keep a CSV file of geometries alone."""
    text(name, lambda: "a,wkt\n" + "".join(f"a,{quoted(values[n % len(values)])}\n" for n in range(rows)))


RING = "121.4 31.2,121.5 31.2,121.5 31.3," * 1000 + "121.4 31.2"
STAR = ",".join(f"{121 + 0.4 * np.cos(a * 2.3):.6f} {31 + 0.4 * np.sin(a * 2.3):.6f}" for a in range(4000))
ARCS = ",".join(f"{121 + n % 7 / 10} {31 + n % 5 / 10}" for n in range(4001))
cells("digits.csv", "note", "1" * 1_000_000, rows=5)
cells("exponents.csv", "note", f"1e{'9' * 1000}", "1e308", "1e-400", rows=5000)
cells("days.csv", "note", "2020-01-01", "2020/1/1", "2020年1月1日", "01.02.2020", "2020-02-30", "20200101", rows=50_000)
cells("angles.csv", "location", "121°28'12\"E, 31°10'20\"N", f"{'1' * 500}°{'2' * 500}", rows=5000)
cells("json_pairs.csv", "location", '{"lng": 121.4, "lat": 31.2}', '{"a":"' + '\\"' * 5000 + '","lng": 1', rows=500)
cells("address_odd.csv", "地址", "ﷺ" * 20_000, "路" * 50_000, "1号" * 30_000, "(" * 80_000, "浦东新区" * 9000, rows=30)
cells(
    "districts.csv", "district", *(f"{n}区" for n in range(20_000)), *(f"{n}区" * 999 for n in range(99)), rows=40_000
)
cells("blanks.csv", "note", " " * 1_000_000, "\n" * 500_000, '"' * 200_000, rows=6)
geometries("rings.csv", f"POLYGON(({RING}))", rows=150)
geometries("squares.csv", f"POLYGON{SQUARE}", rows=40_000)
geometries("star.csv", f"POLYGON(({STAR},121.4 31.0))", rows=30)
geometries("many_parts.csv", f"MULTIPOLYGON({','.join([SQUARE] * 2000)})", rows=30)
geometries("arcs.csv", f"CIRCULARSTRING({ARCS})", rows=40)
geometries("faces.csv", f"TIN({','.join([SQUARE] * 2000)})", rows=20)
geometries("half.csv", "POLYGON((121.4 31.2,121.5 31.2,121.5", rows=40_000)
geometries("nested.csv", f"{'GEOMETRYCOLLECTION(' * 99}POINT(121 31){')' * 99}", rows=2000)
geometries("numbers_of_crss.csv", *(f"SRID={n};POINT(121 31)" for n in range(5000)), rows=10_000)
geometries("hexadecimal.csv", shapely.to_wkb(shapely.from_wkt(f"POLYGON(({RING}))"), hex=True), rows=30)
geometries("deep_json.csv", '{"type":"Polygon","coordinates":' + "[" * 50_000 + "]" * 50_000 + "}", rows=30)
for _name, _numbers in {
    "digits": ("121." + "4" * 400_000, "31." + "2" * 400_000),
    "commas": ("1" + ",234" * 100_000,),
    "angles": ("121°" + "2" * 100_000 + "'12\"",),
    "words": tuple(f"unknown {n}" for n in range(20_000)),
    "full_width": ("１２１．４７", "３１．２３"),
    "marks": ("1" + MARKS * 50_000,),
    "ligatures": ("ﷺ" * 30_000,),
}.items():
    text(
        f"lon_{_name}.csv",
        lambda numbers=_numbers: (
            "lon,lat\n"
            + "".join(
                f"{quoted(numbers[n % len(numbers)])},{quoted(numbers[-1 - n % len(numbers)])}\n"
                for n in range(10 if len(numbers[0]) > 100 else 40_000)
            )
        ),
    )


# --- rows, quotes, encodings, packing ---------------------------------------------------------------------------------

text("quote_open.csv", lambda: 'name,lon,lat\n"a' + "b,121.4,31.2\n" * 200_000)
text("quote_within.csv", lambda: "name,lon,lat\n" + 'a"b"c,"121.4,31.2\n' * 100_000)
text("quote_pairs.csv", lambda: 'name,lon,lat\n"' + '""' * 500_000 + '",121.4,31.2\n')
text("delimiters.csv", lambda: "a,b;c|d\te\n" + "1,2;3|4\t5\n" * 200_000)
text("ragged.csv", lambda: "lon,lat,name\n" + "".join(f"{POINT},a{',x' * (n % 20)}\n" for n in range(50_000)))
text("blank_lines.csv", lambda: f"lon,lat\n{POINT}\n" + "\n" * 2_000_000)
text("titles.csv", lambda: "".join(",".join(f"lon{n}" for n in range(400)) + "\n" for _ in range(400)))
text("utf16.csv", lambda: "名称,lon,lat\n" + f"上海市浦东新区,{POINT}\n" * 50_000, "utf-16")
text("rare.csv", lambda: "名称,lon,lat\n" + f"\U00020000\U00020001,{POINT}\n" * 50_000, "gb18030")
text(
    "latin.csv",
    lambda: "lon,lat\n" + random.Random(1).randbytes(1_000_000).replace(b"\0", b"a").decode("latin1"),
    "latin1",
)
text(
    "address_english.csv",
    lambda: (
        "lon,lat,地址\n"
        + "".join(f',,"No. {n}, {"Nanjing East " * 30}Road, Huangpu District, Shanghai"\n' for n in range(2000))
    ),
)
text("unfit.csv", lambda: "lon,lat\n" + f"{POINT}\n" * 5000 + "a,b,c\n" * 200_000)
keep(
    "unfit.csv.gz",
    lambda path: path.write_bytes(
        gzip.compress(b"lon,lat\n" + f"{POINT}\n".encode() * 50_000 + b"a,b,c\n" * 1_600_000, 1)
    ),
)
keep(
    "stated.csv.gz",
    lambda path: path.write_bytes(
        gzip.compress("lon,lat,区\n".encode() + "121.473712,31.230412,浦东新区\n".encode() * 300_000, 1)
    ),
)
keep("members.csv.gz", lambda path: path.write_bytes(gzip.compress(f"lon,lat\n{POINT}\n".encode()) * 50_000))
keep("rows.csv.gz", lambda path: path.write_bytes(gzip.compress(b"lon,lat\n" + f"{POINT}\n".encode() * 2_000_000, 1)))


# --- workbooks --------------------------------------------------------------------------------------------------------


def book(name: str, rows: Callable[[], str], **parts: str) -> None:
    more = {f"xl/{part}.xml": content for part, content in parts.items()}
    keep(name, lambda path: workbook(path, f"<worksheet {NS}><sheetData>{rows()}</sheetData></worksheet>", more=more))


HEAD = "".join(f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in (("A", "lon"), ("B", "lat")))
_sheets = "".join(f'<sheet name="s{number}" sheetId="{number + 1}" r:id="r1"/>' for number in range(990))
_formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{"[" * 200}yyyy"/>' for n in range(200, 9_000))
book("sheets.xlsx", lambda: "", workbook=f'<workbook {NS} xmlns:r="{RELATIONS}"><sheets>{_sheets}</sheets></workbook>')
book(
    "styles.xlsx",
    lambda: f'<row r="1">{HEAD}</row>',
    styles=f"<styleSheet {NS}><numFmts>{_formats}</numFmts></styleSheet>",
)
book("far.xlsx", lambda: f'<row r="1">{HEAD}</row><row r="3000"><c r="XFD3000"><v>1</v></c></row>')
book("rows.xlsx", lambda: f'<row r="1">{HEAD}</row>' + "".join(f'<row r="{r}"/>' for r in range(2, 400_000)))
# Tags that are never closed, in a comment beside one that packs badly, lest it looked like a zip bomb.
_dense = "<!--" + random.Random(1).randbytes(100_000).hex() + "-->"
_tags = "<!--" + ("<c " * 300_000 + "<f</c>") * 10 + "-->"
book("comment.xlsx", lambda: f'{_dense}{_tags}<row r="1">{HEAD}</row>')


# --- Parquet, Arrow ---------------------------------------------------------------------------------------------------


def points(rows: int, **more: object) -> pa.Table:
    return pa.table({"lon": pa.array(np.full(rows, 121.4)), "lat": pa.array(np.full(rows, 31.2)), **more})


def parquet(name: str, table: Callable[[], pa.Table], **options: object) -> None:
    keep(name, lambda path: pq.write_table(table(), path, **options))


def arrow(name: str, batch: Callable[[], pa.RecordBatch], times: int) -> None:
    def make(path: Path) -> None:
        one = batch()
        with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, one.schema) as writer:
            for _ in range(times):
                writer.write_batch(one)

    keep(name, make)


def nested(kind: pa.DataType, levels: int) -> pa.DataType:
    for _ in range(levels):
        kind = pa.list_(kind)
    return kind


def tree(levels: int) -> pa.DataType:
    return pa.struct([(name, tree(levels - 1)) for name in "ab"]) if levels else pa.int64()


parquet("wide.parquet", lambda: points(20, **{f"c{n}": ["x"] * 20 for n in range(4000)}))
parquet("groups.parquet", lambda: points(10_000), row_group_size=1)
parquet("lists.parquet", lambda: points(100, deep=pa.nulls(100, nested(pa.int64(), 60))))
parquet("structs.parquet", lambda: points(10, tree=pa.nulls(10, tree(10))))
parquet(
    "squares.parquet", lambda: pa.table({"geometry": [shapely.to_wkb(shapely.from_wkt(f"POLYGON{SQUARE}"))] * 50_000})
)
arrow("batches.arrow", lambda: pa.record_batch({"lon": [121.4], "lat": [31.2], "name": ["a"]}), 20_000)
arrow(
    "dictionaries.arrow",
    lambda: pa.record_batch(
        {
            "lon": [121.4],
            "lat": [31.2],
            "name": pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), [f"word {n}" for n in range(50_000)]),
        }
    ),
    500,
)


# --- CRS --------------------------------------------------------------------------------------------------------------

PROJECTED = (
    'PROJCRS["a",BASEGEOGCRS["b",DATUM["c",ELLIPSOID["d",6378137,298.257]]],CONVERSION["e",METHOD["Mercator"],'
    'PARAMETER["x",1]],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["m",1]'
)
CRS = {
    "parameters": "+proj=tmerc " + "+x_0=1 " * 9000,
    "steps": "+proj=pipeline " + "+step +proj=utm +zone=51 " * 2500,
    "grids": "+proj=longlat +nadgrids=" + ",".join(f"@g{n}" for n in range(7000)),
    "deep": "GEOGCS[" * 9000,
    "brackets": "[" * 60_000,
    "bound": "BOUNDCRS[SOURCECRS[" * 3000 + PROJECTED,
    "ids": PROJECTED + ',ID["EPSG",1]' * 4500 + "]",
    "usages": PROJECTED + ',USAGE[SCOPE["a"],AREA["b"]]' * 2000 + "]",
    "axes": PROJECTED + ',AXIS["x",east]' * 4000 + "]",
    "urn": "urn:ogc:def:crs," + ",".join(["crs:EPSG::4326"] * 4000),
    "digits": "EPSG:" + "9" * 60_000,
    "plus": "EPSG:4326" + "+4326" * 12_000,
    "json": '{"a":' * 10_000,
    "names": "wgs 84 / utm zone 51n / " * 2500,
    "colons": "/:" * 16_000 + " x",
    "dots": '{"name":"' + "/." * 16_000 + "!",
    "files": "init=" * 6500,
    "short": "+proj=tmerc " + "+x_0=1 " * 500,
    "short_ids": PROJECTED + ',ID["EPSG",1]' * 250 + "]",
}


def geopackage(name: str, *statements: str, columns: int = 1) -> None:
    def make(path: Path) -> None:
        named = {f"c{number}": ["x"] * 20 for number in range(columns)}
        frame = gpd.GeoDataFrame(named, geometry=[shapely.Point(121.4, 31.2)] * 20, crs=4326)
        frame.to_file(path, layer="places", driver="GPKG")
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA synchronous = OFF")
            for statement in statements:
                database.execute(statement)
            database.commit()

    keep(name, make)


def features(name: str, *properties: object, crs: str = "", times: int = 1) -> None:
    """Keep a GeoJSON file of points."""
    point = {"type": "Point", "coordinates": [121.4, 31.2]}
    found = [{"type": "Feature", "properties": one, "geometry": point} for one in properties] * times
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    text(name, lambda: json.dumps({"type": "FeatureCollection", **named, "features": found}))


def in_parquet(path: Path, crs: str) -> None:
    column = {"encoding": "WKB", "crs": crs}
    told = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({"geometry": [shapely.to_wkb(shapely.Point(121.4, 31.2))] * 20})
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(told).encode()}), path)


def in_shapefile(path: Path, crs: str) -> None:
    frame = gpd.GeoDataFrame({"a": ["x"] * 20}, geometry=[shapely.Point(121.4, 31.2)] * 20, crs=4326)
    part = path.with_name(f"{path.stem}_part.shp")
    frame.to_file(part)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in (".shp", ".shx", ".dbf"):
            archive.write(part.with_suffix(ending), f"a{ending}")
        archive.writestr("a.prj", crs)


for _name, _crs in CRS.items():
    keep(f"crs_{_name}.parquet", lambda path, crs=_crs: in_parquet(path, crs))
    keep(f"crs_{_name}.zip", lambda path, crs=_crs: in_shapefile(path, crs))
    geopackage(f"crs_{_name}.gpkg", f"UPDATE gpkg_spatial_ref_sys SET definition = '{_crs}' WHERE srs_id = 4326")
    features(f"crs_{_name}.geojson", {}, crs=_crs)


# --- GeoPackage, JSON -------------------------------------------------------------------------------------------------

COUNT = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 50000)"
geopackage("wide.gpkg", columns=1900)
geopackage("tables.gpkg", *(f"CREATE TABLE u{n} (a, b)" for n in range(500)))
geopackage("triggers.gpkg", *(f"CREATE TRIGGER t{n} AFTER INSERT ON places BEGIN SELECT 1; END" for n in range(500)))
geopackage("views.gpkg", *(f"CREATE VIEW v{n} AS SELECT * FROM {f'v{n - 1}' if n else 'places'}" for n in range(500)))
geopackage("checks.gpkg", *(f"CREATE TABLE k{n} (a CHECK ({'(' * 90}1{')' * 90}))" for n in range(300)))
geopackage(
    "systems.gpkg",
    f"{COUNT} INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition) "
    "SELECT 'a', n + 900000, 'x', n, 'y' FROM t",
)
geopackage(
    "layers.gpkg",
    *(f"CREATE TABLE t{n} (fid INTEGER PRIMARY KEY, geom BLOB)" for n in range(900)),
    *(
        f"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
        f"VALUES ('t{n}', 'features', 't{n}', 4326)"
        for n in range(900)
    ),
)
text("wide.json", lambda: json.dumps([{"lon": 121.4, "lat": 31.2, **{f"c{n}": n for n in range(4000)}}] * 20))
text("keys.json", lambda: json.dumps([{"lon": 121.4, "lat": 31.2, f"c{n}": n} for n in range(4000)]))
text("keys.jsonl", lambda: "\n".join(json.dumps({"lon": 121.4, "lat": 31.2, f"c{n}": n}) for n in range(20_000)))
text("twice.json", lambda: "[{" + '"lon":121.4,' * 100_000 + '"lat":31.2}]')
text("deep.json", lambda: '[{"lon":121.4,"lat":31.2,"a":' + "[" * 400 + "]" * 400 + "}]")
text("deep.jsonl", lambda: ('{"lon":121.4,"lat":31.2,"a":' + '{"a":' * 300 + "1" + "}" * 300 + "}\n") * 500)
text("digits.json", lambda: '[{"lon":121.4,"lat":31.2,"a":' + "1" * 1_000_000 + "}]")
text("digits.jsonl", lambda: ('{"lon":121.4,"lat":31.2,"a":' + "1" * 4000 + "}\n") * 500)
text("escapes.json", lambda: '[{"lon":121.4,"lat":31.2,"a":"' + "\\u0041" * 100_000 + '"}]')
text("nothing.json", lambda: "[" + "{}," * 500_000 + "{}]")
features("wide.geojson", {f"c{n}": n for n in range(4000)}, times=20)
features("keys.geojson", *({f"c{n}": n} for n in range(20_000)))
features("mixed.geojson", *({"a": one} for one in (1, "x", None, 1.5, [1], {"b": {"c": [1] * 50}})), times=2000)
