"""Which rows of a geocoded table have a position of their own, not the middle of a road or district."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["own_places"]

Floats = npt.NDArray[np.float64]

#: One building has at most this range of numbers on a road, and fewer than this many names of roads and villages.
_NUMBERS, _NAMES = 40, 3
#: Coordinates are equal if they agree to this many metres.
_SAME_M = 0.1


def own_places(x: Floats, y: Floats, names: Sequence[str], numbers: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return which rows have a position of their own.

    A geocoding service that does not know a house number returns the middle of the road; if it does not know the road,
    the middle of the district. Such positions are recognised by many rows that share them: with numbers more than 40
    apart on one road, or with three or more different names.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,), metres
    names : sequence of n str
        The road, the village or whatever the row names first; empty for none.
    numbers : sequence of n int
        House number; -1 for none.

    Returns
    -------
    ndarray of bool, shape (n,)
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
