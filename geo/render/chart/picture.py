"""The common parts of all chart pictures: heading, sources, data version and notices; export as a file."""

from __future__ import annotations

from collections.abc import Iterable

from geo.analysis.values import cell
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.notices import notice
from geo.render.figure.fonts import chinese_font, wrapped
from geo.render.figure.legend import source_lines
from geo.render.figure.marks import MUTED, Sheet

__all__ = [
    "INSIDE",
    "MARGIN",
    "PICTURE_FORMATS",
    "PICTURE_WIDTH",
    "foot",
    "head",
    "paragraph",
    "picture",
    "readable_language",
]

PICTURE_FORMATS = ("svg", "png")

#: Width of a picture, its margin, and the width between the margins, in points.
PICTURE_WIDTH, MARGIN = 660.0, 24.0
INSIDE = PICTURE_WIDTH - 2 * MARGIN
#: Factor for the wrap width: in a raster picture small letters come out wider than measured.
_WRAPPED = 0.965

#: Gap between two columns of sources, and their font size.
_GAP, _SMALL = 14.0, 6.2

#: Two pixels per point: sharp on a slide.
_DPI = 144


def paragraph(sheet: Sheet, y: float, said: str, size: float) -> float:
    """Write a grey paragraph across the sheet; return where the next may begin."""
    return sheet.lines(MARGIN, y, wrapped(said, INSIDE * _WRAPPED, size), size, size * 1.42, colour=MUTED)


def readable_language(language: str) -> str:
    """Return the language to use: English if no installed font has Chinese characters."""
    return language if chinese_font() is not None else "en"


def head(title: str, below: str = "") -> tuple[Sheet, float]:
    """Return a sheet with a title and a grey line below it, and where the content may begin."""
    sheet = Sheet(PICTURE_WIDTH, 0.0)
    y = sheet.lines(MARGIN, MARGIN, wrapped(title, INSIDE, 13, bold=True), 13, 18, bold=True)
    if below:
        y = paragraph(sheet, y + 2, below, 8)
    return sheet, y


def foot(sheet: Sheet, atlas: Atlas, source_ids: Iterable[str], y: float, language: str) -> Sheet:
    """Write all sources, numbered, then title, date and version of the data, and notices; end the sheet there."""
    known, readable = atlas.rows("sources"), chinese_font() is not None
    wide, spacing = (INSIDE - _GAP) / 2, _SMALL * 1.45
    entries = [source_lines(known[one], language, wide - 14, _SMALL, readable=readable) for one in source_ids]
    if entries:
        y = sheet.lines(MARGIN, y, [text("figure.sources", language)], _SMALL + 1, 12, bold=True)
        columns: list[list[str]] = [[], []]
        half, total = sum(map(len, entries)) / 2, 0
        for number, (first, *more) in enumerate(entries, start=1):
            columns[total >= half] += [f"{number}. {first}", *more]
            total += 1 + len(more)
        ends = [
            sheet.lines(left, y, lines, _SMALL, spacing, colour=MUTED)
            for left, lines in zip((MARGIN, MARGIN + wide + _GAP), columns, strict=True)
        ]
        y = max(ends) + 6
    meta = atlas.meta
    dated = text("web.data_date", language, date=meta["data_date"], version=meta["version"])
    told = [" · ".join((cell(meta, f"title_{language}"), dated)), cell(meta, f"attribution_{language}")]
    told.append(notice(meta, language) if readable else text("figure.no_font.note", "en"))
    for one in told:
        y = paragraph(sheet, y, one, 6.8)
    sheet.height = round(y + MARGIN / 2)
    return sheet


def picture(drawn: Sheet, file_format: str, *, title: str, language: str) -> bytes:
    """Return a sheet as a file; the same bytes for the same data and fonts.

    Parameters
    ----------
    drawn : Sheet
    file_format : str
        One of `PICTURE_FORMATS`.
    title, language : str
        Metadata of the file.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    if file_format == "svg":
        from geo.render.figure.svg import svg_bytes

        return svg_bytes(drawn, title=title, language=language)
    from geo.render.figure.png import png_bytes

    return png_bytes(drawn, title=title, dpi=_DPI)
