"""Shapefiles: short ASCII field names, UTF-8 or GB18030; whatever is cut is listed in a file."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo.base.gdal_paths import writable
from geo.base.told import told
from geo.contract.carried import COMPANIONS
from geo.contract.schema import Column
from geo.contract.typed import distinct, python_values, taken
from geo.errors import DataError
from geo.export.csvfile import write_rows, write_tables
from geo.export.job import Job
from geo.export.metadata import iso19115
from geo.export.styles import qml, sld

__all__ = ["fit", "short_name", "short_names", "write"]

_NAME_BYTES = 10
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ENDINGS = dict(zip(COMPANIONS, ("_d", "_q", "_g"), strict=True))

#: Limits of DBF: bytes of a text, digits of an integer; GDAL writes numbers as %24.15f.
_TEXT_BYTES = 254
_INTEGER_DIGITS = 18
_CUT = "…"
#: Offset of the code page byte in a DBF header, and its value for code page 936.
_CODE_PAGE_AT, _GBK = 29, b"\x4d"

_FIELDS_HEAD = (
    "layer",
    "field",
    "column",
    "type",
    "unit",
    "label_zh",
    "label_en",
    "definition_zh",
    "definition_en",
)


@cache
def _fixed() -> dict[str, str]:
    raw = resources.files("geo.data").joinpath("short_names.csv").read_text(encoding="utf-8")
    return {row["column"]: row["short"] for row in csv.DictReader(raw.splitlines())}


def short_name(column: str) -> str:
    """Return the field name of a column, at most 10 bytes of ASCII, the same in every export.

    Names come from ``geo/data/short_names.csv``. A measure that is not listed gets the first letters of its id and a
    four-character hash of it. Date, qualifier and grade of a measure have the suffixes ``_d``, ``_q``, ``_g``.

    Examples
    --------
    >>> short_name("ai_firms_as_of"), short_name("bridges"), short_name("bridges_under_water_grade")
    ('ai_firms_d', 'bridges', 'bridu19k_g')
    """
    fixed = _fixed()
    if column in fixed:
        return fixed[column]
    measure, ending = column, ""
    for long, short in _ENDINGS.items():
        if column.endswith(long):
            measure, ending = column.removesuffix(long), short
    short = fixed.get(measure, measure)
    if len(short) > _NAME_BYTES - 2:
        number, digits = zlib.crc32(short.encode()), ""
        for _ in range(4):
            number, digit = divmod(number, len(_DIGITS))
            digits += _DIGITS[digit]
        short = short.replace("_", "")[:4] + digits
    return short + ending


def short_names(columns: Iterable[Column]) -> dict[str, str]:
    """Return column → field name; raise `DataError` if two columns would get the same name."""
    names = {column.name: short_name(column.name) for column in columns}
    columns_of: dict[str, list[str]] = {}
    for name, short in names.items():
        columns_of.setdefault(short, []).append(name)
    if shared := [f"{short}: {', '.join(own)}" for short, own in columns_of.items() if len(own) > 1]:
        raise told(DataError, "wrong.shapefile_names", shared)
    return names


def fit(value: Any, encoding: str) -> tuple[Any, bool]:
    """Return a value as DBF can store it, and whether it is complete.

    Parameters
    ----------
    value : str, int, float, bool or None
    encoding : str
        Encoding of the DBF's text.

    Returns
    -------
    value
        Text over 254 bytes is cut between characters and ends in ``…``; a number that DBF cannot store is None.
    whole : bool
        False if a reader of the DBF would not get back `value`.

    Examples
    --------
    >>> fit("中" * 100, "utf-8")[0][-2:], fit("中" * 100, "utf-8")[1], fit("中" * 100, "gb18030")[1]
    ('中…', False, True)
    """
    if isinstance(value, str):
        # Old software reads GBK, which has no ©; GB18030 would encode it in four bytes.
        given, value = value, value.replace("©", "(c)") if encoding == "gb18030" else value
        encoded = value.encode(encoding)
        if len(encoded) > _TEXT_BYTES:
            room = _TEXT_BYTES - len(_CUT.encode(encoding))
            return encoded[:room].decode(encoding, errors="ignore") + _CUT, False
        # Readers strip spaces, and cannot tell an empty text from a missing one.
        return value, value == given.strip(" ") and value != ""
    if isinstance(value, float):
        written = f"{value:.15f}"
        fits = len(written) <= 24
        return (value if fits else None), fits and float(written) == value
    if isinstance(value, int) and not isinstance(value, bool):
        fits = len(str(value)) <= _INTEGER_DIGITS
        return (value if fits else None), fits
    return value, True


def write(job: Job, folder: Path) -> None:
    """Write one shapefile per layer with its styles, ``fields.csv``, ``values.csv``, the tables and the metadata."""
    beyond: list[list[Any]] = []
    for layer in job.layers:
        frame, names = job.frame(layer), short_names(layer.columns)
        fitted, keys = {}, python_values(frame[layer.key])
        for column in layer.columns:
            short = names[column.name]
            fitted[short], lost = _fitted(frame[column.name], job.encoding)
            beyond += [[layer.name, keys[at], short, column.name, whole] for at, whole in lost]
        with writable(folder / f"{layer.name}.shp") as path:
            pyogrio.write_dataframe(
                gpd.GeoDataFrame(fitted, geometry=frame.geometry.array, crs=job.crs),
                path,
                driver="ESRI Shapefile",
                encoding=job.encoding.upper(),
                geometry_type="Point" if layer.geometry_type == "Point" else "Polygon",
                # The DBF header has a date: the date of the data, not the current one.
                layer_options={"DBF_DATE_LAST_UPDATE": job.contents.meta["data_date"]},
            )
        if job.encoding == "gb18030":
            _mark_gbk(folder / f"{layer.name}.dbf")
        for ending, style in ((".qml", qml), (".sld", sld)):
            text = style(job.contents, layer, names)
            (folder / f"{layer.name}{ending}").write_text(text, encoding="utf-8", newline="\n")
    write_rows(folder / "fields.csv", _FIELDS_HEAD, _field_rows(job))
    write_rows(folder / "values.csv", ("layer", "id", "field", "column", "value"), beyond)
    (folder / "metadata.xml").write_text(iso19115(job), encoding="utf-8", newline="\n")
    write_tables(job, folder / "tables")


def _fitted(column: pd.Series[Any], encoding: str) -> tuple[Any, Iterator[tuple[int, Any]]]:
    """Return the cells of a column as DBF can store them, and (row, value) of those that are incomplete."""
    positions, values = distinct(column)
    held, kept = zip(*(fit(value, encoding) for value in values), strict=True)
    if all(kept):
        return column.array, iter(())
    lost = np.flatnonzero(~np.array(kept)[positions])
    cells = pd.Series(taken(held, positions), dtype=column.dtype)
    return cells.array, ((at, values[positions[at]]) for at in lost.tolist())


def _mark_gbk(dbf: Path) -> None:
    """Set the code page byte of the DBF header, for software that does not read the .cpg file."""
    with dbf.open("r+b") as file:
        file.seek(_CODE_PAGE_AT)
        file.write(_GBK)


def _field_rows(job: Job) -> Iterator[list[str]]:
    for layer in job.layers:
        for column in layer.columns:
            yield [layer.name, short_name(column.name), *_described(column)]


def _described(column: Column) -> list[str]:
    words = (column.label_zh, column.label_en, column.definition_zh, column.definition_en)
    return [column.name, column.type, column.unit, *words]
