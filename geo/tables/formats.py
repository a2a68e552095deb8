"""Which format a file is in, told from its content, and the reader of that format."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePath
from typing import Any

from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.archive import is_zip, open_zip
from geo.tables.arrowfile import ArrowSource
from geo.tables.encoding import as_utf8
from geo.tables.jsonfile import JsonSource
from geo.tables.limits import Limits
from geo.tables.notes import Note, note
from geo.tables.packed import is_text, unpack_gzip, unpack_text
from geo.tables.parquetfile import ParquetSource
from geo.tables.source import Source
from geo.tables.textfile import CsvSource
from geo.tables.workbook import WorkbookSource

__all__ = ["FORMATS", "find_format", "open_source"]

FORMATS = ("csv", "xlsx", "parquet", "arrow", "geojson", "json", "jsonl", "gpkg", "shapefile", "gzip", "zip")

#: Of text, which each other's names do not contradict.
_JSON = ("json", "jsonl", "geojson")

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".geojson": "geojson",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".geojsonl": "jsonl",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".gz": "gzip",
    ".gpkg": "gpkg",
    ".zip": "shapefile",
}
# What a file may begin with that is no table, and what to do about it.
_FOREIGN = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "old_workbook",
    ),
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
)
_GEOJSON = re.compile(
    rb'"type"\s{0,9}:\s{0,9}"(Feature|FeatureCollection|GeometryCollection)"|"features"\s{0,9}:\s{0,9}\['
    rb'|^\{\s{0,99}"type"\s{0,9}:\s{0,9}"(Multi)?(Point|LineString|Polygon)"'  # elsewhere it is a member of a record
)
_LIST_OF_OBJECTS = re.compile(rb"\[\s*\{")
_GIS_XML = re.compile(rb"<(kml|gpx|osm|([a-z]+:)?FeatureCollection)\b", re.IGNORECASE)
_TOPOJSON = re.compile(rb'\{\s{0,99}"type"\s{0,9}:\s{0,9}"Topology"')
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<head", b"<meta", b"<kml", b"<gpx", b"<gml", b"<osm")


#: The options of each format.
_HAS: dict[str, set[str]] = {
    "csv": {"encoding", "header", "delimiter", "quote"},
    "xlsx": {"sheet", "header"},
    "parquet": set(),
    "geojson": {"encoding"},
    "json": {"encoding"},
    "jsonl": {"encoding"},
    "arrow": set(),
    "gzip": {"encoding", "header", "delimiter", "quote"},
    "zip": {"encoding", "header", "delimiter", "quote", "layer"},
    "gpkg": {"layer"},
    "shapefile": {"layer", "encoding"},
}


def find_format(path: Path, name: str, given: str | None, limits: Limits) -> tuple[str, list[Note]]:
    """Return the format of a file and a note if its name says another.

    Raises
    ------
    DataError
        If the content is no table; the message says what it is and what to do.
    UsageError
        If `given` is no format or contradicts the content.
    """
    if given is not None and given not in FORMATS:
        raise UsageError(f"format {given!r} is not known; use one of {', '.join(FORMATS)}")
    said = _SUFFIXES.get(PurePath(name).suffix.lower())
    with path.open("rb") as file:
        head = file.read(4096)
    found = _by_content(head, path, name, said, limits)
    if given is not None and given != found and not (given in ("csv", *_JSON) and found in _JSON):
        if given in _JSON and found == "csv":
            return given, []
        raise UsageError(f"{name}: format={given!r} was given but the content is {found}")
    if given is None and found == "csv" and said not in (None, "csv"):
        raise told(DataError, "refused.named", name=name, said=said)
    alike = said in (None, found) or (said in _JSON and found in _JSON) or (said == "shapefile" and found == "zip")
    notes = [] if alike else [note("kind_differs", suffix=PurePath(name).suffix, format=found)]
    return given or found, notes


def _by_content(head: bytes, path: Path, name: str, said: str | None, limits: Limits) -> str:
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
            return "xlsx"
        if any(entry.lower().endswith(".shp") for entry in entries):
            return "shapefile"
        if {"mimetype", "content.xml"} <= set(entries):
            raise told(DataError, "refused.is.opendocument", name=name)
        if any(map(is_text, entries)):
            return "zip"
        held = ", ".join(repr(entry[:60]) for entry in entries[:5]) or "nothing"
        raise told(DataError, "refused.zip_other", name=name, held=held)
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise told(DataError, f"refused.is.{what}", name=name)
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.lower().startswith(_MARKUP):
        raise told(DataError, f"refused.is.{'gis_xml' if _GIS_XML.search(text) else 'markup'}", name=name)
    if _TOPOJSON.match(text):
        raise told(DataError, "refused.is.topojson", name=name)
    return _text_format(text, said)


def _text_format(text: bytes, said: str | None) -> str:
    """Return which kind of text a file is by how it begins."""
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

    Raises
    ------
    UsageError
        If an option is given that the format does not have.
    """
    options = {"sheet": sheet, "layer": layer, "encoding": encoding, "header": header, **text_options}
    odd = [option for option, value in options.items() if value is not None and option not in _HAS[kind]]
    if odd:
        raise told(
            UsageError,
            "refused.options",
            name=name,
            options=", ".join(odd),
            format=kind,
            known=", ".join(sorted(_HAS[kind])) or "no options",
        )
    if kind in ("gzip", "zip"):
        target = folder / "unpacked"
        inner = PurePath(name).stem
        if kind == "gzip":
            unpack_gzip(path, target, name, limits)
        else:
            inner = unpack_text(path, target, name, limits, layer)
        with target.open("rb") as file:
            found = _by_content(file.read(4096), target, name, _SUFFIXES.get(PurePath(inner).suffix.lower()), limits)
        if found not in ("csv", *_JSON):
            raise told(DataError, "refused.holds", name=name, found=found)
        known = {"encoding": encoding, "header": header, **text_options}
        fitting = {option: known.get(option) if option in _HAS[found] else None for option in known}
        return open_source(found, target, folder, inner, limits, sheet=None, layer=None, **fitting)
    if kind == "csv":
        text = as_utf8(path, folder, name, encoding=encoding)
        tabs = PurePath(name).suffix.lower() in (".tsv", ".tab")
        return CsvSource(text, name, limits, header=header, tabs_first=tabs, **text_options)
    if kind == "xlsx":
        return WorkbookSource(path, name, limits, sheet=sheet, header=header)
    if kind == "parquet":
        return ParquetSource(path, name, limits)
    if kind == "arrow":
        return ArrowSource(path, name, limits)
    if kind in ("json", "jsonl"):
        return JsonSource(as_utf8(path, folder, name, encoding=encoding), name, limits, lines=kind == "jsonl")
    from geo.tables import vectorfile

    if kind == "gpkg":
        return vectorfile.geopackage_source(path, folder, name, limits, layer)
    if kind == "shapefile":
        return vectorfile.shapefile_source(path, folder, name, limits, layer, encoding)
    return vectorfile.geojson_source(as_utf8(path, folder, name, encoding=encoding), folder, name, limits)
