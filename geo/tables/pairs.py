"""Comparison of two pairs of coordinate columns: the same points in two datums, or a question to the user."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.crs.datums import DATUMS, to_wgs84
from geo.tables.notes import Note, listed, note
from geo.tables.points import Coordinates

__all__ = ["compared"]

#: Points nearer than this, metres, are the same: pairs are rounded, and services shift to about a metre.
_SAME_M = 20.0
_ROWS = 2000
_METRES_PER_DEGREE = 111_320.0

Floats = npt.NDArray[np.float64]


def compared(specs: Sequence[Coordinates], sample: pa.Table) -> tuple[Coordinates | None, Note]:
    """Return which of two pairs of coordinate columns to use, and why; or None and the question to ask.

    If the pairs differ exactly as two datums do, the datum of each follows. If both state their datums and yet do not
    match, one of them is wrong, and the user is asked.

    Parameters
    ----------
    specs : sequence of two Coordinates
    sample : pyarrow.Table
        The first rows.

    Returns
    -------
    Coordinates or None
        With its `datum`, if the comparison tells.
    Note
        ``pairs_agree``, ``pairs_equal``, ``pairs_differ``, or ``ask_several`` if they are not the same points.
    """
    names = [listed(spec.columns) for spec in specs]
    several = note("ask_several", candidates="; ".join(names))
    if any(spec.kind not in ("pair", "point") for spec in specs) or set(specs[0].columns) & set(specs[1].columns):
        return None, several
    both = [spec.points(sample.slice(0, _ROWS)) for spec in specs]
    rows = np.flatnonzero(~both[0].set_aside & ~both[1].set_aside)
    if not len(rows):
        return None, several
    (lon_a, lat_a), (lon_b, lat_b) = ((points.lon[rows], points.lat[rows]) for points in both)
    if np.median(_metres(lon_a, lat_a, lon_b, lat_b)) > 100_000:  # not the same kind of thing at all
        return None, several
    ways = itertools.product(*([spec.datum] if spec.datum else DATUMS for spec in specs))
    apart = {}
    for first, second in ways:
        here, there = to_wgs84(lon_a, lat_a, first), to_wgs84(lon_b, lat_b, second)
        apart[first, second] = float(np.median(_metres(*here, *there)))
    fitting = [way for way, metres in apart.items() if metres <= _SAME_M]
    if not fitting and not all(spec.datum for spec in specs):  # start and end of a trip, say
        return None, several
    if not fitting:
        metres = round(min(apart.values()))
        return None, note("pairs_differ", first=names[0], second=names[1], metres=metres)
    if len(fitting) > 1:
        taken = next((spec for spec in specs if spec.datum), specs[0])
        return taken, note("pairs_equal", first=names[0], second=names[1], columns=listed(taken.columns))
    datums = fitting[0]
    place = min((0, 1), key=lambda at: DATUMS.index(datums[at]))
    told = {"first": names[0], "second": names[1], "columns": names[place], "metres": f"{apart[datums]:.1f}"}
    shown = dict(zip(("datum_a", "datum_b"), datums, strict=True))
    return replace(specs[place], datum=datums[place]), note("pairs_agree", **told, **shown)


def _metres(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Return the distances between two sets of points in degrees, metres: shape (n,)."""
    east = (lon - other_lon) * np.cos(np.radians(lat))
    return np.asarray(np.hypot(east, lat - other_lat)) * _METRES_PER_DEGREE
