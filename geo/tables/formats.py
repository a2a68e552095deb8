"""The format of a file, determined from its content, and the choice of its reader."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePath
from typing import Any

from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.archive import is_zip, open_zip
from geo.tables.arrowfile import ArrowSource
from geo.tables.encoding import TextFile, as_utf8
from geo.tables.htmltable import html_source
from geo.tables.jsonfile import JsonSource
from geo.tables.limits import Limits
from geo.tables.mapxml import MapXmlSource
from geo.tables.notes import Note, note
from geo.tables.packed import is_text, unpack_gzip, unpack_text
from geo.tables.parquetfile import ParquetSource
from geo.tables.source import Source
from geo.tables.table_formats import endings, formats, options_of
from geo.tables.textfile import CsvSource
from geo.tables.workbook import WORKBOOKS, workbook_source

__all__ = ["FORMATS", "find_format", "open_source"]

FORMATS = formats()

#: Text formats; a file of one may have the ending of another.
_JSON = ("json", "jsonl", "geojson")
#: What a gzip or a zip may hold.
_PACKED = ("csv", *_JSON, "kml", "gpx")
# What a file may begin with that is no table, and what to do about it.
_FOREIGN = (
    (b"7z\xbc\xaf\x27\x1c", "sevenzip"),
    (b"Rar!", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"FEA1", "feather1"),
    (b"\x00\x00\x27\x0a", "bare_shp"),
    (b"fgb", "flatgeobuf"),
    (b"AC10", "drawing"),
    (b"AutoCAD Binary DXF", "drawing"),
    (b"!table", "mapinfo"),
    (b"MIME-Version:", "markup"),  # a web page in one file, as Excel saves it
)
#: Names that systems give to text and web pages, so that a double click opens them in Excel.
_CALLED_WORKBOOKS = ("xls", "xlsx")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GEOJSON = re.compile(
    rb'"type"\s{0,9}:\s{0,9}"(Feature|FeatureCollection|GeometryCollection)"|"features"\s{0,9}:\s{0,9}\['
    rb'|^\{\s{0,99}"type"\s{0,9}:\s{0,9}"(Multi)?(Point|LineString|Polygon)"'  # elsewhere it is a member of a record
)
_LIST_OF_OBJECTS = re.compile(rb"\[\s*\{")
_MAP_XML = re.compile(rb"<(?:\w{1,20}:)?(kml|gpx)[\s>]", re.IGNORECASE)
_GIS_XML = re.compile(rb"<(osm|([a-z]+:)?FeatureCollection)\b", re.IGNORECASE)
_HTML = re.compile(rb"<(!doctype html|(html|table|head|meta|body|style|div|center)\b)", re.IGNORECASE)
_EXCEL_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_DXF = re.compile(rb"(999\s{0,9}\n[^\n]{0,999}\n\s{0,9})?0\s{0,9}\n\s{0,9}SECTION\b")
_TOPOJSON = re.compile(rb'\{\s{0,99}"type"\s{0,9}:\s{0,9}"Topology"')
_MARKUP = (b"<?xml", b"<kml", b"<gpx", b"<gml", b"<osm", b"<workbook", b"<!--", b"<!doctype")


def find_format(path: Path, name: str, given: str | None, limits: Limits) -> tuple[str, list[Note]]:
    """Return the format of a file, and a note if its name promises another.

    Raises
    ------
    DataError
        If the content is not a table; the message says what it is and what to do.
    UsageError
        If `given` is not a format, or contradicts the content.
    """
    if given is not None and given not in FORMATS:
        raise told(UsageError, "wrong.one_of", name="format", given=given, allowed=", ".join(FORMATS))
    said = endings().get(PurePath(name).suffix.lower())
    with path.open("rb") as file:
        head = file.read(4096)
    found = _by_content(head, path, name, said, limits)
    if given is not None and given != found and not (given in ("csv", *_JSON) and found in _JSON):
        if given in _JSON and found == "csv":
            return given, []
        raise told(UsageError, "refused.format_content", name=name, given=given, found=found)
    if given is None and found == "csv" and said not in (None, "csv", *_CALLED_WORKBOOKS):
        raise told(DataError, "refused.named", name=name, said=said)
    alike = said in (None, found) or (said in _JSON and found in _JSON) or (said == "shapefile" and found == "zip")
    notes = [] if alike else [note("kind_differs", suffix=PurePath(name).suffix, format=found)]
    return given or found, notes


def _by_content(head: bytes, path: Path, name: str, said: str | None, limits: Limits) -> str:
    """Return the format by the first bytes; `said` is that of the name's ending, or None."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ARROW1"):
        return "arrow"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if is_zip(head):
        with open_zip(path, name, limits) as archive:
            entries = archive.namelist()
        if any(entry.startswith("xl/") for entry in entries):
            return "xlsb" if "xl/workbook.bin" in entries else "xlsx"
        if any(entry.lower().endswith(".shp") for entry in entries):
            return "shapefile"
        if {"mimetype", "content.xml"} <= set(entries):
            return "ods"
        if any(map(is_text, entries)):
            return "zip"
        held = ", ".join(repr(entry[:60]) for entry in entries[:5]) or "nothing"
        raise told(DataError, "refused.zip_other", name=name, held=held)
    if head.startswith(_OLE):
        return "xls"
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise told(DataError, f"refused.is.{what}", name=name)
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.lower().startswith(_MARKUP) or _HTML.match(text):
        return _markup_format(text, name)
    if _DXF.match(text):
        raise told(DataError, "refused.is.drawing", name=name)
    if _TOPOJSON.match(text):
        raise told(DataError, "refused.is.topojson", name=name)
    return _text_format(text, said)


def _markup_format(text: bytes, name: str) -> str:
    """Return the format of a file in XML or HTML by its beginning."""
    if found := _MAP_XML.search(text):
        return found[1].decode().lower()
    if _HTML.match(text) or (_HTML.search(text) and _EXCEL_XML not in text):
        return "html"
    what = "gis_xml" if _GIS_XML.search(text) else "excel_xml" if _EXCEL_XML in text else "markup"
    raise told(DataError, f"refused.is.{what}", name=name)


def _text_format(text: bytes, said: str | None) -> str:
    """Return the format of a text file by its beginning."""
    if not text.startswith((b"{", b"[")):
        return "csv"
    first, end, rest = text.partition(b"\n")
    alone = bool(end) and first.rstrip().endswith(b"}") and _is_object(first)
    if alone and rest.strip() and said != "csv":  # of features too
        return "jsonl"
    if said == "geojson" or (text.startswith(b"{") and _GEOJSON.search(text)):
        return "geojson"
    if text.startswith(b"["):
        return "json" if said in _JSON or _LIST_OF_OBJECTS.match(text) else "csv"
    if said == "csv":
        return "csv"
    return "jsonl" if said == "jsonl" or alone else "json"


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def open_source(
    kind: str,
    path: Path,
    folder: Path,
    name: str,
    limits: Limits,
    *,
    sheet: str | None,
    layer: str | None,
    encoding: str | None,
    header: int | None,
    **text_options: Any,
) -> Source:
    """Open a file with the reader of its format.

    Parameters
    ----------
    kind : str
        A format, as of `find_format`.
    path, folder : Path
        The file, and a private folder for copies.
    name : str
        What to call the file in messages.
    limits : Limits
    sheet, layer, encoding, header, **text_options
        Options of `geo.tables.open_table`.

    Raises
    ------
    DataError
        If the file cannot be read or is beyond the limits.
    UsageError
        If an option is given that the format does not have.
    """
    options = {"sheet": sheet, "layer": layer, "encoding": encoding, "header": header, **text_options}
    odd = [option for option, value in options.items() if value is not None and option not in options_of(kind)]
    if odd:
        raise told(
            UsageError,
            "refused.options",
            name=name,
            options=", ".join(odd),
            format=kind,
            known=", ".join(sorted(options_of(kind))) or "no options",
        )
    if kind in ("gzip", "zip"):
        target = folder / "unpacked"
        inner = PurePath(name).stem
        if kind == "gzip":
            unpack_gzip(path, target, name, limits)
        else:
            inner = unpack_text(path, target, name, limits, layer)
        with target.open("rb") as file:
            found = _by_content(file.read(4096), target, name, endings().get(PurePath(inner).suffix.lower()), limits)
        if found not in _PACKED:
            raise told(DataError, "refused.holds", name=name, found=found)
        known = {"encoding": encoding, "header": header, **text_options}
        fitting = {option: known.get(option) if option in options_of(found) else None for option in known}
        return open_source(found, target, folder, inner, limits, sheet=None, layer=None, **fitting)
    if kind in WORKBOOKS:
        return workbook_source(kind, path, name, limits, sheet=sheet, header=header)
    if kind == "parquet":
        return ParquetSource(path, name, limits)
    if kind == "arrow":
        return ArrowSource(path, name, limits)
    if kind in ("gpkg", "shapefile"):
        from geo.tables import vectorfile

        if kind == "gpkg":
            return vectorfile.geopackage_source(path, folder, name, limits, layer)
        return vectorfile.shapefile_source(path, folder, name, limits, layer, encoding)
    text = as_utf8(path, folder, name, encoding=encoding)
    return _open_text(kind, text, folder, name, limits, sheet=sheet, header=header, **text_options)


def _open_text(
    kind: str, text: TextFile, folder: Path, name: str, limits: Limits, *, sheet: str | None, **text_options: Any
) -> Source:
    """Open a text format with its reader; the text is UTF-8."""
    if kind == "csv":
        tabs = PurePath(name).suffix.lower() in (".tsv", ".tab")
        return CsvSource(text, name, limits, tabs_first=tabs, **text_options)
    if kind == "html":
        return html_source(text, name, limits, sheet=sheet, header=text_options["header"])
    if kind in ("kml", "gpx"):
        return MapXmlSource(text, name, limits, kind)
    if kind in ("json", "jsonl"):
        return JsonSource(text, name, limits, lines=kind == "jsonl")
    from geo.tables import vectorfile

    return vectorfile.geojson_source(text, folder, name, limits)
