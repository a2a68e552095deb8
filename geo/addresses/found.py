"""What an address was found to be, and which of two answers is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from geo.addresses.gazetteer import NamedPoint
from geo.addresses.runs import Spot

__all__ = ["Match", "agree", "one_place", "surer"]

#: Two spots may be one and the same if they lie no farther apart than so many times their errors.
_REACHES = 2.5


class Match(NamedTuple):
    """What an address was found to be.

    Attributes
    ----------
    spot : Spot or None
    level : str
        ``house_number crossing road poi none``; areas are added later.
    key : str
        The road or name it was found by.
    notes : tuple of (str, str)
        Ids of messages and what they speak of.
    place : int
        Number of the place of the layout that the address names itself, or -1.
    """

    spot: Spot | None
    level: str = "none"
    key: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    place: int = -1


def surer(one: Match | None, other: Match | None) -> Match | None:
    """Return the one of two answers that is less far off; the only one where the other is none."""
    if one is None or one.spot is None or other is None or other.spot is None:
        return one or other
    return one if one.spot.error_m <= other.spot.error_m else other


def agree(one: Match, other: Match) -> bool:
    """Whether two spots may be one and the same."""
    if one.spot is None or other.spot is None:
        return False
    off = math.hypot(one.spot.x - other.spot.x, one.spot.y - other.spot.y)
    return off <= _REACHES * (one.spot.error_m + other.spot.error_m)


def one_place(points: Sequence[NamedPoint]) -> NamedPoint | None:
    """Return the finest of some points of one name if all the others may be the same thing; None else."""
    finest = min(points, key=lambda p: p.accuracy_m, default=None)
    if finest is None or any(math.hypot(p.x - finest.x, p.y - finest.y) > p.accuracy_m for p in points):
        return None
    place = next((p.place for p in points if p.place >= 0), -1)
    return finest if place == finest.place else replace(finest, place=place)
