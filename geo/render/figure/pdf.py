"""Sheets as PDF: vector graphics, searchable text, embedded font."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from geo.base.messages import html_lang
from geo.base.optional import needs
from geo.render.figure.fonts import font
from geo.render.figure.marks import Area, Circle, Line, Mark, Sheet, Words

with needs("needs.pdf", "fpdf2", "report"):
    from fpdf import FPDF
    from fpdf.enums import TextMode

__all__ = ["Document", "pdf_bytes"]

#: Name of the font within the document.
_FAMILY = "text"

# fontTools logs what it leaves out of a font subset, which is of no use here.
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Document(FPDF):
    """A PDF measured in points whose bytes depend only on its content.

    Parameters
    ----------
    width, height : float
        Page size, points.
    title, author, date : str
        Metadata; `date` is the date of the data, ISO 8601.
    language : str
    """

    def __init__(self, width: float, height: float, *, title: str, author: str, date: str, language: str) -> None:
        way = "landscape" if width > height else "portrait"
        super().__init__(orientation=way, unit="pt", format=(min(width, height), max(width, height)))
        self.set_margin(0)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.set_title(title)
        self.set_author(author)
        self.set_lang(html_lang(language))
        self.set_creation_date(datetime.fromisoformat(date).replace(tzinfo=UTC))
        chosen = font()
        for style, (path, face) in (("", chosen.regular), ("B", chosen.bold)):
            self.add_font(_FAMILY, style, path, collection_font_number=face)

    def sheet(self, drawn: Sheet) -> None:
        """Add a page with the marks of a sheet."""
        self.add_page()
        self._out("0 J 1 j")  # butt line ends, because extended ends would close the gaps of dotted lines
        for mark in drawn.marks:
            self._mark(mark)

    def _mark(self, mark: Mark) -> None:
        if isinstance(mark, Words):
            self._words(mark)
        elif isinstance(mark, Line):
            self.set_draw_color(mark.colour)
            self.set_line_width(mark.width)
            if mark.dash:
                self.set_dash_pattern(*mark.dash)
            self.polyline(mark.points)
            if mark.dash:
                self.set_dash_pattern()
        elif isinstance(mark, Circle):
            self.set_fill_color(mark.fill)
            self.set_draw_color(mark.edge)
            self.set_line_width(mark.width)
            self.circle(mark.x, mark.y, mark.radius, style="DF")
        else:
            self._area(mark)

    def _area(self, mark: Area) -> None:
        with self.local_context(fill_opacity=mark.opacity):
            if len(mark.rings) == 1:
                self.set_fill_color(mark.fill)
                self.polygon(mark.rings[0], style="F")
                return
            with self.new_path() as path:
                path.style.fill_color = mark.fill
                path.style.fill_opacity = mark.opacity
                path.style.stroke_color = None
                path.style.intersection_rule = "evenodd"
                for ring in mark.rings:
                    path.move_to(*ring[0])
                    for point in ring[1:-1]:
                        path.line_to(*point)
                    path.close()

    def _words(self, mark: Words) -> None:
        self.set_font(_FAMILY, "B" if mark.bold else "", mark.size)
        width = self.get_string_width(mark.text)
        x = mark.x - {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
        if mark.upwards:
            with self.rotation(90, mark.x, mark.y):
                self.set_text_color(mark.colour)
                self.text(x, mark.y, mark.text)
            return
        if mark.halo:
            with self.local_context(text_mode=TextMode.STROKE, line_width=mark.halo):
                self.set_draw_color("#FFFFFF")
                self.text(x, mark.y, mark.text)
        self.set_text_color(mark.colour)
        self.text(x, mark.y, mark.text)


def pdf_bytes(drawn: Sequence[Sheet], *, title: str, author: str, date: str, language: str) -> bytes:
    """Return sheets of one size as a PDF, one page each; parameters as `Document`."""
    document = Document(
        drawn[0].width, drawn[0].height, title=title, author=author, date=date, language=language
    )  # fmt: skip
    for one in drawn:
        document.sheet(one)
    return bytes(document.output())
