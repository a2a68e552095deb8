"""Measurements beside a peer, in one run on one machine.

``python -m bench`` runs them all, ``python -m bench import`` those named. Each ``bench/bench_<name>.py`` has
``run() -> list[Row]``; nothing is measured at import. Seconds differ between machines, so a bar is set on the ratio to
a peer measured in the same run.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Row", "at_least", "at_most"]


class Row(NamedTuple):
    """One claim: what we do, what the peer does, and whether the bar is held.

    Attributes
    ----------
    claim : str
        What is measured, with size and unit, such as "10 M points × 16 districts".
    ours, peer : str
        The two measurements with their unit; `peer` names the peer and its version. "–" where there is none.
    ratio : float or None
        The number the bar is about.
    bar : str
        Such as "≥ 100"; "" where the number is only told.
    held : bool or None
        Whether the bar is held; None where there is no bar.
    """

    claim: str
    ours: str
    peer: str
    ratio: float | None
    bar: str
    held: bool | None


def at_most(claim: str, ours: str, peer: str, ratio: float, limit: float) -> Row:
    """Return a row whose ratio may be at most `limit`."""
    return Row(claim, ours, peer, ratio, f"≤ {limit:g}", ratio <= limit)


def at_least(claim: str, ours: str, peer: str, ratio: float, limit: float) -> Row:
    """Return a row whose ratio must be at least `limit`."""
    return Row(claim, ours, peer, ratio, f"≥ {limit:g}", ratio >= limit)
