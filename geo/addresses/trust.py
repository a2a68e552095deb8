"""Which rows of a geocoded table have a spot of their own, not the middle of a road or district as a way out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["own_places"]

Floats = npt.NDArray[np.float64]

#: One building may bear so many numbers; what bears more, or names of so many roads and villages, is not one building.
_NUMBERS, _NAMES = 40, 3
#: Coordinates are one and the same to so many metres.
_SAME_M = 0.1


def own_places(x: Floats, y: Floats, names: Sequence[str], numbers: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return which rows have a spot of their own: a mask of shape (n,).

    A service that does not know a number gives the middle of the road, to all of them the same; one that does not
    know the road, the middle of the district.

    Parameters
    ----------
    x, y : ndarray of shape (n,), float64, metres
    names : sequence of n str
        The road, the village or whatever the row names first; empty for none.
    numbers : sequence of n int
        The house number; -1 for none.
    """
    own = np.ones(len(x), bool)
    if not len(x):
        return own
    places, which = np.unique(np.round(np.column_stack([x, y]) / _SAME_M), axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(which.ravel(), minlength=len(places)))[:-1]):
        by_name: dict[str, list[int]] = {}
        for row in rows.tolist() if len(rows) > 1 else ():
            by_name.setdefault(names[row], []).append(row)
        for name, same in by_name.items():
            numbered = [numbers[row] for row in same if numbers[row] >= 0]
            too_many = bool(name) and len(by_name) >= _NAMES
            own[same] = not too_many and (not numbered or max(numbered) - min(numbered) <= _NUMBERS)
    return own
