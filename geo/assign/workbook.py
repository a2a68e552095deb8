"""A writer of a joined table as an Excel workbook: numbers, dates and texts typed, with further worksheets."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.assign.flat import flat, flat_schema
from geo.base.optional import needs
from geo.base.told import told
from geo.errors import OutputError

__all__ = ["Sheet", "Workbook"]

_SHEET_ROWS = 1_048_575
_CELL_CHARACTERS = 32_767
#: In place of the time of writing, as in the zip entries, so that the same table gives the same bytes.
_NO_DATE = datetime.datetime(1980, 1, 1)
#: Excel counts days from 1900 and has a false leap day in that year.
_FIRST_YEAR = 1901
_A4 = 9
#: Widths in characters: a wider sheet is printed in landscape; a still wider one on several pages side by side.
_UPRIGHT, _ACROSS = 90, 200
_WIDTHS = (9, 44)
_ROWS_FOR_WIDTH = 200
#: A number without leading zeros (not 007) and with no more digits than a spreadsheet keeps.
_PLAIN_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.\d{1,12})?", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """A further worksheet.

    Attributes
    ----------
    name : str
    rows : sequence of sequences
        The first is the header.
    """

    name: str
    rows: Sequence[Sequence[Any]]


class _FailingOnce(io.FileIO):
    """A file that reports a full disk once.

    Later writes, which libraries make in destructors, are silently dropped, so that no second error hides the first.
    """

    failed = False

    def write(self, data: Any) -> int:
        """Write, or raise `OSError` at the first failure; afterwards do nothing."""
        if self.failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError:
            self.failed = True
            raise


class Workbook:
    """A writer of record batches into a worksheet with a frozen header and filters.

    Text stays text: no cell becomes a formula, and codes keep their leading zeros.

    Attributes
    ----------
    sheets : list of Sheet
        Written behind the table at `close`.
    mixed : frozenset of str
        Text columns in which a cell that is a plain number is written as a number, so that sums include it.

    Raises
    ------
    MissingDependencyError
        If xlsxwriter is not installed.
    """

    def __init__(self, part: Path, schema: pa.Schema, name: str = "data") -> None:
        with needs("needs.writing_xlsx", "xlsxwriter", "export"):
            import xlsxwriter
        self.sheets: list[Sheet] = []
        self.mixed: frozenset[str] = frozenset()
        self._schema, self._row = flat_schema(schema), 0
        pieces = part.with_name(part.name + ".d")
        pieces.mkdir()
        self._raw = _FailingOnce(part, "wb")
        self._file = io.BufferedWriter(self._raw)
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True, "tmpdir": str(pieces)})
        self._book.set_properties({"created": _NO_DATE})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F4"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._name: str | None = name

    def _begin_table(self, rows: Sequence[Sequence[Any]]) -> None:
        """Begin the worksheet of the table, if it is not begun; `rows` are the first, for the widths."""
        if self._name is not None:
            self._begin(self._name, self._schema.names, rows)
            self._name = None

    def _begin(self, name: str, head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Begin a worksheet with its header; column widths and page layout follow from the first rows."""
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_paper(_A4)
        self._sheet.repeat_rows(0)
        self._sheet.set_footer("&L&A&R&P / &N")
        least, most = _WIDTHS
        total = 0
        for column, title in enumerate(head):
            cells = [str(title), *(str(row[column]) for row in rows[:_ROWS_FOR_WIDTH] if column < len(row))]
            wide = max(sum(2 if c > "\u2e80" else 1 for c in cell) for cell in cells)
            wide = min(max(wide + 2, least), most)
            self._sheet.set_column(column, column, wide)
            total += wide
        if total > _UPRIGHT:
            self._sheet.set_landscape()
        self._sheet.fit_to_pages(-(-total // _ACROSS), 0)
        self._line(list(head), self._head)

    def _end(self, columns: int) -> None:
        if self._row > 1:
            self._sheet.autofilter(0, 0, self._row - 1, columns - 1)

    def _line(self, cells: list[Any], form: Any = None) -> None:
        """Write a row of cells by their types; empty texts are left out, so that no count of cells includes them."""
        for column, cell in enumerate(cells):
            if cell is None or cell == "":  # left out, so that no count of cells includes it
                continue
            if isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell)
            elif isinstance(cell, int | float) and abs(cell) < 2**53:
                self._sheet.write_number(self._row, column, cell)
            elif isinstance(cell, datetime.date) and cell.year >= _FIRST_YEAR and not getattr(cell, "tzinfo", None):
                self._sheet.write_datetime(
                    self._row, column, cell, self._moment if isinstance(cell, datetime.datetime) else self._day
                )
            else:
                self._sheet.write_string(self._row, column, self._fitting(str(cell), column), form)
        self._row += 1

    def _fitting(self, cell: str, column: int) -> str:
        """Return a text; raise `OutputError` if it is longer than a cell can hold."""
        if len(cell) > _CELL_CHARACTERS:
            raise told(
                OutputError,
                "assign.refused.worksheet_cell",
                row=str(self._row),
                column=self._schema.names[column],
                size=str(len(cell)),
                most=str(_CELL_CHARACTERS),
            )
        return cell

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch.

        Raises
        ------
        OutputError
            If a worksheet cannot hold so many rows (1,048,575), or a cell so many characters (32,767).
        """
        if self._row + batch.num_rows > _SHEET_ROWS + 1:
            raise told(OutputError, "assign.refused.worksheet_rows", most=str(_SHEET_ROWS))
        columns = [column.to_pylist() for column in flat(batch, self._schema).columns]
        for at, name in enumerate(self._schema.names):
            if name in self.mixed:
                columns[at] = [_number_or(cell) for cell in columns[at]]
        rows = list(zip(*columns, strict=True))
        self._begin_table(rows)
        for cells in rows:
            self._line(list(cells))

    def close(self) -> None:
        """Write the further worksheets, in which texts that are too long are cut, and the file."""
        try:
            self._begin_table([])
            self._end(len(self._schema))
            for sheet in self.sheets:
                head, *rows = sheet.rows
                self._begin(sheet.name, head, rows)
                for row in rows:
                    self._line([cell[:_CELL_CHARACTERS] if isinstance(cell, str) else cell for cell in row])
                self._end(len(head))
            self._book.close()
        except BaseException:
            self._raw.failed = True
            raise
        self._file.close()


def _number_or(cell: Any) -> Any:
    """Return a text that is a plain number as float, anything else unchanged."""
    return float(cell) if isinstance(cell, str) and _PLAIN_NUMBER.fullmatch(cell) else cell
