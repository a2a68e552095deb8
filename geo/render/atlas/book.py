"""The atlas of a view as one PDF: a book with bookmarks, links and page numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from geo.atlas.atlas import View
from geo.base.messages import text
from geo.base.told import told
from geo.contract.notices import notice
from geo.errors import UsageError
from geo.render.atlas.pages import Pages, Section, foot
from geo.render.atlas.parts import (
    cover,
    write_contents,
    write_districts,
    write_method,
    write_policy,
    write_sources,
)
from geo.render.atlas.place import write_place
from geo.render.figure.marks import Sheet
from geo.render.figure.pdf import Document
from geo.render.figure.sheet import drawn_sheet, paper_size, readable_view

__all__ = ["atlas_pdf"]

#: Share of the work that is drawing the pages; the rest is writing them as PDF.
_DRAWN = 0.5


def atlas_pdf(view: View, *, paper: str = "a4", tell: Callable[[float], object] | None = None) -> bytes:
    """Return the atlas of a view.

    Cover, contents, index map, one or more pages for each place, districts, promises and outcomes, method, sources.

    Parameters
    ----------
    view : View
        Its places, grouped by kind; `view.selection` gives the language.
    paper : {"a4", "a3"}
        A4 is portrait; A3 is landscape and has two columns.
    tell : callable, optional
        Called repeatedly with the share done, 0 to 1.

    Returns
    -------
    bytes
        A PDF with searchable text and bookmarks; the same bytes for the same view and fonts.

    Raises
    ------
    UsageError
        If `paper` is another one, or the view shows no place.
    MissingDependencyError
        If fpdf2 or matplotlib is not installed.

    Warns
    -----
    FontWarning
        If no font with Chinese characters is installed; the atlas is then in English.

    Notes
    -----
    Some ten to twenty seconds for a layout of fifty places.
    """
    if view.places.empty:
        raise told(UsageError, "wrong.empty_view")
    width, height, _ = paper_size(paper, portrait=paper == "a4")
    view = readable_view(view)
    lang, meta = view.selection.language, view.atlas.meta
    tell = tell or _nobody
    body = _body(view, width, height, tell)
    # The number of pages of the contents does not depend on the page numbers in them.
    plain = Pages(width, height, lang)
    write_contents(plain, [Section("", 0, 0, 0.0), *body.sections])
    before = 1 + len(plain.sheets) + 1
    sections = [Section(text("atlas.index", lang), 0, before - 1, 0.0)]
    sections += [replace(one, page=one.page + before) for one in body.sections]
    contents = Pages(width, height, lang, first=1)
    write_contents(contents, sections)
    index = drawn_sheet(view, paper=paper, portrait=paper == "a4")
    sheets = [cover(view, width, height), *contents.sheets, index, *body.sheets]
    running = " · ".join((meta[f"title_{lang}"], notice(meta, lang)))
    for number, sheet in enumerate(sheets[1:], 1):
        foot(sheet, number, len(sheets), running, lang)
    return _bound(view, sheets, [*contents.sections, *sections], contents, tell)


def _nobody(share: float) -> None:
    """Ignore the progress."""


def _body(view: View, width: float, height: float, tell: Callable[[float], object]) -> Pages:
    """Return everything after the index map; its pages count from 0."""
    pages = Pages(width, height, view.selection.language)
    numbers: dict[str, int] = {}

    def cite(source_id: str) -> str:
        return f"[{numbers.setdefault(source_id, len(numbers) + 1)}]"

    order = {kind: number for number, kind in enumerate(view.atlas.rows("kinds"))}
    rows = view.atlas.place_rows
    places = sorted(view, key=lambda key: (order[rows[key]["kind"]], key))
    for number, place_id in enumerate(places, 1):
        tell(_DRAWN * (number - 1) / len(places))
        write_place(pages, view, place_id, number, cite)
        if number == 1:
            one = pages.sections[0]
            pages.sections.insert(0, Section(text("report.places", pages.language), 0, one.page, one.y))
    write_districts(pages, view, cite)
    write_policy(pages, view, cite)
    write_method(pages, view)
    write_sources(pages, view, numbers)
    return pages


def _bound(
    view: View, sheets: list[Sheet], sections: list[Section], contents: Pages, tell: Callable[[float], object]
) -> bytes:
    """Return the sheets as a PDF with its bookmarks and the links of its contents."""
    meta, lang = view.atlas.meta, view.selection.language
    document = Document(
        sheets[0].width, sheets[0].height, title=meta[f"title_{lang}"], author=meta[f"attribution_{lang}"],
        date=meta["data_date"], language=lang,
    )  # fmt: skip
    for number, sheet in enumerate(sheets):
        tell(_DRAWN + (1 - _DRAWN) * number / len(sheets))
        document.sheet(sheet)
        for section in sections:
            if section.page == number:
                document.set_y(section.y)
                document.start_section(section.title, section.level)
        for link in contents.links:
            if link.page == number:
                target = document.add_link(page=link.to + 1)
                document.link(link.left, link.top, link.width, link.height, target)
    return bytes(document.output())
