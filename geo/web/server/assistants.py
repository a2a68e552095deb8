"""``/mcp``: the tools for assistants over HTTP, if opened by `geo app --mcp`; otherwise the address does not exist.

Implements the part of MCP's streamable HTTP transport that tools need: a request is a POST, its answer JSON. The
server is stateless and sends nothing unasked, so there is no stream to GET and no session to DELETE. Pages of other
sites cannot call it: their Origin is refused, in addition to the Host check that applies to every request.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from geo.api.mcp import LONGEST_LINE, REQUEST, VERSIONS, Server, fault, wire
from geo.api.served_tools import served_tools
from geo.atlas.atlas import Atlas
from geo.web.server.assets import missing
from geo.web.server.current import current_atlas

__all__ = ["ENVIRONMENT", "PATH", "Assistants", "is_open"]

#: Environment variable that enables ``/mcp`` when set to "1".
ENVIRONMENT = "GEO_MCP"

PATH = "/mcp"


def is_open() -> bool:
    """Return whether assistants may call the tools over HTTP."""
    return os.environ.get(ENVIRONMENT, "") == "1"


@lru_cache(maxsize=2)
def _server(atlas: Atlas) -> Server:
    return Server(lambda: served_tools(atlas))


@cache
def _one() -> anyio.CapacityLimiter:
    """Return a limiter of one question at a time: assistants wait for each other, and no page waits for them."""
    return anyio.CapacityLimiter(1)


class Assistants:
    """Answer requests to `PATH`; pass on all others.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.is_open = is_open()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            await self.app(scope, receive, send)
            return
        answer = await _answer(Request(scope, receive)) if self.is_open else missing("such address")
        await answer(scope, receive, send)


async def _answer(request: Request) -> Response:
    if refused := _refused(request):
        return refused
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_LINE:
            return _wrong(413, f"the request has more than {LONGEST_LINE} bytes")
    server = _server(current_atlas())
    answer = await anyio.to_thread.run_sync(server.answer, body.decode("utf-8", "replace"), limiter=_one())
    if answer is None:  # a notification, which has no answer
        return Response(status_code=202)
    return _sent(answer, 400 if answer.get("id") is None else 200)


def _refused(request: Request) -> Response | None:
    """Return an error answer if the request is not a valid one for this address, otherwise None."""
    headers = request.headers
    if request.method != "POST":
        return _wrong(405, "ask with POST: there is no stream and no session", Allow="POST")
    origin = headers.get("origin")
    if origin is not None and origin.lower().partition("://")[2] != headers.get("host", "").lower():
        return _wrong(403, "a page of another site may not ask")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _wrong(415, "send application/json")
    spoken = headers.get("mcp-protocol-version", VERSIONS[0])
    if spoken not in VERSIONS:
        return _wrong(400, f"no version {spoken[:40]!r} of the protocol: there are {', '.join(VERSIONS)}")
    return None


def _wrong(status: int, why: str, **headers: str) -> Response:
    return _sent(fault(REQUEST, why), status, **headers)


def _sent(answer: Mapping[str, Any], status: int, **headers: str) -> Response:
    return Response(wire(answer), status, {"Cache-Control": "no-store", **headers}, "application/json")
