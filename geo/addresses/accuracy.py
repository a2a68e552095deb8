"""What accuracy may honestly be stated: how far spots found in one way were off where the truth was known."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["SHARE", "Accuracy"]

#: So large a part of all rows shall lie within what is stated; of no class less than the first or more than the last.
SHARE = 0.92
_SHARES = np.arange(0.85, 0.981, 0.01)
_LEAST_M = 30.0
#: Beyond it one accuracy counts as wide as another, where the least share already reaches half as far.
_COARSE_M = 600.0
#: Of a way with fewer cases nothing is said; classes of a way are so many at most, each of so many cases.
_CASES, _CLASS_CASES, _CLASSES = 60, 100, 5
#: Before anything was measured: steps as `Accuracy` has them, and how many times the error guessed else.
_UNMEASURED: Mapping[str, Sequence[tuple[float, float]]] = {
    "exact": [(math.inf, 12.0)],
    "between": [(math.inf, 2.4)],
    "beyond": [(math.inf, 8.0)],
    "model": [(45.0, 7.0), (60.0, 4.5), (75.0, 3.2), (120.0, 2.7), (math.inf, 10.0)],
    "estate": [(math.inf, 3.0)],
    "road": [(math.inf, 2.4)],
    "crossing": [(math.inf, 3.0)],
    "kin": [(math.inf, 8.0)],
}
_ELSE = [(math.inf, 2.5)]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """By how much to multiply a guessed error so that it is honest, by how a spot was found and how large the guess is.

    Attributes
    ----------
    steps : mapping of str to list of (float, float)
        Of each way of finding: the largest guess of each class, metres, and its factor.
    """

    steps: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def of(self, how: str, error_m: float) -> float:
        """Return the accuracy to state, metres: about nine of ten spots lie within it."""
        steps = self.steps.get(how) or _UNMEASURED.get(how, _ELSE)
        at = min(bisect_left(steps, (error_m, 0.0)), len(steps) - 1)
        return max(_LEAST_M, steps[at][1] * error_m)

    @classmethod
    def measured(cls, how: Sequence[str], error_m: Floats, off_m: Floats) -> Accuracy:
        """Return the accuracy by cases with known truth.

        Parameters
        ----------
        how : sequence of n str
        error_m, off_m : ndarray of shape (n,), float64, metres
            What was guessed, and how far off the spot truly was. Of a way with fewer than 60 cases nothing is said.
        """
        unmeasured = cls()
        before = np.array([unmeasured.of(*case) for case in zip(how, error_m.tolist(), strict=True)])
        classes = _classes(how, error_m)
        radii = [_radii(off_m[rows] / before[rows]) for _, rows in classes]
        stated = [float(np.median(before[rows])) for _, rows in classes]
        shares = _shared([len(rows) for _, rows in classes], [r * m for r, m in zip(radii, stated, strict=True)])
        steps: dict[str, list[tuple[float, float]]] = {}
        for (way, rows), factors, share in zip(classes, radii, shares, strict=True):
            of_way = steps.setdefault(way, [])
            low = of_way[-1][0] if of_way else 0.0
            of_way += _within(way, low, float(error_m[rows].max()), float(factors[share]))
        return cls(steps)


def _within(way: str, low_m: float, top_m: float, times: float) -> list[tuple[float, float]]:
    """Return the steps of a class: those that stood before anything was measured, so many times as wide.

    Few cases tell how wide all must be, not how much wider the unsure ones are than the sure.
    """
    before = [(min(top, top_m), factor) for top, factor in _UNMEASURED.get(way, _ELSE) if top > low_m]
    last = next(at for at, (top, _) in enumerate(before) if top >= top_m)
    return [(top, round(factor * times, 3)) for top, factor in before[: last + 1]]


def _classes(how: Sequence[str], error_m: Floats) -> list[tuple[str, npt.NDArray[np.intp]]]:
    ways = np.asarray(how, dtype=object)
    found = []
    for way in sorted(set(how)):
        rows = np.flatnonzero(ways == way)
        if len(rows) >= _CASES:
            parts = np.linspace(0, 1, max(1, min(_CLASSES, len(rows) // _CLASS_CASES)) + 1)[1:]
            # Many guesses are one and the same: a class has all of a kind, or `of` would take the first for all.
            tops = np.unique(np.quantile(error_m[rows], parts, method="higher"))
            which = np.searchsorted(tops, error_m[rows])
            found += [(way, rows[which == at]) for at in range(len(tops))]
    return found


def _radii(off: Floats) -> Floats:
    """Return the factor that holds each of the shares."""
    return np.quantile(off, np.minimum(1.0, _SHARES * (len(off) + 1) / len(off)))


def _shared(sizes: Sequence[int], radii: Sequence[Floats]) -> list[int]:
    """Return of each class which share to hold, so that all hold `SHARE` and the mean of the accuracies is least.

    A class whose last hundredths cost many metres, as gross errors do, holds fewer; one that is narrow, or coarse at
    any rate, holds more.

    Parameters
    ----------
    sizes : sequence of n int
    radii : sequence of n ndarray
        Metres that hold each of the shares, in the middle of the class.
    """
    if not sizes:
        return []
    weight = np.array(sizes) / sum(sizes)
    costs = np.array(radii) / _COARSE_M
    costs = np.where(costs[:, :1] >= 0.5, np.minimum(costs, 1.0), costs)
    low, high = 0.0, 1e3
    chosen = np.full(len(sizes), len(_SHARES) - 1)
    for _ in range(60):
        price = (low + high) / 2
        chosen = np.argmin(costs - price * _SHARES[None, :], axis=1)
        if float((weight * _SHARES[chosen]).sum()) < SHARE:
            low = price
        else:
            high = price
    return [int(at) for at in np.argmin(costs - high * _SHARES[None, :], axis=1)]
