"""Pages of flowing text and tables: columns, sections to jump to, page numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import shapely

from geo.base.messages import text
from geo.render.figure.fonts import width_pt, wrapped
from geo.render.figure.marks import INK, MUTED, RULE, Sheet

__all__ = ["MARGIN_PT", "Cite", "Link", "Pages", "Section", "Told", "quiet", "strong"]

MARGIN_PT = 34.0

#: Returns the mark for a source id in the text, such as "[12]".
Cite = Callable[[str], str]

#: Gap between the two columns of a landscape page; height of the footer.
_GAP_PT, _FOOT_PT = 30.0, 22.0

#: Font size of running text; line spacing as a factor.
_SIZE_PT, _SPACING = 7.6, 1.42


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of text in one weight and colour."""

    text: str
    bold: bool = False
    colour: str = INK


def strong(words: str) -> Told:
    """Return words in bold."""
    return Told(words, bold=True)


def quiet(words: str) -> Told:
    """Return words in grey."""
    return Told(words, colour=MUTED)


@dataclass(frozen=True, slots=True)
class Section:
    """A target for links and bookmarks: title, level, page (from 0), position from the top of the page."""

    title: str
    level: int
    page: int
    y: float


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle on a page that links to page `to`."""

    page: int
    left: float
    top: float
    width: float
    height: float
    to: int


#: Content of a table cell: paragraphs from top to bottom.
Cell = Sequence[Told | str]


@dataclass(slots=True)
class Pages:
    """Sheets filled one after another.

    Attributes
    ----------
    width, height : float
        Sheet size in points. A landscape sheet has two columns.
    language : str
    first : int
        Number of pages before the first of these.
    """

    width: float
    height: float
    language: str
    first: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    column: int = 0
    y: float = 0.0

    @property
    def columns(self) -> int:
        """Number of columns of a page."""
        return 2 if self.width > self.height else 1

    @property
    def wide(self) -> float:
        """Width of a column."""
        return (self.width - 2 * MARGIN_PT - (self.columns - 1) * _GAP_PT) / self.columns

    @property
    def left(self) -> float:
        """Left edge of the current column."""
        return MARGIN_PT + self.column * (self.wide + _GAP_PT)

    @property
    def bottom(self) -> float:
        """Lower edge of the columns."""
        return self.height - MARGIN_PT - _FOOT_PT / 2

    @property
    def sheet(self) -> Sheet:
        """The current page."""
        return self.sheets[-1]

    @property
    def page(self) -> int:
        """Number of the current page in the book, from 0."""
        return self.first + len(self.sheets) - 1

    def new_page(self) -> None:
        """Start a new page."""
        self.sheets.append(Sheet(self.width, self.height))
        self.column, self.y = 0, MARGIN_PT

    def next_column(self) -> None:
        """Continue in the next column, or on the next page."""
        if self.column + 1 < self.columns:
            self.column, self.y = self.column + 1, MARGIN_PT
        else:
            self.new_page()

    def need(self, height: float) -> None:
        """Continue in the next column unless this much height is left."""
        if self.y + height > self.bottom and self.y > MARGIN_PT:
            self.next_column()

    def section(self, title: str, level: int, size: float) -> None:
        """Write a heading and register it as a section."""
        self.need(size * 4)
        self.sections.append(Section(title, level, self.page, self.y))
        self.heading(title, size)

    def heading(self, title: str, size: float) -> None:
        """Write a heading."""
        lines = wrapped(title, self.wide, size, bold=True)
        self.need(len(lines) * size * 1.35 + 24)
        self.y = self.sheet.lines(self.left, self.y, lines, size, size * 1.35, bold=True) + size * 0.35

    def paragraph(self, told: Told | str, *, after: float = 4.0) -> None:
        """Write a paragraph."""
        one = told if isinstance(told, Told) else Told(told)
        for line in wrapped(one.text, self.wide, _SIZE_PT, bold=one.bold):
            self.need(_SIZE_PT * _SPACING)
            self.y = self.sheet.lines(
                self.left, self.y, [line], _SIZE_PT, _SIZE_PT * _SPACING, bold=one.bold, colour=one.colour
            )
        self.y += after

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], shares: Sequence[float]) -> None:
        """Write a table; the head is repeated in each column it continues in. A row is not split if it fits a column.

        Parameters
        ----------
        head : sequence of str
            Column headings; empty for a table without a head.
        rows : sequence of sequence of Cell
        shares : sequence of float
            Relative widths of the columns.
        """
        gap = 7.0
        step = (self.wide - gap * (len(shares) - 1)) / sum(shares)
        widths = [share * step for share in shares]
        lefts = [sum(widths[:number]) + gap * number for number in range(len(widths))]
        self._head(head, widths, lefts, least=3 * _SIZE_PT)
        for row in rows:
            cells = [_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
            tall = max(len(cell) for cell in cells)
            if self.y + tall * _SIZE_PT * _SPACING + 4 > self.bottom and tall < _LONG_LINES:
                self.next_column()
                self._head(head, widths, lefts)
            for number in range(tall):
                if self.y + _SIZE_PT * _SPACING > self.bottom:
                    self.next_column()
                    self._head(head, widths, lefts)
                self._row(cells, lefts, number)
            self.y += 2.2
            self.sheet.line(shapely.LineString([(self.left, self.y), (self.left + self.wide, self.y)]), "#DDE2E7", 0.4)
            self.y += 2.2
        self.y += 6

    def _head(
        self, head: Sequence[str], widths: Sequence[float], lefts: Sequence[float], *, least: float = 0.0
    ) -> None:
        if not head:
            return
        lines = [wrapped(one, width, _SIZE_PT - 0.6) for one, width in zip(head, widths, strict=True)]
        high = max(map(len, lines)) * (_SIZE_PT - 0.6) * 1.3
        self.need(high + 8 + least)
        for cell, left in zip(lines, lefts, strict=True):
            size = _SIZE_PT - 0.6
            self.sheet.lines(self.left + left, self.y, cell, size, size * 1.3, colour=MUTED)
        self.y += high + 2
        self.sheet.line(shapely.LineString([(self.left, self.y), (self.left + self.wide, self.y)]), RULE, 0.7)
        self.y += 3

    def _row(self, cells: Sequence[Sequence[Told]], lefts: Sequence[float], number: int) -> None:
        for cell, left in zip(cells, lefts, strict=True):
            if number < len(cell):
                one = cell[number]
                x, y = self.left + left, self.y + _SIZE_PT * 0.88
                self.sheet.words(x, y, one.text, _SIZE_PT, bold=one.bold, colour=one.colour)
        self.y += _SIZE_PT * _SPACING

    def line_of_contents(self, title: str, page: int, *, size: float = 8.4, indent: float = 0.0) -> None:
        """Write a line of the contents: title (wrapped if long), dots and page number (from 0), all of it a link."""
        *first, last = wrapped(title, self.wide - indent - 40, size)
        spacing = size * 1.3
        self.need(len(first) * spacing + size * 1.6)
        number, left, top = str(page + 1), self.left + indent, self.y
        right = self.left + self.wide
        for line in first:
            self.sheet.words(left, self.y + size, line, size)
            self.y += spacing
        self.sheet.words(left, self.y + size, last, size)
        self.sheet.words(right, self.y + size, number, size, anchor="end")
        start, end = left + width_pt(last, size) + 5, right - width_pt(number, size) - 5
        if end > start:
            dots = shapely.LineString([(start, self.y + size * 0.92), (end, self.y + size * 0.92)])
            self.sheet.line(dots, RULE, 0.5, (0.8, 2.2))
        self.links.append(Link(self.page, left, top, right - left, self.y - top + size * 1.5, page))
        self.y += size * 1.58


#: Rows with more lines than this may be split between columns.
_LONG_LINES = 40


def _lines(cell: Cell, width: float) -> list[Told]:
    found = []
    for piece in cell:
        one = piece if isinstance(piece, Told) else Told(piece)
        if one.text:
            found += [Told(line, one.bold, one.colour) for line in wrapped(one.text, width, _SIZE_PT, bold=one.bold)]
    return found


def foot(sheet: Sheet, page: int, pages: int, running: str, language: str) -> None:
    """Write the footer of a page: the title of the book, and the page number (from 0)."""
    size, spacing, y = 6.4, 8.0, sheet.height - 15
    told = text("word.page", language).replace("{page}", str(page + 1)).replace("{pages}", str(pages))
    lines = wrapped(running, sheet.width - 2 * MARGIN_PT - width_pt(told, size) - 12, size)
    # With several lines, the last one is where a single line would be.
    sheet.lines(MARGIN_PT, y - size * 0.88 - spacing * (len(lines) - 1), lines, size, spacing, colour=MUTED)
    sheet.words(sheet.width - MARGIN_PT, y, told, size, colour=MUTED, anchor="end")
