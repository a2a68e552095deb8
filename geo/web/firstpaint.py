"""Let the map be painted before the rest of a page is sent: the browser builds one thing at a time.

A page's table, panel and filters take the browser's time that the map would wait for. So a run sends the map first,
waits for the browser to say that it is painted (`ROUTE`), and then sends the rest: at most `FIRST_S` on the first run
of a session, `LATER_S` on later ones. A browser that did not answer the first time is not waited for again. Without a
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

__all__ = ["FIRST_S", "LATER_S", "ROUTE", "forget", "route", "token", "wait"]

FIRST_S = 1.5
LATER_S = 0.2
ROUTE = "/map/painted"

_ANSWERS = "map_answers"
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
    """Return a word for the map to say when painted, "" where nothing waits."""
    if not (_serving.is_set() and _has_browser()) or st.session_state.get(_ANSWERS) is False:
        return ""
    word = secrets.token_urlsafe(9)
    _painted[word] = threading.Event()
    return word


def wait(word: str) -> None:
    """Wait until the map has said `word`, for a limited time; not at all for ""."""
    if not word:
        return
    first = _ANSWERS not in st.session_state
    said = _painted[word].wait(FIRST_S if first else LATER_S)
    del _painted[word]
    if first:
        st.session_state[_ANSWERS] = said


def forget(word: str) -> None:
    """Wait no longer for a map whose run broke off, as it does when the user clicks again."""
    _painted.pop(word, None)
