"""What the web server adds to Streamlit: our files by URL, compression, caching, and the headers that keep it closed.

Streamlit serves its own scripts (2.7 MB) uncompressed; here each is compressed once and kept. Every answer carries a
Content-Security-Policy that holds the page to its own origin; only images may also come from the tile hosts of the
basemap registry, and such a request goes out only after a user has chosen an online basemap.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import importlib
import logging
import mimetypes
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geo.errors import GeoError, MissingDependencyError, UsageError
from geo.render.map.basemaps import tile_hosts
from geo.render.map.leaflet import FRAME_SCRIPTS, frame, static_folder, vendor_folder
from geo.web.server import firstpaint, health, search_route, user_points
from geo.web.server.current import current_atlas, current_mapdata
from geo.web.server.paths import BasePath, href, inner
from geo.web.server.streamlit_internals import send_at_once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["asset_path", "content_security_policy", "middleware", "page_head", "routes"]

_log = logging.getLogger(__name__)

_FOREVER = "public, max-age=31536000, immutable"
_CHECK = "no-cache"
_COMPRESSIBLE = (".js", ".css", ".json", ".geojson", ".csv", ".svg", ".html", ".map")
_BUNDLE = "leaflet.bundle.js"
_FRAME = "map.frame.html"
_ASSETS = {".js", ".css", ".png", ".svg"}


def content_security_policy() -> str:
    """Return the policy: own origin only, images also from the tile hosts.

    Streamlit and folium need inline scripts, Streamlit evaluated ones; neither can load anything from another origin.
    """
    tiles = " ".join(f"https://{host}" for host in tile_hosts())
    rules = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {tiles}",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@lru_cache(maxsize=256)
def _file(path: Path, _modified: int) -> tuple[bytes, bytes, str]:
    """Return content, gzipped content (empty where it does not pay) and digest of a file."""
    raw = path.read_bytes()
    packed = gzip.compress(raw, compresslevel=6, mtime=0) if path.suffix in _COMPRESSIBLE else b""
    return raw, packed if len(packed) < len(raw) else b"", hashlib.sha256(raw).hexdigest()[:16]


def _read(path: Path) -> tuple[bytes, bytes, str]:
    return _file(path, path.stat().st_mtime_ns)


def _assets() -> dict[str, Path]:
    """Return URL prefix → folder of the scripts and styles that are ours to serve."""
    return {"/vendor": vendor_folder(), "/map": static_folder(), "/page": _static_folder()}


@lru_cache(maxsize=2)
def _bundle(_modified: tuple[int, ...]) -> tuple[bytes, bytes, str]:
    """Return Leaflet and our scripts as one, raw, gzipped, and its digest: one request where there were three."""
    raw = b"\n;\n".join(path.read_bytes() for path in _bundled())
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]


def _bundled() -> list[Path]:
    return [vendor_folder() / "leaflet.js", *(static_folder() / name for name in FRAME_SCRIPTS)]


def _read_bundle() -> tuple[bytes, bytes, str]:
    return _bundle(tuple(path.stat().st_mtime_ns for path in _bundled()))


async def _bundle_answer(request: Request) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(_read_bundle)
    return _answer(request, raw, packed, digest, "text/javascript", _FOREVER if request.url.query else _CHECK)


def _read_frame() -> tuple[bytes, bytes, str]:
    return _frame(asset_path(_BUNDLE), asset_path("leaflet.css"), asset_path("map.css"))


@lru_cache(maxsize=2)
def _frame(script: str, *styles: str) -> tuple[bytes, bytes, str]:
    raw = frame([script], styles).encode()
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]


async def _frame_answer(request: Request) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(_read_frame)
    return _answer(request, raw, packed, digest, "text/html", _FOREVER if digest in request.url.query else _CHECK)


def asset_path(name: str) -> str:
    """Return the URL path of a script or style, such as "map.css", with a digest of its content.

    "leaflet.bundle.js" is Leaflet and the map's own scripts in one, "map.frame.html" the document that holds the map.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    return href(_asset_path(name))


@lru_cache(maxsize=32)
def _asset_path(name: str) -> str:
    if name in (_BUNDLE, _FRAME):
        return f"/map/{name}?{(_read_bundle if name == _BUNDLE else _read_frame)()[2]}"
    for prefix, folder in _assets().items():
        if (folder / name).is_file():
            return f"{prefix}/{name}?{_read(folder / name)[2]}"
    raise UsageError(f"no script or style {name!r} in {', '.join(_assets())}")


def _answer(request: Request, raw: bytes, packed: bytes, digest: str, media_type: str, cache: str) -> Response:
    headers = {"ETag": f'"{digest}"', "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if f'"{digest}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        # An identity length would be wrong and Streamlit's own gzip layer leaves encoded answers alone.
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(raw, headers=headers, media_type=media_type)


async def _file_answer(request: Request, path: Path, cache: str) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(_read, path)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix in (".js", ".geojson"):
        media_type = {".js": "text/javascript", ".geojson": "application/geo+json"}[path.suffix]
    return _answer(request, raw, packed, digest, media_type, cache)


def _inside(folder: Path, name: str) -> Path | None:
    """Return the file `name` in `folder`, None where it is not a file inside it."""
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None


def _missing(what: str) -> Response:
    return Response(f"no {what} here", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})


async def _asset(request: Request) -> Response:
    prefix = "/" + request.url.path.split("/")[1]
    path = _inside(_assets()[prefix], request.path_params["name"])
    if path is None or path.suffix not in _ASSETS:
        return _missing("such script or style")
    return await _file_answer(request, path, _FOREVER if request.url.query else _CHECK)


async def _map_data(request: Request) -> Response:
    name = request.path_params["name"]
    body = await anyio.to_thread.run_sync(lambda: current_mapdata().body(name))
    if body is None:
        return _missing("such layer; reload the page: the data may have been built again")
    raw = b"" if "gzip" in request.headers.get("accept-encoding", "") else gzip.decompress(body)
    return _answer(request, raw, body, name.split(".")[2], "application/json", _FOREVER)


async def _layer(request: Request) -> Response:
    path = _inside(current_atlas().folder, request.path_params["path"])
    return _missing("such layer") if path is None else await _file_answer(request, path, _CHECK)


def _warm() -> None:
    """Make what the first visitor would wait for."""
    with suppress(GeoError):  # without layers the page itself says so
        current_mapdata().urls("wgs84")
        page_head()
        atlas = current_atlas()
        atlas.select()
        atlas.facts(str(atlas.places.index[0]))


def _spare_libraries() -> None:
    """Take the libraries out of garbage collection, which would walk all of them each time.

    That took half of a filter's time on the server; pypinyin, which would else come with the first search, is most of
    it. It must come before the first session: what is frozen with a session would never be collected, a user's table
    among it.
    """
    for name in ("folium", "pyarrow", "pypinyin"):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def routes() -> list[BaseRoute]:
    """Return the routes: ``/vendor`` Leaflet, ``/map`` and ``/page`` our scripts, ``/search``, the data."""
    send_at_once()
    _spare_libraries()
    threading.Thread(target=_warm, daemon=True).start()
    return [
        Route("/map/data/{name}", _map_data, methods=["GET"]),
        Route(f"/map/{_BUNDLE}", _bundle_answer, methods=["GET"]),
        Route(f"/map/{_FRAME}", _frame_answer, methods=["GET"]),
        firstpaint.route(),
        search_route.route(),
        user_points.route(),
        health.route(),
        *(Route(f"{prefix}/{{name:path}}", _asset, methods=["GET"]) for prefix in _assets()),
        Route("/layers/{path:path}", _layer, methods=["GET"]),
    ]


class SecureHeaders:
    """Set the Content-Security-Policy and its companions on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:  # an upload that was broken off: nothing of it is kept, and nothing of ours is wrong
            _log.info("a request to %s was broken off by its sender", scope["path"])


class PackedAssets:
    """Serve the scripts of Streamlit compressed once and cached, instead of raw each time.

    Their names hold a digest of their content, so a browser may keep them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.folder = _package_folder("streamlit") / "static" / "static"
        self.kept: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for such a script; pass all others on."""
        packed = scope["type"] == "http" and scope["method"] == "GET" and await self._answer(scope)
        await (packed or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        asked, headers = inner(scope["path"]), Headers(scope=scope)
        if not (asked.startswith("/static/") and asked.endswith((".js", ".css"))):
            return None
        if "gzip" not in headers.get("accept-encoding", ""):
            return None
        # A first visit asks for some sixty: what is kept costs neither a look at the disk nor a thread.
        if asked in self.kept and "if-none-match" not in headers:
            return self.kept[asked]
        path = _inside(self.folder, asked.removeprefix("/static/"))
        if path is None:
            return None
        answer = await _file_answer(Request(scope), path, _FOREVER)
        if answer.status_code == 200:
            self.kept[asked] = answer
        return answer


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


_OURS = ("/map/", "/vendor/", "/page/", "/layers/", "/mine/", "/search", "/healthz")
_NOT_PAGES = ("/static/", "/component/", "/_stcore/", "/media/", *_OURS)
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
    early = [asset_path(_BUNDLE), asset_path("leaflet.css"), asset_path("map.css")]
    with suppress(GeoError):  # without layers the page itself says so
        urls = current_mapdata().urls("wgs84")
        early += [href(urls["layout"]), href(urls["basemap"])]
    own = sorted(path.name for path in _static_folder().iterdir())
    # Within the page: a request each would hold back the first paint.
    folder = _static_folder()
    styles = ["<style>", *(_read(folder / name)[0].decode() for name in own if name.endswith(".css")), "</style>"]
    scripts = [f'<script defer src="{asset_path(name)}"></script>' for name in own if name.endswith(".js")]
    parts = [f'<link rel="modulepreload" href="{href(path)}">' for path in _streamlit_parts()]
    return "".join([*styles, *parts, *(f'<link rel="prefetch" href="{path}">' for path in early), *scripts])


@lru_cache(maxsize=1)
def _streamlit_parts() -> tuple[str, ...]:
    """Return the parts of Streamlit's own script that it would ask for only when the map arrives; none is no harm."""
    folder = _package_folder("streamlit") / "static" / "static" / "js"
    wanted = ("ComponentInstance", "IFrameUtil", "withCalculatedWidth", "urls", "Html", "purify.es")
    return tuple(f"/static/js/{path.name}" for name in wanted for path in sorted(folder.glob(f"{name}.*.js")))


def _static_folder() -> Path:
    return Path(str(resources.files("geo.web").joinpath("static")))


def _package_folder(name: str) -> Path:
    # Not imported: a component that is declared before the server runs is never registered with it.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise MissingDependencyError.of("the app", name, "app")
    return Path(spec.origin).parent


def middleware() -> list[Middleware]:
    """Return the layers around Streamlit, outermost first."""
    return [
        Middleware(BasePath, prefixes=_OURS),
        Middleware(SecureHeaders),
        Middleware(PackedAssets),
        Middleware(PageHead),
    ]
