"""House numbers along a road: where a number lies, from the numbers whose positions are known."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from geo.addresses.course import Course

__all__ = ["Anchor", "Numbers", "Spot", "without_outliers"]

#: Metres from one number to the next along a road, where nothing else is known.
PITCH_M = 2.2
#: Least error of a position, metres: a house is not a point.
_BASE_M = 15.0
#: An anchor farther than this from its neighbours is left out; the second is added for each number between.
_OUTLIER_M, _FASTEST_M = 400.0, 4.0
#: Share of variance from which numbers rise along a line, for roads and others; fewest numbers to doubt that of a road.
_RISING_ROAD, _RISING, _TELLING = 0.15, 0.5, 6
_LEAST_ESTATE_M = 60.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A house number with a known position.

    Attributes
    ----------
    number : int
    x, y : float
        Metres in the plane of the gazetteer.
    district, township : int
        Numbers of the areas it lies in, -1 if not known.
    is_lane : bool
        Whether it is the number of a lane (弄).
    """

    number: int
    x: float
    y: float
    district: int = -1
    township: int = -1
    is_lane: bool = False


class Spot(NamedTuple):
    """A position found for an address.

    Attributes
    ----------
    x, y : float
        Metres in the plane of the gazetteer.
    error_m : float
        Estimated error, metres; `geo.addresses.accuracy` turns it into the accuracy that is stated.
    how : str
        How it was found. By house numbers: "exact" (this number is known), "between" two known ones, "beyond" the last
        one, "estate" (numbers in no order), "model" (by the line of the road). Else: "road", "crossing", "poi",
        "settlement" or "within" one, "kin" (names of the same family), "beside" (a station or a building on the road),
        "township", "district".
    township : int
        Number of the township of all anchors it was found by, or -1.
    """

    x: float
    y: float
    error_m: float
    how: str
    township: int = -1


@dataclass(slots=True)
class Numbers:
    """The house numbers of a road, or of a village, with known positions: one position for each number.

    Number 120 and lane 120 are two numbers.

    Attributes
    ----------
    number : list of int
        Ascending.
    x, y : list of float
        Position of each, metres.
    spread : list of float
        How far the anchors of each lie apart: their median distance from its position, metres.
    township : list of int
        Number of the township of each, or -1.
    is_lane : list of bool
        Whether each is the number of a lane (弄).
    pitch : (float, float) or None
        Metres east and north from one number to the next, None if numbers do not clearly rise along a line.
    middle : Spot or None
        The median position, if numbers do not rise along a line.
    course : Course or None
        The regression of position on number, if they do.
    """

    number: list[int] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    township: list[int] = field(default_factory=list)
    is_lane: list[bool] = field(default_factory=list)
    pitch: tuple[float, float] | None = None
    middle: Spot | None = None
    course: Course | None = None

    @classmethod
    def of(cls, anchors: Iterable[Anchor], *, is_road: bool = True) -> Numbers:
        """Merge the anchors of each number into one position, and leave out numbers far from their neighbours.

        Parameters
        ----------
        anchors : iterable of Anchor
        is_road : bool
            Numbers of a road are taken to rise along it unless six or more show otherwise; those of a village only if
            more than four show it.
        """
        grouped: dict[tuple[int, bool], list[Anchor]] = {}
        for anchor in anchors:
            grouped.setdefault((anchor.number, anchor.is_lane), []).append(anchor)
        kept = without_outliers([_merged(grouped[one]) for one in sorted(grouped)])
        made = cls()
        for anchor, spread in kept:
            made.number.append(anchor.number)
            made.x.append(anchor.x)
            made.y.append(anchor.y)
            made.spread.append(spread)
            made.township.append(anchor.township)
            made.is_lane.append(anchor.is_lane)
        made.pitch, told = _pitch(made)
        rising = told >= _RISING_ROAD or len(made.number) < _TELLING if is_road else told >= _RISING and len(made) > 4
        made.middle = None if rising or not made.number else _middle(made)
        if made.number and made.middle is None:
            made.course = Course(made.number, made.x, made.y, made.is_lane)
        return made

    def __len__(self) -> int:
        return len(self.number)

    def locate(self, number: int, is_lane: bool = False) -> Spot | None:
        """Return where a number lies: at its known position, between two others or beyond the last; or None.

        Of a number known for a lane only, the house is located by the regression, which the lane takes part in.
        """
        low, high = bisect_left(self.number, number), bisect_right(self.number, number)
        for at in range(low, high):
            if self.is_lane[at] == is_lane or self.course is None:
                return Spot(self.x[at], self.y[at], self._doubt(at), "exact", self.township[at])
        if self.course is None:
            return self.middle
        x, y, error = self.course.at(number, is_lane)
        if high > 0 and low < len(self.number):
            before = self.township[max(low - 1, 0)]
            township = before if before == self.township[min(high, len(self.number) - 1)] else -1
            return Spot(x, y, error + _BASE_M, "between", township)
        return Spot(x, y, min(error + _BASE_M, 5000.0), "beyond", self.township[min(low, len(self.number) - 1)])

    def _doubt(self, at: int) -> float:
        """Return the estimated error of a known number, metres.

        That is the largest of its spread, half its distance from the course, and 15 m.
        """
        off = 0.0
        if self.course is not None:
            x, y, _ = self.course.at(self.number[at], self.is_lane[at])
            off = math.hypot(self.x[at] - x, self.y[at] - y) / 2
        return max(self.spread[at], off, _BASE_M)


def _merged(anchors: Sequence[Anchor]) -> tuple[Anchor, float]:
    """Return the anchors of one number as one, at the median position, and their spread in metres."""
    if len(anchors) == 1:
        return anchors[0], 0.0
    x, y = median(a.x for a in anchors), median(a.y for a in anchors)
    first = min(anchors, key=lambda a: math.hypot(a.x - x, a.y - y))
    townships = {a.township for a in anchors}
    township = townships.pop() if len(townships) == 1 else -1
    spread = median(math.hypot(a.x - x, a.y - y) for a in anchors)
    return Anchor(first.number, x, y, first.district, township, first.is_lane), spread


def without_outliers(anchors: Sequence[tuple[Anchor, float]]) -> list[tuple[Anchor, float]]:
    """Leave out anchors that lie far from the median of the two on either side.

    Far is more than 400 m, plus twice the spread of these four, plus 4 m for each number between. The worst is left out
    first; fewer than five anchors are all kept.

    Parameters
    ----------
    anchors : sequence of (Anchor, float)
        By number, each with its spread in metres.
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
    """Return the median position of numbers that do not rise along a line, as in a village or an estate."""
    x, y = median(numbers.x), median(numbers.y)
    reach = median(math.hypot(a - x, b - y) for a, b in zip(numbers.x, numbers.y, strict=True))
    townships = set(numbers.township)
    return Spot(x, y, max(reach, _LEAST_ESTATE_M), "estate", townships.pop() if len(townships) == 1 else -1)


def _pitch(numbers: Numbers) -> tuple[tuple[float, float] | None, float]:
    """Return the linear regression of position on number.

    Returns
    -------
    pitch : (float, float) or None
        Metres east and north per number; None if the regression explains too little or is implausible.
    told : float
        Share of the variance of position that it explains, 0 to 1.
    """
    n = len(numbers.number)
    if n < 2 or numbers.number[0] == numbers.number[-1]:
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
