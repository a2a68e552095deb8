"""Reader of tables in web pages, which many office systems write under the name of a workbook (``.xls``)."""

from __future__ import annotations

from html.parser import HTMLParser

from geo.base.told import told
from geo.errors import DataError
from geo.tables.encoding import TextFile
from geo.tables.limits import Limits
from geo.tables.sheets import ALL_SHEETS, HEAD_ROWS, Block, SheetsSource, choose_sheet, wanted_sheets
from geo.tables.source import SourceInfo

__all__ = ["html_source"]

_UNSEEN = ("script", "style", "title")
_CHUNK = 1 << 16
_WIDEST = 1000  # columns that one cell may take, as browsers have it


def html_source(
    text: TextFile, name: str, limits: Limits, *, sheet: str | None = None, header: int | None = None
) -> SheetsSource:
    """Open one table of a web page that is already UTF-8.

    All cells are text. A merged cell counts for each row it spans, as in a workbook. No script is run, nothing is
    fetched.

    Parameters
    ----------
    text : TextFile
    name : str
        What to call the file in messages.
    limits : Limits
    sheet : str, optional
        Number of the table in the page, from 1.
    header : int, optional
        Row of the column names, from 1; 0 for none.

    Raises
    ------
    DataError
        If it has no table of two rows, or is beyond the limits.
    UsageError
        If several tables could be meant.
    """
    page = _Page(name, limits)
    with text.path.open("rb") as file:
        file.seek(text.start)
        whole = file.read().decode("utf-8")
    for at in range(0, len(whole), _CHUNK):
        page.feed(whole[at : at + _CHUNK])
    page.close()
    tables = {str(number): _even(rows) for number, rows in enumerate(page.tables, 1) if len(rows) > 1}
    if not tables:
        raise told(DataError, "refused.is.markup", name=name)
    wanted = wanted_sheets(list(tables), sheet, name)
    if sheet is None:
        wanted = [choose_sheet({title: tables[title][:HEAD_ROWS] for title in wanted}, name)]
    elif sheet != ALL_SHEETS:
        wanted = [sheet]
    info = SourceInfo(format="html", encoding=text.encoding, encoding_rule=text.rule)
    others = [title for title in tables if title not in wanted]
    merged = {title: page.merged[int(title) - 1] for title in wanted}
    return SheetsSource({title: tables[title] for title in wanted}, name, limits, info, header, others, merged)


def _even(rows: list[list[str]]) -> list[list[str]]:
    """Return rows of equal length, filled up with empty cells."""
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


class _Page(HTMLParser):
    """A parser that collects the cells of all tables; a table within a cell is a table of its own."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self._name, self._limits = name, limits
        self.tables: list[list[list[str]]] = []
        self.merged: list[list[Block]] = []  # of each table: its cells that take several rows
        self._blocks: list[list[Block]] = []  # of each open table
        self._open: list[list[list[str]]] = []
        self._below: list[dict[int, int]] = []  # of each open table: column → rows that a cell above still takes
        self._cells: list[list[str] | None] = []  # of each open table: the texts of the cell that is open
        self._at: list[int] = []  # of each open table: the column of that cell
        self._unseen = ""
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag == "table":
            self._limits.check_layers(len(self.tables) + 1, self._name)
            self._open.append([])
            self.tables.append(self._open[-1])
            self._blocks.append([])
            self.merged.append(self._blocks[-1])
            self._below.append({})
            self._cells.append(None)
            self._at.append(0)
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._close_cell()
            self._open_cell(dict(attrs))
        elif tag in ("br", "p", "div", "li"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a table, a row or a cell."""
        if tag == self._unseen:
            self._unseen = ""
        elif tag in ("td", "th", "tr") and self._open:
            self._close_cell()
        elif tag == "table" and self._open:
            self._close_cell()
            self._open.pop()
            self._blocks.pop()
            self._below.pop()
            self._cells.pop()
            self._at.pop()

    def handle_data(self, data: str) -> None:
        """Add text to the current cell."""
        if self._cells and not self._unseen:
            cell = self._cells[-1]
            if cell is not None:
                cell.append(data)

    def _open_cell(self, attributes: dict[str, str | None]) -> None:
        if not self._open[-1]:
            self._open[-1].append([])
        row, below = self._open[-1][-1], self._below[-1]
        while below.get(len(row), 0) > 0:
            below[len(row)] -= 1
            row.append("")
        across, down = (_span(attributes.get(key)) for key in ("colspan", "rowspan"))
        if down > 1:
            at, left = len(self._open[-1]) - 1, len(row)
            below.update(dict.fromkeys(range(left, left + across), down - 1))
            self._blocks[-1].append(((at, left), (at + down - 1, left + across - 1)))
        self._count += across
        self._limits.check_cells(self._count, self._name)
        self._cells[-1] = []
        row.extend([""] * across)
        self._at[-1] = len(row) - across

    def _close_cell(self) -> None:
        cell = self._cells[-1]
        if cell is not None:
            self._open[-1][-1][self._at[-1]] = " ".join("".join(cell).split())
            self._cells[-1] = None


def _span(stated: str | None) -> int:
    """Return the value of ``rowspan`` or ``colspan`` within bounds."""
    digits = (stated or "").strip()[:6]
    return min(max(int(digits), 1), _WIDEST) if digits.isdecimal() else 1
