"""The atlas in the app: made once, one at a time, kept for the next visitor; a failure is told and not kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bench.serving import PATIENCE_S
from geo.base.messages import text
from geo.errors import DataError
from geo.web.server.books import Book, Books

ONE: Any = SimpleNamespace(digest="one")
TWO: Any = SimpleNamespace(digest="two")


def maker(made: list[str]) -> Callable[..., bytes]:
    def make(atlas: Any, *, language: str, paper: str, watch: Callable[[float], object]) -> bytes:
        made.append(f"{atlas.digest} {language} {paper}")
        return made[-1].encode()

    return make


def done(book: Book) -> bytes | None:
    assert book.ended.wait(PATIENCE_S)
    return book.body


def test_it_is_made_once_for_data_language_and_paper() -> None:
    made: list[str] = []
    books = Books(maker(made))
    assert books.of(ONE, "zh", "a4") is None
    for _ in range(2):
        assert done(books.ask(ONE, "zh", "a4")) == b"one zh a4"
    done(books.ask(ONE, "en", "a4"))
    done(books.ask(ONE, "zh", "a3"))
    assert made == ["one zh a4", "one en a4", "one zh a3"]
    found = books.of(ONE, "en", "a4")
    assert found is not None
    assert found.body == b"one en a4"


def test_other_data_take_the_place_of_the_old() -> None:
    books = Books(maker([]))
    done(books.ask(ONE, "zh", "a4"))
    done(books.ask(TWO, "zh", "a4"))
    assert books.of(ONE, "zh", "a4") is None
    assert books.of(TWO, "zh", "a4") is not None


def test_they_are_made_one_at_a_time_and_say_how_far_they_are() -> None:
    """Whoever asks for one that is being made waits for the same; another comes after it."""
    told, goes_on = threading.Event(), threading.Event()
    at_once: list[int] = [0, 0]  # now, at most

    def make(_: Any, *, language: str, paper: str, watch: Callable[[float], object]) -> bytes:
        at_once[0] += 1
        at_once[1] = max(at_once)
        watch(0.5)
        told.set()
        assert goes_on.wait(PATIENCE_S)
        at_once[0] -= 1
        return paper.encode()

    books = Books(make)
    first = books.ask(ONE, "zh", "a4")
    assert books.ask(ONE, "zh", "a4") is first
    second, third = books.ask(ONE, "zh", "a3"), books.ask(ONE, "en", "a4")
    assert told.wait(PATIENCE_S)
    assert (first.share, second.share, first.body) == (0.5, 0.0, None)
    assert [books.before(book) for book in (first, second, third)] == [0, 1, 2]
    goes_on.set()
    assert [done(book) for book in (first, second, third)] == [b"a4", b"a3", b"a4"]
    assert at_once == [0, 1]
    assert books.before(third) == 0


def test_what_goes_wrong_is_told_and_made_anew_when_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the program too, and what waits behind it is made all the same."""
    faults = [DataError("too long"), KeyError("ours")]

    def fails(*_: object, **__: object) -> bytes:
        if faults:
            raise faults.pop(0)
        return b"made"

    books = Books(fails)
    with caplog.at_level(logging.ERROR, "geo.web.server.books"):
        long, ours, sound = (books.ask(ONE, *one) for one in (("zh", "a4"), ("zh", "a3"), ("en", "a4")))
        assert done(sound) == b"made"
    assert (done(long), str(long.error)) == (None, "too long")
    assert (done(ours), str(ours.error)) == (None, text("web.error", "en"))
    assert "KeyError: 'ours'" in caplog.text
    assert books.of(ONE, "zh", "a4") is long
    assert done(books.ask(ONE, "zh", "a4")) == b"made"
