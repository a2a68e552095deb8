"""The atlas in the app: made once, kept for the next visitor, begun anew when its maker leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bench.serving import PATIENCE_S
from geo.errors import DataError
from geo.web.server.books import Books

ONE: Any = SimpleNamespace(digest="one")
TWO: Any = SimpleNamespace(digest="two")


class LeftError(Exception):
    """The page was closed."""


def quiet(_: object) -> None:
    return None


def maker(made: list[str], watching: Callable[[Callable[[float], object]], None] = quiet) -> Callable[..., bytes]:
    def make(atlas: Any, *, language: str, paper: str, watch: Callable[[float], object]) -> bytes:
        watching(watch)
        made.append(f"{atlas.digest} {language} {paper}")
        return made[-1].encode()

    return make


def test_it_is_made_once_for_data_language_and_paper() -> None:
    made: list[str] = []
    books = Books(maker(made))
    assert books.kept(ONE, "zh", "a4") is None
    for _ in range(2):
        assert books.made(ONE, "zh", "a4", "me", wait=quiet, watch=quiet) == b"one zh a4"
    books.made(ONE, "en", "a4", "me", wait=quiet, watch=quiet)
    books.made(ONE, "zh", "a3", "me", wait=quiet, watch=quiet)
    assert made == ["one zh a4", "one en a4", "one zh a3"]
    assert books.kept(ONE, "en", "a4") == b"one en a4"


def test_other_data_take_the_place_of_the_old() -> None:
    books = Books(maker([]))
    books.made(ONE, "zh", "a4", "me", wait=quiet, watch=quiet)
    books.made(TWO, "zh", "a4", "me", wait=quiet, watch=quiet)
    assert books.kept(ONE, "zh", "a4") is None
    assert books.kept(TWO, "zh", "a4") == b"two zh a4"


def test_who_waits_for_the_same_gets_it_and_one_who_leaves_ends_it() -> None:
    """The first maker leaves half-way: nothing is kept, the second begins anew, the third gets the second's."""
    made: list[str] = []
    begun, goes_on = threading.Event(), threading.Event()

    def watching(watch: Callable[[float], object]) -> None:
        begun.set()
        assert goes_on.wait(PATIENCE_S)
        watch(0.5)

    books = Books(maker(made, watching))
    told: list[object] = []

    def leave(share: float) -> None:
        raise LeftError

    def first() -> None:
        with pytest.raises(LeftError):
            books.made(ONE, "zh", "a4", "a", wait=quiet, watch=leave)
        told.append("left")

    waits = threading.Event()

    def waiting(place: int) -> None:
        assert place >= 1
        waits.set()

    def other(name: str) -> None:
        told.append(books.made(ONE, "zh", "a4", name, wait=waiting, watch=quiet))

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert begun.wait(PATIENCE_S)
    threads += [threading.Thread(target=other, args=(name,)) for name in "bc"]
    for thread in threads[1:]:
        thread.start()
    assert waits.wait(PATIENCE_S)
    goes_on.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(map(str, told)) == sorted(["left", "b'one zh a4'", "b'one zh a4'"])
    assert made == ["one zh a4"]


def test_what_goes_wrong_is_told_and_not_kept() -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise DataError("too long")

    books = Books(fails)
    with pytest.raises(DataError, match="too long"):
        books.made(ONE, "zh", "a4", "me", wait=quiet, watch=quiet)
    assert books.kept(ONE, "zh", "a4") is None
