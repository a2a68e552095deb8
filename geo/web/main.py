"""One run of the app: load the atlas, read the state, show the page; called by `geo.web.script`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from importlib import resources
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import streamlit as st

from geo.base.messages import text
from geo.errors import GeoError
from geo.web.pages import pages
from geo.web.parts import page_frame, state
from geo.web.parts.titles import page_title
from geo.web.server.current import current_atlas
from geo.web.server.streamlit_internals import has_browser

if TYPE_CHECKING:
    from geo.web.server.streamlit_internals import Page

_log = logging.getLogger(__name__)

Position = Literal["hidden", "top"]

#: Session key that is set once a run has shown a complete page.
_SHOWN = "shown_before"


def _show(page: ModuleType, menu: Callable[[Position], Page]) -> None:
    atlas = current_atlas()
    selection, problems = state.begin(atlas, page.PATH)
    path = "" if page is pages()[0] else page.PATH
    st.set_page_config(page_title=page_title(atlas, path, selection.place, selection.language))
    slot = page_frame.head(atlas, selection)
    page_frame.problems_block(problems, selection.language)
    page_frame.version_block(atlas, state.parameter("data"), selection.language)
    try:
        page.render(atlas, selection)
    finally:
        page_frame.language_switch(slot, selection.language)
        if _SHOWN not in st.session_state:
            menu("top")
            st.session_state[_SHOWN] = True
    page_frame.footer(atlas, selection)


def main() -> None:
    """Run one page of the app."""
    try:
        atlas = current_atlas()
    except GeoError as error:
        st.set_page_config(layout="wide")
        for language in ("zh", "en"):
            st.error(text("web.layers.missing", language))
        st.code(str(error), language=None)
        return
    language = state.language()
    st.set_page_config(
        page_title=atlas.meta[f"title_{language}"],
        page_icon=str(resources.files("geo.web").joinpath("static/icon.svg")),
        layout="wide",
    )
    # Streamlit renders the menu's names as Markdown, for which it loads a script: on the first run the map comes first.
    _menu(language, "hidden" if has_browser() and _SHOWN not in st.session_state else "top").run()


def _menu(language: str, position: Position) -> Page:
    """Show the menu of pages, or hide it; return the requested page."""
    found = pages()
    menu = partial(_menu, language)
    return st.navigation(
        [
            st.Page(
                partial(_show, page, menu),
                title=text(page.TITLE, language),
                url_path="" if index == 0 else page.PATH,
                default=index == 0,
            )
            for index, page in enumerate(found)
        ],
        position=position,
    )


def failed(error: Exception) -> bool:
    """Show on the page that something failed, without Streamlit's own texts and links; details are in the log."""
    _log.error("a page failed", exc_info=error)
    st.error(text("web.error", state.language()))
    return True


if __name__ == "__main__":
    main()
