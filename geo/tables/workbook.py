"""Reader of workbooks (.xlsx, .xlsb, .xls, .ods) through python-calamine, after their parts and sizes are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from geo.base.optional import needs
from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.binary_workbook_sizes import check_xls, check_xlsb
from geo.tables.limits import Limits
from geo.tables.notes import note
from geo.tables.opendocument_sizes import check_ods
from geo.tables.sheets import ALL_SHEETS, HEAD_ROWS, Block, SheetsSource, choose_sheet, wanted_sheets
from geo.tables.source import SourceInfo
from geo.tables.uncomputed import uncomputed_formulas
from geo.tables.workbook_sizes import check_workbook

__all__ = ["WORKBOOKS", "workbook_source"]

#: The function that counts the cells of each format before a reader opens the file.
_CHECKS: dict[str, Callable[[Path, str, Limits], int | None]] = {
    "xlsx": check_workbook,
    "xlsb": check_xlsb,
    "xls": check_xls,
    "ods": check_ods,
}
WORKBOOKS = tuple(_CHECKS)
#: Sheets may have this many times the cells that were counted, in case the count is short.
_SPARE = 2


def workbook_source(
    kind: str, path: Path, name: str, limits: Limits, *, sheet: str | None = None, header: int | None = None
) -> SheetsSource:
    """Open one sheet of a workbook, or all.

    Parameters
    ----------
    kind : str
        One of `WORKBOOKS`.
    path : Path
    name : str
        What to call the file in messages.
    limits : Limits
    sheet : str, optional
        Name of the sheet; ``*`` for all, which must have the same columns.
    header : int, optional
        Row of the column names, from 1; 0 for none.

    Raises
    ------
    DataError
        If the file is damaged, is beyond the limits, or has no rows.
    UsageError
        If the sheet does not exist, or several could be meant.
    """
    with needs("needs.reading_workbook", "python-calamine", "tables"):
        import python_calamine as calamine
    cells = _CHECKS[kind](path, name, limits)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        limits.check_layers(len(book.sheet_names), name)
        most = limits.cells if cells is None else _SPARE * cells
        sheets = _read(book, wanted_sheets(book.sheet_names, sheet, name), most, name)
        filled = {title: s for title, s in sheets.items() if s.start is not None}
        if sheet == ALL_SHEETS:
            taken = list(filled)
        else:
            taken = [sheet if sheet is not None else choose_sheet(_heads(book, filled), name)]
        if not set(taken) <= set(filled) or not taken:
            raise (
                told(DataError, "refused.sheet_empty", name=name, sheet=taken[0])
                if taken
                else told(DataError, "refused.sheets_empty", name=name)
            )
        for title in taken:  # cells far to the right are counted before they are listed
            limits.check_columns(filled[title].width, name)
        tables = {title: list(_cells(filled[title], limits)) for title in taken}
    except (DataError, UsageError):
        raise
    except Exception as error:
        raise told(DataError, "refused.unsound_workbook", name=name, why=error) from None
    merged = {title: _merged(filled[title]) for title in taken}
    empty = uncomputed_formulas(path) if kind == "xlsx" else 0
    info = SourceInfo(format=kind, warnings=[note("uncomputed", count=empty)] if empty else [])
    others = [other for other in book.sheet_names if other not in taken]
    return SheetsSource(tables, name, limits, info, header, others, merged)


def _read(book: Any, titles: Sequence[str], most: int, name: str) -> dict[str, Any]:
    """Return sheets by name; raise `DataError` if they have more cells than counted, as when names share a sheet."""
    sheets = {}
    for title in titles:
        sheets[title] = one = book.get_sheet_by_name(title)
        most -= one.height * one.width if one.start is not None else 0
        if most < 0:
            raise told(DataError, "refused.sheets_shared", name=name, sheet=title)
    return sheets


def _merged(sheet: Any) -> list[Block]:
    """Return the merged cells of a sheet, in rows and columns as they are read; none are known of .ods and .xlsb."""
    left = int(sheet.start[1])
    blocks = getattr(sheet, "merged_cell_ranges", None) or []
    return [((top, first - left), (bottom, last - left)) for (top, first), (bottom, last) in blocks]


def _heads(book: Any, filled: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """Return the first rows of each sheet that may be meant; hidden sheets only if all are hidden."""
    shown = {one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")}
    return {title: _head(sheet) for title, sheet in filled.items() if title in shown or not shown & set(filled)}


def _head(sheet: Any) -> list[list[Any]]:
    rows = []
    for row in sheet.iter_rows():
        rows.append(row)
        if len(rows) >= HEAD_ROWS:
            break
    return rows


def _cells(sheet: Any, limits: Limits) -> Iterator[list[Any]]:
    for number, row in enumerate(sheet.iter_rows()):
        if limits.rows is not None and number > limits.rows + HEAD_ROWS:
            limits.check_rows(number, "the sheet")
        yield row
