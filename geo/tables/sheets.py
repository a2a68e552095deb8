"""Sheets of a workbook or web page in memory: the choice of a sheet, its header, and one type for each column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pyarrow as pa

from geo.base.nearest import unknown_part
from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.column_names import match_name
from geo.tables.column_types import column_types
from geo.tables.header import Header, find_header, unique_names
from geo.tables.limits import Limits
from geo.tables.notes import listed, note
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo

__all__ = ["ALL_SHEETS", "HEAD_ROWS", "Block", "SheetsSource", "choose_sheet", "typed_column", "wanted_sheets"]

#: Merged cells: row and column, from 0, of the first and of the last.
Block: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
#: Option that stands for all sheets, which must have the same columns.
ALL_SHEETS = "*"
#: Rows by which a sheet is chosen.
HEAD_ROWS = 60
_COORDINATES = ("lon", "lat", "x", "y", "point", "geometry")
_A_NUMBER, _TWO_NUMBERS = re.compile(r"\d"), re.compile(r"\d\D+\d")
#: A whole number of JSON that no float holds; it stays text.
_TOO_LARGE = 1 << 1023


class SheetsSource:
    """The rows of one sheet, or of several with the same columns, with the sheet's name in a further last column.

    A column whose non-empty cells are all numbers, all true/false or all dates keeps that type, also if some are
    written as text ("1,007", "2019年3月5日"). Any other column is text, with whole numbers written without ``.0``. A
    code that the sheet holds as text keeps its zeros.

    Parameters
    ----------
    tables : mapping of str to list of rows
        By name of the sheet; an empty cell is ``""``.
    name : str
        What to call the file in messages.
    limits : Limits
    info : SourceInfo
        What is known of the file; the header is added.
    header : int or None
        Row of the column names, from 1; 0 for none.
    others : sequence of str
        Names of the sheets that are not read.
    merged : mapping of str to sequence of blocks, optional
        Merged cells by sheet. Below the header, each row of a merged cell gets its value.

    Raises
    ------
    DataError
        If there are too many rows or columns, or a cell is too long.
    UsageError
        If several sheets differ in their columns.
    """

    def __init__(
        self,
        tables: Mapping[str, list[list[Any]]],
        name: str,
        limits: Limits,
        info: SourceInfo,
        header: int | None,
        others: Sequence[str] = (),
        merged: Mapping[str, Sequence[Block]] | None = None,
    ) -> None:
        heads = [_header(rows, header, name) for rows in tables.values()]
        pairs = zip(tables.items(), heads, strict=True)
        filled = sum(
            _fill(rows, (merged or {}).get(title, ()), head.row, limits, name) for (title, rows), head in pairs
        )
        found, below = _stacked(list(tables.values()), heads, list(tables), name)
        limits.check_columns(len(found.names), name)
        limits.check_rows(len(below), name)
        columns = []
        for i in range(len(found.names)):
            cells = [row[i] for row in below]
            columns.append(_made_one(typed_column(cells, name, limits), cells))
        self._table = pa.Table.from_arrays(columns, names=list(found.names))
        self.schema = self._table.schema
        self.rows: int | None = len(below)
        self.info = replace(
            info,
            sheet=", ".join(tables),
            header_row=found.row,
            header_rule=found.rule,
            renamed=found.renamed,
            above=max(found.first - 1, 0),
            warnings=[
                *info.warnings,
                *([note("merged_rows", count=filled)] if filled else []),
                *([note("other_sheets", names=listed(others, 10))] if others else []),
            ],
        )

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order."""
        for batch in self._table.to_batches(max_chunksize=BATCH_ROWS):
            yield Chunk(batch)


def _kinds(cells: list[Any]) -> set[type]:
    """Return the types of the non-empty cells."""
    return {type(cell) for cell in cells if cell != ""}


def _made_one(column: pa.Array, cells: list[Any]) -> pa.Array:
    """Return a column of numbers with some as text ("1,007") as numbers, one of dates with some as text as dates."""
    kinds = _kinds(cells)
    if str not in kinds or bool in kinds or len(kinds) < 2:
        return column
    likely = "integer" if kinds <= {str, int, float} else "date" if kinds <= {str, dt.date, dt.datetime} else ""
    batch = pa.record_batch({"": column})
    return column_types([batch], {"": likely})(batch).column(0)


def _header(rows: list[list[Any]], given: int | None, name: str) -> Header:
    return find_header([[_text(cell) for cell in row] for row in rows[:200]], given, name)


def _fill(rows: list[list[Any]], blocks: Sequence[Block], below: int, limits: Limits, name: str) -> int:
    """Give empty cells below the first of a merged block its value, in place; return how many cells were filled."""
    filled = seen = 0
    for (top, left), (bottom, _) in blocks:
        if top < below or top >= len(rows) or not 0 <= left < len(rows[top]):
            continue
        last = min(bottom, len(rows) - 1)
        seen += last - top + 1
        limits.check_cells(seen, name)
        value = rows[top][left]
        for row in rows[top + 1 : last + 1] if value != "" else ():
            if row[left] == "":
                row[left] = value
                filled += 1
    return filled


def _stacked(
    tables: list[list[list[Any]]], heads: list[Header], titles: Sequence[str], name: str
) -> tuple[Header, list[list[Any]]]:
    """Return header and rows of one sheet, or of several with the same columns, with the sheet's name at the end."""
    below = [
        [row for row in rows[head.row :] if any(cell != "" for cell in row)]
        for rows, head in zip(tables, heads, strict=True)
    ]
    if len(tables) == 1:
        return heads[0], below[0]
    odd = [title for title, head in zip(titles, heads, strict=True) if head.names != heads[0].names]
    if odd:
        raise told(
            UsageError, "refused.sheets_differ", name=name, sheets=", ".join(map(repr, odd[:10])), first=titles[0]
        )
    names, _ = unique_names([*heads[0].names, "sheet"])
    rows = [[*row, title] for title, rows in zip(titles, below, strict=True) for row in rows]
    return replace(heads[0], names=names), rows


def wanted_sheets(titles: Sequence[str], sheet: str | None, name: str) -> list[str]:
    """Return the names of the sheets that may be read.

    Raises
    ------
    UsageError
        If the sheet asked for does not exist.
    """
    if sheet is None or sheet == ALL_SHEETS:
        return list(titles)
    if sheet not in titles:
        raise unknown_part("sheet", sheet, titles, name)
    return [sheet]


def choose_sheet(heads: Mapping[str, list[list[Any]]], name: str) -> str:
    """Return the sheet that must be meant, judged by its first rows: the only one, or the only one with coordinates.

    Raises
    ------
    DataError
        If there is none.
    UsageError
        If several could be meant.
    """
    if not heads:
        raise told(DataError, "refused.sheets_empty", name=name)
    if len(heads) == 1:
        return next(iter(heads))
    placed = [title for title, rows in heads.items() if _has_coordinates(rows)]
    if len(placed) == 1:
        return placed[0]
    titles = placed or list(heads)
    raise told(UsageError, "refused.several_sheets", name=name, sheets=listed(titles))


def _has_coordinates(rows: list[list[Any]]) -> bool:
    """Return whether a row names columns of coordinates, and these hold numbers below."""
    for number, row in enumerate(rows):
        columns: dict[str, list[int]] = {}
        alone = sum(cell != "" for cell in row) == 1  # a sentence that speaks of coordinates
        for at, cell in enumerate(row):
            for match in match_name(cell) if isinstance(cell, str) and len(cell) < 40 else ():
                if match.exact or not alone:
                    columns.setdefault(match.role, []).append(at)
        filled = {
            role: {at for at in there if any(_holds(role, one[at]) for one in rows[number + 1 :])}
            for role, there in columns.items()
            if role in _COORDINATES
        }
        pairs = [(filled.get(east, set()), filled.get(north, set())) for east, north in (("lon", "lat"), ("x", "y"))]
        if any(east and north and len(east | north) > 1 for east, north in pairs):
            return True
        if filled.get("point") or filled.get("geometry"):
            return True
    return False


def _holds(role: str, cell: Any) -> bool:
    """Return whether a cell may be a coordinate; both in one cell are a text with two numbers at least."""
    if role in ("point", "geometry"):
        return isinstance(cell, str) and bool(_TWO_NUMBERS.search(cell))
    return isinstance(cell, (int, float)) or bool(isinstance(cell, str) and _A_NUMBER.search(cell))


def typed_column(cells: list[Any], name: str, limits: Limits) -> pa.Array:
    """Return cells as an Arrow column of their common type, or as text."""
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if kinds and kinds <= {float, int} and not any(isinstance(v, int) and abs(v) >= _TOO_LARGE for v in values):
        whole = all(v is None or (float(v).is_integer() and abs(v) < 2**53) for v in values)
        return pa.array(
            [None if v is None else int(v) for v in values] if whole else values, pa.int64() if whole else pa.float64()
        )
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds and kinds <= {dt.datetime, dt.date}:
        stamps = [dt.datetime(v.year, v.month, v.day) if type(v) is dt.date else v for v in values]
        return pa.array(stamps, pa.timestamp("ms"))
    texts = [None if v is None else _text(v) for v in values]
    longest = max((len(t) for t in texts if t is not None), default=0)
    if longest > limits.cell_bytes:
        raise told(DataError, "refused.cell_long", name=name, size=str(longest), most=str(limits.cell_bytes))
    return pa.array(texts, pa.string())


def _text(cell: Any) -> str:
    """Return a cell as text: whole numbers without ``.0``, dates in ISO 8601, true/false in lower case."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell)
