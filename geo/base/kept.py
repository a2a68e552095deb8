"""Cache the answers of methods on objects that never change."""

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
    """Keep the last answers of a method, in the object itself; `functools.lru_cache` would keep the object.

    Parameters
    ----------
    most : int
        How many; beyond that the one goes that was not asked for the longest.

    Notes
    -----
    Arguments must be hashable. All who ask get the same answer: return what cannot be changed, or a copy of it. Two
    threads that ask for the same at once may both find it out.
    """

    def decorate(method: Method[S, P, R]) -> Method[S, P, R]:
        @wraps(method)
        def answer(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            answers: dict[Any, R] = vars(self).setdefault(f"_kept_{method.__name__}", {})
            key = (args, tuple(kwargs.items()))
            with _lock:
                if key in answers:
                    answers[key] = answers.pop(key)  # asked for last
                    return answers[key]
            found = method(self, *args, **kwargs)
            with _lock:
                answers[key] = found
                while len(answers) > most:
                    del answers[next(iter(answers))]
            return found

        return answer

    return decorate
