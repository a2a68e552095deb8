"""Rows whose result is in doubt: those that state another district, and those whose coordinates are rounded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.assign.index import AreaIndex
from geo.assign.lookup import assign
from geo.base.messages import text
from geo.crs.datums import DATUMS, to_wgs84

__all__ = [
    "coarse_words",
    "other_datums",
    "reached",
    "rounding_m",
    "stated_words",
]

Array = npt.NDArray[np.float64]

_METRES_PER_DEGREE = 111_320.0
#: Positions looked up along each side of the cell of a rounded point.
_ALONG = 5
#: More than the cells from pole to pole, so that a cell has one number.
_ROWS_OF_CELLS = 1_000_000


def rounding_m(lat: Array, step_deg: float) -> Array:
    """Return how far a rounded point may be from the true one: half the diagonal of its cell, rounded to whole metres.

    Parameters
    ----------
    lat : ndarray of float64, shape (n,), degrees
    step_deg : float
        Side of the cell, degrees.
    """
    return np.asarray(np.round(np.hypot(np.cos(np.radians(lat)), 1.0) * step_deg / 2 * _METRES_PER_DEGREE))


def reached(
    lon: Array, lat: Array, step_deg: float, datum: str, index: AreaIndex
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], dict[int, tuple[int, ...]]]:
    """Return which areas a rounded point may lie in, for those cells of which not all positions lie in the same areas.

    A rounded point stands for a cell, a square of one step around it.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees in `datum`, whole multiples of the step.
    step_deg : float
        Side of a cell, degrees.
    datum : str
    index : AreaIndex

    Returns
    -------
    first : ndarray of intp, shape (cells,)
        Position of one point of each cell.
    cell : ndarray of intp, shape (n,)
        The number of each point's cell; many rows share one.
    areas : dict of int to tuple of int
        Number of a cell → numbers of the areas that some position in it lies in.

    Notes
    -----
    Each cell is looked up at 25 positions, 5 by 5; an area that lies between them is missed.
    """
    keys = np.rint(lon / step_deg).astype(np.int64) * _ROWS_OF_CELLS + np.rint(lat / step_deg).astype(np.int64)
    _, first, cell = np.unique(keys, return_index=True, return_inverse=True)
    side = np.linspace(-0.5, 0.5, _ALONG) * step_deg
    east, north = (part.ravel() for part in np.meshgrid(side, side))
    x, y = (lon[first][:, None] + east).ravel(), (lat[first][:, None] + north).ravel()
    if not len(first):
        return first, cell, {}
    found = assign(*to_wgs84(x, y, datum), index, index.predicate)
    codes = found.codes.reshape(len(first), -1)
    sets, several = found.sets(), (codes != codes[:, :1]).any(axis=1)
    within = {
        int(one): tuple(sorted({area for code in set(codes[one].tolist()) for area in sets[code]}))
        for one in np.flatnonzero(several)
    }
    return first, cell, within


def other_datums(
    lon: Array,
    lat: Array,
    datum: str,
    stated: Sequence[str],
    district_of: Callable[[Array, Array], Sequence[str | None]],
) -> list[tuple[str, ...]]:
    """Return for each point the datums, other than `datum`, in which it lies in the district that its row states.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees as they stand in the table, of rows that in `datum` do not lie in the district they state.
    datum : str
    stated : sequence of str, length n
        Ids of the districts that the rows state.
    district_of : callable
        Takes longitude and latitude in WGS 84, returns the id of the district of each point, or None.

    Returns
    -------
    list of tuple of str, length n
    """
    found: list[tuple[str, ...]] = [()] * len(lon)
    for other in DATUMS:
        if other != datum:
            there = district_of(*to_wgs84(lon, lat, other))
            found = [(*one, other) if a == b else one for one, a, b in zip(found, stated, there, strict=True)]
    return found


def stated_words(
    said: Sequence[str],
    there: Sequence[str | None],
    others: Sequence[tuple[str, ...]],
    names: Mapping[Any, str],
    language: str,
) -> tuple[list[str], Counter[str]]:
    """Return the notes on rows that lie in another district than they state, and in which datums such rows would fit.

    Parameters
    ----------
    said, there : sequence of str
        Ids of the district that each row states, and of the one it lies in (None: in none).
    others : sequence of tuple of str
        The datums in which each row would fit, from `other_datums`.
    names : mapping
        Names of districts by id.
    language : {"zh", "en"}

    Returns
    -------
    notes : list of str
    datums : Counter of str
        Number of rows that fit in each datum.
    """
    known: dict[tuple[str, str | None, tuple[str, ...]], str] = {}
    words = []
    for row in zip(said, there, others, strict=True):
        if row not in known:
            known[row] = _stated(*row, names, language)
        words.append(known[row])
    return words, Counter(datum for other in others for datum in other)


def _stated(said: str, there: str | None, others: Sequence[str], names: Mapping[Any, str], language: str) -> str:
    key = "assign.note.stated" if there is not None else "assign.note.stated_outside"
    note = text(key, language, stated=names.get(said, said), found=names.get(there, there))
    if others:
        shown = text("list.comma", language).join(text(f"data.datum.{datum}", language) for datum in others)
        note += text("list.semicolon", language) + text("assign.note.other_datum", language, datum=shown)
    return note


def coarse_words(names: Sequence[str], townships: int, step_deg: float, metres: float, language: str) -> str:
    """Return the note on a rounded point that may lie in other areas.

    Parameters
    ----------
    names : sequence of str
        Names of the other districts and places.
    townships : int
        Number of townships it may lie in; told only if there are no `names`.
    step_deg, metres : float
        Step of the rounding in degrees, and accuracy in metres.
    language : {"zh", "en"}
    """
    digits = max(round(-math.log10(step_deg)), 0)
    values: dict[str, object] = {"digits": digits, "metres": f"{metres:,.0f}"}
    if not names:
        return text("assign.note.coarse_township", language, count=townships, **values)
    listed = text("list.comma", language).join(names)
    return text("assign.note.coarse", language, names=listed, **values)
