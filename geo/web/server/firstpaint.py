"""Send the map first, and the rest of a page once the browser has painted it.

Rendering a page's table, panel and filters would delay the map. So a run sends the map, waits until the browser
reports that it is painted (`ROUTE`), and then sends the rest. It waits at most `FIRST_S` on the first run of a session
and `LATER_S` on later ones. If several people click at once, the maps of all are sent before the rest of any page, for
at most `OTHERS_S`, because the server runs one thing at a time. After a map that did not report, the next one is not
waited for, until one reports again. Without our server (tests, plain Streamlit) nothing waits.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import streamlit as st
from starlette.responses import Response
from starlette.routing import Route

from geo.web.server.streamlit_internals import has_browser

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["FIRST_S", "LATER_S", "OTHERS_S", "ROUTE", "forget", "route", "token", "wait"]

FIRST_S = 1.5
LATER_S = 1.0
OTHERS_S = 0.4
ROUTE = "/map/painted"

_LAST = "map_word"
_LIMIT = 10_000  # tokens of browsers that never reported; the oldest are dropped

#: Token of a map that is not painted yet → whether a run is waiting for it.
_words: dict[str, bool] = {}
_news = threading.Condition()
_serving = threading.Event()


async def _said(request: Request) -> Response:
    forget(request.path_params["token"])
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route to which a map reports that it is painted; from then on `wait` waits."""
    _serving.set()
    return Route(f"{ROUTE}/{{token}}", _said, methods=["POST"])


def token() -> str:
    """Return a token for the map to send back once it is painted; "" if no run would wait for it."""
    if not (_serving.is_set() and has_browser()):
        return ""
    word = secrets.token_urlsafe(9)
    with _news:
        answered = _words.pop(st.session_state.get(_LAST, ""), None) is None
        _words[word] = answered
        while len(_words) > _LIMIT:
            del _words[next(iter(_words))]
    return word


def wait(word: str) -> None:
    """Wait until the map has sent its token back, then briefly for the maps of other sessions; "" returns at once."""
    if not word:
        return
    first, st.session_state[_LAST] = _LAST not in st.session_state, word
    with _news:
        if _words.get(word) is False:
            return
        if not _news.wait_for(lambda: word not in _words, FIRST_S if first else LATER_S):
            _words[word] = False
        elif not first:
            _news.wait_for(lambda: not any(_words.values()), OTHERS_S)


def forget(word: str) -> None:
    """Stop waiting for a map: it is painted, or its run was cancelled by another click."""
    with _news:
        _words.pop(word, None)
        _news.notify_all()
