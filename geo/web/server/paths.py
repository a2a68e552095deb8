"""Where on its host the app lives: Streamlit's ``server.baseUrlPath``, in front of every address of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["BasePath", "base_path", "href", "inner"]


def base_path() -> str:
    """Return the path that the app is served under, such as "/map"; "" for the root of the host."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def href(path: str) -> str:
    """Return the address of a path of the app, which begins with "/", on its host."""
    return base_path() + path


def inner(path: str) -> str:
    """Return an address on the host as a path of the app; one that is outside stays as it is."""
    base = base_path()
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


class BasePath:
    """Let the routes of ours be found under the base path; Streamlit's own routes know it.

    Parameters
    ----------
    app : ASGI application
    prefixes : tuple of str
        What the paths of our routes begin with.
    """

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...]) -> None:
        self.app = app
        self.prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without the base path where it is for one of our routes."""
        if scope["type"] == "http":
            path = inner(scope["path"])
            if path != scope["path"] and path.startswith(self.prefixes):
                scope = {**scope, "path": path}
        await self.app(scope, receive, send)
