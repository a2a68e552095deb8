"""Our additions to the head of every page."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import suppress
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.base.messages import LANGUAGES, text
from geo.errors import GeoError
from geo.render.markup import tag
from geo.web.pages import pages
from geo.web.server import assistants, doors
from geo.web.server.assets import (
    BUNDLE,
    CHECK_AGAIN,
    answer,
    asset_path,
    read_asset,
    static_folder_of_pages,
    streamlit_folder,
)
from geo.web.server.current import current_mapdata
from geo.web.server.page_tags import with_words
from geo.web.server.paths import base_path, href, inner
from geo.web.server.previews import PREVIEWS

__all__ = ["addresses", "page_head"]


class PageHead:
    """Add our styles and scripts to the head of Streamlit's page, and preload what the map needs.

    So they are sent once per page, not with every run. Streamlit answers unknown addresses with its page too; if no
    page of ours has the address, the answer is 404.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if the answer is Streamlit's page, send ours."""
        if scope["type"] != "http" or scope["method"] != "GET" or inner(scope["path"]).startswith(_NOT_PAGES):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif _is_html(start):
                body += message.get("body", b"")
            if not _is_html(start):
                await send(message)
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                await _page(Request(scope), body)(scope, receive, send)

        # A range, a 304 or Streamlit's compression (of every page but the first) would not match the page that we send.
        wanted = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONAL]
        await self.app({**scope, "headers": wanted}, receive, hold)


OUR_PATHS = (
    "/map/",
    "/vendor/",
    "/page/",
    "/layers/",
    "/points/",
    "/search",
    "/healthz",
    PREVIEWS,
    assistants.PATH,
    *doors.paths(),
)


BEFORE = "before.js"


_NOT_PAGES = ("/component/", *OUR_PATHS)


_NEVER_KEPT = {"Cache-Control": "no-store"}


_CONDITIONAL = (b"range", b"if-range", b"if-none-match", b"if-modified-since", b"accept-encoding")


def _is_html(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")


def _page(request: Request, body: bytes) -> Response:
    """Return our answer to a request that Streamlit answered with a page."""
    path = inner(request.scope["path"]).strip("/")
    if path not in addresses():
        home = href("/")
        lines = [
            tag("p", tag("span", text("server.nothing", language)), " ",
                tag("a", text("server.nothing.home", language), href=home), lang=language)
            for language in LANGUAGES
        ]  # fmt: skip
        return HTMLResponse("<!doctype html>\n<title>404</title>\n" + "\n".join(lines), 404, _NEVER_KEPT)
    worded = with_words(body, doors.site_address(request), path, dict(request.query_params))
    return answer(request, *_with_head(worded, page_head()), "text/html", CHECK_AGAIN)


@lru_cache(maxsize=1)
def addresses() -> frozenset[str]:
    """Return the paths of the pages below the base path; the first page has none."""
    return frozenset({"", *(page.PATH for page in pages()[1:])})


@lru_cache(maxsize=64)
def _with_head(body: bytes, head: str) -> tuple[bytes, bytes, str]:
    """Return a page with `head` added: raw, gzipped, digest."""
    raw = body.replace(b"<head>", b"<head>" + _before().encode(), 1).replace(b"</head>", head.encode() + b"</head>", 1)
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]


def _before() -> str:
    """Return the tags that must come before Streamlit's own script."""
    return tag("script", src=asset_path(BEFORE), data_base=base_path())


def page_head() -> str:
    """Return the tags for the head of every page: all styles and scripts in ``geo/web/static``."""
    early = [asset_path(BUNDLE), asset_path("leaflet.css"), asset_path("map.css")]
    with suppress(GeoError):  # without layers the page itself shows the error
        urls = current_mapdata().urls("wgs84")
        early += [href(urls["layout"]), href(urls["basemap"])]
    own = sorted(path.name for path in static_folder_of_pages().iterdir())
    # Inline, because a request for each file would delay the first paint.
    folder = static_folder_of_pages()
    styles = ["<style>", *(read_asset(folder / name)[0].decode() for name in own if name.endswith(".css")), "</style>"]
    late = [name for name in own if name.endswith(".js") and name != BEFORE]
    scripts = [f'<script defer src="{asset_path(name)}"></script>' for name in late]
    parts = [f'<link rel="modulepreload" href="{href(path)}">' for path in _streamlit_parts()]
    return "".join([*styles, *parts, *(f'<link rel="prefetch" href="{path}">' for path in early), *scripts])


@lru_cache(maxsize=1)
def _streamlit_parts() -> tuple[str, ...]:
    """Return the parts of Streamlit's script that it would load only when the map arrives; () if not found."""
    folder = streamlit_folder() / "static" / "static" / "js"
    wanted = ("ComponentInstance", "IFrameUtil", "withCalculatedWidth", "urls", "Html", "purify.es")
    return tuple(f"/static/js/{path.name}" for name in wanted for path in sorted(folder.glob(f"{name}.*.js")))
