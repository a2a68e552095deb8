"""The news page: changes since the last release, age of each figure, what was looked for and not found."""

from __future__ import annotations

import streamlit as st

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.web.pages.blocks import news as blocks

PATH = "news"
TITLE = "web.page.news"
ORDER = 80


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    bare = selection.replace(place="", view=None)
    for block in (blocks.new, blocks.stale, blocks.not_found):
        st.html(block(atlas, bare))


__all__ = ["ORDER", "PATH", "TITLE", "render"]
