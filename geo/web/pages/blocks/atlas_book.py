"""The atlas to print, on the export page: made when asked for while the page says how far it is, then to download."""

from __future__ import annotations

import streamlit as st

from geo.analysis.units import percent_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import GeoError
from geo.render.figure.sheet import PAPERS
from geo.render.markup import tag
from geo.web.parts.downloads import download
from geo.web.parts.telling import Telling, visitor
from geo.web.parts.text import error_text
from geo.web.server.books import books

__all__ = ["atlas_book"]


def atlas_book(atlas: Atlas, language: str) -> None:
    """Offer the atlas of the whole layout: a button that makes it, a download where it was made already."""
    intro = text("export.page.atlas.intro", language)
    st.html(tag("section", tag("h3", text("export.page.atlas", language)), tag("p", intro), class_="geo-section"))
    label = text("export.page.atlas.paper", language)
    paper = str(
        st.segmented_control(label, list(PAPERS), format_func=str.upper, default="a4", key="atlas_paper", required=True)
    )
    place = st.empty()
    book = books.kept(atlas, language, paper)
    if book is None:
        asked = place.button(text("export.page.atlas.make", language), key="atlas_make", icon=":material/menu_book:")
        if asked:
            with place.container():
                book = _made(atlas, language, paper)
    if book is None:
        return
    with place.container():
        name = f"{text('export.page.atlas', language)} {paper.upper()} PDF"
        file_name = f"{atlas.meta['atlas_id']}-{paper}-{language}.pdf"
        label = text("export.page.download", language, name=name)
        download(label, lambda: book, file_name, "atlas_download", kind="secondary")


def _made(atlas: Atlas, language: str, paper: str) -> bytes | None:
    """Return the atlas when its turn came and it was made; None where it could not be, which is said."""
    telling = Telling()

    def wait(before: int) -> None:
        telling.say(text("export.page.atlas.queue", language, count=before))

    def watch(share: float) -> None:
        telling.say(text("export.page.atlas.making", language, share=percent_text(round(share, 2))))

    try:
        book = books.made(atlas, language, paper, visitor(), wait=wait, watch=watch)
    except GeoError as error:
        telling.end()
        st.html(tag("div", error_text(error, language), class_="geo-warning", role="alert"))
        return None
    telling.end()
    return book
