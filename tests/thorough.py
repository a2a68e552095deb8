"""How much is tried where one property is tried at many like points: a sample, or with `make thorough` all of them.

`GEO_THOROUGH=1` asks for all. A sample is the same in every run, and every run tells at its end which it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Case = TypeVar("Case")

THOROUGH = os.environ.get("GEO_THOROUGH", "") not in ("", "0")
SAID = (
    "everything was tried (GEO_THOROUGH)"
    if THOROUGH
    else "of what is tried at many like points, a sample was tried; make thorough tries all"
)


def examples(most: int) -> int:
    """Return how many random examples to try of so many: a third, or all."""
    return most if THOROUGH else max(1, most // 3)


def sample(cases: Iterable[Case], most: int, kind: Callable[[Case], Hashable] = lambda case: None) -> list[Case]:
    """Return all cases if all are asked for; else some, in their order, always the same.

    Parameters
    ----------
    cases : iterable
    most : int
        How many are spread evenly over them, the first and the last among them; at least 2.
    kind : callable, optional
        Case → what it is an example of: the first of each kind is there besides.
    """
    whole = list(cases)
    if THOROUGH or len(whole) <= most:
        return whole
    kept = {at * (len(whole) - 1) // (most - 1) for at in range(most)}
    first: dict[Hashable, int] = {}
    for at, case in enumerate(whole):
        first.setdefault(kind(case), at)
    kept.update(first.values())
    return [case for at, case in enumerate(whole) if at in kept]
