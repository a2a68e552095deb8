"""Files made to crash or flood a reader: each with what is said of it, or "" where it is read in bounded memory."""

from __future__ import annotations

import io
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from least_binary import ole, xls, xlsb, xlsb_sheet
from least_workbook import NS, RELATIONS, workbook

GIB = 1 << 30
Make = Callable[[Path], None]

#: Name of the file → who makes it, and a pattern of the refusal.
FILES: dict[str, tuple[Make, str]] = {}


def file(name: str, says: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        FILES[name] = make, says
        return make

    return keep


def sparse(path: Path, head: bytes) -> None:
    """Write a head and then zeros to 1 GiB that take no place on the disk."""
    with path.open("wb") as out:
        out.write(head)
        out.truncate(GIB)


def zipped(path: Path, *entries: tuple[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)


def geopackage(path: Path, *statements: str) -> None:
    frame = gpd.GeoDataFrame({"a": ["x"]}, geometry=[shapely.Point(10.1, 50.1)], crs=4326)
    frame.to_file(path, layer="places", driver="GPKG")
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"lon": [10.1] * 20, "lat": [50.1] * 20, **columns}), out)
    return out.getvalue()


# --- zips -----------------------------------------------------------------------------------------------------------


@file("bomb.xlsx", "times its size, as a zip bomb does|unpacks to more than")
def _(path: Path) -> None:
    workbook(path, b" " * (60 << 20))


@file("bomb.zip", "times its size, as a zip bomb does|unpacks to more than")
def _(path: Path) -> None:
    zipped(path, ("a.shp", b"\0" * (60 << 20)), ("a.shx", b""), ("a.dbf", b""))


@file("nested.zip", "is an archive again")
def _(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.shp", bytes(1 << 20))
    zipped(path, ("a.shp", b"x"), ("more.zip", inner.getvalue()))


@file("entries.zip", "entries in the zip, more than the 1000 allowed")
def _(path: Path) -> None:
    zipped(path, *((f"{number}.shp", b"") for number in range(2_000)))


@file("encrypted.zip", "is encrypted; save without a password")
def _(path: Path) -> None:
    zipped(path, ("a.shp", b"x"))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)


@file("outside.zip", "points outside the zip")
def _(path: Path) -> None:
    zipped(path, ("a.shp", b"x"), ("../../../../etc/cron.d/owned", b"x"))


@file("link.zip", "is a symbolic link")
def _(path: Path) -> None:
    info = zipfile.ZipInfo("a.shp")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")


@file("shape.zip", "truncated or damaged|not a sound shapefile")
def _(path: Path) -> None:
    header = struct.pack("<BBBBIHH20x", 3, 24, 1, 1, 0xFFFFFFFF, 65, 65535)
    zipped(path, ("a.shp", bytes(100)), ("a.shx", bytes(100)), ("a.dbf", header + bytes(40)))


@file("codec.zip", "")
def _(path: Path) -> None:
    """Its .cpg names a codec of Python's that takes quadratic time: passed over, as any that there is not."""
    frame = gpd.GeoDataFrame({"a": ["x"]}, geometry=[shapely.Point(10.1, 50.1)], crs=4326)
    frame.to_file(path.with_name("codec.shp"))
    parts = [path.with_name(f"codec{ending}") for ending in (".shp", ".shx", ".dbf", ".prj")]
    zipped(path, *((part.name, part.read_bytes()) for part in parts), ("codec.cpg", b"punycode"))


# --- a gigabyte -----------------------------------------------------------------------------------------------------


for _name, _head, _says in (
    ("sparse.csv", b"lon,lat\n", "a zero byte in line 2"),
    ("sparse.parquet", b"PAR1", "not a sound Parquet file"),
    ("sparse.gpkg", b"SQLite format 3\0" + bytes.fromhex("1000010100402020"), "not a sound GeoPackage|no GeoPackage"),
    ("sparse.xlsx", b"PK\x03\x04", "the zip is damaged"),
    ("sparse.geojson", b'{"type":"FeatureCollection","features":[', "a zero byte in line 1"),
):
    FILES[_name] = partial(sparse, head=_head), _says


# --- text -----------------------------------------------------------------------------------------------------------


@file("line.csv", r"a row is longer than 8\.0 MiB|there are no rows")
def _(path: Path) -> None:
    with path.open("wb") as out:
        out.write(b"name,lon,lat\n")
        for _ in range(100):
            out.write(b"a" * 1_000_000)


@file("first_line.csv", r"the first line is longer than 8\.0 MiB")
def _(path: Path) -> None:
    with path.open("wb") as out:
        for _ in range(100):
            out.write(b"a" * 1_000_000)


@file("wide.csv", "columns, more than the 4096 allowed|a row is longer")
def _(path: Path) -> None:
    path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n" + ",".join(["1"] * 100_000) + "\n")


@file("quotes.csv", "a quote mark")
def _(path: Path) -> None:
    path.write_text('name,lon,lat\n"a,10.1,50.1\n' + "b,10.1,50.1\n" * 100_000)


@file("nul.csv", "a zero byte in line 2")
def _(path: Path) -> None:
    path.write_bytes(b"name,lon,lat\nnull\x00inside,10.1,50.1\n")


@file("deep_wkt.csv", "")
def _(path: Path) -> None:
    levels = 40_000
    path.write_text('name,wkt\na,"' + "GEOMETRYCOLLECTION(" * levels + "POINT(10 50)" + ")" * levels + '"\n')


@file("vertices_wkt.csv", "a cell of")
def _(path: Path) -> None:
    ring = ",".join(["10.1 50.1", "10.2 50.2"] * 500_000)
    path.write_text(f'name,wkt\na,"POLYGON(({ring},10.1 50.1))"\n')


# --- GeoJSON, XML ---------------------------------------------------------------------------------------------------


@file("deep.geojson", "Too many nested objects")
def _(path: Path) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    feature = f'{{"type":"Feature","properties":{{"a":{deep}}},"geometry":{{"type":"Point","coordinates":[10,50]}}}}'
    path.write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}')


@file("vertices.geojson", "")
def _(path: Path) -> None:
    ring = ",".join(["[10.1,50.1]", "[10.2,50.2]"] * 500_000)
    shape = f'{{"type":"Polygon","coordinates":[[{ring},[10.1,50.1]]]}}'
    path.write_text(
        f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{shape}}}]}}'
    )


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@file("entity.kml", "its XML declares a document type")
def _(path: Path) -> None:
    path.write_text(f"{ENTITY}<kml><Document><Placemark><name>&e;</name></Placemark></Document></kml>")


@file("laughs.gpx", "its XML declares a document type")
def _(path: Path) -> None:
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    text = f'<!DOCTYPE gpx [<!ENTITY a "lol">{entities}]><gpx><wpt lat="50.1" lon="10.1"><name>&i;</name></wpt></gpx>'
    path.write_text(text)


@file("deep.kml", "nested too deep")
def _(path: Path) -> None:
    path.write_text("<kml>" + "<Folder>" * 500_000)


@file("vertices.kml", "")
def _(path: Path) -> None:
    spots = "10.1,50.1 10.2,50.2 " * 500_000
    path.write_text(f"<kml><Placemark><LineString><coordinates>{spots}</coordinates></LineString></Placemark></kml>")


@file("spans.xls", "without a table|more than the 4096 allowed|cells allowed")
def _(path: Path) -> None:
    path.write_text("<table>" + "<tr>" + "<td colspan=1000 rowspan=65000>a</td>" * 10_000 + "</table>")


@file("open.xls", "sheets or layers, more than the 1000 allowed")
def _(path: Path) -> None:
    """Tables within tables, none closed."""
    path.write_text("<table><tr><td>" * 500_000)


@file("far.xls", "")
def _(path: Path) -> None:
    """Cells at the ends of a sheet: 16 million, which are held; those between are empty."""
    xls(path, [(0, 0, "lon"), (0, 1, "lat"), (1, 0, 10.1), (1, 1, 50.1), (65_535, 255, 1.0)])


@file("often.xls", "rows times columns come to more than the 100000000 cells")
def _(path: Path) -> None:
    """Sixteen million cells, listed nine hundred times."""
    xls(path, [(0, 0, 1.0), (65_535, 255, 1.0)], times=900)


@file("cut.xls", "not a sound workbook")
def _(path: Path) -> None:
    xls(path, [(0, 0, "lon"), (0, 1, "lat")])
    path.write_bytes(path.read_bytes()[:2000])


@file("loop.xls", "not a sound workbook")
def _(path: Path) -> None:
    """Every sector of its table of sectors follows itself."""
    xls(path, [(number, 0, 1.0) for number in range(1000)])
    raw = bytearray(path.read_bytes())
    raw[-512:] = struct.pack("<128I", *range(128))
    path.write_bytes(raw)


@file("locked.xls", "this workbook has a password")
def _(path: Path) -> None:
    path.write_bytes(ole("EncryptedPackage", bytes(1 << 16)))


@file("far.xlsb", "rows times columns come to more than the 100000000 cells")
def _(path: Path) -> None:
    xlsb(path, [(0, 0, 1.0), (1 << 20, 16_383, 1.0)])


@file("lengths.xlsb", "")
def _(path: Path) -> None:
    """Its sheet claims a record of 256 MiB."""
    cells = [(0, 0, "lon"), (0, 1, "lat"), (1, 0, 10.1), (1, 1, 50.1)]
    xlsb(path, cells, xlsb_sheet(cells) + b"\x87\x07\xff\xff\xff\x7f")


@file("bomb.ods", "times its size, as a zip bomb does|unpacks to more than")
def _(path: Path) -> None:
    zipped(path, ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b" " * (60 << 20)))


@file("repeated.ods", "unpacks to more than|cells allowed")
def _(path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    text = f"<a><table:table>{row}</table:table></a>".encode()
    zipped(path, ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", text))


@file("entity.gml", "this is a map file such as OSM")
def _(path: Path) -> None:
    path.write_text(f"{ENTITY}<gml:FeatureCollection>&e;</gml:FeatureCollection>")


@file("entity.csv", "a web page or XML")
def _(path: Path) -> None:
    path.write_text(f"{ENTITY}<table>&e;</table>")


@file("sheets.xlsx", "20,000 sheets or layers, more than the 1000 allowed")
def _(path: Path) -> None:
    """Each of them costs its reader, and the file next to nothing: all are one entry."""
    sheets = "".join(f'<sheet name="s{number}" sheetId="{number + 1}" r:id="r1"/>' for number in range(20_000))
    book = f'<workbook {NS} xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    workbook(path, f"<worksheet {NS}><sheetData/></worksheet>", more={"xl/workbook.xml": book})


@file("shared_sheets.xlsx", "is the same part of the file as another")
def _(path: Path) -> None:
    """As many as are allowed, and all one part of ten thousand cells that is unpacked anew for each."""
    sheets = "".join(f'<sheet name="s{number}" sheetId="{number + 1}" r:id="r1"/>' for number in range(900))
    book = f'<workbook {NS} xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 10_001))
    workbook(path, f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>", more={"xl/workbook.xml": book})


@file("laughs.xlsx", "declares XML entities")
def _(path: Path) -> None:
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'
    workbook(path, f"<!DOCTYPE x [{entities}]><worksheet {NS}><sheetData>{cell}</sheetData></worksheet>")


@file("far.xlsx", "reaches to row 1048576 and column 16384")
def _(path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    workbook(path, f'<worksheet {NS}><dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData></worksheet>')


@file("dimension.xlsx", "no coordinate columns")
def _(path: Path) -> None:
    """Only the declared size is huge."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    workbook(path, f'<worksheet {NS}><dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData></worksheet>')


# --- Parquet --------------------------------------------------------------------------------------------------------


@file("cut.parquet", "not a sound Parquet file")
def _(path: Path) -> None:
    path.write_bytes(parquet()[:-40])


@file("footer.parquet", "not a sound Parquet file")
def _(path: Path) -> None:
    raw = parquet()
    path.write_bytes(raw[:-8] + struct.pack("<I", 0xFFFFFFF0) + b"PAR1")


@file("thrift.parquet", "not a sound Parquet file")
def _(path: Path) -> None:
    """Lists and strings of the footer claim billions of items."""
    footer = b"\x15\x02\x19\xfc" + b"\xff\xff\xff\xff\x0f" + b"\x48\xff\xff\xff\xff\x07" * 20
    path.write_bytes(b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1")


@file("pages.parquet", "damaged|not a sound Parquet file")
def _(path: Path) -> None:
    raw = bytearray(parquet(n=list("abcdefghijklmnopqrst")))
    for at in range(8, 200, 3):
        raw[at] ^= 0xFF
    path.write_bytes(raw)


@file("cells.parquet", "its cells unpack to more than memory holds")
def _(path: Path) -> None:
    """A few kilobytes that are 64 GiB once every row holds its text."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 65_536, pa.int32()), pa.array(["a" * (1 << 20)]))
    table = pa.table({"lon": [10.1] * 65_536, "lat": [50.1] * 65_536, "n": text})
    pq.write_table(table, path, compression="zstd", store_schema=False)


@file("deep_wkb.parquet", "no coordinate columns")
def _(path: Path) -> None:
    cell = struct.pack("<BII", 1, 7, 1) * 40_000 + struct.pack("<BIdd", 1, 1, 10.1, 50.1)
    pq.write_table(pa.table({"name": ["a"], "geometry": [cell]}), path)


# --- GeoPackage -----------------------------------------------------------------------------------------------------


@file("cut.gpkg", "not a sound")
def _(path: Path) -> None:
    geopackage(path)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 3])


@file("endless.gpkg", "is no table")
def _(path: Path) -> None:
    geopackage(
        path,
        "CREATE VIEW endless AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('endless', 'attributes', 'endless')",
    )


@file("computed.gpkg", "is no plain table")
def _(path: Path) -> None:
    """A column that is a gigabyte whenever it is read."""
    geopackage(path, "ALTER TABLE places ADD COLUMN b TEXT GENERATED ALWAYS AS (hex(zeroblob(500000000)))")


@file("virtual.gpkg", "is no plain table")
def _(path: Path) -> None:
    geopackage(
        path,
        "DELETE FROM gpkg_contents",
        "CREATE VIRTUAL TABLE words USING fts5(a)",
        "INSERT INTO words VALUES ('x')",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('words', 'attributes', 'words')",
    )


@file("layers.gpkg", "3,001 sheets or layers, more than the 1000 allowed")
def _(path: Path) -> None:
    names = [f"t{number}" for number in range(3000)]
    columns = "(table_name, data_type, identifier, srs_id)"
    geopackage(
        path,
        "BEGIN",  # else each table is written to the disk by itself
        *(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY, geom BLOB)" for name in names),
        *(f"INSERT INTO gpkg_contents {columns} VALUES ('{n}', 'features', '{n}', 4326)" for n in names),
    )


@file("triggers.gpkg", "")
def _(path: Path) -> None:
    """Triggers do not run when a table is only read; names are text, whatever they say."""
    geopackage(
        path,
        "CREATE TRIGGER t AFTER INSERT ON places BEGIN DELETE FROM places; END",
        'ALTER TABLE places ADD COLUMN "x""; DROP TABLE places; --" TEXT',
        "UPDATE gpkg_contents SET description = '; DROP TABLE places; --'",
    )


@file("schema.gpkg", "not a sound")
def _(path: Path) -> None:
    geopackage(
        path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE places(((((' WHERE name = 'places'",
    )
