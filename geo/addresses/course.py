"""The course of a road as its house numbers tell it, each side for itself, and how sure it is."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Course"]

Floats = npt.NDArray[np.float64]

#: How far one house number lies from where the road would have it, metres.
_NOISE_M = 25.0
#: How far a road strays from a straight line, metres squared for a number.
_STRAY_M2 = 36.0
#: How fast numbers run, metres for each: on either axis about so much.
_PACE_M = 1.5
#: How far the two sides of a road lie apart, metres.
_APART_M = 35.0
_ANYWHERE_M = 3000.0
#: A number so many times farther off than the others of the road let expect is left out; so many at most.
_TOO_FAR, _MOST_LEFT_OUT, _ENOUGH = 4.0, 3, 4
#: A road is believed to be as regular as roads are with the weight of so many numbers.
_USUAL = 3.0
#: Of a longer road so many numbers at a time tell, with so many on either side.
_BLOCK, _BESIDE = 96, 16
#: How far beyond the last number the course is drawn.
_BEYOND = 4000
#: What single numbers may count as towards the irregularity of their road.
_MOST_OFF = 6.0


class Course:
    """Where each house number of a road is likely to lie.

    Regression by a Gaussian process of either coordinate on the number: a line, a random walk about it, a constant for
    the side, and noise (Rasmussen and Williams 2006, Gaussian processes for machine learning, algorithm 2.1). Between
    known numbers its mean is straight, so that a few knots hold all of it.

    Parameters
    ----------
    number : sequence of n int
        Rising, n > 0.
    x, y : sequence of n float, metres

    Notes
    -----
    Takes some n³ steps for n ≤ 128 numbers, else some n · 128² .
    """

    def __init__(self, number: Sequence[int], x: Sequence[float], y: Sequence[float]) -> None:
        n, places = np.array(number, np.float64), np.column_stack([x, y])
        parts = [_Part.of(n[rows], places[rows], upto) for rows, upto in _blocks(n)]
        first, last = number[0], number[-1]
        knots = np.unique([max(0, first - _BEYOND), *n, last + _BEYOND])
        which = np.minimum(np.searchsorted([part.upto for part in parts], knots), len(parts) - 1)
        self._knots: list[float] = knots.tolist()
        self._sides: list[list[tuple[float, float, float]]] = []
        for side in (0, 1):
            told = np.empty((len(knots), 3))
            for at, part in enumerate(parts):
                told[which == at] = part.at(knots[which == at], side)
            self._sides.append([(float(a), float(b), float(c)) for a, b, c in told])

    def at(self, number: int) -> tuple[float, float, float]:
        """Return where a number lies, metres, and how far off it may be: one standard deviation, metres."""
        knots, side = self._knots, self._sides[number % 2]
        high = bisect_right(knots, number)
        if high == len(knots):
            return side[-1]
        if not high:
            return side[0]
        low = high - 1
        (x, y, off), (to_x, to_y, to_off) = side[low], side[high]
        gap = knots[high] - knots[low]
        share = (number - knots[low]) / gap
        # A random walk between two fixed places strays most half-way; beyond the last known number, ever farther.
        known_ends = 0 < low < len(knots) - 2
        stray = 2 * _STRAY_M2 * gap * share * (1 - share) if known_ends else 0.0
        error = math.sqrt((off + share * (to_off - off)) ** 2 + stray)
        return x + share * (to_x - x), y + share * (to_y - y), error


class _Part:
    """The regression on some numbers that follow one another."""

    def __init__(self, number: Floats, inverse: Floats, weights: Floats, mean: Floats, scale: float) -> None:
        self.number, self.inverse, self.weights, self.mean, self.scale = number, inverse, weights, mean, scale
        self.upto = math.inf

    @classmethod
    def of(cls, number: Floats, places: Floats, upto: float) -> _Part:
        left_out = 0
        while True:
            kernel = _kernel(number, number, _centre(number)) + _NOISE_M**2 * np.eye(len(number))
            inverse = np.asarray(np.linalg.inv(kernel), np.float64)
            mean = np.asarray(places.mean(axis=0), np.float64)
            weights = inverse @ (places - mean)
            # How far each is from where the others put it, in units of what is to be expected.
            off = np.hypot(*weights.T) / np.sqrt(2 * np.diag(inverse))
            worst = int(off.argmax())
            if len(number) < _ENOUGH or off[worst] <= _TOO_FAR or left_out == _MOST_LEFT_OUT:
                break
            number, places = np.delete(number, worst), np.delete(places, worst, axis=0)
            left_out += 1
        told = np.minimum(off, _MOST_OFF) if len(number) > 1 else np.empty(0)
        irregular = float((told**2).sum()) + left_out * _TOO_FAR**2
        made = cls(number, inverse, weights, mean, math.sqrt((_USUAL + irregular) / (_USUAL + len(told) + left_out)))
        made.upto = upto
        return made

    def at(self, number: Floats, side: int) -> Floats:
        """Return x, y and the standard deviation of numbers on a side, of shape (m, 3)."""
        centre = _centre(self.number)
        kernel = _kernel(number, self.number, centre, side)
        place = self.mean + kernel @ self.weights
        own = (_PACE_M * (number - centre)) ** 2 + _STRAY_M2 * np.abs(number - centre) + _APART_M**2 + _ANYWHERE_M**2
        variance = own - np.einsum("ij,jk,ik->i", kernel, self.inverse, kernel)
        return np.column_stack([place, self.scale * np.sqrt(2 * np.maximum(variance, 0.0))])


def _centre(number: Floats) -> float:
    return float(number[len(number) // 2])


def _kernel(one: Floats, other: Floats, centre: float, side: int | None = None) -> Floats:
    """Return how much the places of numbers go together, metres squared; `side`: that of all in `one`."""
    a, b = one[:, None] - centre, other[None, :] - centre
    walked = np.where(np.sign(a) == np.sign(b), np.minimum(np.abs(a), np.abs(b)), 0.0)
    sides = (one[:, None] % 2 if side is None else side) == other[None, :] % 2
    kernel: Floats = _PACE_M**2 * a * b + _STRAY_M2 * walked + _APART_M**2 * sides + _ANYWHERE_M**2
    return kernel


def _blocks(number: Floats) -> Iterator[tuple[slice, float]]:
    """Yield which numbers tell of a stretch of the road, and the last number of that stretch."""
    for start in range(0, len(number), _BLOCK):
        end = start + _BLOCK
        upto = math.inf if end >= len(number) else float(number[end - 1])
        yield slice(max(start - _BESIDE, 0), end + _BESIDE), upto
