"""The position of each house number of a road by regression on the known numbers, separately for each side."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Course"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Standard deviation of a house number, and of a lane (弄), from the trend of its road, metres.
_NOISE_M, _LANE_NOISE_M = 20.0, 38.0
#: Variances of the random walk about a straight line that are tried, square metres a number; share of it by which the
#: two sides stray from one another.
_STRAYS_M2, _SIDE_STRAYS = (20.0, 60.0, 180.0), 1 / 12
#: Standard deviation of the slope on either axis, metres a number.
_PACE_M = 1.7
#: Standard deviations of the offset of a side, and of the lanes of a side from its numbers, metres.
_APART_M, _LANES_M = 50.0, 25.0
_ANYWHERE_M = 3000.0
#: Degrees of freedom of the noise, which is Student's; steps of expectation maximization.
_FREEDOM, _STEPS = 4.0, 5
#: A longer road is fitted in blocks of this many numbers, with this many more on either side.
_BLOCK, _BESIDE = 96, 16
#: Numbers beyond the last known one up to which positions are computed.
_BEYOND = 4000


class Course:
    """Where each house number of a road is likely to lie.

    Gaussian process regression of either coordinate on the number. The covariance is that of a linear trend, a random
    walk about it, constants for each side of the road (odd and even numbers) and for the lanes of a side, and noise.
    The noise follows Student's distribution and is found by expectation maximization, so that outliers weigh little.
    The regression is made for three variances of the random walk, averaged by their evidence. Between known numbers the
    posterior mean is linear, so it is kept at these knots.

    Parameters
    ----------
    number : sequence of n int
        Ascending, n > 0.
    x, y : sequence of n float
        Metres.
    is_lane : sequence of n bool, optional
        Whether each is the number of a lane (弄); by default none.

    Notes
    -----
    Takes about 18 n³ operations for up to 96 numbers; a longer road is cut into overlapping parts of at most 128.

    References
    ----------
    C. E. Rasmussen, C. K. I. Williams: Gaussian Processes for Machine Learning, MIT Press 2006, algorithm 2.1.
    K. L. Lange, R. J. A. Little, J. M. G. Taylor: Robust Statistical Modeling Using the t Distribution, Journal of the
    American Statistical Association 84 (1989), 881-896.
    """

    def __init__(
        self, number: Sequence[int], x: Sequence[float], y: Sequence[float], is_lane: Sequence[bool] | None = None
    ) -> None:
        n, places = np.array(number, np.float64), np.column_stack([x, y])
        lanes = np.zeros(len(n), bool) if is_lane is None else np.array(is_lane, bool)
        self._parts = [_Part(n[rows], lanes[rows], places[rows], upto) for rows, upto in _blocks(n)]
        first, last = number[0], number[-1]
        self._knots: list[float] = np.unique([max(0, first - _BEYOND), *n, last + _BEYOND]).tolist()
        self._sides: dict[tuple[int, bool], list[tuple[float, float, float, float]]] = {}

    def at(self, number: int, is_lane: bool = False) -> tuple[float, float, float]:
        """Return x, y and standard deviation of the position of a number, metres."""
        kind = number % 2, is_lane
        knots, side = self._knots, self._sides.get(kind) or self._side(*kind)
        high = bisect_right(knots, number)
        if high == len(knots):
            return side[-1][:3]
        if not high:
            return side[0][:3]
        low = high - 1
        (x, y, off, stray), (to_x, to_y, to_off, _) = side[low], side[high]
        gap = knots[high] - knots[low]
        share = (number - knots[low]) / gap
        # A random walk between two fixed places strays most half-way; beyond the last known number, ever farther.
        known_ends = 0 < low < len(knots) - 2
        strayed = 2 * stray * gap * share * (1 - share) if known_ends else 0.0
        error = math.sqrt((off + share * (to_off - off)) ** 2 + strayed)
        return x + share * (to_x - x), y + share * (to_y - y), error

    def _side(self, side: int, is_lane: bool) -> list[tuple[float, float, float, float]]:
        """Return x, y, standard deviation and stray at the knots of a side (0 even, 1 odd), once they are needed."""
        knots, told = np.array(self._knots), np.empty((len(self._knots), 4))
        which = np.minimum(np.searchsorted([part.upto for part in self._parts], knots), len(self._parts) - 1)
        for at, part in enumerate(self._parts):
            told[which == at] = part.at(knots[which == at], side, is_lane)
        found = self._sides[side, is_lane] = [(float(a), float(b), float(c), float(d)) for a, b, c, d in told]
        return found


class _Part:
    """The regressions on a stretch of consecutive numbers, averaged by evidence; `upto` is the last it is used for."""

    def __init__(self, number: Floats, is_lane: Bools, places: Floats, upto: float) -> None:
        self.upto = upto
        self.fits = [_Fit(number, is_lane, places, stray) for stray in _STRAYS_M2]
        evidence = np.array([fit.evidence for fit in self.fits])
        weight = np.exp(evidence - evidence.max())
        self.weight = weight / weight.sum()

    def at(self, number: Floats, side: int, is_lane: bool) -> Floats:
        """Return x, y, standard deviation (metres) and stray of numbers, or lanes, on a side: shape (m, 4)."""
        told = [fit.at(number, side, is_lane) for fit in self.fits]
        place = sum(weight * one for weight, (one, _) in zip(self.weight, told, strict=True))
        variance = sum(
            weight * (own + ((one - place) ** 2).sum(axis=1))
            for weight, (one, own) in zip(self.weight, told, strict=True)
        )
        stray = float(self.weight @ np.array(_STRAYS_M2)) * (1 + _SIDE_STRAYS)
        return np.column_stack([place, np.sqrt(variance), np.full(len(number), stray)])


class _Fit:
    """The regression for one variance of the random walk, `stray`, square metres a number."""

    def __init__(self, number: Floats, is_lane: Bools, places: Floats, stray: float) -> None:
        self.number, self.is_lane, self.stray = number, is_lane, stray
        self.centre = float(number[len(number) // 2])
        self.mean = np.asarray(np.median(places, axis=0), np.float64)
        kernel, usual = self._kernel(number, number % 2, is_lane), np.where(is_lane, _LANE_NOISE_M, _NOISE_M) ** 2
        noise, off = usual, places - self.mean
        self.inverse, self.weights = _solved(kernel, noise, off)
        for _ in range(_STEPS if len(number) > 2 else 0):
            missed = noise[:, None] * self.weights
            doubt = 2 * noise * (1 - noise * self.inverse.diagonal())
            noise = (_FREEDOM * usual + (missed**2).sum(axis=1) + doubt) / (_FREEDOM + 2)
            self.inverse, self.weights = _solved(kernel, noise, off)
        unlike = _FREEDOM * np.log(noise / usual).sum()
        self.evidence: float = np.linalg.slogdet(self.inverse)[1] - ((off * self.weights).sum() + unlike) / 2

    def at(self, number: Floats, side: int, is_lane: bool) -> tuple[Floats, Floats]:
        """Return positions and variances of numbers, or lanes, on a side: shapes (m, 2) and (m,)."""
        kernel = self._kernel(number, side, is_lane)
        far = np.abs(number - self.centre)
        own = (_PACE_M * far) ** 2 + self.stray * (1 + _SIDE_STRAYS) * far + _APART_M**2 + _ANYWHERE_M**2
        # Unlike a house, a lane lies off its trend by more than the least error of a spot.
        own += is_lane * (_LANES_M**2 + _LANE_NOISE_M**2 - _NOISE_M**2)
        variance = own - np.einsum("ij,jk,ik->i", kernel, self.inverse, kernel)
        return self.mean + kernel @ self.weights, 2 * np.maximum(variance, 0.0)

    def _kernel(self, number: Floats, side: Floats | int, is_lane: Bools | bool) -> Floats:
        """Return the prior covariance of positions with the known ones, square metres: shape (len(number), n)."""
        a, b = number[:, None] - self.centre, self.number[None, :] - self.centre
        walked = self.stray * np.where(np.sign(a) == np.sign(b), np.minimum(np.abs(a), np.abs(b)), 0.0)
        same = np.reshape(side, (-1, 1)) == self.number % 2
        lanes = np.reshape(is_lane, (-1, 1)) & self.is_lane
        own_side = _APART_M**2 + _SIDE_STRAYS * walked + _LANES_M**2 * lanes
        kernel: Floats = _PACE_M**2 * a * b + walked + own_side * same + _ANYWHERE_M**2
        return kernel


def _solved(kernel: Floats, noise: Floats, off: Floats) -> tuple[Floats, Floats]:
    """Return the inverse of the covariance of observed positions, and its product with the residuals, (n, 2)."""
    inverse = np.asarray(np.linalg.inv(kernel + np.diag(noise)), np.float64)
    return inverse, inverse @ off


def _blocks(number: Floats) -> Iterator[tuple[slice, float]]:
    """Yield, for each stretch of the road, the slice of numbers to fit, and the last number it is used for."""
    for start in range(0, len(number), _BLOCK):
        end = start + _BLOCK
        upto = math.inf if end >= len(number) else float(number[end - 1])
        yield slice(max(start - _BESIDE, 0), end + _BESIDE), upto
