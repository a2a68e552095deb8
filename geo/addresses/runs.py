"""House numbers along a road: where a number lies, from the numbers whose place is known."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

__all__ = ["Anchor", "Numbers", "Spot", "without_outliers"]

#: Metres from one number to the next along a road, where the road itself does not tell.
PITCH_M = 2.2
#: Least error of a spot: a house is not a point.
_BASE_M = 15.0
#: How much farther two numbers of both sides of the road may be from one another than two of one side.
_OTHER_SIDE_M = 25.0
#: An anchor this far from where its neighbours put it is left out.
_OUTLIER_M = 400.0
_FARTHEST_NUMBERS = 4000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A house number whose place is known: metres in the plane of the gazetteer, district and township by number."""

    number: int
    x: float
    y: float
    district: int = -1
    township: int = -1


@dataclass(frozen=True, slots=True)
class Spot:
    """A place found.

    Attributes
    ----------
    x, y : float
        Metres in the plane of the gazetteer.
    error_m : float
        About how far off it may be; `geo.addresses.accuracy` makes an accuracy of it.
    how : str
        What found it: ``exact between beyond model road crossing poi township district``.
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
    sides: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    pitch: tuple[float, float] | None = None

    @classmethod
    def of(cls, anchors: Iterable[Anchor]) -> Numbers:
        """Make one place of all anchors of a number, and leave out those far from their neighbours."""
        grouped: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            grouped.setdefault(anchor.number, []).append(anchor)
        kept = without_outliers([_merged(grouped[number]) for number in sorted(grouped)])
        made = cls()
        for anchor, spread in kept:
            made.sides[anchor.number % 2].append(len(made.number))
            made.number.append(anchor.number)
            made.x.append(anchor.x)
            made.y.append(anchor.y)
            made.spread.append(spread)
            made.township.append(anchor.township)
        made.pitch = _pitch(made)
        return made

    def __len__(self) -> int:
        return len(self.number)

    def locate(self, number: int) -> Spot | None:
        """Return where a number lies: at its anchor, between two, or beyond the last; None without anchors."""
        at = bisect_left(self.number, number)
        if at < len(self.number) and self.number[at] == number:
            return Spot(self.x[at], self.y[at], max(self.spread[at], _BASE_M), "exact", self.township[at])
        if not self.number:
            return None
        own = self._between(number, self.sides[number % 2], 0.0)
        both = self._between(number, range(len(self.number)), _OTHER_SIDE_M)
        if own is not None and both is not None:
            return own if own.error_m <= both.error_m else both
        return own or both or self._beyond(number, at)

    def _between(self, number: int, among: Sequence[int], more: float) -> Spot | None:
        place = bisect_left(among, number, key=self.number.__getitem__)
        if not 0 < place < len(among):
            return None
        low, high = among[place - 1], among[place]
        gap = self.number[high] - self.number[low]
        share = (number - self.number[low]) / gap
        x = self.x[low] + share * (self.x[high] - self.x[low])
        y = self.y[low] + share * (self.y[high] - self.y[low])
        apart = math.hypot(self.x[high] - self.x[low], self.y[high] - self.y[low])
        error = _BASE_M + more + apart * math.sqrt(share * (1 - share)) / 2
        township = self.township[low] if self.township[low] == self.township[high] else -1
        return Spot(x, y, error, "between", township)

    def _beyond(self, number: int, at: int) -> Spot:
        nearest = min(at, len(self.number) - 1)
        beyond = number - self.number[nearest]
        pitch = self.pitch or (0.0, 0.0)
        step = max(-_FARTHEST_NUMBERS, min(_FARTHEST_NUMBERS, beyond))
        length = math.hypot(*pitch) * abs(step)
        # What lies outside the known numbers is moved on, but not farther than the known ones reach.
        reach = math.hypot(self.x[-1] - self.x[0], self.y[-1] - self.y[0])
        share = min(1.0, reach / length) if length else 0.0
        x = self.x[nearest] + pitch[0] * step * share
        y = self.y[nearest] + pitch[1] * step * share
        error = 2 * _BASE_M + abs(beyond) * PITCH_M * (0.4 if self.pitch and share == 1.0 else 1.0)
        return Spot(x, y, min(error, 5000.0), "beyond", self.township[nearest])


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
            off = math.hypot(kept[at][0].x - x, kept[at][0].y - y) - 2 * span
            if off > worst:
                worst, where = off, at
        if where < 0:
            return kept
        del kept[where]
    return kept


def _pitch(numbers: Numbers) -> tuple[float, float] | None:
    """Return metres east and north per number, where place goes with number; else None."""
    n = len(numbers.number)
    if n < 2:
        return None
    mean = sum(numbers.number) / n
    mx, my = sum(numbers.x) / n, sum(numbers.y) / n
    squares = sum((k - mean) ** 2 for k in numbers.number)
    east = sum((k - mean) * (x - mx) for k, x in zip(numbers.number, numbers.x, strict=True)) / squares
    north = sum((k - mean) * (y - my) for k, y in zip(numbers.number, numbers.y, strict=True)) / squares
    spread = sum((x - mx) ** 2 + (y - my) ** 2 for x, y in zip(numbers.x, numbers.y, strict=True))
    if spread == 0:
        return None
    told = (east**2 + north**2) * squares / spread
    pitch = math.hypot(east, north)
    span = numbers.number[-1] - numbers.number[0]
    least = 0.5 if n > 2 else 0.0
    return (east, north) if told >= least and span >= 20 and 0.5 <= pitch <= 6 else None
