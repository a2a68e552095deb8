"""Which format a file is in, told from its content, and the reader of that format."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

from geo.errors import DataError, UsageError
from geo.tables.archive import is_zip, open_zip
from geo.tables.encoding import as_utf8
from geo.tables.limits import Limits
from geo.tables.notes import Note, note
from geo.tables.parquetfile import ParquetSource
from geo.tables.source import Source
from geo.tables.textfile import CsvSource
from geo.tables.workbook import WorkbookSource

__all__ = ["FORMATS", "find_format", "open_source"]

FORMATS = ("csv", "xlsx", "parquet", "geojson", "gpkg", "shapefile")

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
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".zip": "shapefile",
}
# What a file may begin with that is no table, and what to do about it.
_FOREIGN = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old .xls or a workbook with a password; save it as .xlsx without password",
    ),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "compressed (bzip2); unpack it first"),
    (b"\xfd7zXZ", "compressed (xz); unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd); unpack it first"),
    (b"%PDF", "a PDF; copy the table into a workbook first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"ARROW1", "an Arrow file; save it as Parquet"),
    (b"\x00\x00\x27\x0a", "a bare .shp; put it with its .dbf, .shx and .prj into a zip"),
    (b"fgb", "a FlatGeobuf; save it as GeoPackage"),
)
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<head", b"<meta", b"<kml", b"<gml")


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
    if given is not None and given != found and not (given == "csv" and found == "geojson"):
        if given == "geojson" and found == "csv":
            return given, []
        raise UsageError(f"{name}: format={given!r} was given but the content is {found}")
    if given is None and found == "csv" and said not in (None, "csv"):
        raise DataError(f"{name}: named like {said} but it is not; it may be damaged (pass format='csv' if it is text)")
    notes = [note("kind_differs", suffix=PurePath(name).suffix, format=found)] if said not in (None, found) else []
    return given or found, notes


def _by_content(head: bytes, path: Path, name: str, said: str | None, limits: Limits) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if is_zip(head):
        with open_zip(path, name, limits) as archive:
            entries = archive.namelist()
        if any(entry.startswith("xl/") for entry in entries):
            return "xlsx"
        if any(entry.lower().endswith(".shp") for entry in entries):
            return "shapefile"
        held = ", ".join(repr(entry[:60]) for entry in entries[:5]) or "nothing"
        raise DataError(f"{name}: a zip that is neither a workbook nor a zipped Shapefile; it holds {held}")
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise DataError(f"{name}: this is {what}")
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.lower().startswith(_MARKUP):
        raise DataError(
            f"{name}: this is a web page or XML, whatever it is called; open it and save it as .xlsx or .csv"
        )
    if text.startswith(b"{") and (
        said == "geojson" or (b'"type"' in text and said != "csv") or b'"FeatureCollection"' in text
    ):
        return "geojson"
    return "geojson" if text.startswith(b"[") and said == "geojson" else "csv"


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
    has = {
        "csv": {"encoding", "header", "delimiter", "quote"},
        "xlsx": {"sheet", "header"},
        "parquet": set(),
        "geojson": {"encoding"},
        "gpkg": {"layer"},
        "shapefile": {"layer", "encoding"},
    }[kind]
    odd = [option for option, value in options.items() if value is not None and option not in has]
    if odd:
        raise UsageError(
            f"{name}: {', '.join(odd)} does not apply to {kind}; it has {', '.join(sorted(has)) or 'no options'}"
        )
    if kind == "csv":
        text = as_utf8(path, folder, name, encoding=encoding)
        tabs = PurePath(name).suffix.lower() in (".tsv", ".tab")
        return CsvSource(text, name, limits, header=header, tabs_first=tabs, **text_options)
    if kind == "xlsx":
        return WorkbookSource(path, name, limits, sheet=sheet, header=header)
    if kind == "parquet":
        return ParquetSource(path, name, limits)
    from geo.tables import vectorfile

    if kind == "gpkg":
        return vectorfile.geopackage_source(path, folder, name, limits, layer)
    if kind == "shapefile":
        return vectorfile.shapefile_source(path, folder, name, limits, layer, encoding)
    return vectorfile.geojson_source(as_utf8(path, folder, name, encoding=encoding), folder, name, limits)
