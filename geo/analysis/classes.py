"""Classes of a measure for colouring: few, rounded, none empty; no value is a class of its own, never zero."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.analysis.units import Scale
from geo.analysis.values import range_text

__all__ = ["CATEGORIES", "OTHER", "POINT_RAMP", "RAMP", "Classes", "classify", "classify_many"]

#: From low to high; one hue, so that it can be told apart in grey and by colour-blind readers.
RAMP = ("#e4eff3", "#b4d3df", "#7cb2c9", "#3f86a8", "#1a5679")

#: The same for points, which lie on areas that may be coloured by `RAMP`: another hue.
POINT_RAMP = ("#fdd9b5", "#f7a35c", "#dd6b20", "#a8410f", "#5e1f06")

#: Categories, the most frequent first, and the rest of them; told apart by colour-blind readers too.
CATEGORIES = ("#228833", "#e69f00", "#332288", "#882255", "#88ccee", "#ddcc77")
OTHER = "#8a8f94"

#: Of more values than this, breaks are found on so many that stand evenly in their order.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Classes:
    """Class of every key, and the colour and bounds of every class.

    `bounds` are (low, high), both inside the class: the smallest and largest value that occur in it.
    """

    of: Mapping[str, int]
    bounds: Sequence[tuple[float, float]]
    colours: Sequence[str]

    def label(self, index: int, scale: Scale | None = None) -> str:
        """Return the bounds of a class in words, as they stand under the heading that `scale` belongs to."""
        return range_text(*self.bounds[index], scale or Scale())


def classify(values: Mapping[str, float], most: int = len(RAMP)) -> Classes:
    """Sort values into at most `most` classes.

    Up to `most` different values are a class each. More are split where the classes differ most and vary least inside
    (Jenks' natural breaks, found exactly), after Fisher (1958), "On grouping for maximum homogeneity".

    Parameters
    ----------
    values : mapping of str to float
        Finite values; keys without a value are left out by the caller.
    most : int
        Number of classes, 1 to 5.

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
    different = sorted(set(clean.values()))
    groups = [[value] for value in different] if len(different) <= most else _natural(sorted(clean.values()), most)
    index = {value: k for k, group in enumerate(groups) for value in group}
    return Classes(
        of={key: index[value] for key, value in clean.items()},
        bounds=[(group[0], group[-1]) for group in groups],
        colours=_colours(len(groups), RAMP),
    )


def classify_many(
    values: npt.NDArray[np.float64], ramp: Sequence[str] = POINT_RAMP
) -> tuple[npt.NDArray[np.int64], Classes]:
    """Sort the values of many rows into classes, by the breaks that `classify` finds.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN where a row has none.
    ramp : sequence of str
        Colours from low to high, as many as there may be classes.

    Returns
    -------
    of : ndarray of int64, shape (n,)
        Class of each row, -1 without a value.
    classes : Classes
        Bounds and colours; its own `of` is empty.

    Notes
    -----
    Of more than 200 values the breaks are those of 200 that stand evenly in their order, smallest and largest among
    them; the bounds are of all values. Sorts once: some 0.1 s for 500,000.
    """
    known = np.isfinite(values)
    ordered = np.sort(values[known])
    if not len(ordered):
        return np.full(len(values), -1), Classes({}, (), ())
    places = np.linspace(0, len(ordered) - 1, min(len(ordered), _LOOKED_AT)).round().astype(int)
    looked = classify({str(n): value for n, value in enumerate(ordered[places].tolist())}, most=len(ramp))
    starts = np.searchsorted(ordered, [low for low, _ in looked.bounds])
    ends = np.append(starts[1:], len(ordered)) - 1
    bounds = [(float(ordered[a]), float(ordered[b])) for a, b in zip(starts, ends, strict=True)]
    of = np.full(len(values), -1)
    of[known] = np.searchsorted([low for low, _ in bounds], values[known], side="right") - 1
    return of, Classes({}, bounds, _colours(len(bounds), ramp))


def _colours(count: int, ramp: Sequence[str]) -> list[str]:
    """Return so many colours spread over a ramp; of one class that in the middle."""
    if count == 1:
        return [ramp[len(ramp) // 2]]
    return [ramp[round(k * (len(ramp) - 1) / max(1, count - 1))] for k in range(count)]


def _natural(ordered: Sequence[float], count: int) -> list[list[float]]:
    n = len(ordered)
    total, square = [0.0], [0.0]
    for value in ordered:
        total.append(total[-1] + value)
        square.append(square[-1] + value * value)

    def spread(i: int, j: int) -> float:
        """Return the sum of squared deviations of ordered[i:j]."""
        return square[j] - square[i] - (total[j] - total[i]) ** 2 / (j - i)

    best = [0.0] + [spread(0, j) for j in range(1, n + 1)]
    cuts: list[list[int]] = []
    for _ in range(count - 1):
        row, cut = [math.inf] * (n + 1), [0] * (n + 1)
        for j in range(1, n + 1):
            for i in range(1, j):
                # Equal values stay together, so a break never runs through them.
                if ordered[i] != ordered[i - 1] and best[i] + spread(i, j) < row[j]:
                    row[j], cut[j] = best[i] + spread(i, j), i
        best = row
        cuts.append(cut)
    edges = [n]
    for cut in reversed(cuts):
        edges.append(cut[edges[-1]])
    edges.append(0)
    edges.reverse()
    return [list(ordered[a:b]) for a, b in itertools.pairwise(edges) if b > a]
