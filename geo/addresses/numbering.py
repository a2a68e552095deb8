"""The position of a house number on a road whose line is known, with few known numbers or none.

Numbers are taken to rise evenly along the line from one of its ends. Which end, follows from known numbers or from the
roads around; the rest is regression (`_Along`).
"""

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
#: Distance of houses from the middle of the road: odd numbers on the left as numbers rise, even ones on the right.
_BESIDE_M = 10.0
#: Error for a road whose line is known in part and may begin elsewhere: this share of its length.
_PART_OFF = 0.25
#: The ends of the road bound a number that is at most this many standard deviations from one.
_ENDS_TELL, _ALMOST_NONE = 2.5, 1e-6
_ROOT_2, _ROOT_2_PI = math.sqrt(2), math.sqrt(2 * math.pi)
#: Distance of the first house from the start of the line, half a crossing, and its standard deviation.
_FIRST_M, _FIRST_OFF_M = 20.0, 45.0
#: Standard deviation of that distance where the line does not begin at a road, so that the road may go on.
_OPEN_OFF_M = 150.0
#: Standard deviation of the pace among roads, metres a number; variance of the random walk, square metres a number.
_PACE_OFF_M, _STRAY_M2 = 0.18, 26.5
#: Standard deviation of a known number along the line; that of the first house where the start is not known.
_KNOWN_OFF_M, _NOWHERE_M = 30.0, 3000.0
#: Most known numbers in a regression (of more, every second, third …); above every house number.
_MOST_KNOWN, _HIGHEST = 128, 100_000.0
#: Most that one known number, and the roads around, count for a direction, as log-likelihoods.
_ONE_TELLS, _AROUND_TELLS = 2.3, 4.0
_OFF_LINE_M = 250.0
_REACH_M, _GRID_M = 8000.0, 250.0
#: Within about this distance of an axis, numbers may rise either way.
_EITHER_M = 800.0
#: Two roads have similar directions if the cosine of the angle between them is at least this (40°).
_ALIKE = math.cos(math.radians(40))


class Directions:
    """In which direction house numbers rise, from the roads whose numbers are known.

    Near a place, the roads of a similar direction around it decide if there are at least eight. Elsewhere numbers are
    taken to rise away from two axes through the city: on roads that run east and west away from a north-south axis, on
    roads that run north and south away from an east-west axis.

    Parameters
    ----------
    roads : iterable of Numbers

    Attributes
    ----------
    pitch_m : float
        Median distance from one number to the next, metres; `PITCH_M` if fewer than 20 roads tell.
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
        """Return whether numbers rise along a direction at a place.

        Parameters
        ----------
        x, y : float
            Metres.
        axis : (float, float)
            Unit vector.

        Returns
        -------
        float
            From 1 (they rise along it) to -1 (against it); near 0 nothing is known.
        """
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
    """Return how much a direction counts as east-west and as north-south, with its signs.

    The absolute values add up to 1; a diagonal direction counts half for each. `unit` has shape (..., 2).
    """
    weight = unit * np.abs(unit) ** 3
    return np.asarray(weight / np.abs(weight).sum(axis=-1, keepdims=True), np.float64)


def _origin(at: Floats, unit: Floats) -> Floats:
    """Return the x and the y, metres, of the axes away from which the numbers of most roads rise.

    Axes are tried every 250 m up to 8 km from the median of the roads; of equally good ones the nearest to it is taken.

    Parameters
    ----------
    at, unit : ndarray of float64, shape (n, 2)
        Position of each road, and the direction in which its numbers rise.
    """
    offsets = np.arange(-_REACH_M, _REACH_M + 1, _GRID_M)
    weight, found = _weight(unit), []
    for i in (0, 1):
        middle = float(np.median(at[:, i]))
        rising = np.sign(at[:, i][None, :] - middle - offsets[:, None]) @ weight[:, i]
        best = offsets[rising >= rising.max() - 1e-9]
        found.append(middle + float(best[np.abs(best).argmin()]))
    return np.array(found)


class _Along:
    """How far along a line each house number lies: Gaussian process regression on known numbers.

    The prior mean runs evenly from the first house. The prior variance is the sum of that of the position of the first
    house, of the pace, and of a random walk about it (`_walked`). Between known numbers the posterior mean is linear,
    so it is kept at these knots.

    Parameters
    ----------
    known : sequence of (int, float)
        Known numbers and their distance along the line, metres.
    first_m : float
        Distance of the first house along the line, metres.
    pace_m : float
        Metres along the line from one number to the next, negative if numbers rise against the line.
    first_off_m : float
        Standard deviation of `first_m`, metres.
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
        """Return the distance of a number along the line and its standard deviation, metres."""
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
    """Return the mean of a normal distribution truncated to ``low`` … ``high``; the nearer end if hardly any is in."""
    a, b = (low - mean) / deviation, (high - mean) / deviation
    inside = (math.erf(b / _ROOT_2) - math.erf(a / _ROOT_2)) / 2
    if inside < _ALMOST_NONE:
        return min(max(mean, low), high)
    return mean + deviation * (math.exp(-a * a / 2) - math.exp(-b * b / 2)) / (_ROOT_2_PI * inside)


def _legs(points: Floats, steps: Floats) -> list[tuple[float, float, float, float]]:
    """Return start (x, y) and unit vector of each leg of a line; one leg for a line of one point."""
    if not len(steps):
        return [(float(points[0, 0]), float(points[0, 1]), 0.0, 0.0)]
    units = np.diff(points, axis=0) / np.maximum(steps, 1e-9)[:, None]
    return [
        (float(x), float(y), float(east), float(north))
        for (x, y), (east, north) in zip(points[:-1], units, strict=True)
    ]


class _Rule(NamedTuple):
    """How numbers lie along a line.

    Attributes
    ----------
    course : _Along
    sign : float
        1 if numbers rise along the line, -1 if against it.
    other : _Along or None
        The regression for the other direction, where it is about as likely.
    """

    course: _Along
    sign: float
    other: _Along | None = None


def _walked(one: Floats, other: Floats, first_off_m: float) -> Floats:
    """Return the prior covariance of numbers' positions along a road, square metres: shape (len(one), len(other))."""
    a, b = one[:, None], other[None, :]
    return np.asarray(first_off_m**2 + _PACE_OFF_M**2 * a * b + _STRAY_M2 * np.minimum(a, b), np.float64)


class Track:
    """The line of a road, reduced to a sequence of points ordered along its main direction.

    The parts of the line, such as two carriageways, are cut into pieces of 20 m; the points of a cell of 20 m along the
    main direction are averaged.

    Parameters
    ----------
    line : shapely geometry
        Metres; its parts in any order.
    is_open : (bool, bool)
        Whether the first and the last end are at no other road, so that the road may go on.

    Attributes
    ----------
    middle : ndarray of float64, shape (2,)
        Mean of its points, metres.
    axis : (float, float)
        Its main direction as a unit vector.
    length_m : float
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
        # Single items are read from lists many times as fast as from arrays.
        self._steps: list[float] = self._along.tolist()
        self._legs = _legs(self._points, steps)
        self._told: tuple[_Rule | None] | None = None

    def measure(self, x: float, y: float) -> tuple[float, float]:
        """Return how far along the line the nearest point to a place is, and how far off the place is, metres."""
        far = np.hypot(self._points[:, 0] - x, self._points[:, 1] - y)
        at = int(far.argmin())
        return float(self._along[at]), float(far[at])

    def at(self, along: float, left_m: float = 0.0) -> tuple[float, float]:
        """Return the position `along` metres from the start of the line and `left_m` metres to the left of it."""
        at = bisect_right(self._steps, along) - 1
        x, y, east, north = self._legs[at if at < len(self._legs) else -1]
        on = along - self._steps[at if at < len(self._legs) else len(self._legs) - 1]
        return x + on * east - left_m * north, y + on * north + left_m * east

    def spot(self, number: int, numbers: Numbers | None, directions: Directions, partial: bool) -> Spot | None:
        """Return the likely position of a house number; None if nothing tells in which direction numbers rise.

        Parameters
        ----------
        number : int
        numbers : Numbers or None
            Known numbers of the road.
        directions : Directions
        partial : bool
            Whether only a part of the road's line is known.
        """
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
        """Return how numbers lie along the line; None if nothing tells in which direction they rise.

        Known numbers decide if they span enough; otherwise they and the roads around are weighed as log-likelihoods.
        """
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
        """Return the regression for numbers that rise along the line (sign 1) or against it (-1).

        `is_whole` says whether the end of the line may be taken for the beginning of the road.
        """
        first = min(_FIRST_M, self.length_m / 2)
        off = _OPEN_OFF_M if self.is_open[0 if sign > 0 else 1] else _FIRST_OFF_M
        start = first if sign > 0 else self.length_m - first
        return _Along(known, start, sign * pitch_m, off if is_whole else _NOWHERE_M)

    def _known(self, numbers: Numbers | None) -> list[tuple[int, float]]:
        """Return known numbers within 250 m of the line, each with its distance along the line, metres."""
        if numbers is None or not len(numbers):
            return []
        found = [(n, *self.measure(x, y)) for n, x, y in zip(numbers.number, numbers.x, numbers.y, strict=True)]
        return [(n, along) for n, along, off in found if off <= _OFF_LINE_M]


def _tells_of(course: _Along, known: tuple[int, float]) -> float:
    """Return the log-likelihood of a known number, up to a constant and limited to ``-_ONE_TELLS``."""
    along, error = course.at(known[0])
    return -min(((known[1] - along) / math.hypot(error, _KNOWN_OFF_M)) ** 2 / 2, _ONE_TELLS)


def _tells(numbers: Numbers) -> bool:
    """Return whether the pitch of known numbers can be relied on."""
    span = numbers.number[-1] - numbers.number[0]
    return span >= 300 or (span >= 100 and len(numbers) >= 3)
