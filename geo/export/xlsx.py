"""Excel workbook: one sheet per layer and table, true numbers and dates, every row with its source."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from geo.analysis.figures import reported
from geo.analysis.values import figure_words, scope_text, when_text
from geo.base.formulas import has_formula_start
from geo.base.lines import columns_of
from geo.base.messages import LANGUAGES, text
from geo.contract.periods import Period
from geo.contract.schema import Column, table
from geo.export.contents import INSTITUTION, Layer, rows_of
from geo.export.csvfile import layer_columns, layer_rows
from geo.export.job import Job
from geo.export.metadata import credit, readme
from geo.export.safe_text import xml_text

__all__ = ["write"]

#: Longest text of a cell, in UTF-16 code units.
_CELL = 32_767
_SOURCE = "source"
_ABOUT = "about"
_LONG = "long_text"
_CUT = "…"
#: Columns of the sheet ``figures``, which is for reading.
_FIGURES = ("place", "measure", "figure", "date", "scope", "grade", "conflict", "source")
_A4 = 9
#: Sheet for printing → number of printed columns, and whether it is landscape; layers of places print the columns up to
#: their status. Other tables are not printed.
_PRINTED = {_ABOUT: (1, False), "figures": (8, True), INSTITUTION: (6, False), "sources": (6, False)}
_PRINTED_OF_PLACES = (9, True)
#: Width of a column in letters: minimum, maximum; number of rows measured; row height in points.
_NARROW, _WIDE, _LOOKED_AT, _ROW_PT = 8, 40, 400, 15


def write(job: Job, folder: Path) -> None:
    """Write ``about``, ``figures`` in words, a sheet per layer and table, and ``long_text`` if a cell was too long.

    Notes
    -----
    Text is always stored as text, never as a formula; where it looks like one, the cell has Excel's text prefix. Full
    dates are stored as dates; a year or a month stays text, because a date would invent a day.
    """
    buffer = io.BytesIO()
    book = _Book(xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}))
    created = datetime.datetime.fromisoformat(f"{job.contents.meta['data_date']}T00:00:00")
    header = job.header()
    book.workbook.set_properties(
        {"title": header["title"], "comments": header["attribution"], "keywords": header["licence"], "created": created}
    )
    book.sheet(_ABOUT, [(_ABOUT, "", "", "")], _about_rows(job), widths=[120])
    credits = {row["source_id"]: credit(row, job.language) for row in rows_of(job.contents.attributes("sources"))}
    boundaries = dict(
        zip(*(job.contents.places.frame[name] for name in ("place_id", "boundary_source_id")), strict=True)
    )
    figures = [(name, text(f"export.xlsx.{name}", "zh"), text(f"export.xlsx.{name}", "en"), "") for name in _FIGURES]
    widths = (24, 28, 28, 18, 26, 6, 10, 70)
    book.sheet("figures", figures, _figure_rows(job, credits), widths=widths, types=["text"] * len(figures))
    for layer in job.layers:
        book.layer(layer, credits)
    own = f"{header['title']}, {header['version']}"
    for name, frame in job.contents.tables.items():
        columns = [column for column in table(name).columns if column.name in frame]
        rows = []
        for row in rows_of(frame):
            if name == "sources" or row.get("source_id"):
                source = credits[row["source_id"]]
            else:
                # Derived from a boundary, or defined by this map.
                source = credits.get(boundaries.get(row.get("place_id")) or "", own)
            rows.append([*row.values(), source])
        heads = [_head(column) for column in columns]
        book.sheet(name, [*heads, _source_head()], rows, types=[column.type for column in columns])
    book.long_text()
    book.workbook.close()
    (folder / job.main).write_bytes(buffer.getvalue())


def _head(column: Column) -> tuple[str, str, str, str]:
    return (
        column.name,
        column.label_zh,
        column.label_en,
        f"{column.definition_zh}\n{column.definition_en}\n{column.unit}".strip(),
    )


def _source_head() -> tuple[str, str, str, str]:
    return _SOURCE, text("export.xlsx.source", "zh"), text("export.xlsx.source", "en"), ""


def _figure_rows(job: Job, credits: Mapping[str, str]) -> Iterator[list[Any]]:
    """Yield the reported figures in words, without ids, for reading and printing."""
    atlas, language = job.contents.atlas, job.language
    measures = atlas.rows("measures")
    for place_id in job.contents.view:
        for one in reported(atlas).get(place_id, ()):
            yield [
                atlas.name(place_id, language),
                measures[one.measure_id][f"label_{language}"],
                figure_words(atlas, one, language),
                when_text(one, language),
                scope_text(atlas, one.scope, language),
                one.grade,
                text("value.conflict", language) if one.conflict else None,
                credits[one.source_id],
            ]


def _about_rows(job: Job) -> Iterable[list[Any]]:
    lines = [text("export.xlsx.printed", language) for language in LANGUAGES]
    return ([line] for line in (*lines, *readme(job, sources=False).splitlines()) if line)


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that keeps all digits: the parent class writes 16, a double may need 17."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        start = "".join(f' {name}="{value}"' for name, value in attributes)
        self.fh.write(f"<c{start}><v>{number!r}</v></c>")


class _Book:
    """A workbook while it is being written."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.head = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F4"})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.broken = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = workbook.add_format({"quote_prefix": True})
        self.long: list[list[Any]] = []

    def layer(self, layer: Layer, credits: dict[str, str]) -> None:
        """Write a layer as a sheet, with its geometry as WKT."""
        known = {column.name: column for column in layer.columns}
        columns = layer_columns(layer)
        heads = [_head(known[name]) if name in known else (name, "", "", "WGS 84") for name in columns]
        at = columns.index("source_id")
        rows = [[*row, credits[row[at]]] for row in layer_rows(layer)]
        types = [
            known[name].type if name in known else "number" if name in ("lon", "lat") else "text" for name in columns
        ]
        printed = _PRINTED.get(layer.name, _PRINTED_OF_PLACES)
        self.sheet(layer.name, [*heads, _source_head()], rows, types=types, printed=printed)

    def sheet(
        self,
        name: str,
        heads: Sequence[tuple[str, str, str, str]],
        rows: Iterable[Sequence[Any]],
        *,
        types: Sequence[str] = (),
        widths: Sequence[int] = (),
        printed: tuple[int, bool] | None = None,
    ) -> None:
        """Write a sheet: names in a frozen first row, with labels and definition as a comment; set what is printed."""
        rows = list(rows)
        widths = widths or _widths([field for field, *_ in heads], rows)
        sheet = self.workbook.add_worksheet(name[:31], worksheet_class=_Sheet)
        sheet.freeze_panes(1, 0)
        for column, (field, zh, en, definition) in enumerate(heads):
            sheet.write_string(0, column, field, self.head)
            if zh or definition:
                sheet.write_comment(0, column, xml_text(f"{zh} · {en}\n{definition}"), {"author": ""})
            sheet.set_column(column, column, widths[column])
        count = 0
        for count, row in enumerate(rows, 1):
            if name == _ABOUT:
                sheet.set_row(count, _ROW_PT * math.ceil(columns_of(str(row[0])) / (0.85 * widths[0])))
            for column, value in enumerate(row):
                kind = types[column] if column < len(types) else "text"
                self._write(sheet, name, count, column, heads[column][0], value, kind)
        if count:
            sheet.autofilter(0, 0, count, len(heads) - 1)
        self._print(sheet, count, printed or _PRINTED.get(name))

    def _print(self, sheet: Any, count: int, printed: tuple[int, bool] | None) -> None:
        """Set a sheet to print on A4, one page wide, only the columns for reading, the heading on every page."""
        sheet.set_paper(_A4)
        if printed is None or printed[1]:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        if printed is None:
            # A table for computing prints nothing: its print area is an empty cell below the comments, and the user can
            # clear it. Without a print area, programs would print all columns in unreadably small letters.
            below = count + 20
            sheet.print_area(below, 0, below, 0)
            return
        sheet.print_area(0, 0, count, printed[0] - 1)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")

    def _write(self, sheet: Any, name: str, row: int, column: int, field: str, value: Any, kind: str) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value)
        elif kind == "period" and (day := _date(value)):
            sheet.write_datetime(row, column, day, self.date)
        else:
            content = xml_text(value)
            if _units(content) > _CELL:
                for number, piece in enumerate(_pieces(content), 1):
                    self.long.append([name, row + 1, field, number, piece])
                content = _pieces(content, _CELL - 1)[0] + _CUT
            plain = self.broken if name == _ABOUT else None
            sheet.write_string(row, column, content, self.quoted if has_formula_start(content) else plain)

    def long_text(self) -> None:
        """Write the cells that were too long, in pieces to be concatenated."""
        if self.long:
            pieces, self.long = self.long, []
            heads = [(name, "", "", "") for name in ("sheet", "row", "column", "piece", "text")]
            self.sheet(_LONG, heads, pieces)


def _widths(fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Return the width of each column in letters, from its cells, within bounds; a Chinese letter counts twice."""
    found = [len(field) + 2 for field in fields]
    for row in rows[:_LOOKED_AT]:
        for at, value in enumerate(row):
            if isinstance(value, str) and found[at] < _WIDE:
                head = value[:_WIDE]
                found[at] = max(found[at], columns_of(head))
    return [min(_WIDE, max(_NARROW, one)) for one in found]


def _date(value: str) -> datetime.date | None:
    period = Period.of(value)
    # Excel's dates start in 1900, a year in which it has a leap day too many.
    return period.first_day if period and period.day and period.year > 1900 else None


def _units(content: str) -> int:
    """Return the length of a text as Excel counts it, in UTF-16 units."""
    return len(content) if content.isascii() else len(content.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(content: str, size: int = _CELL) -> list[str]:
    """Split a text into pieces of at most `size` UTF-16 units, between characters."""
    pieces, start, used = [], 0, 0
    for at, c in enumerate(content):
        width = 2 if c > "\uffff" else 1
        if used + width > size:
            pieces.append(content[start:at])
            start, used = at, 0
        used += width
    return [*pieces, content[start:]]
