"""Measurements beside a peer, in one run on one machine.

Each module ``bench/bench_<part>.py`` has ``run(quick) -> Iterable[Result]``; nothing is measured at import. What a
result is called, which peer it stands beside and which bar it must hold are rows of ``bench/claims.csv``; this package
measures, ``bench.writer`` writes. How to add a part: ``bench/README.md``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

__all__ = ["Result", "seconds", "turns", "versions"]


@dataclass(frozen=True)
class Result:
    """What was measured for one claim.

    Attributes
    ----------
    claim : str
        The `claim_id` of a row of ``claims.csv``.
    ours : sequence of float
        Every measurement of ours, in `unit`, in the order they were taken.
    unit : str
        Such as "s", "ms", "M points/s", "KB", "GB"; "" for plain counts.
    peer : sequence of float
        Every measurement of the peer, in the same unit; empty where there is none.
    versions : mapping of str to str
        Software the peer is made of, as `versions` gives it.
    note : str
        What only this run knows, such as "8.1 s of CPU"; written behind the numbers.
    """

    claim: str
    ours: Sequence[float]
    unit: str
    peer: Sequence[float] = ()
    versions: dict[str, str] = field(default_factory=dict)
    note: str = ""


def versions(*names: str) -> dict[str, str]:
    """Return the versions of installed distributions by name."""
    return {name: metadata.version(name) for name in names}


def seconds(action: Callable[[], Any]) -> float:
    """Return how long an action takes, in seconds of wall clock."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def turns(times: int, *actions: Callable[[], float]) -> list[list[float]]:
    """Take measurements in turn (ours, peer, ours, peer ...), so that what else the machine does hits all alike.

    Parameters
    ----------
    times : int
        How often each action is taken.
    *actions : callable
        Each returns one measurement.

    Returns
    -------
    list of list of float
        The measurements of each action.
    """
    found: list[list[float]] = [[] for _ in actions]
    for _ in range(times):
        for taken, action in zip(found, actions, strict=True):
            taken.append(action())
    return found
