"""Hold back the rest of a page until the browser has painted the map, so that the map comes first.

A page's table, panel and filters take the browser's time that the map would wait for. So a run sends the map first,
waits for the browser to say that it is painted (`ROUTE`), and then sends the rest: at most `FIRST_S` on the first run
of a session, `LATER_S` on later ones. Where several people have clicked at once, the maps of all go before the rest of
any, for `OTHERS_S` at most: the server runs one thing at a time as well. After a map that did not answer, the next is
not waited for, until one does. Without a server of ours (tests, plain Streamlit) nothing waits.
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
_LIMIT = 10_000  # tokens of browsers that never answered; the oldest are dropped

#: Tokens of the maps that are not painted yet → whether a run waits for it.
_words: dict[str, bool] = {}
_news = threading.Condition()
_serving = threading.Event()


async def _said(request: Request) -> Response:
    forget(request.path_params["token"])
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route to which a map reports that it is painted. Once it was asked for, `wait` waits."""
    _serving.set()
    return Route(f"{ROUTE}/{{token}}", _said, methods=["POST"])


def token() -> str:
    """Return a token that the map sends back once it is painted; "" where no run would wait for it."""
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
    """Wait until the map has sent `word` back, then briefly for the maps of other sessions; return at once for ""."""
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
    """Stop waiting for a map: it is painted, or its run was cut short because the user clicked again."""
    with _news:
        _words.pop(word, None)
        _news.notify_all()
