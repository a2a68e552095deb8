"""Cache method results on immutable objects."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

__all__ = ["kept"]

S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")
Method = Callable[Concatenate[S, P], R]

_lock = threading.Lock()


def kept(most: int) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    """Cache the last results of a method in the object itself; `functools.lru_cache` would keep the object alive.

    Parameters
    ----------
    most : int
        Number of results; the least recently used one is dropped.

    Notes
    -----
    Arguments must be hashable. All callers get the same object: return something immutable, or a copy. Two threads
    that ask for the same at once may both compute it.
    """

    def decorate(method: Method[S, P, R]) -> Method[S, P, R]:
        @wraps(method)
        def answer(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            answers: dict[Any, R] = vars(self).setdefault(f"_kept_{method.__name__}", {})
            key = (args, tuple(kwargs.items()))
            with _lock:
                if key in answers:
                    answers[key] = answers.pop(key)  # now the most recently used
                    return answers[key]
            found = method(self, *args, **kwargs)
            with _lock:
                answers[key] = found
                while len(answers) > most:
                    del answers[next(iter(answers))]
            return found

        return answer

    return decorate
