"""The result for one address, and comparisons of two results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from geo.addresses.gazetteer import NamedPoint
from geo.addresses.runs import Spot

__all__ = ["Match", "agree", "one_place", "surer"]

#: Two positions may be the same if they are no farther apart than this many times the sum of their errors.
_REACHES = 2.5


class Match(NamedTuple):
    """The result of looking up one address.

    Attributes
    ----------
    spot : Spot or None
    level : str
        "house_number", "crossing", "road", "poi" or "none"; "township" and "district" are set later.
    key : str
        Key of the road or name it was found by.
    notes : tuple of (str, str)
        Ids of messages, and what they are about.
    place : int
        Number of the place of the layout that the address itself names, or -1.
    """

    spot: Spot | None
    level: str = "none"
    key: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    place: int = -1


def surer(one: Match | None, other: Match | None) -> Match | None:
    """Return the result with the smaller estimated error; if one has no position, the first that is not None."""
    if one is None or one.spot is None or other is None or other.spot is None:
        return one or other
    return one if one.spot.error_m <= other.spot.error_m else other


def agree(one: Match, other: Match) -> bool:
    """Return whether two positions may be the same: no farther apart than 2.5 times the sum of their errors."""
    if one.spot is None or other.spot is None:
        return False
    off = math.hypot(one.spot.x - other.spot.x, one.spot.y - other.spot.y)
    return off <= _REACHES * (one.spot.error_m + other.spot.error_m)


def one_place(points: Sequence[NamedPoint]) -> NamedPoint | None:
    """Return the most accurate of several points of one name, if all may be the same place; otherwise None.

    They may be if it lies within the accuracy of each. If another of them is a place of the layout, so is the result.
    """
    finest = min(points, key=lambda p: p.accuracy_m, default=None)
    if finest is None or any(math.hypot(p.x - finest.x, p.y - finest.y) > p.accuracy_m for p in points):
        return None
    place = next((p.place for p in points if p.place >= 0), -1)
    return finest if place == finest.place else replace(finest, place=place)
