"""What accuracy may honestly be stated: how far spots found in one way were off where the truth was known."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["SHARE", "Accuracy"]

#: So many of a hundred rows shall lie within what is stated.
SHARE = 0.92
_LEAST_M = 30.0
_CASES = 60
_BINS = 6
#: Before anything was measured: how many times the error guessed.
_UNMEASURED = {"exact": 5.0, "between": 2.5, "beyond": 5.0, "model": 5.0, "road": 2.0, "crossing": 2.0, "poi": 2.0}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Factors from guessed errors to accuracies, by how a spot was found and how large the guess is.

    Attributes
    ----------
    steps : mapping of str to list of (float, float)
        Of each way of finding: the largest guess of each class, metres, and its factor.
    """

    steps: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def of(self, how: str, error_m: float) -> float:
        """Return the accuracy to state, metres: about 92 of 100 spots lie within it."""
        steps = self.steps.get(how)
        if not steps:
            return max(_LEAST_M, _UNMEASURED.get(how, 2.0) * error_m)
        at = min(bisect_left(steps, (error_m, 0.0)), len(steps) - 1)
        return max(_LEAST_M, steps[at][1] * error_m)

    @classmethod
    def measured(cls, how: Sequence[str], error_m: npt.NDArray[np.float64], off_m: npt.NDArray[np.float64]) -> Accuracy:
        """Return the accuracy by cases with known truth.

        Parameters
        ----------
        how : sequence of n str
        error_m, off_m : ndarray of shape (n,), float64, metres
            What was guessed, and how far off the spot truly was. Of a way with fewer than 60 cases nothing is said.
        """
        steps: dict[str, list[tuple[float, float]]] = {}
        ways = np.asarray(how, dtype=object)
        for way in sorted(set(how)):
            rows = np.flatnonzero(ways == way)
            if len(rows) < _CASES:
                continue
            rows = rows[np.argsort(error_m[rows], kind="stable")]
            parts = np.array_split(rows, max(1, min(_BINS, len(rows) // _CASES)))
            steps[way] = []
            for part in parts:
                share = min(1.0, SHARE * (len(part) + 1) / len(part))
                factor = float(np.quantile(off_m[part] / np.maximum(error_m[part], 1.0), share))
                steps[way].append((float(error_m[part[-1]]), round(factor, 3)))
        return cls(steps)
