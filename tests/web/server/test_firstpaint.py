"""Who waits for whose map; the test plays the browser, and no wait lasts until its limit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from bench.serving import PATIENCE_S
from geo.web.server import firstpaint


class Session:
    """One user's session: `st.session_state` is told by the thread that runs."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}

    def run(self, act: Callable[[], Any]) -> Any:
        held.session = self
        return act()


held = threading.local()


class States:
    @property
    def session_state(self) -> dict[str, Any]:
        state: dict[str, Any] = held.session.state
        return state


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firstpaint, "st", States())
    monkeypatch.setattr(firstpaint, "has_browser", lambda: True)
    monkeypatch.setattr(firstpaint, "_words", {})
    for name in ("FIRST_S", "LATER_S"):
        monkeypatch.setattr(firstpaint, name, PATIENCE_S)
    monkeypatch.setattr(firstpaint, "OTHERS_S", PATIENCE_S)
    firstpaint.route()


def begun(session: Session, word: str) -> threading.Thread:
    thread = threading.Thread(target=session.run, args=(lambda: firstpaint.wait(word),), daemon=True)
    thread.start()
    return thread


def ended(thread: threading.Thread) -> bool:
    thread.join(PATIENCE_S / 2)
    return not thread.is_alive()


def still_waits(thread: threading.Thread) -> bool:
    thread.join(0.1)
    return thread.is_alive()


def say(word: str) -> None:
    route = firstpaint.route()
    _, parameters = route.matches({"type": "http", "method": "POST", "path": f"{firstpaint.ROUTE}/{word}"})
    answer = asyncio.run(route.endpoint(Request({"type": "http", **parameters})))
    assert answer.status_code == 204
    assert answer.headers["cache-control"] == "no-store"


def test_a_run_waits_until_its_map_is_painted() -> None:
    session = Session()
    word = session.run(firstpaint.token)
    thread = begun(session, word)
    say("another")
    assert still_waits(thread)
    say(word)
    assert ended(thread)
    assert firstpaint._words == {}


def test_the_maps_of_others_come_before_the_rest_of_mine() -> None:
    mine, other = Session(), Session()
    for session in (mine, other):  # the first run of a session waits for its own map only
        word = session.run(firstpaint.token)
        say(word)
        session.run(lambda word=word: firstpaint.wait(word))
    first, second = mine.run(firstpaint.token), other.run(firstpaint.token)
    thread = begun(mine, first)
    say(first)
    assert still_waits(thread)
    say(second)
    assert ended(thread)


def test_after_a_silent_map_the_next_is_not_waited_for_until_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(firstpaint, "FIRST_S", 0.01)
    silent = session.run(firstpaint.token)
    session.run(lambda: firstpaint.wait(silent))
    late = session.run(firstpaint.token)
    session.run(lambda: firstpaint.wait(late))  # returns at once, though nothing was said
    assert firstpaint._words == {late: False}
    say(late)
    trusted = session.run(firstpaint.token)
    thread = begun(session, trusted)
    assert still_waits(thread)
    say(trusted)
    assert ended(thread)


def test_a_silent_map_holds_nobody_else_up(monkeypatch: pytest.MonkeyPatch) -> None:
    silent, other = Session(), Session()
    word = silent.run(firstpaint.token)
    with monkeypatch.context() as patch:
        patch.setattr(firstpaint, "FIRST_S", 0.01)
        silent.run(lambda: firstpaint.wait(word))
    for _ in range(2):
        own = other.run(firstpaint.token)
        thread = begun(other, own)
        say(own)
        assert ended(thread)


def test_words_that_nobody_says_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firstpaint, "_LIMIT", 3)
    words = [Session().run(firstpaint.token) for _ in range(5)]
    assert list(firstpaint._words) == words[2:]


def test_without_a_browser_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firstpaint, "has_browser", lambda: False)
    assert Session().run(firstpaint.token) == ""
    Session().run(lambda: firstpaint.wait(""))
    assert firstpaint._words == {}
