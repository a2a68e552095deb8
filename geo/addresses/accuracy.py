"""The accuracy that is stated for a position, calibrated on addresses whose true position is known.

`Spot.error_m` is an estimate of the error. Within a class of positions that were found in the same way and with similar
estimates, it is multiplied by a factor, so that about nine of ten true positions lie within the product.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["SHARE", "Accuracy"]

#: Share of all cases that shall lie within the stated accuracy; shares that a class may have.
SHARE = 0.915
_SHARES = np.arange(0.85, 0.981, 0.01)
_LEAST_M = 30.0
#: Beyond it one accuracy counts as wide as another, where the least share already reaches half as far.
_COARSE_M = 600.0
#: Fewest cases to measure a way of finding; cases in a class, about; most classes of a way.
_CASES, _CLASS_CASES, _CLASSES = 20, 100, 5
#: Built-in steps, as in `Accuracy.steps`, and those of all other ways.
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
    """Factors from estimated error to stated accuracy.

    Attributes
    ----------
    steps : mapping of str to list of (float, float)
        For each way of finding (`Spot.how`) its classes, ascending: the largest estimate in the class in metres, and
        the factor. Ways that are missing have built-in factors.
    """

    steps: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def of(self, how: str, error_m: float) -> float:
        """Return the accuracy to state, metres, at least 30: about nine of ten true positions lie within it."""
        steps = self.steps.get(how) or _UNMEASURED.get(how, _ELSE)
        at = min(bisect_left(steps, (error_m, 0.0)), len(steps) - 1)
        return max(_LEAST_M, steps[at][1] * error_m)

    @classmethod
    def measured(cls, how: Sequence[str], error_m: Floats, off_m: Floats) -> Accuracy:
        """Return the factors that fit cases whose true position is known: the built-in ones, corrected for each class.

        Parameters
        ----------
        how : sequence of n str
            How each position was found.
        error_m, off_m : ndarray of float64, shape (n,), metres
            Estimated and true error. A way with fewer than 20 cases keeps its built-in factors.
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
    """Return the steps of a class: the built-in ones between `low_m` and `top_m`, their factors times `times`.

    A few cases tell by how much all accuracies are too small or too large, not how they should differ within the class.
    """
    before = [(min(top, top_m), factor) for top, factor in _UNMEASURED.get(way, _ELSE) if top > low_m]
    last = next(at for at, (top, _) in enumerate(before) if top >= top_m)
    return [(top, round(factor * times, 3)) for top, factor in before[: last + 1]]


def _classes(how: Sequence[str], error_m: Floats) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """Return the classes of cases: a way of finding, and the rows of the cases (intp), by estimated error.

    A way has at most five classes, of about 100 cases or more.
    """
    ways = np.asarray(how, dtype=object)
    found = []
    for way in sorted(set(how)):
        rows = np.flatnonzero(ways == way)
        if len(rows) >= _CASES:
            parts = np.linspace(0, 1, max(1, min(_CLASSES, len(rows) // _CLASS_CASES)) + 1)[1:]
            # Many estimates are equal: a class must hold all equal ones, or `of` would take the first class for all.
            tops = np.unique(np.quantile(error_m[rows], parts, method="higher"))
            which = np.searchsorted(tops, error_m[rows])
            found += [(way, rows[which == at]) for at in range(len(tops))]
    return found


def _radii(off: Floats) -> Floats:
    """Return the factors that hold each of `_SHARES` of the cases; `off` is true error / accuracy stated before."""
    return np.quantile(off, np.minimum(1.0, _SHARES * (len(off) + 1) / len(off)))


def _shared(sizes: Sequence[int], radii: Sequence[Floats]) -> list[int]:
    """Return for each class which share of its cases to hold, as a position in `_SHARES`.

    Together the classes hold `SHARE` of all cases, and the mean of the stated accuracies is least: a class in which the
    last few percent would cost many metres, because of gross errors, holds fewer; a class that is narrow, or coarse in
    any case, holds more. Solved by bisection on the price of a share (a Lagrange multiplier).

    Parameters
    ----------
    sizes : sequence of n int
        Cases in each class.
    radii : sequence of n ndarray of float64
        Metres that hold each share, at the median of the accuracies that the class had before.
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
