"""Workbooks (.xlsx) through python-calamine, after the zip and the sheets' sizes are found harmless."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.base.nearest import unknown_part
from geo.base.optional import needs
from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.column_names import match_name
from geo.tables.header import Header, find_header, unique_names
from geo.tables.limits import Limits
from geo.tables.notes import listed, note
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo
from geo.tables.workbook_sizes import check_workbook

__all__ = ["WorkbookSource", "typed_column"]

#: In place of a sheet's name: all of them, if they have the same columns.
ALL_SHEETS = "*"
_HEAD_ROWS = 60


class WorkbookSource:
    """One sheet of a workbook.

    A column whose filled cells are all numbers, all true/false or all dates keeps that type; any other is text, with
    whole numbers written without ``.0``. A code that the workbook holds as text keeps its zeros.

    Raises
    ------
    DataError
        If the file is no sound workbook, is beyond the limits, or has no rows.
    UsageError
        If the sheet is not there, or several could be meant.
    """

    def __init__(
        self, path: Path, name: str, limits: Limits, *, sheet: str | None = None, header: int | None = None
    ) -> None:
        with needs("reading a workbook", "python-calamine", "tables"):
            import python_calamine as calamine
        check_workbook(path, name, limits)
        try:
            book = calamine.CalamineWorkbook.from_path(str(path))
            limits.check_layers(len(book.sheet_names), name)
            sheets = {title: book.get_sheet_by_name(title) for title in _wanted(book.sheet_names, sheet, name)}
            filled = {title: s for title, s in sheets.items() if s.start is not None}
            if sheet == ALL_SHEETS:
                taken = list(filled)
            else:
                taken = [sheet if sheet is not None else _choose({t: _head(s) for t, s in filled.items()}, name)]
            if not set(taken) <= set(filled) or not taken:
                raise (
                    told(DataError, "refused.sheet_empty", name=name, sheet=taken[0])
                    if taken
                    else told(DataError, "refused.sheets_empty", name=name)
                )
            tables = [list(_cells(filled[title], limits)) for title in taken]
        except (DataError, UsageError):
            raise
        except Exception as error:
            raise told(DataError, "refused.unsound_workbook", name=name, why=error) from None
        found, below = _stacked(tables, taken, header, name)
        limits.check_columns(len(found.names), name)
        limits.check_rows(len(below), name)
        columns = [typed_column([row[i] for row in below], name, limits) for i in range(len(found.names))]
        self._table = pa.Table.from_arrays(columns, names=list(found.names))
        self.schema = self._table.schema
        self.rows: int | None = len(below)
        others = [other for other in book.sheet_names if other not in taken]
        self.info = SourceInfo(
            format="xlsx",
            sheet=", ".join(taken),
            header_row=found.row,
            header_rule=found.rule,
            renamed=found.renamed,
            above=max(found.first - 1, 0),
            warnings=[note("other_sheets", names=listed(others, 10))] if others else [],
        )

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows; the sheet is held in memory."""
        for batch in self._table.to_batches(max_chunksize=BATCH_ROWS):
            yield Chunk(batch)


def _stacked(
    tables: list[list[list[Any]]], titles: Sequence[str], header: int | None, name: str
) -> tuple[Header, list[list[Any]]]:
    """Return the header and rows of one sheet, or of several of the same columns, with the sheet as a last one."""
    heads = [find_header([[_text(cell) for cell in row] for row in rows[:200]], header, name) for rows in tables]
    below = [
        [row for row in rows[head.row :] if any(cell != "" for cell in row)]
        for rows, head in zip(tables, heads, strict=True)
    ]
    if len(tables) == 1:
        return heads[0], below[0]
    odd = [title for title, head in zip(titles, heads, strict=True) if head.names != heads[0].names]
    if odd:
        raise UsageError(
            f"{name}: the sheets {', '.join(map(repr, odd[:10]))} have other columns than {titles[0]!r}; "
            "pass sheet= with one"
        )
    names, _ = unique_names([*heads[0].names, "sheet"])
    rows = [[*row, title] for title, rows in zip(titles, below, strict=True) for row in rows]
    return replace(heads[0], names=names), rows


def _wanted(titles: Sequence[str], sheet: str | None, name: str) -> list[str]:
    if sheet is None or sheet == ALL_SHEETS:
        return list(titles)
    if sheet not in titles:
        raise unknown_part("sheet", sheet, titles, name)
    return [sheet]


def _choose(heads: dict[str, list[list[Any]]], name: str) -> str:
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
    for row in rows:
        roles = {match.role for cell in row if isinstance(cell, str) and len(cell) < 40 for match in match_name(cell)}
        if roles >= {"lon", "lat"} or roles >= {"x", "y"} or roles & {"point", "geometry"}:
            return True
    return False


def _head(sheet: Any) -> list[list[Any]]:
    rows = []
    for row in sheet.iter_rows():
        rows.append(row)
        if len(rows) >= _HEAD_ROWS:
            break
    return rows


def _cells(sheet: Any, limits: Limits) -> Iterator[list[Any]]:
    for number, row in enumerate(sheet.iter_rows()):
        if limits.rows is not None and number > limits.rows + _HEAD_ROWS:
            limits.check_rows(number, "the sheet")
        yield row


def typed_column(cells: list[Any], name: str, limits: Limits) -> pa.Array:
    """Return the cells as an Arrow column of the one type they all have, else as text."""
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if kinds and kinds <= {float, int}:
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
        raise DataError(f"{name}: a cell of {longest} characters, more than the {limits.cell_bytes} allowed")
    return pa.array(texts, pa.string())


def _text(cell: Any) -> str:
    """Return a cell as text: whole numbers without ``.0``, dates in ISO form, true/false in small letters."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell)
