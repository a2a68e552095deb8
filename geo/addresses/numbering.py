"""Where a house number lies on a road of which only the line is known, or the line and a few numbers."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.addresses.runs import PITCH_M, Numbers, Spot

__all__ = ["Directions", "Track"]

Floats = npt.NDArray[np.float64]

_STEP_M = 20.0
_NEIGHBOURS = 8
_AROUND_M = 2000.0
_ENOUGH = 20
_LEAST_SIGN, _PAST = 0.1, 0.1
#: Odd numbers stand on the left as numbers rise, even ones on the right, so far from the middle of the road.
_BESIDE_M = 10.0
#: A road whose line is known in part may begin elsewhere: so large a part of its length.
_PART_OFF = 0.25
#: A number lies on its road: an end so many standard deviations away, or nearer, tells.
_ENDS_TELL, _ALMOST_NONE = 2.5, 1e-6
_ROOT_2, _ROOT_2_PI = math.sqrt(2), math.sqrt(2 * math.pi)
#: The first house stands so far from where the line of the road begins, half a crossing, more or less.
_FIRST_M, _FIRST_OFF_M = 20.0, 45.0
#: Where the line begins at no road, it may begin so far from where the road does.
_OPEN_OFF_M = 150.0
#: Metres for each number differ so much from road to road, and along a road stray so much, metres squared for a number.
_PACE_OFF_M, _STRAY_M2 = 0.18, 26.5
#: A known number lies so far from where the line has it; what is no longer than this tells nothing of the other end.
_KNOWN_OFF_M, _NOWHERE_M = 30.0, 3000.0
#: Of more known numbers some are taken; no house number is so high.
_MOST_KNOWN, _HIGHEST = 128, 100_000.0
#: How much one known number may speak against the way the roads around rise; how much these may, at most.
_ONE_TELLS, _AROUND_TELLS = 2.3, 4.0
_OFF_LINE_M = 250.0
_REACH_M, _GRID_M = 8000.0, 250.0
#: So near the middle of the city numbers of a road may rise either way.
_EITHER_M = 800.0
#: Two roads have one direction if they differ by less than this.
_ALIKE = math.cos(math.radians(40))


class Directions:
    """Which way house numbers rise, by the roads whose numbers are known.

    Near enough of them, as they do around. Elsewhere away from two lines through the city: roads to the east or west
    rise away from the one, roads to the north or south from the other.
    """

    def __init__(self, roads: Iterable[Numbers]) -> None:
        found = [
            (numbers.x[len(numbers) // 2], numbers.y[len(numbers) // 2], *numbers.pitch)
            for numbers in roads
            if numbers.pitch is not None and numbers.number[-1] - numbers.number[0] >= 10
        ]
        table = np.array(found, np.float64).reshape(-1, 4)
        pitches = np.hypot(table[:, 2], table[:, 3])
        self.pitch_m = float(np.median(pitches)) if len(pitches) >= _ENOUGH else PITCH_M
        self._at, self._unit = table[:, :2], table[:, 2:] / np.maximum(pitches, 1e-9)[:, None]
        self._tree = shapely.STRtree([shapely.Point(place) for place in self._at]) if found else None
        self._origin = _origin(self._at, self._unit) if len(found) >= _ENOUGH else None

    def sign(self, x: float, y: float, axis: tuple[float, float]) -> float:
        """Return in [-1, 1] whether numbers rise along the axis at a place (1), against it (-1), or who knows (0)."""
        if self._tree is None:
            return 0.0
        near = self._tree.query(shapely.Point(x, y), predicate="dwithin", distance=_AROUND_M)
        along = self._unit[near] @ np.array(axis)
        along = along[np.abs(along) >= _ALIKE]
        if len(along) >= _NEIGHBOURS:
            return float(np.sign(along).mean())
        if self._origin is None:
            return 0.0
        away = np.tanh((np.array([x, y]) - self._origin) / _EITHER_M)
        return float(away @ _weight(np.array(axis)))


def _weight(unit: Floats) -> Floats:
    """Return how much directions are one to the east and one to the north, with its signs: to the north-east, half."""
    weight = unit * np.abs(unit) ** 3
    return np.asarray(weight / np.abs(weight).sum(axis=-1, keepdims=True), np.float64)


def _origin(at: Floats, unit: Floats) -> Floats:
    """Return the x and the y from which the numbers of most roads rise; of several, those nearest to the roads."""
    offsets = np.arange(-_REACH_M, _REACH_M + 1, _GRID_M)
    weight, found = _weight(unit), []
    for i in (0, 1):
        middle = float(np.median(at[:, i]))
        rising = np.sign(at[:, i][None, :] - middle - offsets[:, None]) @ weight[:, i]
        best = offsets[rising >= rising.max() - 1e-9]
        found.append(middle + float(best[np.abs(best).argmin()]))
    return np.array(found)


class _Along:
    """How far along a line each number lies: regression on known numbers about an even pace from its first house.

    Parameters
    ----------
    known : sequence of (number, metres along the line)
    first_m : float
        Where the first house stands.
    pace_m : float
        Metres along the line for each number, negative where numbers rise against it.
    first_off_m : float
        How far off that may be.
    """

    def __init__(self, known: Sequence[tuple[int, float]], first_m: float, pace_m: float, first_off_m: float) -> None:
        known = known[:: -(-len(known) // _MOST_KNOWN) or 1]
        number = np.array([n for n, _ in known], np.float64)
        off = np.array([along for _, along in known]) - first_m - pace_m * number
        inverse = np.linalg.inv(_walked(number, number, first_off_m) + _KNOWN_OFF_M**2 * np.eye(len(known)))
        # Between known numbers the mean is straight: these hold all of it.
        knots = np.unique([0.0, *number, _HIGHEST])
        row = _walked(knots, number, first_off_m)
        variance = _walked(knots, knots, first_off_m).diagonal() - np.einsum("ij,jk,ik->i", row, inverse, row)
        self._knots: list[float] = knots.tolist()
        self._last = self._knots[-2]
        self._along: list[float] = (first_m + pace_m * knots + row @ inverse @ off).tolist()
        self._variance: list[float] = np.maximum(variance, 0.0).tolist()
        self._pace_m = (self._along[-1] - self._along[-2]) / (self._knots[-1] - self._last)

    def at(self, number: int) -> tuple[float, float]:
        """Return how far along the line a number lies, and how far off that may be: one standard deviation, metres."""
        more = number - self._last
        if more >= 0:
            variance = self._variance[-2] + _STRAY_M2 * more + (_PACE_OFF_M * more) ** 2
            return self._along[-2] + self._pace_m * more, math.sqrt(variance)
        low = bisect_right(self._knots, number) - 1
        gap = self._knots[low + 1] - self._knots[low]
        share = (number - self._knots[low]) / gap
        along = self._along[low] + share * (self._along[low + 1] - self._along[low])
        stray = _STRAY_M2 * gap * share * (1 - share)
        return along, math.sqrt((1 - share) * self._variance[low] + share * self._variance[low + 1] + stray)


def _between(mean: float, deviation: float, low: float, high: float) -> float:
    """Return the mean of a normal distribution that is cut off on either side; the nearer end if all of it is."""
    a, b = (low - mean) / deviation, (high - mean) / deviation
    inside = (math.erf(b / _ROOT_2) - math.erf(a / _ROOT_2)) / 2
    if inside < _ALMOST_NONE:
        return min(max(mean, low), high)
    return mean + deviation * (math.exp(-a * a / 2) - math.exp(-b * b / 2)) / (_ROOT_2_PI * inside)


def _legs(points: Floats, steps: Floats) -> list[tuple[float, float, float, float]]:
    """Return of each leg of a line, or of its one place, where it begins, and metres east and north for each metre."""
    if not len(steps):
        return [(float(points[0, 0]), float(points[0, 1]), 0.0, 0.0)]
    units = np.diff(points, axis=0) / np.maximum(steps, 1e-9)[:, None]
    return [
        (float(x), float(y), float(east), float(north))
        for (x, y), (east, north) in zip(points[:-1], units, strict=True)
    ]


class _Rule(NamedTuple):
    """How numbers rise along a line: 1 with it, -1 against it; `other` where they may as well rise the other way."""

    course: _Along
    sign: float
    other: _Along | None = None


def _walked(one: Floats, other: Floats, first_off_m: float) -> Floats:
    """Return how much the places of numbers along a road go together, metres squared."""
    a, b = one[:, None], other[None, :]
    return np.asarray(first_off_m**2 + _PACE_OFF_M**2 * a * b + _STRAY_M2 * np.minimum(a, b), np.float64)


class Track:
    """A road's line as places by their distance along it.

    Parameters
    ----------
    line : shapely geometry, metres
        Its parts, both carriageways among them, in any order.
    is_open : (bool, bool)
        Whether its ends, the first and the last, are at no other road.
    """

    def __init__(self, line: shapely.Geometry, is_open: tuple[bool, bool] = (False, False)) -> None:
        self.line, self.is_open = line, is_open
        points = shapely.get_coordinates(shapely.segmentize(line, _STEP_M))
        self.middle = points.mean(axis=0)
        spread = points - self.middle
        axis = np.linalg.svd(spread, full_matrices=False)[2][0]
        self.axis = (float(axis[0]), float(axis[1]))
        at = spread @ axis
        cells = np.round((at - at.min()) / _STEP_M).astype(int)
        order = np.argsort(cells, kind="stable")
        first = np.unique(cells[order], return_index=True)[1]
        counts = np.diff([*first, len(cells)])
        self._points = np.add.reduceat(points[order], first) / counts[:, None]
        steps = np.hypot(*np.diff(self._points, axis=0).T) if len(self._points) > 1 else np.empty(0)
        self._along = np.concatenate([[0.0], np.cumsum(steps)])
        self.length_m = float(self._along[-1])
        # Plain lists are asked for one place many times as fast as arrays.
        self._steps: list[float] = self._along.tolist()
        self._legs = _legs(self._points, steps)
        self._told: tuple[_Rule | None] | None = None

    def measure(self, x: float, y: float) -> tuple[float, float]:
        """Return how far along the line a place is, and how far off it, metres."""
        far = np.hypot(self._points[:, 0] - x, self._points[:, 1] - y)
        at = int(far.argmin())
        return float(self._along[at]), float(far[at])

    def at(self, along: float, left_m: float = 0.0) -> tuple[float, float]:
        """Return the place so far along the line, and so far to the left of it."""
        at = bisect_right(self._steps, along) - 1
        x, y, east, north = self._legs[at if at < len(self._legs) else -1]
        on = along - self._steps[at if at < len(self._legs) else len(self._legs) - 1]
        return x + on * east - left_m * north, y + on * north + left_m * east

    def spot(self, number: int, numbers: Numbers | None, directions: Directions, partial: bool) -> Spot | None:
        """Return where a house number is likely to lie; None where neither a number nor the roads around tell."""
        if self._told is None:
            self._told = (self._rule(numbers, directions, partial),)
        rule = self._told[0]
        if rule is None:
            return None
        raw, error = rule.course.at(number)
        length, margin, along = self.length_m, _ENDS_TELL * error, raw
        past = max(-raw, raw - length, 0.0)
        if raw < margin or raw > length - margin:
            low = -math.inf if self.is_open[0] else 0.0
            high = math.inf if self.is_open[1] else length
            along = min(max(_between(raw, error, low, high), 0.0), length)
        if rule.other is not None:
            error = max(error, abs(rule.other.at(number)[0] - raw) / 2)
        x, y = self.at(along, rule.sign * (_BESIDE_M if number % 2 else -_BESIDE_M))
        if past > error and past > _PAST * self.length_m:  # the road goes on where no line is known
            return Spot(x, y, 0.5 * self.length_m + 1.5 * past, "road")
        if partial and (numbers is None or not len(numbers)):
            return Spot(x, y, error + past + _PART_OFF * self.length_m, "road")
        return Spot(x, y, error + past, "model")

    def _rule(self, numbers: Numbers | None, directions: Directions, partial: bool) -> _Rule | None:
        """Return how far along the line numbers lie; None where nothing tells which way they rise."""
        known = self._known(numbers)
        is_whole = not partial or not known
        rising, falling = (self._rising(sign, known, directions.pitch_m, is_whole) for sign in (1.0, -1.0))
        if numbers is not None and numbers.pitch is not None and _tells(numbers):
            rises = numbers.pitch[0] * self.axis[0] + numbers.pitch[1] * self.axis[1]
            return _Rule(rising, 1.0) if rises > 0 else _Rule(falling, -1.0)
        told = _AROUND_TELLS * directions.sign(float(self.middle[0]), float(self.middle[1]), self.axis)
        if known and not partial:
            alone = [self._rising(sign, [], directions.pitch_m, True) for sign in (1.0, -1.0)]
            told += sum(_tells_of(alone[0], one) - _tells_of(alone[1], one) for one in known)
        if told == 0.0:
            return None
        is_open = abs(told) < _LEAST_SIGN * _AROUND_TELLS
        if told > 0:
            return _Rule(rising, 1.0, falling if is_open else None)
        return _Rule(falling, -1.0, rising if is_open else None)

    def _rising(self, sign: float, known: Sequence[tuple[int, float]], pitch_m: float, is_whole: bool) -> _Along:
        first = min(_FIRST_M, self.length_m / 2)
        off = _OPEN_OFF_M if self.is_open[0 if sign > 0 else 1] else _FIRST_OFF_M
        start = first if sign > 0 else self.length_m - first
        return _Along(known, start, sign * pitch_m, off if is_whole else _NOWHERE_M)

    def _known(self, numbers: Numbers | None) -> list[tuple[int, float]]:
        """Return the known numbers that lie on the line, with how far along it they are."""
        if numbers is None or not len(numbers):
            return []
        found = [(n, *self.measure(x, y)) for n, x, y in zip(numbers.number, numbers.x, numbers.y, strict=True)]
        return [(n, along) for n, along, off in found if off <= _OFF_LINE_M]


def _tells_of(course: _Along, known: tuple[int, float]) -> float:
    """Return how well a known number fits a course, on a logarithmic scale; what is far off fits as ill as any."""
    along, error = course.at(known[0])
    return -min(((known[1] - along) / math.hypot(error, _KNOWN_OFF_M)) ** 2 / 2, _ONE_TELLS)


def _tells(numbers: Numbers) -> bool:
    """Whether the pitch of known numbers may be relied on."""
    span = numbers.number[-1] - numbers.number[0]
    return span >= 300 or (span >= 100 and len(numbers) >= 3)
