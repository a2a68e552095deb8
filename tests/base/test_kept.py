"""Answers of an object that never changes are found out once, and let go with it."""

from __future__ import annotations

import gc
import pickle
import threading
import weakref

import pytest

from geo.base.kept import kept


class Counted:
    def __init__(self) -> None:
        self.asked: list[object] = []

    @kept(3)
    def double(self, number: int, *, plus: int = 0) -> int:
        """Double."""
        self.asked.append((number, plus))
        return 2 * number + plus

    @kept(3)
    def fail(self) -> None:
        self.asked.append("fail")
        raise ValueError("no")


def test_what_was_asked_before_is_not_found_out_again() -> None:
    one, other = Counted(), Counted()
    assert [one.double(n) for n in (1, 2, 1, 2)] == [2, 4, 2, 4]
    assert one.double(1, plus=3) == 5
    assert one.asked == [(1, 0), (2, 0), (1, 3)]
    assert other.double(1) == 2
    assert other.asked == [(1, 0)]
    assert Counted.double.__doc__ == "Double."


def test_only_so_many_are_kept() -> None:
    one = Counted()
    for n in range(10):
        one.double(n)
    assert len(vars(one)["_kept_double"]) == 3
    assert one.double(7) == 14, "kept, and now the one that was asked for last"
    assert len(one.asked) == 10
    one.double(10)
    one.double(11)
    one.double(7)
    assert one.asked[10:] == [(10, 0), (11, 0)]
    one.double(8)
    assert one.asked[-1] == (8, 0)


def test_a_failure_is_not_an_answer() -> None:
    one = Counted()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            one.fail()
    assert one.asked == ["fail"] * 2


def test_the_object_goes_with_its_answers_and_can_be_sent_elsewhere() -> None:
    one = Counted()
    one.double(4)
    assert pickle.loads(pickle.dumps(one)).double(4) == 8
    seen = weakref.ref(one)
    del one
    gc.collect()
    assert seen() is None


def test_many_threads_may_ask() -> None:
    one, wrong = Counted(), []

    def ask(begin: int) -> None:
        for n in range(2000):
            if one.double((begin + n) % 7) != 2 * ((begin + n) % 7):
                wrong.append(n)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(vars(one)["_kept_double"]) <= 3
