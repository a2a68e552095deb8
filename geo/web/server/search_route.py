"""The search box of every page: what is typed goes to ``/search``, the hits come back as links (``find.js``).

The box is on every page, so it also carries the words that ``words.js`` puts in place of Streamlit's own.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo.analysis.search import Hit, Index
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS
from geo.base.messages import LANGUAGES, catalogue, text
from geo.web.parts.text import tag
from geo.web.server.current import current_atlas

__all__ = ["answer", "box", "found", "route"]

#: A hit without a place of its own is shown at this zoom.
_CLOSE = 15

_LONGEST = 80

#: What a link to another page keeps of the state.
_KEPT = (*FILTERS.values(), "q", "measure", "basemap", "lang")


@lru_cache(maxsize=2)
def _index(atlas: Atlas) -> Index:
    return Index(atlas)


def found(atlas: Atlas, query: str, language: str) -> list[dict[str, Any]]:
    """Return the best hits for a text, as the browser needs them.

    Returns
    -------
    list of dict
        kind and word (its name), id, name, other (name in the other language), page ("" for the map) and set: the
        parameters of the link, such as place, at or item.
    """
    other = next(one for one in LANGUAGES if one != language)
    hits = []
    for hit in _index(atlas).search(query[:_LONGEST]):
        names = {"zh": hit.name_zh, "en": hit.name_en}
        page, parameters = _target(atlas, hit)
        word = text(f"search.kind.{hit.kind}", language)
        if hit.kind in ("institution", "station") and hit.lon is None:
            word += " · " + text("search.unplaced", language)
        hits.append(
            {
                "kind": hit.kind,
                "word": word,
                "id": hit.id,
                "name": names[language] or names[other],
                "other": names[other] if names[other] != names[language] and hit.kind != "policy" else "",
                "page": page,
                "set": parameters,
            }
        )
    return hits


def _target(atlas: Atlas, hit: Hit) -> tuple[str, dict[str, str]]:
    if hit.kind == "policy":
        return "policy", {"item": hit.id}
    if hit.kind in ("place", "district"):
        return "", {"place": hit.id}
    parameters = {}
    if hit.kind == "institution":
        place = atlas.institutions.at[hit.id, "place_id"]
        if isinstance(place, str):
            parameters["place"] = place
    if hit.lon is not None and hit.lat is not None:
        parameters["at"] = f"{hit.lat:.5f},{hit.lon:.5f},{_CLOSE}"
    return "", parameters


async def answer(request: Request) -> Response:
    """Answer ``/search?q=…&lang=…`` with JSON: count in words, and the hits."""
    query = request.query_params.get("q", "").strip()
    language = request.query_params.get("lang", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    hits = await anyio.to_thread.run_sync(lambda: found(current_atlas(), query, language))
    said = text("search.count", language, count=len(hits)) if hits else text("search.none", language)
    return JSONResponse({"said": said, "hits": hits}, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route for `geo.web.server.routes.routes`."""
    return Route("/search", answer, methods=["GET"])


def box(language: str) -> str:
    """Return the search box as HTML: a combobox, used with the arrow keys, Enter and Escape."""
    label = text("search.label", language)
    field = tag(
        "input",
        type="search",
        class_="geo-find-field",
        role="combobox",
        aria_label=label,
        aria_expanded="false",
        aria_autocomplete="list",
        aria_controls="geo-find-list",
        autocomplete="off",
        spellcheck="false",
        maxlength=str(_LONGEST),
        placeholder=text("search.hint", language),
    )
    hits = tag("ul", class_="geo-find-list", id="geo-find-list", role="listbox", aria_label=label, hidden="hidden")
    said = tag("span", class_="geo-find-said", role="status")
    return tag(
        "div",
        field,
        hits,
        said,
        class_="geo-find",
        role="search",
        data_lang=language,
        data_keep=" ".join(_KEPT),
        data_failed=text("search.failed", language),
        data_words=_words(language),
    )


@lru_cache(maxsize=len(LANGUAGES))
def _words(language: str) -> str:
    """Return as JSON what ``words.js`` says in place of Streamlit's own English: words, those of options, the menu."""
    said: dict[str, Any] = {"lang": "zh-CN" if language == "zh" else language}
    for group in ("word", "option"):
        own = {key: one for key, one in catalogue().items() if key.startswith(f"streamlit.{group}.")}
        said[f"{group}s"] = {one["en"]: one[language] for one in own.values() if one["en"] != one[language]}
    others = {"menu": "web.menu", "filters": "web.menu.filters", "map": "web.map.frame"}
    said |= {name: text(message, language) for name, message in others.items()}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
