"""Let the map be painted before the rest of a new page is sent: the browser builds one thing at a time.

A page's table and filters need scripts and time that the map would wait for. So the first run of a session sends the
map, waits for the browser to say that it is painted (`ROUTE`), at most `LONGEST_S`, and then sends the rest. Without a
server of ours (tests, plain Streamlit) nothing waits.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import streamlit as st
from starlette.responses import Response
from starlette.routing import Route
from streamlit import runtime

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["LONGEST_S", "ROUTE", "route", "token", "wait"]

#: A browser that says nothing (no script, a hidden tab) costs this long once.
LONGEST_S = 1.5

ROUTE = "/map/painted"

_painted: dict[str, threading.Event] = {}
_serving = threading.Event()


async def _said(request: Request) -> Response:
    event = _painted.get(request.path_params["token"])
    if event is not None:
        event.set()
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route on which a map says that it is painted; from then on `wait` waits."""
    _serving.set()
    return Route(f"{ROUTE}/{{token}}", _said, methods=["POST"])


def _has_browser() -> bool:
    # Streamlit's test harness puts a stand-in where the runtime is.
    return runtime.exists() and isinstance(runtime.get_instance(), runtime.Runtime)


def token() -> str:
    """Return a word for the map to say when painted, "" after the first run of a session and where nothing waits."""
    if not (_serving.is_set() and _has_browser()) or "first_paint" in st.session_state:
        return ""
    word = st.session_state["first_paint"] = secrets.token_urlsafe(12)
    _painted[word] = threading.Event()
    return word


def wait(word: str) -> None:
    """Wait until the map has said `word`, at most `LONGEST_S`; not at all for ""."""
    if word:
        _painted[word].wait(LONGEST_S)
        del _painted[word]
