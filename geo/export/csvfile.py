"""CSV: UTF-8 with BOM, geometry as WKT and as longitude and latitude, cells guarded against formulas."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo.base.formulas import guard_formula
from geo.contract.schema import table
from geo.contract.typed import distinct, python_values, taken
from geo.export.contents import Layer
from geo.export.job import Job

__all__ = [
    "cell_text",
    "cell_texts",
    "csv_bytes",
    "csv_lines",
    "layer_columns",
    "layer_rows",
    "layer_texts",
    "write_csv",
    "write_lines",
    "write_rows",
    "write_tables",
]

_DECIMALS = 7
_END = "\r\n"


def write_csv(job: Job, folder: Path) -> None:
    """Write the layer ``places``; with `per_layer`, every layer and every table."""
    for layer in job.layers:
        _write(folder / job.file_of(layer), layer_texts(layer))
    if job.per_layer:
        write_tables(job, folder)


def write_tables(job: Job, folder: Path) -> None:
    """Write every attribute table to a CSV file of its name."""
    folder.mkdir(exist_ok=True)
    for name, frame in job.contents.tables.items():
        columns = [column for column in table(name).names() if column in frame]
        _write(folder / f"{name}.csv", {column: cell_texts(frame[column]) for column in columns})


def _write(path: Path, texts: Mapping[str, Sequence[str]]) -> None:
    path.write_bytes(_encoded(list(texts), zip(*texts.values(), strict=True)))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as UTF-8 CSV with BOM and the line ends of RFC 4180, text cells guarded (see `guard_formula`)."""
    path.write_bytes(csv_bytes(columns, rows))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as the bytes that `write_rows` writes."""
    return _encoded(columns, ([cell_text(cell) for cell in row] for row in rows))


def _encoded(columns: Sequence[str], texts: Iterable[Sequence[str]]) -> bytes:
    return _joined([*csv_lines([columns]), *csv_lines(texts)])


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a CSV file from lines made by `csv_lines`."""
    path.write_bytes(_joined(lines))


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}{_END}" for line in lines).encode("utf-8-sig")


def csv_lines(texts: Iterable[Sequence[str]]) -> list[str]:
    r"""Return rows of guarded texts as CSV lines without line ends; such lines can be joined by commas.

    Examples
    --------
    >>> csv_lines([("a", "b,c"), ("", "")])
    ['a,"b,c"', ',']
    >>> csv_lines([("one\ntwo", "three\rfour")])
    ['"one\ntwo","three\rfour"']
    """
    lines = _Lines()
    # The csv module quotes cells that contain its line terminator, so the terminator is removed only afterwards.
    csv.writer(lines, lineterminator=_END).writerows(texts)
    return lines


class _Lines(list[str]):
    """A file-like object that collects the lines written by `csv.writer`."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix(_END))


def cell_text(value: Any) -> str:
    """Return a value as CSV text: "" if missing, whole numbers without a fraction, text guarded against formulas.

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


def cell_texts(column: pd.Series[Any]) -> list[str]:
    """Return the cells of a column, each converted by `cell_text`."""
    positions, values = distinct(column)
    texts: list[str] = taken([cell_text(value) for value in values], positions).tolist()
    return texts


def layer_columns(layer: Layer) -> list[str]:
    """Return the columns of a layer's table: those of the contract, ``lon`` and ``lat`` (unless present), ``wkt``."""
    columns = [column.name for column in layer.columns]
    return [*columns, *(name for name in ("lon", "lat", "wkt") if name not in columns)]


def layer_rows(layer: Layer) -> Iterable[tuple[Any, ...]]:
    """Yield the rows for `layer_columns`; lon and lat of a polygon are those of its label point, which lies inside."""
    return zip(*_in_columns(layer, python_values), strict=True)


def layer_texts(layer: Layer) -> dict[str, list[str]]:
    """Return the cells of `layer_rows` as texts, by column."""
    return dict(zip(layer_columns(layer), _in_columns(layer, cell_texts), strict=True))


def _in_columns(layer: Layer, cells_of: Callable[[pd.Series[Any]], list[Any]]) -> Iterator[list[Any]]:
    wkt = shapely.to_wkt(layer.frame.geometry.values, rounding_precision=_DECIMALS, trim=True)
    frame = pd.DataFrame(layer.frame)
    instead = {"lon": "label_lon", "lat": "label_lat"}
    for name in layer_columns(layer):
        if name == "wkt":
            yield cells_of(pd.Series(wkt, dtype=object))
        else:
            yield cells_of(frame[name if name in frame else instead[name]])
