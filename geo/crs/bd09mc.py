"""Baidu's projected coordinates in metres (BD-09MC) to BD-09 degrees and back, by six polynomials, one per band.

No CRS registry has it. The coefficients are public (``geo/data/bd09mc.csv``): longitude is linear in the easting,
latitude a polynomial of degree 6 in the northing.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

__all__ = ["bd09_to_bd09mc", "bd09mc_to_bd09"]

Floats = npt.NDArray[np.float64]

#: The projection ends at this latitude, degrees.
_MOST_LAT = 74.0


@cache
def _bands() -> tuple[Floats, Floats]:
    """Return the northing at which each band begins (m, ascending), and a row of ten coefficients for each band."""
    text = resources.files("geo.data").joinpath("bd09mc.csv").read_text(encoding="utf-8")
    rows = np.array([[float(v) for v in row.values()] for row in csv.DictReader(text.splitlines())])[::-1]
    return rows[:, 0].copy(), rows[:, 1:].copy()


def bd09mc_to_bd09(east: npt.ArrayLike, north: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Convert BD-09MC metres to BD-09 degrees.

    Parameters
    ----------
    east, north : array_like of float64, shape (n,), m

    Returns
    -------
    lon, lat : ndarray of float64, shape (n,), degrees, BD-09
        NaN where the northing lies beyond 74 degrees or is not finite.

    Examples
    --------
    >>> lon, lat = bd09mc_to_bd09([12958175.0], [4825923.77])
    >>> f"{lon[0]:.5f} {lat[0]:.5f}"
    '116.40400 39.91500'
    """
    x, y = (np.atleast_1d(np.asarray(v, np.float64)) for v in (east, north))
    starts, table = _bands()
    size = np.abs(y)
    c = table[np.searchsorted(starts[1:], np.where(np.isfinite(size), size, 0.0), side="right")]
    ratio = size / c[:, 9]
    lat = c[:, 8]
    for power in range(7, 1, -1):
        lat = lat * ratio + c[:, power]
    lon = np.copysign(c[:, 0] + c[:, 1] * np.abs(x), x)
    lat = np.copysign(lat, y)
    bad = ~(np.isfinite(x) & (np.abs(lat) <= _MOST_LAT))
    return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)


def bd09_to_bd09mc(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Convert BD-09 degrees to BD-09MC metres: the inverse of `bd09mc_to_bd09`, by bisection.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,), degrees, BD-09

    Returns
    -------
    east, north : ndarray of float64, shape (n,), m
        NaN beyond 74 degrees of latitude.

    Examples
    --------
    >>> east, north = bd09_to_bd09mc([116.404], [39.915])
    >>> lon, lat = bd09mc_to_bd09(east, north)
    >>> f"{lon[0]:.6f} {lat[0]:.6f}"
    '116.404000 39.915000'
    """
    x, y = (np.atleast_1d(np.asarray(v, np.float64)) for v in (lon, lat))
    low, high = np.zeros_like(y), np.full_like(y, 12_600_000.0)
    for _ in range(60):
        middle = (low + high) / 2
        above = bd09mc_to_bd09(np.zeros_like(middle), middle)[1] > np.abs(y)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    north = np.copysign((low + high) / 2, y)
    starts, table = _bands()
    c = table[np.searchsorted(starts[1:], np.abs(north), side="right")]
    east = np.copysign((np.abs(x) - c[:, 0]) / c[:, 1], x)
    bad = ~(np.isfinite(x) & (np.abs(y) <= _MOST_LAT))
    return np.where(bad, np.nan, east), np.where(bad, np.nan, north)
