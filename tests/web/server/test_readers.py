"""Turns at reading: as many at once as there may be, each owner in turn, a place that is true, no wait without end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bench.serving import PATIENCE_S
from geo.base.messages import LANGUAGES, text
from geo.errors import DataError
from geo.web.server.readers import MOST_WAITING, Turns, turns


class Visitor(threading.Thread):
    """Someone with a file: waits, reads until told to end."""

    def __init__(self, queue: Turns, owner: str, order: list[str], name: str = "") -> None:
        super().__init__(daemon=True)
        self.queue, self.owner, self.order, self.label = queue, owner, order, name or owner
        self.places: list[int] = []
        self.waits, self.reads, self.ends = threading.Event(), threading.Event(), threading.Event()

    def run(self) -> None:
        def tell(place: int) -> None:
            self.places.append(place)
            self.waits.set()

        with self.queue.take(self.owner, tell):
            self.order.append(self.label)
            self.reads.set()
            self.ends.wait(PATIENCE_S)

    def arrive(self) -> Visitor:
        self.start()
        while not (self.waits.wait(0.01) or self.reads.is_set()):
            pass
        return self

    def finish(self) -> None:
        self.ends.set()
        self.join(60)


@contextmanager
def visitors(queue: Turns, *names: str) -> Iterator[dict[str, Visitor]]:
    """Have visitors arrive one after the other; a name like ``a2`` is the second file of ``a``."""
    order: list[str] = []
    found: dict[str, Visitor] = {}
    with ExitStack() as stack:
        for name in names:
            found[name] = Visitor(queue, name[0], order, name)
            stack.callback(found[name].ends.set)
            found[name].arrive()
        yield found
    for one in found.values():
        one.join(60)


def test_only_so_many_read_at_once_and_the_others_know_their_place() -> None:
    with visitors(Turns(2), "a", "b", "c", "d") as they:
        assert they["a"].reads.is_set()
        assert they["b"].reads.is_set()
        assert not they["c"].reads.is_set()
        assert (they["c"].places[0], they["d"].places[0]) == (2, 3)
        they["a"].finish()
        assert they["c"].reads.wait(PATIENCE_S)
        assert not they["d"].reads.is_set()
        they["d"].waits.clear()
        assert they["d"].waits.wait(PATIENCE_S)
        assert they["d"].places[-1] == 2


def test_who_has_many_files_delays_another_by_one() -> None:
    with visitors(Turns(1), "a1", "a2", "a3", "a4", "b1", "c1") as they:
        assert they["b1"].places[0] == 1  # only the one that is being read comes before
        order = they["a1"].order
        for _ in range(5):
            count = len(order)
            they[order[-1]].finish()
            while len(order) == count:
                time.sleep(0.01)
        assert order[:3] == ["a1", "b1", "c1"]
        assert order[3:] == ["a2", "a3", "a4"]


def test_who_leaves_while_waiting_is_forgotten() -> None:
    queue = Turns(1)

    def leave(place: int) -> None:
        raise KeyboardInterrupt

    with visitors(queue, "a") as they:
        with pytest.raises(KeyboardInterrupt), queue.take("b", leave):
            pytest.fail("it was not its turn")
        they["a"].finish()
        with queue.take("c", leave):
            pass


def test_a_turn_ends_whatever_happens_in_it() -> None:
    queue = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), queue.take("a", lambda place: pytest.fail("it had to wait")):
            raise ValueError("broken")


def test_the_queue_itself_is_bounded_and_says_so_in_both_languages() -> None:
    with visitors(Turns(1, 2), "a", "b", "c") as they:
        with pytest.raises(DataError, match="Too many files are waiting") as caught, they["a"].queue.take("d", print):
            pytest.fail("it was let in")
        assert caught.value.translations == {name: text("data.queue.full", name) for name in LANGUAGES}


def test_those_of_the_process_leave_a_processor_to_the_pages() -> None:
    assert 1 <= turns._at_once <= 4
    assert turns._most == MOST_WAITING
