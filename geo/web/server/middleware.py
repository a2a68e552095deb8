"""Middleware around Streamlit: security headers, endpoints, compressed scripts, the head of the page."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.render.map.basemaps import tile_hosts
from geo.web.server.assets import KEEP_FOREVER, file_answer, path_inside, streamlit_folder
from geo.web.server.assistants import Assistants
from geo.web.server.connections import Sessions, bounds, file_limit
from geo.web.server.doors import Doors
from geo.web.server.embedding import origins
from geo.web.server.hosts import AllowedHosts, allowed_hosts, refuse
from geo.web.server.negotiation import Negotiation, accepts_gzip
from geo.web.server.page_head import OUR_PATHS, PageHead
from geo.web.server.paths import BasePath, inner
from geo.web.server.streamlit_internals import is_wanted
from geo.web.server.uploads import Uploads

__all__ = ["content_security_policy", "middleware"]

_log = logging.getLogger(__name__)


def content_security_policy() -> str:
    """Return the Content-Security-Policy: own origin only; images also from the tile servers.

    Streamlit and folium need inline scripts, and Streamlit needs eval; neither lets a script load from another origin.
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
        "frame-ancestors": " ".join(["'self'", *origins()]),
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecureHeaders:
    """Set the Content-Security-Policy and related headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            b"content-security-policy": content_security_policy().encode("latin-1"),
            b"x-content-type-options": b"nosniff",
            b"referrer-policy": b"same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name, value) for name, value in message["headers"] if name.lower() not in self.headers]
                message = {**message, "headers": [*own, *self.headers.items()]}
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:  # the client cancelled an upload: nothing is kept of it, and nothing is wrong
            _log.info("a request to %s was broken off by its sender", scope["path"])


class SessionDownloads:
    """Let a download end together with its page: 404 once no open page refers to it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is for a file that no open page refers to."""
        path = inner(scope["path"]) if scope["type"] == "http" and "/media/" in scope["path"] else ""
        if path.startswith("/media/") and not is_wanted(path):
            await refuse(scope, receive, send, 404, "server.download.gone")
        else:
            await self.app(scope, receive, send)


class PackedAssets:
    """Serve Streamlit's scripts compressed once and cached, instead of compressing them for each request.

    Their names contain a digest of their content, so browsers may cache them forever.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.folder = streamlit_folder() / "static" / "static"
        self.kept: dict[tuple[str, bool], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for such a script; pass all others on."""
        packed = scope["type"] == "http" and scope["method"] == "GET" and await self._answer(scope)
        await (packed or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        asked, headers = inner(scope["path"]), Headers(scope=scope)
        if not (asked.startswith("/static/") and asked.endswith((".js", ".css"))) or "range" in headers:
            return None
        kept = (asked, accepts_gzip(headers.get("accept-encoding", "")))
        # A first visit requests some sixty scripts; cached ones cost neither a disk access nor a thread.
        if kept in self.kept and "if-none-match" not in headers:
            return self.kept[kept]
        path = path_inside(self.folder, asked.removeprefix("/static/"))
        if path is None:
            return None
        answer = await file_answer(Request(scope), path, KEEP_FOREVER)
        if answer.status_code == 200:
            self.kept[kept] = answer
        return answer


def middleware() -> list[Middleware]:
    """Return the middleware, outermost first; raise `UsageError` if an environment variable is invalid."""
    bound = bounds(file_limit())
    return [
        Middleware(SecureHeaders),
        Middleware(AllowedHosts, names=allowed_hosts()),
        Middleware(Sessions, in_all=bound.sessions, of_one=bound.sessions_of_one),
        Middleware(Negotiation),
        Middleware(Uploads),
        Middleware(SessionDownloads),
        Middleware(BasePath, prefixes=OUR_PATHS),
        Middleware(Assistants),
        Middleware(Doors),
        Middleware(PackedAssets),
        Middleware(PageHead),
    ]
