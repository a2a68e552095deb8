"""A Word document while it is being written: named styles, tables, footnotes, page numbers, reproducible bytes."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from geo.export.safe_text import xml_text
from geo.render.word.notes import Footnotes, element
from geo.render.word.runs import Cell, Line, Run

__all__ = ["Writer"]

#: Latin and Chinese font of body text and of headings; Word for Windows and macOS has them all.
_TEXT_FONTS, _HEADING_FONTS = ("Times New Roman", "宋体"), ("Arial", "黑体")
_INK, _QUIET = RGBColor(0x1F, 0x2A, 0x33), RGBColor(0x5B, 0x66, 0x70)
_CELL, _NOTE, _NUMBER, _QUIET_STYLE = "Geo Table Text", "footnote text", "footnote reference", "Geo Quiet"
_SIZES = {"Normal": 10.5, "Title": 22, "Subtitle": 12, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11, "Caption": 9}
_MARGIN_CM = 2.0
_A4_CM = (21.0, 29.7)
#: Width of a picture as a share of the text width.
_PICTURE = 0.86
#: A twentieth of a point, the unit of table widths, in EMU.
_TWIP = 635


class Writer:
    """One document.

    Parameters
    ----------
    language : str
    note_of : callable
        source_id → text of its footnote.
    """

    def __init__(self, language: str, note_of: Callable[[str], str]) -> None:
        self.document = Document()
        self._language = language
        self._pictures = 0
        self._set_styles()
        styles = self.document.styles
        self.notes = Footnotes(note_of, styles[_NOTE].style_id, styles[_NUMBER].style_id)
        # Style ids by name, collected once: python-docx searches all styles for every paragraph.
        self._styles = {style.name: style.style_id for style in styles}
        self._cell_style, self._quiet_style = self._styles[_CELL], self._styles[_QUIET_STYLE]
        self._body = self.document.element.body
        self._turn(self.document.sections[0], landscape=False)

    # --- styles ---------------------------------------------------------------------------------------------------

    def _set_styles(self) -> None:
        styles = self.document.styles
        made = [(_CELL, WD_STYLE_TYPE.PARAGRAPH, 8.5), (_NOTE, WD_STYLE_TYPE.PARAGRAPH, 8.0)]
        made += [(_QUIET_STYLE, WD_STYLE_TYPE.CHARACTER, 0.0), (_NUMBER, WD_STYLE_TYPE.CHARACTER, 0.0)]
        for name, kind, size in made:
            style = styles.add_style(name, kind)
            if size:
                style.base_style = styles["Normal"]
                style.font.size = Pt(size)
        for name, size in _SIZES.items():
            style = styles[name]
            style.font.size, style.font.color.rgb = Pt(size), _INK
            style.font.italic = False
            _set_fonts(style, _TEXT_FONTS if name in ("Normal", "Caption") else _HEADING_FONTS)
        for name in (_CELL, _NOTE):
            styles[name].paragraph_format.space_after = Pt(0)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        styles["List Bullet"].paragraph_format.space_after = Pt(2)
        for name, before, after in (("Heading 1", 18, 6), ("Heading 2", 14, 4), ("Heading 3", 8, 3)):
            spaced = styles[name].paragraph_format
            spaced.space_before, spaced.space_after = Pt(before), Pt(after)
        styles[_NUMBER].font.superscript = True
        styles[_QUIET_STYLE].font.color.rgb = _QUIET
        borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            styles["Title"].element.pPr.remove(borders)
        language = element("lang", val="en-US", eastAsia="zh-CN")
        own = styles["Normal"].element.get_or_add_rPr()
        own.append(language)

    # --- content --------------------------------------------------------------------------------------------------

    def title(self, words: str, below: Iterable[str]) -> None:
        """Write the title of the document and the lines below it."""
        self.document.add_paragraph(xml_text(words), style="Title")
        for line in below:
            self.document.add_paragraph(xml_text(line), style="Subtitle")

    def heading(self, words: Line, level: int) -> None:
        """Write a heading of level 1 to 3."""
        self.paragraph(words, f"Heading {level}")

    def paragraph(self, line: Line, style: str = "Normal") -> None:
        """Write a paragraph."""
        made = element("p", element("pPr", element("pStyle", val=self._styles[style])))
        self._fill(made, line)
        self._add(made)

    def _add(self, made: Any) -> None:
        self._body.find(qn("w:sectPr")).addprevious(made)

    def bullets(self, items: Iterable[Line]) -> None:
        """Write a list."""
        for item in items:
            self.paragraph(item, "List Bullet")

    def picture(self, content: bytes, alternative: str, caption: str) -> None:
        """Write a picture, with alternative text and caption."""
        # Room is left below it for the caption.
        width = round(self._width * _PICTURE)
        shape = self.document.add_picture(io.BytesIO(content), width=width)
        self._pictures += 1
        named = shape._inline.docPr
        named.set("name", f"map {self._pictures}")
        named.set("descr", xml_text(alternative))
        holder = self.document.paragraphs[-1]
        holder.paragraph_format.keep_with_next, holder.alignment = True, WD_ALIGN_PARAGRAPH.CENTER
        self.document.add_paragraph(xml_text(caption), style="Caption")

    def table(self, head: Sequence[str], rows: Iterable[Sequence[Cell]], shares: Sequence[float]) -> None:
        """Write a table whose head repeats on every page.

        Parameters
        ----------
        head : sequence of str
        rows : iterable of rows of cells
            A cell without a paragraph is merged with the one above it.
        shares : sequence of float
            Column widths as shares of the text width.
        """
        whole = self._width // _TWIP
        widths = [round(whole * share / sum(shares)) for share in shares]
        look = element(
            "tblPr",
            element("tblStyle", val=self._styles["Table Grid"]),
            element("tblW", w=str(sum(widths)), type="dxa"),
            _borders(),
            element("tblLayout", type="fixed"),
            element("tblLook", val="0420"),
        )
        grid = element("tblGrid", *(element("gridCol", w=str(width)) for width in widths))
        table = element("tbl", look, grid)
        titles = [[[Run(words, bold=True)]] for words in head]
        table.append(self._row(titles, widths, [], head=True))
        body = list(rows)
        for number, row in enumerate(body):
            follows = body[number + 1] if number + 1 < len(body) else [[[""]]] * len(row)
            pairs = zip(row, follows, strict=True)
            merged = ["continue" if not own else "restart" if not after else "" for own, after in pairs]
            table.append(self._row(row, widths, merged))
        self._add(table)
        self.paragraph([], _CELL)

    def _row(self, cells: Sequence[Cell], widths: Sequence[int], merged: Sequence[str], *, head: bool = False) -> Any:
        # Rows may break across pages: with "keep together" and footnotes LibreOffice leaves half of a page empty.
        row = element("tr", element("trPr", element("tblHeader"))) if head else element("tr")
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            own = element("tcPr", element("tcW", w=str(width), type="dxa"))
            if merged and merged[number]:
                own.append(element("vMerge", val=merged[number]))
            if head:
                own.append(element("shd", val="clear", color="auto", fill="EEF2F4"))
            made = element("tc", own)
            for line in cell or [[""]]:
                paragraph = element("p", element("pPr", element("pStyle", val=self._cell_style)))
                self._fill(paragraph, line)
                made.append(paragraph)
            row.append(made)
        return row

    def _fill(self, paragraph: Any, line: Line) -> None:
        for part in line:
            run = part if isinstance(part, Run) else Run(part)
            if run.note:
                paragraph.extend(self.notes.refer(run.note))
            elif run.text:
                made = element("r")
                if run.bold or run.quiet:
                    look = element("rPr")
                    if run.quiet:
                        look.append(element("rStyle", val=self._quiet_style))
                    if run.bold:
                        look.append(element("b"))
                    made.append(look)
                words = element("t")
                words.text = xml_text(run.text)
                words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                made.append(words)
                paragraph.append(made)

    # --- pages ----------------------------------------------------------------------------------------------------

    def turn(self, *, landscape: bool) -> None:
        """Continue on a new page, portrait or landscape."""
        self._turn(self.document.add_section(), landscape=landscape)

    def _turn(self, section: Any, *, landscape: bool) -> None:
        short, long = (Cm(side) for side in _A4_CM)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if landscape else (short, long)
        self._width = int((long if landscape else short) - 2 * Cm(_MARGIN_CM))
        for side in ("left", "right", "top", "bottom"):
            setattr(section, f"{side}_margin", Cm(_MARGIN_CM))

    def footer(self, words: str, page: str) -> None:
        """Write a footer: a line of text, then `page` with fields for ``{page}`` and ``{pages}``."""
        footer = self.document.sections[0].footer
        paragraph = footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, _, rest = page.partition("{page}")
        between, _, after = rest.partition("{pages}")
        for part in (f"{words} · {before}", "PAGE", between, "NUMPAGES", after):
            if part.isupper():
                shown = element("t")
                shown.text = "1"
                paragraph._p.append(element("fldSimple", element("r", shown), instr=part))
            elif part:
                paragraph.add_run(xml_text(part))
        style = self.document.styles["Footer"]
        style.font.size, style.font.color.rgb = Pt(8), _QUIET

    def content(self, *, title: str, author: str, keywords: str, date: str) -> bytes:
        """Return the document as bytes that depend only on its content and `date` (YYYY-MM-DD)."""
        self.notes.attach(self.document)
        about = self.document.core_properties
        day = datetime.datetime.fromisoformat(date)
        about.title, about.author, about.keywords = xml_text(title), xml_text(author)[:250], xml_text(keywords)[:250]
        about.created = about.modified = day
        about.last_modified_by, about.comments, about.language, about.revision = "geo", "", self._language, 1
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _dated(buffer.getvalue(), day)


def _set_fonts(style: Any, fonts: tuple[str, str]) -> None:
    latin, chinese = fonts
    style.font.name = latin
    own = style.element.rPr.rFonts
    for name in list(own.attrib):
        if name.endswith("Theme"):  # a theme font would override the named font
            del own.attrib[name]
    for name, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        own.set(qn(f"w:{name}"), font)


def _borders() -> Any:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return element("tblBorders", *(element(side, val="single", sz="4", space="0", color="B9C0C7") for side in sides))


def _dated(content: bytes, day: datetime.datetime) -> bytes:
    """Return the same archive with the same date on every entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return buffer.getvalue()
