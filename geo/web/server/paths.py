"""The base path of the app on its host: Streamlit's ``server.baseUrlPath``, prefixed to all our addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["BasePath", "base_path", "href", "inner"]


def base_path() -> str:
    """Return the path under which the app is served, such as "/map"; "" for the root of the host."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def href(path: str) -> str:
    """Return the address on the host for a path of the app, which begins with "/"."""
    return base_path() + path


def inner(path: str) -> str:
    """Return the path in the app for an address on the host; unchanged if it is outside the app."""
    base = base_path()
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


class BasePath:
    """Make our routes work under the base path; Streamlit's own routes handle it themselves.

    Parameters
    ----------
    app : ASGI application
    prefixes : tuple of str
        Path prefixes of our routes.
    """

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...]) -> None:
        self.app = app
        self.prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; for our routes without the base path."""
        if scope["type"] == "http":
            path = inner(scope["path"])
            if path != scope["path"] and path.startswith(self.prefixes):
                scope = {**scope, "path": path}
        await self.app(scope, receive, send)
