"""Where a house number lies on a road of which only the line is known, or the line and a few numbers."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

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
#: The first house stands so far from where the line of the road begins: half a crossing.
_FIRST_M = 20.0
_OFF_LINE_M = 250.0
_REACH_M, _GRID_M = 8000.0, 250.0
#: Two roads have one direction if they differ by less than this.
_ALIKE = math.cos(math.radians(40))


class Directions:
    """Which way house numbers rise, by the roads whose numbers are known.

    Near enough of them, as they do around. Elsewhere away from the one spot from which most of the known ones rise.
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
        away = np.array([x, y]) - self._origin
        return float(away @ np.array(axis) / max(np.hypot(*away), 1.0))


def _origin(at: Floats, unit: Floats) -> Floats:
    """Return the spot from which the numbers of most roads rise; of several, the one nearest to the roads."""
    middle = np.median(at, axis=0)
    offsets = np.arange(-_REACH_M, _REACH_M + 1, _GRID_M)
    spots = middle + np.stack(np.meshgrid(offsets, offsets), axis=-1).reshape(-1, 2)
    sample = slice(None, None, max(len(at) // 2000, 1))
    towards = (at[sample] * unit[sample]).sum(axis=1)
    rising = (towards[None, :] - spots @ unit[sample].T > 0).mean(axis=1)
    best = spots[rising >= rising.max() - 1e-9]
    return np.asarray(best[np.hypot(*(best - middle).T).argmin()])


class Track:
    """A road's line as places by their distance along it.

    Parameters
    ----------
    line : shapely geometry, metres
        Its parts, both carriageways among them, in any order.
    """

    def __init__(self, line: shapely.Geometry) -> None:
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
        self._places: list[tuple[float, float]] = [(float(x), float(y)) for x, y in self._points]
        self._told: tuple[list[tuple[int, float]], float, float] | None = None

    def measure(self, x: float, y: float) -> tuple[float, float]:
        """Return how far along the line a place is, and how far off it, metres."""
        far = np.hypot(self._points[:, 0] - x, self._points[:, 1] - y)
        at = int(far.argmin())
        return float(self._along[at]), float(far[at])

    def at(self, along: float) -> tuple[float, float]:
        """Return the place so far along the line."""
        at = min(max(bisect_right(self._steps, along) - 1, 0), len(self._steps) - 2)
        if at < 0:
            return self._places[0]
        (x, y), (to_x, to_y) = self._places[at], self._places[at + 1]
        share = (along - self._steps[at]) / ((self._steps[at + 1] - self._steps[at]) or 1.0)
        return x + share * (to_x - x), y + share * (to_y - y)

    def spot(self, number: int, numbers: Numbers | None, directions: Directions, partial: bool) -> Spot | None:
        """Return where a house number is likely to lie; None where neither a number nor the roads around tell."""
        if self._told is None:
            self._told = self._rule(numbers, directions, partial)
        known, sign, pitch = self._told
        if abs(sign) < _LEAST_SIGN or (partial and not known):
            return None
        first = min(_FIRST_M, self.length_m / 2)
        start, from_number = (first if sign > 0 else self.length_m - first), 0
        if known:
            from_number, start = min(known, key=lambda one: abs(one[0] - number))
        along = start + math.copysign(1.0, sign) * (number - from_number) * pitch
        past = max(-along, along - self.length_m, 0.0)
        x, y = self.at(min(max(along, 0.0), self.length_m))
        error = (30.0 if known else 50.0) + 0.12 * abs(number - from_number) * pitch + past
        if past > _PAST * self.length_m:  # the road goes on where no line is known
            return Spot(x, y, 0.5 * self.length_m + 1.5 * past, "road")
        return Spot(x, y, error, "model")

    def _rule(
        self, numbers: Numbers | None, directions: Directions, partial: bool
    ) -> tuple[list[tuple[int, float]], float, float]:
        """Return the known numbers with their places along the line, which way numbers rise, and metres for each."""
        known = self._known(numbers)
        if numbers is not None and numbers.pitch is not None and _tells(numbers):
            rises = numbers.pitch[0] * self.axis[0] + numbers.pitch[1] * self.axis[1]
            return known, 1.0 if rises > 0 else -1.0, math.hypot(*numbers.pitch)
        return known, self._sign(known, directions, partial), directions.pitch_m

    def _known(self, numbers: Numbers | None) -> list[tuple[int, float]]:
        """Return the known numbers that lie on the line, with how far along it they are."""
        if numbers is None or not len(numbers):
            return []
        found = [(n, *self.measure(x, y)) for n, x, y in zip(numbers.number, numbers.x, numbers.y, strict=True)]
        return [(n, along) for n, along, off in found if off <= _OFF_LINE_M]

    def _sign(self, known: list[tuple[int, float]], directions: Directions, partial: bool) -> float:
        """Return which way numbers rise: where known ones fit one end of the line clearly better, from there."""
        if known and not partial:
            up = sum(abs(along - n * directions.pitch_m) for n, along in known) / len(known)
            down = sum(abs(self.length_m - along - n * directions.pitch_m) for n, along in known) / len(known)
            if abs(up - down) > 200.0 and min(up, down) < 300.0:
                return 1.0 if up < down else -1.0
        return directions.sign(float(self.middle[0]), float(self.middle[1]), self.axis)


def _tells(numbers: Numbers) -> bool:
    """Whether the pitch of known numbers may be relied on."""
    span = numbers.number[-1] - numbers.number[0]
    return span >= 300 or (span >= 100 and len(numbers) >= 3)
