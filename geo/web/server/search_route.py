"""The search of every page: ``/search`` takes the query and returns hits as links (``find.js``).

The search box is on every page, so it also carries the texts that ``words.js`` puts in place of Streamlit's own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo.analysis.search import WORST, Index, Named, kind_text, zoom_to
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.web.server.current import current_atlas

__all__ = ["answer", "found", "route"]


@lru_cache(maxsize=2)
def _index(atlas: Atlas) -> Index:
    return Index(atlas)


def found(atlas: Atlas, query: str, language: str) -> list[dict[str, Any]]:
    """Return the best hits for a query, in the form that the browser needs.

    Returns
    -------
    list of dict
        kind and word (name of the kind), id, name, other (name in the other language), page ("" for the map) and set:
        parameters of the link, such as place, at or item; near: True for a guess that differs by one character.
    """
    other = next(one for one in LANGUAGES if one != language)
    hits = []
    for hit in _hits(atlas, query):
        names = {"zh": hit.name_zh, "en": hit.name_en}
        page, parameters = _target(atlas, hit)
        word = kind_text(atlas, hit.kind, language)
        if hit.kind in ("institution", "station") and hit.lon is None:
            word += " · " + text("search.unplaced", language)
        if hit.score > WORST:
            word = text("search.maybe", language, word=word)
        hits.append(
            {
                "kind": hit.kind,
                "word": word,
                "id": hit.id,
                "name": names[language] or names[other],
                "other": names[other] if names[other] != names[language] and hit.kind != "policy" else "",
                "near": hit.score > WORST,
                "page": page,
                "set": parameters,
            }
        )
    return hits


def _hits(atlas: Atlas, query: str) -> list[Named]:
    """Return the hits for a query; if there are none, near matches."""
    index = _index(atlas)
    return index.search(query) or index.near(query)


def _target(atlas: Atlas, hit: Named) -> tuple[str, dict[str, str]]:
    pages = {"policy": ("policy", "item"), "measure": ("rank", "measure"), "cluster": ("", "cluster")}
    if hit.kind in pages:
        page, name = pages[hit.kind]
        return page, {name: hit.id}
    if hit.kind in ("place", "district"):
        return "", {"place": hit.id}
    if hit.kind == "service":
        return "firms", {"table": "services", "name": hit.id}
    parameters = {}
    if hit.kind == "institution":
        parameters["institution"] = hit.id
        if hit.lon is None:
            return "firms", parameters
        place = atlas.institutions.at[hit.id, "place_id"]
        if isinstance(place, str):
            parameters["place"] = place
    if hit.lon is not None and hit.lat is not None:
        parameters["at"] = f"{hit.lat:.5f},{hit.lon:.5f},{zoom_to(hit.kind)}"
    return "", parameters


async def answer(request: Request) -> Response:
    """Answer ``/search?q=…&lang=…`` with JSON: the number of hits in words, and the hits."""
    query = request.query_params.get("q", "").strip()
    language = request.query_params.get("lang", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    hits = await anyio.to_thread.run_sync(lambda: found(current_atlas(), query, language))
    said = text("search.count", language, count=len(hits)) if hits else text("search.none", language)
    if any(hit["near"] for hit in hits):
        said = text("search.near", language)
    return JSONResponse({"said": said, "hits": hits}, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route for `geo.web.server.routes.routes`."""
    return Route("/search", answer, methods=["GET"])
