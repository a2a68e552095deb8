"""Links between pages, which carry the whole state, and copy buttons."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from geo.analysis.compare import MOST_PLACES
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.parts import state

__all__ = ["copy_button", "link", "page_href", "page_url", "place_actions", "place_link"]


def page_href(page: str, selection: Selection, **own: str) -> str:
    """Return the address of a page in a state, relative to any page of the app.

    Parameters
    ----------
    page : str
        `PATH` of the page, "" for the first.
    selection : Selection
        State to carry; the map position is left out, because it belongs to one map.
    own : str
        The page's own URL parameters; empty ones are left out. Write ``with_`` for ``with``.
    """
    query = selection.replace(view=None).to_query()
    query |= {name.rstrip("_"): value for name, value in own.items() if value}
    # Commas and colons stay unescaped in the query, so that the link is readable.
    return f"./{page}?{urlencode(query, doseq=True, safe=',:')}" if query else f"./{page}"


def page_url(page: str, selection: Selection, **own: str) -> str:
    """Return the full address of a page in a state; relative if the server does not know its address."""
    href = page_href(page, selection, **own).removeprefix("./")
    return f"{st.context.url.rsplit('/', 1)[0]}/{href}" if st.context.url else href


def link(href: str, content: str, **attributes: str) -> Markup:
    """Return a link within the app; it keeps the session (``page.js``)."""
    classes = f"geo-nav {attributes.pop('class_', '')}".strip()
    return tag("a", content, href=href, target="_self", class_=classes, **attributes)


def place_link(atlas: Atlas, place_id: str, selection: Selection, *, short: bool = False) -> Markup:
    """Return a link with a place's name to its page."""
    name = atlas.name(place_id, selection.language, short=short)
    return link(page_href("place", selection.replace(place=place_id)), name)


def copy_button(label: str, language: str, copied: str | None = None) -> Markup:
    """Return a button that copies a text, or the address of the page if `copied` is None."""
    attributes = {} if copied is None else {"data_copy": copied}
    button = tag(
        "button",
        label,
        type="button",
        class_="geo-copy",
        data_done=text("share.copied", language),
        data_byhand=text("share.byhand", language),
        **attributes,
    )
    return tag("span", button, tag("span", class_="geo-copied", role="status"), class_="geo-copybox")


def place_actions(atlas: Atlas, selection: Selection, page: str) -> Markup:
    """Return links from the place in focus to other pages that show it, and a button that copies the page's address.

    Parameters
    ----------
    page : str
        `PATH` of the current page, which gets no link.
    """
    lang, place_id = selection.language, selection.place
    held = [one for one in state.kept("with").split(",") if one in atlas and one != place_id]
    compared = ",".join([*held[: MOST_PLACES - 1], place_id])
    links = {
        "map": link(page_href("", selection), text("place.on_map", lang)),
        "place": link(page_href("place", selection), text("place.page", lang)),
        "compare": link(page_href("compare", selection, with_=compared), text("place.compare", lang)),
    }
    shown = [one for name, one in links.items() if name != page]
    return tag("div", *shown, copy_button(text("share.copy_link", lang), lang), class_="geo-actions")
