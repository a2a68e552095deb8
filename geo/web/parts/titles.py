"""Title and description of a page, for the browser's tab, search results and link previews."""

from __future__ import annotations

from geo.analysis.place_words import place_description
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.notices import notice
from geo.web.pages import pages

__all__ = ["page_description", "page_title"]


def page_title(atlas: Atlas, path: str, place_id: str, language: str) -> str:
    """Return the title of a page: place in focus, name of the page, title of the map.

    Parameters
    ----------
    atlas : Atlas
    path : str
        `PATH` of the page, "" for the first.
    place_id : str
        "" if no place, or no valid place, is in focus.
    language : str
    """
    home = str(atlas.meta[f"title_{language}"])
    page = next((one for number, one in enumerate(pages()) if path == (one.PATH if number else "")), None)
    named = atlas.name(place_id, language) if place_id in atlas else ""
    kind = text(page.TITLE, language) if page is not None and path not in ("", "place") else ""
    return " · ".join(filter(None, [named, kind, home]))


def page_description(atlas: Atlas, place_id: str, language: str) -> str:
    """Return the description of a page in one line: kind, district and main figures of a place, or of the whole map."""
    if place_id not in atlas:
        subtitle = str(atlas.meta.get(f"subtitle_{language}") or atlas.meta[f"title_{language}"])
        return " · ".join([subtitle, notice(atlas.meta, language)])
    return place_description(atlas, place_id, language)
