"""Texts in the initial HTML of a page: title, description, og: tags, link to the other language.

Streamlit sends the same shell with the title "Streamlit" for every page; search engines and messengers, which run no
JavaScript, would see nothing else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlencode

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, html_lang, text
from geo.errors import GeoError
from geo.render.head import card_tags
from geo.render.markup import tag
from geo.web.parts.titles import page_description, page_title
from geo.web.server.current import current_atlas
from geo.web.server.previews import preview_path

__all__ = ["with_words"]

_TITLE = re.compile(rb"<title>.*?</title>", re.DOTALL)
_NO_SCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
_SERVICE = re.compile(rb'<link rel="service-desc"[^>]*>')
_LANGUAGE = re.compile(rb'<html lang="[a-z]+"')


def with_words(body: bytes, site: str, path: str, query: dict[str, str]) -> bytes:
    """Insert the title and description of a page into Streamlit's HTML.

    Parameters
    ----------
    body : bytes
    site : str
        Address of the app, without trailing slash.
    path : str
        Path of the page, "" for the first page.
    query : dict
        Query parameters; an invalid ``place`` or ``lang`` is ignored.
    """
    try:
        atlas = current_atlas()
    except GeoError:  # the page itself shows the error
        return body
    language = query.get("lang", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    place = query.get("place", "")
    return _worded(body, atlas, site, path, atlas.find(place) if place in atlas else "", language)


@lru_cache(maxsize=256)
def _worded(body: bytes, atlas: Atlas, site: str, path: str, place_id: str, language: str) -> bytes:
    title, about = page_title(atlas, path, place_id, language), page_description(atlas, place_id, language)
    addresses = {one: _address(site, path, place_id, one) for one in LANGUAGES}
    drawn = preview_path(atlas, place_id)
    picture, site_name = f"{site}{drawn}" if drawn else "", str(atlas.meta[f"title_{language}"])
    lines = [tag("title", title), *card_tags(title, about, site_name, language, addresses, picture)]
    if place_id:
        data = f"{site}/data/places/{place_id}.json"
        lines.append(tag("link", rel="alternate", type="application/json", href=data))
    no_script = tag(
        "noscript",
        tag("h1", title),
        tag("p", about),
        tag("p", tag("a", text("web.head.data", language), href=f"{site}/data/index.json")),
    )
    made = _TITLE.sub(lambda _: "".join(lines).encode(), body, count=1)
    made = _NO_SCRIPT.sub(lambda _: no_script.encode(), made, count=1)
    made = _SERVICE.sub(lambda _: tag("link", rel="service-desc", href=f"{site}/ogc/api").encode(), made, count=1)
    return _LANGUAGE.sub(f'<html lang="{html_lang(language)}"'.encode(), made, count=1)


def _address(site: str, path: str, place_id: str, language: str) -> str:
    query = {"place": place_id, "lang": language if language != LANGUAGES[0] else ""}
    given = {name: value for name, value in query.items() if value}
    return f"{site}/{path}?{urlencode(given)}" if given else f"{site}/{path}"
