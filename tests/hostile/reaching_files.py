"""Files that would have whoever reads them ask at an address: every way in which a format can name one that is known.

`{url}` in a content stands for the address. A file is read by `geo assign` (or `geo basemap`, see `EXTRACTS`), and as
an upload.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from least_workbook import NS, workbook

Make = Callable[[Path, str], None]
FILES: dict[str, Make] = {}
POINT = {"type": "Point", "coordinates": [10.1, 50.1]}


def text(name: str, content: str, encoding: str = "utf-8") -> None:
    def make(path: Path, url: str) -> None:
        path.write_text(content.replace("{url}", url), encoding=encoding)

    assert name not in FILES
    FILES[name] = make


def file(name: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        assert name not in FILES
        FILES[name] = make
        return make

    return keep


# --- GeoJSON: a CRS that is an address, at every level, in every spelling ---------------------------------------------


def collection(crs: Any = None, on: str = "collection", **more: Any) -> str:
    feature: dict[str, Any] = {"type": "Feature", "properties": {"name": "a"}, "geometry": dict(POINT)}
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": [feature]}
    holder = {
        "collection": whole,
        "feature": feature,
        "geometry": feature["geometry"],
        "properties": feature["properties"],
    }
    if crs is not None:
        holder[on]["crs"] = crs
    return json.dumps(whole | more)


def link(kind: str = "link", key: str = "href", target: str = "{url}/crs", **more: Any) -> dict[str, Any]:
    return {"type": kind, "properties": {key: target, **more}}


for _on in ("collection", "feature", "geometry", "properties"):
    for _kind, _key in (("link", "href"), ("url", "url"), ("link", "url"), ("URL", "href")):
        text(f"{_on}_{_kind}_{_key}.geojson", collection(link(_kind, _key, type="proj4"), _on))
for _form in ("ogcwkt", "esriwkt", "proj4", "json"):
    text(f"form_{_form}.geojson", collection(link(type=_form)))
for _target in (
    "{url}/a?b=c#d",
    "HTTP://127.0.0.1/{url}",
    "/vsicurl/{url}/crs",
    "/vsicurl_streaming/{url}/crs",
    "ftp:{url}",
):
    text(f"target_{len(FILES)}.geojson", collection(link(target=_target)))
    text(f"name_{len(FILES)}.geojson", collection({"type": "name", "properties": {"name": _target}}))
_PLAIN = collection(link())
text(
    "upper.geojson",
    _PLAIN.replace('"crs"', '"CRS"').replace('"type": "link"', '"Type": "LINK"').replace("href", "HREF"),
)
text("escaped_key.geojson", _PLAIN.replace('"crs"', '"\\u0063r\\u0073"'))
text("escaped_type.geojson", _PLAIN.replace('"link"', '"l\\u0069nk"').replace('"type": "l', '"t\\u0079pe": "l'))
text("twice.geojson", _PLAIN.replace('"crs": {', '"crs": null, "crs": {"type": "name", "properties": {}, '))
text("blanks.geojson", _PLAIN.replace('"crs":', '"crs"' + " \n\t" * 20 + ":" + " " * 50))
text("padded.geojson", _PLAIN.replace('"crs": {', '"crs": {"pad": "' + "x" * 20_000 + '", '))
text("far_in.geojson", _PLAIN.replace('"features"', '"pad": "' + "x" * 1_048_000 + '", "features"'))
text("behind.geojson", collection()[:-1] + ', "crs": ' + json.dumps(link()) + "}")
text("single_quotes.geojson", _PLAIN.replace('"', "'"))
text("comments.geojson", _PLAIN.replace('"crs":', '"crs" /* here */ :'))
text("bom.geojson", "\ufeff" + _PLAIN)
text("utf16.geojson", _PLAIN, "utf-16")
text("gb18030.geojson", _PLAIN.replace('"a"', '"甲乙丙丁上海人工智能"'), "gb18030")
text("single_feature.geojson", json.dumps({"type": "Feature", "properties": {}, "geometry": POINT, "crs": link()}))
text("bare_geometry.geojson", json.dumps({**POINT, "crs": link()}))
text(
    "geometries.geojson",
    json.dumps({"type": "GeometryCollection", "geometries": [{**POINT, "crs": link()}], "crs": link()}),
)
text("text_crs.geojson", collection("{url}/crs"))
text("number_crs.geojson", collection([link()]))
text("named_like_a_table.csv", _PLAIN)
text("named_like_nothing", _PLAIN)
text(
    "json_lines.geojson",
    "\n".join(json.dumps({"type": "Feature", "properties": {}, "geometry": {**POINT, "crs": link()}}) for _ in "abc"),
)

# --- recipes: files that are programs for a reader --------------------------------------------------------------------

_VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="points"><SrcDataSource>{source}</SrcDataSource><SrcLayer>a</SrcLayer>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
_RECIPES = {
    "vrt": _VRT.format(source="/vsicurl/{url}/a.geojson"),
    "vrt_wfs": _VRT.format(source="WFS:{url}"),
    "vrt_http": _VRT.format(source="{url}/a.geojson"),
    "gdalg": json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector read /vsicurl/{url}/a.geojson"}),
    "wfs": "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
    "oapif": "<OGROAPIFDataSource>{url}</OGROAPIFDataSource>",
    "landing": json.dumps(
        {"links": [{"rel": "data", "type": "application/json", "href": "{url}/collections"}], "type": "x"}
    ),
    "esri": json.dumps(
        {"geometryType": "esriGeometryPoint", "features": [], "exceededTransferLimit": True, "url": "{url}"}
    ),
    "topology": json.dumps({"type": "Topology", "objects": {}, "arcs": [], "crs": link()}),
    "tiles": json.dumps({"tiles": ["{url}/{z}/{x}/{y}.pbf"], "type": "overlay", "format": "pbf"}),
    "stac": json.dumps({"type": "FeatureCollection", "features": [], "links": [{"rel": "next", "href": "{url}/next"}]}),
    "svc": "<SVC><CacheType>x</CacheType><ServerURL>{url}</ServerURL></SVC>",
}
for _name, _content in _RECIPES.items():
    for _ending in ("geojson", "json", "csv", "gpkg"):
        if (_ending in ("geojson", "csv")) or _name.startswith(("vrt", "gdalg")):
            text(f"recipe_{_name}.{_ending}", _content)
for _ending in ("osm", "osm.pbf"):
    for _name in ("vrt", "vrt_wfs", "gdalg", "wfs"):
        text(f"recipe_{_name}.{_ending}", _RECIPES[_name])

# --- XML --------------------------------------------------------------------------------------------------------------

_DTD = '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY e SYSTEM "{url}/e"><!ENTITY % p SYSTEM "{url}/p"> %p;]>'
_OSM = '<osm version="0.6"><node id="1" lon="10.1" lat="50.1"><tag k="name" v="&e;"/></node></osm>'
text("entity.osm", _DTD.replace("{root}", "osm") + _OSM)
text("dtd.osm", '<?xml version="1.0"?><!DOCTYPE osm SYSTEM "{url}/osm.dtd">' + _OSM.replace("&e;", "e"))
text(
    "include.osm",
    _OSM.replace("&e;", "e").replace(
        "</osm>", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{url}/i"/></osm>'
    ),
)
text(
    "style.osm", '<?xml version="1.0"?><?xml-stylesheet href="{url}/s.xsl" type="text/xsl"?>' + _OSM.replace("&e;", "e")
)
text(
    "network.kml",
    '<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{url}/k</href></Link></NetworkLink></kml>',
)
text(
    "schema.gml",
    '<FeatureCollection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {url}/a.xsd"/>',
)
text("entity.csv", _DTD.replace("{root}", "a") + "<a>&e;</a>")

# --- workbooks --------------------------------------------------------------------------------------------------------

_SHEET = (
    f'<worksheet {NS} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>lon</t></is></c><c r="B1" t="inlineStr"><is><t>lat</t></is></c></row>'
    '<row r="2"><c r="A2"><v>10.1</v></c><c r="B2">{cell}</c></row></sheetData>{more}</worksheet>'
)
_EXTERNAL = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{url}/x"/></Relationships>'
)
_BOOKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "formula": ('<f>WEBSERVICE("{url}/f")</f><v>50.1</v>', "", {}),
    "other_book": ("<f>'[{url}/b.xlsx]S'!A1</f><v>50.1</v>", "", {}),
    "hyperlink": ("<v>50.1</v>", '<hyperlinks><hyperlink ref="B2" r:id="r1"/></hyperlinks>', {"sheet": "hyperlink"}),
    "picture": ("<v>50.1</v>", '<drawing r:id="r1"/>', {"sheet": "image"}),
    "links": ("<v>50.1</v>", "", {"externalLinks": "externalLinkPath"}),
    "query": ("<v>50.1</v>", "", {"connections": "connections"}),
}
for _name, (_cell, _more, _parts) in _BOOKS.items():

    def _book(path: Path, url: str, cell: str = _cell, more: str = _more, parts: dict[str, str] = _parts) -> None:
        places = {
            "sheet": "xl/worksheets/_rels/sheet1.xml.rels",
            "externalLinks": "xl/externalLinks/_rels/externalLink1.xml.rels",
        }
        extra = {
            places.get(k, f"xl/_rels/{k}.xml.rels"): _EXTERNAL.replace("{kind}", v).replace("{url}", url)
            for k, v in parts.items()
        }
        workbook(path, _SHEET.replace("{cell}", cell.replace("{url}", url)).replace("{more}", more), more=extra)

    FILES[f"book_{_name}.xlsx"] = _book


@file("entity.xlsx")
def _(path: Path, url: str) -> None:
    workbook(path, _DTD.replace("{root}", "worksheet").replace("{url}", url) + _SHEET.replace("{cell}", "<v>&e;</v>"))


# --- zipped Shapefiles ------------------------------------------------------------------------------------------------


def shapefile(path: Path, prj: str = "", cpg: str = "UTF-8", more: dict[str, str] | None = None) -> None:
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(10.1, 50.1)], crs=4326)
    folder = path.with_name(f"{path.name}.parts")
    folder.mkdir()
    frame.to_file(folder / "a.shp", encoding="utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            changed = {".prj": prj, ".cpg": cpg}.get(part.suffix, "")
            archive.writestr(part.name, changed or part.read_bytes())
        for name, content in (more or {}).items():
            archive.writestr(name, content)


_PRJS = {
    "address": "{url}/a.prj",
    "vsi": "/vsicurl/{url}/a.prj",
    "grids": "+proj=longlat +ellps=GRS80 +nadgrids={url}/a.gtx",
    "init": "+init={url}/a:1",
    "json": json.dumps(
        {"type": "BoundCRS", "transformation": {"parameters": [{"name": "grid", "value": "{url}/a.gsb"}]}}
    ),
    "wkt": 'BOUNDCRS[SOURCECRS[x],TARGETCRS[x],ABRIDGEDTRANSFORMATION["x",METHOD["NTv2"],'
    'PARAMETERFILE["grid","{url}/a.gsb"]]]',
    "extension": 'GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298.257],EXTENSION["PROJ4_GRIDS","{url}/a.gsb"]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]',
}
for _name, _prj in _PRJS.items():
    FILES[f"prj_{_name}.zip"] = lambda path, url, prj=_prj: shapefile(path, prj.replace("{url}", url))
FILES["cpg.zip"] = lambda path, url: shapefile(path, cpg=f"{url}/cpg")
FILES["recipe_beside.zip"] = lambda path, url: shapefile(
    path, more={"b.vrt": _RECIPES["vrt"].replace("{url}", url), "a.shp.aux.xml": _RECIPES["wfs"].replace("{url}", url)}
)

# --- GeoPackages ------------------------------------------------------------------------------------------------------

_PIXEL = "gdal_get_pixel_value('/vsicurl/{url}/a.tif', 1, 'georef', 1, 1)"
_GPKGS = {
    "definition": ["UPDATE gpkg_spatial_ref_sys SET definition = '{url}/crs'"],
    "definition_grids": ["UPDATE gpkg_spatial_ref_sys SET definition = '+proj=longlat +nadgrids={url}/a.gtx'"],
    "view_of_crs": [
        "ALTER TABLE gpkg_spatial_ref_sys RENAME TO gpkg_srs_old",
        f"CREATE VIEW gpkg_spatial_ref_sys AS SELECT *, {_PIXEL} AS x FROM gpkg_srs_old",
    ],
    "view_of_contents": [
        "ALTER TABLE gpkg_contents RENAME TO gpkg_contents_old",
        f"CREATE VIEW gpkg_contents AS SELECT *, {_PIXEL} AS x FROM gpkg_contents_old",
    ],
    "view_of_extensions": [
        "DROP TABLE IF EXISTS gpkg_extensions",
        f"CREATE VIEW gpkg_extensions AS SELECT {_PIXEL} AS table_name, 'a' AS column_name, 'x' AS extension_name",
    ],
    "view": [
        f"CREATE VIEW v AS SELECT fid, geom, {_PIXEL} AS x FROM places",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('v', 'attributes', 'v')",
    ],
    "view_beside": [f"CREATE VIEW beside AS SELECT fid, geom, {_PIXEL} AS x FROM places"],
    "default": [f"ALTER TABLE places ADD COLUMN d TEXT DEFAULT '{_PIXEL.replace(chr(39), chr(39) * 2)}'"],
    "name_of_a_layer": [
        'ALTER TABLE places RENAME TO "/vsicurl/{url}/a.geojson"',
        "UPDATE gpkg_contents SET table_name = '/vsicurl/{url}/a.geojson'",
        "UPDATE gpkg_geometry_columns SET table_name = '/vsicurl/{url}/a.geojson'",
    ],
    "metadata": [
        "CREATE TABLE gpkg_metadata (id INTEGER PRIMARY KEY, md_scope TEXT, md_standard_uri TEXT, mime TEXT, md TEXT)",
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', '{url}/md', 'text/xml', '<a href=\"{url}/md\"/>')",
    ],
}
for _name, _statements in _GPKGS.items():

    def _geopackage(path: Path, url: str, statements: list[str] = _statements) -> None:
        frame = gpd.GeoDataFrame({"a": ["x"]}, geometry=[shapely.Point(10.1, 50.1)], crs=4326)
        frame.to_file(path, layer="places", driver="GPKG")
        with closing(sqlite3.connect(path)) as database:
            for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{trigger}"')
            for statement in statements:
                database.execute(statement.replace("{url}", url))
            database.commit()

    FILES[f"gpkg_{_name}.gpkg"] = _geopackage

# --- Parquet ----------------------------------------------------------------------------------------------------------


def geoparquet(path: Path, crs: Any) -> None:
    table = pa.table({"name": ["a"], "geometry": [shapely.Point(10.1, 50.1).wkb]})
    column = {"encoding": "WKB", "geometry_types": ["Point"], "crs": crs}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


_GRID = {"name": "Latitude and longitude difference file", "value": "{url}/a.gsb"}
_BOUND = {
    "type": "BoundCRS",
    "source_crs": pyproj.CRS(4267).to_json_dict(),
    "target_crs": pyproj.CRS(4326).to_json_dict(),
    "transformation": {"name": "x", "method": {"name": "NTv2"}, "parameters": [_GRID]},
}
_CRSS: dict[str, Any] = {
    "grids": "+proj=longlat +nadgrids={url}/a.gtx",
    "vsi": "/vsicurl/{url}/a.prj",
    "address": "{url}/def/crs/EPSG/0/4326",
    "bound": _BOUND,
    "id": {**pyproj.CRS(4267).to_json_dict(), "id": {"authority": "{url}", "code": 1}, "$schema": "{url}/schema.json"},
}
for _name, _crs in _CRSS.items():
    FILES[f"crs_{_name}.parquet"] = lambda path, url, crs=_crs: geoparquet(
        path, json.loads(json.dumps(crs).replace("{url}", url))
    )


@file("elsewhere.parquet")
def _(path: Path, url: str) -> None:
    """Its index says that the columns lie in another file."""
    out = io.BytesIO()
    collected: list[Any] = []
    with pq.ParquetWriter(
        out, pa.schema([("lon", pa.float64()), ("lat", pa.float64())]), metadata_collector=collected
    ) as writer:
        writer.write_table(pa.table({"lon": [10.1], "lat": [50.1]}))
    collected[0].set_file_path(f"{url}/a.parquet")
    collected[0].write_metadata_file(str(path))


# --- text -------------------------------------------------------------------------------------------------------------

text("cells.csv", 'name,lon,lat\n{url}/a,10.1,50.1\n=WEBSERVICE("{url}"),10.1,50.1\n')
text("heading.csv", "{url}/a,lon,lat\na,10.1,50.1\n")
text("only_an_address.csv", "{url}/a.csv\n")
text("an_address.geojson", "{url}/a.geojson")
text("srid.csv", 'name,wkt\na,"SRID=4326;{url} POINT (10.1 50.1)"\nb,"POINT (10.1 50.1)"\n')
text("quoted.csv", '"lon\n{url}","lat"\n"10.1","50.1"\n')

#: Texts for ``--crs``, for the app's field, and for ``geo export --crs``.
CRS_TEXTS = [
    "{url}/crs",
    "{url}/def/crs/EPSG/0/4326",
    "/vsicurl/{url}/crs.prj",
    "+proj=longlat +nadgrids={url}/a.gtx",
    "+proj=longlat +nadgrids=@{url}/a.gtx",
    "+proj=longlat +ellps=GRS80 +geoidgrids={url}/a.gtx",
    "+init={url}/a:1",
    "+proj=pipeline +step +init={url}/a:1",
    "{url}/a:1",
    json.dumps(_BOUND),
    _PRJS["wkt"],
    _PRJS["extension"],
]
#: What ``geo basemap`` is given.
EXTRACTS = sorted(name for name in FILES if name.endswith((".osm", ".osm.pbf")))
TABLES = sorted(FILES.keys() - set(EXTRACTS))
