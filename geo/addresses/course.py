"""The position of each house number of a road by regression on the known numbers, separately for each side."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Course"]

Floats = npt.NDArray[np.float64]

#: Standard deviation of a house number from the trend of its road, metres.
_NOISE_M = 25.0
#: Variance of the random walk about a straight line, square metres a number.
_STRAY_M2 = 36.0
#: Standard deviation of the slope on either axis, metres a number.
_PACE_M = 1.5
#: Standard deviation of the offset of a side, metres.
_APART_M = 35.0
_ANYWHERE_M = 3000.0
#: Residual in standard deviations from which a number is left out; most that are; fewest numbers for that.
_TOO_FAR, _MOST_LEFT_OUT, _ENOUGH = 4.0, 3, 4
#: Weight of the prior for the regularity of a road, in numbers.
_USUAL = 3.0
#: A longer road is fitted in blocks of this many numbers, with this many more on either side.
_BLOCK, _BESIDE = 96, 16
#: Numbers beyond the last known one up to which positions are computed.
_BEYOND = 4000
#: Most that the residual of one number counts towards the irregularity of its road.
_MOST_OFF = 6.0


class Course:
    """Where each house number of a road is likely to lie.

    Gaussian process regression of either coordinate on the number. The covariance is that of a linear trend, a random
    walk about it, a constant for each side of the road (odd and even numbers), and noise. Between known numbers the
    posterior mean is linear, so it is kept at these knots.

    Parameters
    ----------
    number : sequence of n int
        Ascending, n > 0.
    x, y : sequence of n float
        Metres.

    Notes
    -----
    Takes about n³ operations for up to 96 numbers; a longer road is cut into overlapping parts of at most 128 numbers.

    References
    ----------
    C. E. Rasmussen, C. K. I. Williams: Gaussian Processes for Machine Learning, MIT Press 2006, algorithm 2.1.
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
        """Return x, y and standard deviation of the position of a number, metres."""
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
    """The regression on a stretch of consecutive numbers."""

    def __init__(self, number: Floats, inverse: Floats, weights: Floats, mean: Floats, scale: float) -> None:
        self.number, self.inverse, self.weights, self.mean, self.scale = number, inverse, weights, mean, scale
        self.upto = math.inf

    @classmethod
    def of(cls, number: Floats, places: Floats, upto: float) -> _Part:
        """Fit the regression; `places` has shape (n, 2), metres, and `upto` is the last number the part is used for.

        Up to three numbers are left out if they lie more than four standard deviations from where the others put them
        (leave-one-out residuals). The scale of the errors follows from the residuals and a prior.
        """
        left_out = 0
        while True:
            kernel = _kernel(number, number, _centre(number)) + _NOISE_M**2 * np.eye(len(number))
            inverse = np.asarray(np.linalg.inv(kernel), np.float64)
            mean = np.asarray(places.mean(axis=0), np.float64)
            weights = inverse @ (places - mean)
            # Leave-one-out residuals in standard deviations.
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
        """Return x, y and standard deviation, metres, of numbers on a side (0 even, 1 odd): shape (m, 3)."""
        centre = _centre(self.number)
        kernel = _kernel(number, self.number, centre, side)
        place = self.mean + kernel @ self.weights
        own = (_PACE_M * (number - centre)) ** 2 + _STRAY_M2 * np.abs(number - centre) + _APART_M**2 + _ANYWHERE_M**2
        variance = own - np.einsum("ij,jk,ik->i", kernel, self.inverse, kernel)
        return np.column_stack([place, self.scale * np.sqrt(2 * np.maximum(variance, 0.0))])


def _centre(number: Floats) -> float:
    """Return the median number, from which the trend is counted."""
    return float(number[len(number) // 2])


def _kernel(one: Floats, other: Floats, centre: float, side: int | None = None) -> Floats:
    """Return the prior covariance of the positions of numbers, square metres: shape (len(one), len(other)).

    `side` is the side (0 even, 1 odd) of all numbers in `one`; None: that of each number.
    """
    a, b = one[:, None] - centre, other[None, :] - centre
    walked = np.where(np.sign(a) == np.sign(b), np.minimum(np.abs(a), np.abs(b)), 0.0)
    sides = (one[:, None] % 2 if side is None else side) == other[None, :] % 2
    kernel: Floats = _PACE_M**2 * a * b + _STRAY_M2 * walked + _APART_M**2 * sides + _ANYWHERE_M**2
    return kernel


def _blocks(number: Floats) -> Iterator[tuple[slice, float]]:
    """Yield, for each stretch of the road, the slice of numbers to fit, and the last number it is used for."""
    for start in range(0, len(number), _BLOCK):
        end = start + _BLOCK
        upto = math.inf if end >= len(number) else float(number[end - 1])
        yield slice(max(start - _BESIDE, 0), end + _BESIDE), upto
