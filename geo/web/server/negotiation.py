"""Normalise requests for all routes: gzip or plain bytes, and HEAD answered like GET."""

from __future__ import annotations

from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Negotiation", "accepts_gzip", "header_weights", "is_known", "tag_of"]

_GZIP_END = '.gz"'


@lru_cache(maxsize=64)
def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip: by name or ``*``, with a weight above 0.

    Examples
    --------
    >>> accepts_gzip("br, gzip"), accepts_gzip("gzip;q=0, *"), accepts_gzip("*;q=0.5"), accepts_gzip("")
    (True, False, True, False)
    """
    weights = header_weights(header)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def header_weights(header: str) -> dict[str, float]:
    """Return the names in an Accept or Accept-Encoding header → weight: 1 by default, 0 if malformed.

    >>> header_weights("text/html, application/json;q=0.5")
    {'text/html': 1.0, 'application/json': 0.5}
    """
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        weights[name] = float(weight) if weight.replace(".", "", 1).isdecimal() and weight.isascii() else 0.0
    return weights


def tag_of(digest: str, *, packed: bool) -> str:
    """Return the ETag of a content as it is sent: the gzipped form has an ETag of its own."""
    return f'"{digest}{_GZIP_END}' if packed else f'"{digest}"'


def is_known(header: str, tag: str) -> bool:
    """Return whether an If-None-Match header contains a tag, or is ``*``."""
    named = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag in named or "*" in named


class Negotiation:
    """Reduce Accept-Encoding to ``gzip`` or nothing, and answer HEAD like GET without sending the body.

    So HEAD and GET have the same headers. Streamlit gives its gzipped answers the strong ETag of the plain ones; they
    get a weak ETag here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its normalised form."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        gzip = accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        if gzip:
            headers.append((b"accept-encoding", b"gzip"))
        only_head = scope["method"] == "HEAD"

        async def send_what_was_asked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _weaken(MutableHeaders(scope=message))
            elif only_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inside = {**scope, "headers": headers, "method": "GET" if only_head else scope["method"]}
        await self.app(inside, receive, send_what_was_asked)


def _weaken(headers: MutableHeaders) -> None:
    tag = headers.get("etag", "")
    if "content-encoding" in headers and tag.startswith('"') and not tag.endswith(_GZIP_END):
        headers["ETag"] = f"W/{tag}"
