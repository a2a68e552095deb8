"""House numbers along a road: where a number lies, from the numbers whose place is known."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from geo.addresses.course import Course

__all__ = ["Anchor", "Numbers", "Spot", "without_outliers"]

#: Metres from one number to the next along a road, where the road itself does not tell.
PITCH_M = 2.2
#: Least error of a spot: a house is not a point.
_BASE_M = 15.0
#: An anchor this far from where its neighbours put it is left out, and farther by so much for each number between.
_OUTLIER_M, _FASTEST_M = 400.0, 4.0
#: Numbers that tell so little of the place, from so many on, do not rise along a line.
_RISING_ROAD, _RISING, _TELLING = 0.15, 0.5, 6
_LEAST_ESTATE_M = 60.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A house number whose place is known: metres in the plane of the gazetteer, district and township by number."""

    number: int
    x: float
    y: float
    district: int = -1
    township: int = -1


class Spot(NamedTuple):
    """A place found.

    Attributes
    ----------
    x, y : float
        Metres in the plane of the gazetteer.
    error_m : float
        About how far off it may be; `geo.addresses.accuracy` makes an accuracy of it.
    how : str
        What found it: ``exact between beyond estate model road crossing poi township district``.
    township : int
        That of all the anchors it was found by, or -1.
    """

    x: float
    y: float
    error_m: float
    how: str
    township: int = -1


@dataclass(slots=True)
class Numbers:
    """The known numbers of one road (or village), one place each."""

    number: list[int] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    township: list[int] = field(default_factory=list)
    pitch: tuple[float, float] | None = None
    middle: Spot | None = None
    course: Course | None = None

    @classmethod
    def of(cls, anchors: Iterable[Anchor], *, is_road: bool = True) -> Numbers:
        """Make one place of all anchors of a number, and leave out those far from their neighbours.

        Parameters
        ----------
        anchors : iterable of Anchor
        is_road : bool
            Numbers of a road rise along it unless they tell otherwise; those of a village only if they tell so.
        """
        grouped: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            grouped.setdefault(anchor.number, []).append(anchor)
        kept = without_outliers([_merged(grouped[number]) for number in sorted(grouped)])
        made = cls()
        for anchor, spread in kept:
            made.number.append(anchor.number)
            made.x.append(anchor.x)
            made.y.append(anchor.y)
            made.spread.append(spread)
            made.township.append(anchor.township)
        made.pitch, told = _pitch(made)
        rising = told >= _RISING_ROAD or len(made.number) < _TELLING if is_road else told >= _RISING and len(made) > 4
        made.middle = None if rising or not made.number else _middle(made)
        if made.number and made.middle is None:
            made.course = Course(made.number, made.x, made.y)
        return made

    def __len__(self) -> int:
        return len(self.number)

    def locate(self, number: int) -> Spot | None:
        """Return where a number lies: at its anchor, between two, or beyond the last; None without anchors."""
        at = bisect_left(self.number, number)
        if at < len(self.number) and self.number[at] == number:
            return Spot(self.x[at], self.y[at], self._doubt(at), "exact", self.township[at])
        if self.course is None:
            return self.middle
        x, y, error = self.course.at(number)
        if 0 < at < len(self.number):
            township = self.township[at - 1] if self.township[at - 1] == self.township[at] else -1
            return Spot(x, y, error + _BASE_M, "between", township)
        return Spot(x, y, min(error + _BASE_M, 5000.0), "beyond", self.township[min(at, len(self.number) - 1)])

    def _doubt(self, at: int) -> float:
        """Return how far off a known number may be: as its rows lie apart, or half as far as it lies off the course."""
        off = 0.0
        if self.course is not None:
            x, y, _ = self.course.at(self.number[at])
            off = math.hypot(self.x[at] - x, self.y[at] - y) / 2
        return max(self.spread[at], off, _BASE_M)


def _merged(anchors: Sequence[Anchor]) -> tuple[Anchor, float]:
    if len(anchors) == 1:
        return anchors[0], 0.0
    x, y = median(a.x for a in anchors), median(a.y for a in anchors)
    first = min(anchors, key=lambda a: math.hypot(a.x - x, a.y - y))
    townships = {a.township for a in anchors}
    township = townships.pop() if len(townships) == 1 else -1
    spread = median(math.hypot(a.x - x, a.y - y) for a in anchors)
    return Anchor(first.number, x, y, first.district, township), spread


def without_outliers(anchors: Sequence[tuple[Anchor, float]]) -> list[tuple[Anchor, float]]:
    """Leave out anchors that lie far from where the two numbers on either side put them.

    Parameters
    ----------
    anchors : sequence of (Anchor, spread in m), by number
    """
    kept = list(anchors)
    while len(kept) >= 5:
        worst, where = _OUTLIER_M, -1
        for at in range(len(kept)):
            around = [kept[i][0] for i in range(max(at - 2, 0), min(at + 3, len(kept))) if i != at]
            x, y = median(a.x for a in around), median(a.y for a in around)
            span = max(math.hypot(a.x - x, a.y - y) for a in around)
            gap = min(abs(a.number - kept[at][0].number) for a in around)
            off = math.hypot(kept[at][0].x - x, kept[at][0].y - y) - 2 * span - _FASTEST_M * gap
            if off > worst:
                worst, where = off, at
        if where < 0:
            return kept
        del kept[where]
    return kept


def _middle(numbers: Numbers) -> Spot:
    """Return the middle of numbers that do not rise along a line: a village, an estate."""
    x, y = median(numbers.x), median(numbers.y)
    reach = median(math.hypot(a - x, b - y) for a, b in zip(numbers.x, numbers.y, strict=True))
    townships = set(numbers.township)
    return Spot(x, y, max(reach, _LEAST_ESTATE_M), "estate", townships.pop() if len(townships) == 1 else -1)


def _pitch(numbers: Numbers) -> tuple[tuple[float, float] | None, float]:
    """Return metres east and north per number, where place goes with number, and how much of the place that tells."""
    n = len(numbers.number)
    if n < 2:
        return None, 0.0
    mean = sum(numbers.number) / n
    mx, my = sum(numbers.x) / n, sum(numbers.y) / n
    squares = sum((k - mean) ** 2 for k in numbers.number)
    east = sum((k - mean) * (x - mx) for k, x in zip(numbers.number, numbers.x, strict=True)) / squares
    north = sum((k - mean) * (y - my) for k, y in zip(numbers.number, numbers.y, strict=True)) / squares
    spread = sum((x - mx) ** 2 + (y - my) ** 2 for x, y in zip(numbers.x, numbers.y, strict=True))
    if spread == 0:
        return None, 0.0
    told = (east**2 + north**2) * squares / spread
    pitch = math.hypot(east, north)
    span = numbers.number[-1] - numbers.number[0]
    least = 0.5 if n > 2 else 0.0
    return ((east, north) if told >= least and span >= 20 and 0.5 <= pitch <= 6 else None), told
