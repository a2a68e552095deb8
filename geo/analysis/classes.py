"""Classes of a measure for colouring a map: few, rounded, none empty; "no value" is a class of its own, never zero."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.analysis.units import Scale
from geo.analysis.values import range_text

__all__ = ["CATEGORIES", "OTHER", "POINT_RAMP", "RAMP", "Classes", "classify", "classify_many"]

#: From low to high; a single hue, so that the classes differ in greyscale and for colour-blind readers.
RAMP = ("#e4eff3", "#b4d3df", "#7cb2c9", "#3f86a8", "#1a5679")

#: The same for points, which lie on areas that may be coloured by `RAMP`; therefore another hue.
POINT_RAMP = ("#fdd9b5", "#f7a35c", "#dd6b20", "#a8410f", "#5e1f06")

#: Colours of categories, the most frequent first, the last for all others; distinct for colour-blind readers too.
CATEGORIES = ("#228833", "#e69f00", "#332288", "#882255", "#88ccee", "#ddcc77")
OTHER = "#8a8f94"

#: With more distinct values than this, class breaks are tried only at this many quantiles, and around each value that
#: more rows have than lie between two of these quantiles.
_LOOKED_AT = 200
#: If one class would hold a larger share of the rows although their values differ, ranks are classified instead.
_CROWDED = 0.75


@dataclass(frozen=True, slots=True)
class Classes:
    """Class of each key, and colour and bounds of each class.

    `bounds` are (low, high), both inclusive: the smallest and the largest value in the class.
    """

    of: Mapping[str, int]
    bounds: Sequence[tuple[float, float]]
    colours: Sequence[str]

    def label(self, index: int, scale: Scale | None = None) -> str:
        """Return the bounds of a class in words: plain numbers, or with `scale` as written under its heading."""
        return range_text(*self.bounds[index], scale or Scale())


def classify(values: Mapping[str, float], most: int = len(RAMP)) -> Classes:
    """Sort values into at most `most` classes.

    Up to `most` distinct values get a class each. More values are split by Jenks' natural breaks (least variance within
    classes), solved exactly as in Fisher (1958), "On grouping for maximum homogeneity".

    Parameters
    ----------
    values : mapping of str to float
        Finite values; the caller leaves out keys without a value.
    most : int
        Maximum number of classes, 1 to 5.

    Returns
    -------
    Classes

    Examples
    --------
    >>> found = classify({"a": 1.0, "b": 2.0, "c": 100.0}, most=2)
    >>> dict(found.of), [found.label(i) for i in range(2)]
    ({'a': 0, 'b': 0, 'c': 1}, ['1 – 2', '100'])
    """
    clean = {key: float(value) for key, value in values.items() if math.isfinite(value)}
    different, counts = np.unique(list(clean.values()), return_counts=True)
    starts = _natural(different, counts, most)
    return Classes(
        of=dict(zip(clean, _class_of(list(clean.values()), different[starts]).tolist(), strict=True)),
        bounds=_bounds(different, starts),
        colours=_colours(len(starts), RAMP),
    )


def classify_many(
    values: npt.NDArray[np.float64], ramp: Sequence[str] = POINT_RAMP
) -> tuple[npt.NDArray[np.int64], Classes]:
    """Sort the values of many rows into classes, with the breaks that `classify` finds.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN where a row has no value.
    ramp : sequence of str
        Colours from low to high; at most this many classes.

    Returns
    -------
    of : ndarray of int64, shape (n,)
        Class index of each row, -1 without a value.
    classes : Classes
        Bounds and colours; its mapping `of` is empty.

    Notes
    -----
    If three quarters of the rows or more would share one class although their values differ (as amounts of money do),
    the ranks are classified: classes of about equally many rows, while a value that most rows have stays a class of its
    own. With more than 200 distinct values, breaks are searched among 200 quantiles and around frequent values. The
    cost is one sort: about 0.1 s for 500,000 rows.
    """
    known = np.isfinite(values)
    different, counts = np.unique(values[known], return_counts=True)
    most = len(ramp)
    starts = _natural(different, counts, most)
    if _is_crowded(counts, starts):
        starts = _natural(np.cumsum(counts) - counts / 2, counts, most)
    of = np.full(len(values), -1)
    of[known] = _class_of(values[known], different[starts])
    return of, Classes({}, _bounds(different, starts), _colours(len(starts), ramp))


def _class_of(values: npt.ArrayLike, lows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.searchsorted(lows, values, side="right") - 1


def _bounds(different: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> list[tuple[float, float]]:
    ends = np.append(starts[1:], len(different))[: len(starts)] - 1
    return list(zip(different[starts].tolist(), different[ends].tolist(), strict=True))


def _is_crowded(counts: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> bool:
    if not len(starts):
        return False
    rows = np.add.reduceat(counts, starts)
    several = np.diff(np.append(starts, len(counts))) > 1
    return bool((several & (rows > _CROWDED * rows.sum())).any())


def _colours(count: int, ramp: Sequence[str]) -> list[str]:
    """Return `count` colours spread over a ramp; for one class the middle colour."""
    if count == 1:
        return [ramp[len(ramp) // 2]]
    return [ramp[round(k * (len(ramp) - 1) / max(1, count - 1))] for k in range(count)]


def _natural(different: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Return the index of the first value of each class; `different` is sorted, `counts` are rows per value."""
    if len(different) <= most:
        return np.arange(len(different))
    even = np.linspace(0, len(different), min(len(different), _LOOKED_AT) + 1).round().astype(int)
    often = np.flatnonzero(counts > counts.sum() / _LOOKED_AT)
    edges = np.unique(np.concatenate([even, often, often + 1]))
    scaled = _scaled(different)
    sums = (counts, counts * scaled, counts * scaled**2)
    rows, total, square = (np.append(0.0, np.cumsum(part))[edges] for part in sums)
    # Sum of squared deviations of the values from edge i up to edge j.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = square - square[:, None] - (total - total[:, None]) ** 2 / (rows - rows[:, None])
    spread[np.tril_indices(len(edges))] = np.inf
    best, cuts = spread[0], []
    for _ in range(most - 1):
        found = best[:, None] + spread
        cuts.append(found.argmin(axis=0))
        best = found.min(axis=0)
    starts = [len(edges) - 1]
    for cut in reversed(cuts):
        starts.insert(0, int(cut[starts[0]]))
    return edges[[0, *starts[:-1]]]


def _scaled(different: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the values scaled and shifted to within ±2: their squares neither overflow nor lose small differences."""
    exponent = int(np.frexp(np.abs(different).max())[1])
    scaled = np.ldexp(different, -exponent)
    found: npt.NDArray[np.float64] = scaled - scaled[len(scaled) // 2]
    return found
