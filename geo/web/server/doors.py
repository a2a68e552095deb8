"""HTTP endpoints for other programs: the answers of `geo.api`, CORS, robots.txt and the sitemap.

The data are public, so scripts of any page may read them (CORS). Cookies and sessions are ignored, so an answer can
never contain a user's own table.
"""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from geo.api.asking import Ask, RefusedError, Reply, refusal
from geo.api.door import PREFIXES, answer, kept_answer
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.head import sitemap
from geo.web.pages import pages
from geo.web.server import assets
from geo.web.server.current import current_atlas
from geo.web.server.negotiation import header_weights
from geo.web.server.paths import base_path, href
from geo.web.server.streamlit_internals import OWN_ROUTES

__all__ = ["OPEN", "Doors", "paths", "routes", "site_address"]

_log = logging.getLogger(__name__)

#: Headers that let any page read the answers, without the visitor's cookies.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Crs, Content-Disposition",
}

_PREFLIGHT = {
    **OPEN,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}

_ROBOTS, _SITEMAP = "/robots.txt", "/sitemap.xml"

#: Addresses of no use to crawlers: sessions, searches, pages of long lists.
_NOT_FOR_CRAWLERS = (OWN_ROUTES, "/media/", "/points/", "/search", "/data/facts.", "/ogc/")


def paths() -> tuple[str, ...]:
    """Return the path prefixes of the endpoints."""
    return (*PREFIXES, _ROBOTS, _SITEMAP)


def site_address(request: Request) -> str:
    """Return the address of the app as used by this request, without trailing slash."""
    host = request.headers.get("host") or request.url.netloc
    return f"{request.scope['scheme']}://{host}{base_path()}"


async def _answer(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_PREFLIGHT)
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("these addresses only tell: ask with GET", 405, {"Allow": _PREFLIGHT["Allow"]})
    if request.scope["path"] == "/data/":
        return RedirectResponse(href("/data"), 308)
    ask = Ask(
        request.scope["path"],
        tuple(request.query_params.multi_items()),
        _form(request.headers.get("accept", "")),
        site_address(request),
    )
    atlas = current_atlas()
    # An answer from the cache needs no thread.
    reply = kept_answer(atlas, ask)
    if reply is None:
        try:
            limiter = _pictures() if ask.path.endswith(".png") else None
            reply = await anyio.to_thread.run_sync(answer, atlas, ask, limiter=limiter)
        except Exception:  # an unexpected error is answered too; details are in the log
            _log.exception("%s failed", ask.path[:200])
            reply = refusal(RefusedError.of("failed"))
    return _response(request, reply)


@cache
def _pictures() -> anyio.CapacityLimiter:
    """Return a limiter that draws one raster picture at a time; the other requests wait without a thread."""
    return anyio.CapacityLimiter(1)


@lru_cache(maxsize=64)
def _form(accept: str) -> str:
    """Return "html" if an Accept header prefers HTML to JSON, as a browser's does; otherwise ""."""
    weights = header_weights(accept)
    json = max((weight for name, weight in weights.items() if name.endswith("json")), default=0.0)
    return "html" if weights.get("text/html", 0.0) > json else ""


def _response(request: Request, reply: Reply) -> Response:
    if reply.status >= 400:
        headers = {**OPEN, **reply.headers, "Cache-Control": "no-store"}
        return Response(reply.body, reply.status, headers, reply.media_type)
    made = assets.answer(request, reply.body, reply.packed, reply.digest, reply.media_type, assets.CHECK_AGAIN)
    made.status_code = made.status_code if made.status_code == 304 else reply.status
    made.headers.update({**OPEN, **reply.headers, "Vary": "Accept, Accept-Encoding"})
    return made


def _page_addresses(atlas: Atlas, site: str) -> list[dict[str, str]]:
    """Return the addresses of every page and every place page, by language."""
    found: list[tuple[str, dict[str, str]]] = [("", {}), *((page.PATH, {}) for page in pages()[1:])]
    found += [("place", {"place": place_id}) for place_id in atlas]
    return [{language: site + _address(path, own, language) for language in LANGUAGES} for path, own in found]


def _address(path: str, own: dict[str, str], language: str) -> str:
    query = own | ({} if language == LANGUAGES[0] else {"lang": language})
    return f"/{path}?{urlencode(query)}" if query else f"/{path}"


async def _robots(request: Request) -> Response:
    closed = (f"Disallow: {href(path)}" for path in _NOT_FOR_CRAWLERS)
    lines = ["User-agent: *", *closed, f"Sitemap: {site_address(request)}{_SITEMAP}", ""]
    return PlainTextResponse("\n".join(lines), headers={"Cache-Control": assets.CHECK_AGAIN})


async def _sitemap(request: Request) -> Response:
    atlas = current_atlas()
    body = sitemap(_page_addresses(atlas, site_address(request)), str(atlas.meta["data_date"]))
    return Response(body, headers={"Cache-Control": assets.CHECK_AGAIN}, media_type="application/xml")


class Doors:
    """Answer requests to the endpoints before Streamlit's layers see them, which halves the cost of an answer.

    Streamlit's layers handle session cookies and compression, which these answers do not need: they have no session and
    are compressed once. There is no router either, because `geo.api.door` resolves the address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        # Includes unknown addresses with such a prefix: they are 404, whereas Streamlit would answer with its page.
        ours = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (await _answer(Request(scope, receive)) if ours else self.app)(scope, receive, send)


def routes() -> list[Route]:
    """Return the routes for crawlers, for `geo.web.server.routes.routes`."""
    return [Route(_ROBOTS, _robots, methods=["GET"]), Route(_SITEMAP, _sitemap, methods=["GET"])]
