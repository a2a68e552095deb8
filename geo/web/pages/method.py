"""The method page: meanings of words, rules, how boundaries were drawn, what is unknown."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.pages.blocks import method as blocks

PATH = "method"
TITLE = "web.page.method"
ORDER = 90

#: Section → function that makes its HTML, in page order.
_SECTIONS: dict[str, Callable[[Atlas, Selection], Markup]] = {
    "unknown": blocks.unknown_block,
    "kinds": blocks.kinds_block,
    "clusters": blocks.clusters_block,
    "marks": blocks.marks_block,
    "rules": blocks.rules_block,
    "boundaries": blocks.boundaries_block,
    "measures": blocks.measures_block,
    "basemap": blocks.basemap_block,
    "cite": blocks.cite_block,
    "dictionary": blocks.dictionary_block,
    "sources": blocks.sources_block,
}


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    contents = [
        tag("li", tag("a", text(f"method.{name}", lang), href=f"#method-{name}", target="_self")) for name in _SECTIONS
    ]
    head = [tag("h2", text("method.title", lang)), tag("p", text("method.intro", lang))]
    nav = tag("nav", tag("ul", *contents, class_="geo-toc"), aria_label=text("method.toc", lang))
    st.html(tag("div", *head, nav, class_="geo-method-page"))
    for name, block in _SECTIONS.items():
        title = tag("h2", text(f"method.{name}", lang), id=f"method-{name}")
        st.html(tag("section", title, block(atlas, selection.replace(place="", view=None)), class_="geo-method-page"))


__all__ = ["ORDER", "PATH", "TITLE", "render"]
