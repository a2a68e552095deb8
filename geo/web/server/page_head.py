"""What is added to the head of every page."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.errors import GeoError
from geo.web.server.assets import BUNDLE, asset_path, package_folder, read_asset, static_folder_of_pages
from geo.web.server.current import current_mapdata
from geo.web.server.paths import href, inner

__all__ = ["page_head"]


class PageHead:
    """Add our style and scripts to the head of Streamlit's page, and ask early for what the map will need.

    So they are sent once with the page, not with every run of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where the answer is an HTML page with a head, add to it."""
        if scope["type"] != "http" or scope["method"] != "GET" or inner(scope["path"]).startswith(_NOT_PAGES):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                if not _is_html(message):
                    await send(message)
            elif not _is_html(start):
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    whole = body.replace(b"</head>", page_head().encode() + b"</head>", 1)
                    headers = MutableHeaders(scope=start)
                    headers["Content-Length"] = str(len(whole))
                    headers["ETag"] = f'"{hashlib.sha256(whole).hexdigest()[:16]}"'
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})

        # A range, a 304 or Streamlit's own packing (which it does for every page but the first) would not fit the page
        # as we send it.
        wanted = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONAL]
        await self.app({**scope, "headers": wanted}, receive, hold)


OWN_PATHS = ("/map/", "/vendor/", "/page/", "/layers/", "/mine/", "/search", "/healthz")


_NOT_PAGES = ("/static/", "/component/", "/_stcore/", "/media/", *OWN_PATHS)


_CONDITIONAL = (b"range", b"if-range", b"if-none-match", b"if-modified-since", b"accept-encoding")


def _is_html(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("content-type", "").startswith("text/html")
        and "content-encoding" not in headers
    )


def page_head() -> str:
    """Return what is added to the head of every page: all styles and scripts of ``geo/web/static``."""
    early = [asset_path(BUNDLE), asset_path("leaflet.css"), asset_path("map.css")]
    with suppress(GeoError):  # without layers the page itself says so
        urls = current_mapdata().urls("wgs84")
        early += [href(urls["layout"]), href(urls["basemap"])]
    own = sorted(path.name for path in static_folder_of_pages().iterdir())
    # Within the page: a request each would hold back the first paint.
    folder = static_folder_of_pages()
    styles = ["<style>", *(read_asset(folder / name)[0].decode() for name in own if name.endswith(".css")), "</style>"]
    scripts = [f'<script defer src="{asset_path(name)}"></script>' for name in own if name.endswith(".js")]
    parts = [f'<link rel="modulepreload" href="{href(path)}">' for path in _streamlit_parts()]
    return "".join([*styles, *parts, *(f'<link rel="prefetch" href="{path}">' for path in early), *scripts])


@lru_cache(maxsize=1)
def _streamlit_parts() -> tuple[str, ...]:
    """Return the parts of Streamlit's own script that it would ask for only when the map arrives; none is no harm."""
    folder = package_folder("streamlit") / "static" / "static" / "js"
    wanted = ("ComponentInstance", "IFrameUtil", "withCalculatedWidth", "urls", "Html", "purify.es")
    return tuple(f"/static/js/{path.name}" for name in wanted for path in sorted(folder.glob(f"{name}.*.js")))
