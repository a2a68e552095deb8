"""Readers that are not our writers: GDAL's own programs, DuckDB, openpyxl, fastkml's parser."""

from __future__ import annotations

import csv
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import shapely
from openpyxl.utils.escape import unescape

from bench.serving import PATIENCE_S


def ogr(path: str | Path, *layers: str) -> list[tuple[dict[str, Any], Any]]:
    """Return (properties, geometry) of every feature as Debian's GDAL reads them."""
    command = ["/usr/bin/python3", Path(__file__).with_name("ogr_probe.py"), path, *layers]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [(row, shapely.from_wkb(wkb) if wkb else None) for row, wkb in json.loads(done.stdout)]


def ogrinfo(path: str | Path, *options: str) -> str:
    """Return what ogrinfo says, without warnings or errors."""
    done = subprocess.run(
        ["ogrinfo", "-so", str(path), *options], capture_output=True, check=True, text=True, timeout=PATIENCE_S
    )
    assert done.stderr == ""
    return done.stdout


def parquet(path: Path) -> list[tuple[dict[str, Any], Any]]:
    """Return (properties, geometry) of every row as DuckDB reads them."""
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [(row, shapely.from_wkb(bytes(wkb)) if (wkb := row.pop("geometry")) is not None else None) for row in rows]


def sheets(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every sheet by its first row, as openpyxl reads them."""
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(head, map(_cell, row), strict=True)) for row in rows]
    return found


def _cell(value: Any) -> Any:
    """Return a cell as Excel shows it: openpyxl leaves the escapes of control characters (ST_Xstring) to its caller."""
    return unescape(value) if isinstance(value, str) else value


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file with BOM."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def unzipped(path: Path) -> Path:
    """Unpack a zip beside itself and return the folder."""
    # Not "a.zip.d": QGIS takes a path with .zip in it for one inside an archive.
    folder = path.with_name(f"{path.name.partition('.')[0]}_unzipped")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder
