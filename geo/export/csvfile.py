"""CSV: UTF-8 with BOM, WKT and longitude and latitude, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely

from geo.base.formulas import guard_formula
from geo.contract.schema import table
from geo.contract.typed import python_value
from geo.export.contents import Layer, rows_of
from geo.export.job import Job

__all__ = ["cell_text", "csv_bytes", "layer_columns", "layer_rows", "write_csv", "write_rows", "write_tables"]

_DECIMALS = 7


def write_csv(job: Job, folder: Path) -> None:
    """Write the layer ``places``; with `per_layer` every layer and every table."""
    for layer in job.layers:
        write_rows(folder / job.file_of(layer), layer_columns(layer), layer_rows(layer))
    if job.per_layer:
        write_tables(job, folder)


def write_tables(job: Job, folder: Path) -> None:
    """Write every attribute table as a CSV file of its name."""
    folder.mkdir(exist_ok=True)
    for name, frame in job.contents.tables.items():
        columns = [column for column in table(name).names() if column in frame]
        rows = ([row[column] for column in columns] for row in rows_of(frame))
        write_rows(folder / f"{name}.csv", columns, rows)


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as UTF-8 CSV with BOM, lines ended as RFC 4180 has it, text cells guarded (see `guard_formula`)."""
    path.write_bytes(csv_bytes(columns, rows))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as such a file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[cell_text(cell) for cell in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def cell_text(value: Any) -> str:
    """Return a value as a CSV cell: missing is empty, whole numbers without fraction, text guarded.

    Examples
    --------
    >>> [cell_text(v) for v in (None, True, 15.0, -0.5, "=1")]
    ['', 'true', '15', '-0.5', "'=1"]
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return guard_formula(value) if isinstance(value, str) else str(value)


def layer_columns(layer: Layer) -> list[str]:
    """Return the columns of a layer as a table: those of the contract, ``lon``, ``lat`` (if not there), ``wkt``."""
    columns = [column.name for column in layer.columns]
    return [*columns, *(name for name in ("lon", "lat", "wkt") if name not in columns)]


def layer_rows(layer: Layer) -> Iterable[list[Any]]:
    """Yield the rows for `layer_columns`: lon and lat of a polygon are those of its label point, inside it."""
    columns = layer_columns(layer)
    wkts = shapely.to_wkt(layer.frame.geometry.values, rounding_precision=_DECIMALS, trim=True)
    for row, wkt in zip(rows_of(layer.frame), wkts, strict=True):
        row.setdefault("lon", row.get("label_lon"))
        row.setdefault("lat", row.get("label_lat"))
        row["wkt"] = python_value(wkt)
        yield [row[column] for column in columns]
