"""The printed atlas on the export page: a button to make it, its progress, then the download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geo.analysis.units import percent_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.figure.fonts import can_draw, font_words
from geo.render.figure.sheet import PAPERS
from geo.render.markup import tag
from geo.web.parts.downloads import download
from geo.web.server.books import Book, books

__all__ = ["atlas_book"]

#: Seconds between two updates of the progress.
_PACE_S = 1.0


def atlas_book(atlas: Atlas, language: str) -> None:
    """Show the button that makes the atlas of the whole layout, then its progress, then the download."""
    said = [tag("p", text("export.page.atlas.intro", language))]
    if can_draw() and (missing := font_words(language)):
        said.append(tag("p", missing, class_="geo-note", role="status"))
    st.html(tag("section", tag("h3", text("export.page.atlas", language)), *said, class_="geo-section"))
    label = text("export.page.atlas.paper", language)
    paper = str(
        st.segmented_control(label, list(PAPERS), format_func=str.upper, default="a4", key="atlas_paper", required=True)
    )
    book = books.of(atlas, language, paper)
    if book is not None and book.error is not None:
        st.html(tag("div", book.error.in_language(language), class_="geo-warning", role="alert"))
        book = None  # it failed, and may be requested again
    if book is None:
        st.button(
            text("export.page.atlas.make", language),
            key="atlas_make",
            icon=":material/menu_book:",
            on_click=_ask,
            args=(atlas, language, paper),
        )
    elif book.body is None:
        st.fragment(partial(_under_way, book, language), run_every=_PACE_S)()
    else:
        name = f"{text('export.page.atlas', language)} {paper.upper()} PDF"
        file_name = f"{atlas.meta['atlas_id']}-{paper}-{language}.pdf"
        label = text("export.page.download", language, name=name)
        download(label, partial(_body, book), file_name, "atlas_download", kind="secondary")


def _ask(atlas: Atlas, language: str, paper: str) -> None:
    books.ask(atlas, language, paper)


def _under_way(book: Book, language: str) -> None:
    """Show the progress of an atlas; rerun the page once it is finished or has failed."""
    if book.ended.is_set():
        st.rerun()
    before = books.before(book)
    if before:
        said = text("export.page.atlas.queue", language, count=before)
    else:
        said = text("export.page.atlas.making", language, share=percent_text(round(book.share, 2)))
    st.html(tag("div", said, class_="geo-note", role="status"))


def _body(book: Book) -> bytes:
    return book.body or b""
