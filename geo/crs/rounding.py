"""Coordinates that are rounded to few decimals: to which step, and which of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["coarse_rows", "rounding_deg"]

Array = npt.NDArray[np.float64]

#: Fewer points than this say nothing: a handful may have few decimals by chance.
_LEAST_POINTS = 20
_MOST_EXACT = 0.05
#: Steps of a degree that coordinates may be rounded to, 110 km to 110 m; four decimals are exact enough for a street.
_STEPS = (1.0, 0.1, 0.01, 0.001)


def rounding_deg(lon: Array, lat: Array) -> float:
    """Return the step in degrees that coordinates are rounded to: 1, 0.1, 0.01 or 0.001; 0.0 if they are finer.

    At least 95 % of the points must be whole multiples of the step.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,), degrees
        As they stand in the table; points with NaN are left out. Fewer than 20 points give 0.0, since a handful may
        have few decimals by chance.

    Examples
    --------
    >>> rounding_deg(np.arange(20) / 100 + 116, np.arange(20) / 50 + 39), rounding_deg(np.arange(20) / 7, np.ones(20))
    (0.01, 0.0)
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    if known.sum() < _LEAST_POINTS:
        return 0.0
    x, y = lon[known], lat[known]
    return next((step for step in _STEPS if (~coarse_rows(x, y, step)).mean() <= _MOST_EXACT), 0.0)


def coarse_rows(lon: Array, lat: Array, step_deg: float) -> npt.NDArray[np.bool_]:
    """Return which points are, in both coordinates, whole multiples of `step_deg` degrees: bool, shape (n,)."""
    with np.errstate(invalid="ignore"):
        x, y = lon / step_deg, lat / step_deg
        return np.asarray((np.abs(x - np.rint(x)) < 1e-6) & (np.abs(y - np.rint(y)) < 1e-6))
