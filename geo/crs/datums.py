"""Datums of a column of coordinates: WGS 84, GCJ-02 and BD-09, with exact inverses.

GCJ-02 (国测局坐标, used by Gaode and Tencent) and BD-09 (百度坐标) are WGS 84 moved by a few hundred metres by a smooth
formula. They are not in any CRS registry, so they are *datums of a column* here and never a CRS of a file.

The formulas apply inside one box, `CHINA_BOX`; outside it every function returns its input. The box is coarse: it
also covers parts of China's neighbours, where the formulas are not in use. At its border the shift drops from hundreds
of metres to zero. The inverse is exact for every WGS 84 point inside the box. In a band of about 1 km just outside the
border a shifted point may have two sources; the inverse then returns the one inside the box.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.base.told import told
from geo.contract.box import CHINA_BOX
from geo.crs.shifts import STEP_DEG, Array, Shift, bd_of, bd_of_wgs, gcj_of, solve
from geo.errors import UsageError

__all__ = [
    "CHINA_BOX",
    "DATUMS",
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "datum_name",
    "from_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "in_china_box",
    "shift_geometry",
    "to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

Pair = tuple[Any, Any]


#: The datums that a column of longitudes and latitudes may be in.
DATUMS = ("wgs84", "gcj02", "bd09")


_CHUNK = 1 << 14  # points per block, few enough to stay in the processor's cache


def datum_name(datum: str) -> str:
    """Return the name of a datum as in `DATUMS`; case and separators are ignored (``GCJ-02``, ``bd 09``).

    Parameters
    ----------
    datum : str
        In any case, with or without dashes, spaces and underscores.

    Returns
    -------
    str
        One of `DATUMS`.

    Raises
    ------
    UsageError
        If the datum is not one of `DATUMS`.

    Examples
    --------
    >>> datum_name("GCJ-02")
    'gcj02'
    """
    name = datum.lower().replace("-", "").replace("_", "").replace(" ", "")
    if name not in DATUMS:
        raise told(UsageError, "wrong.one_of", name="datum", given=datum, allowed=", ".join(DATUMS))
    return name


def in_china_box(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return which points lie in `CHINA_BOX` (border included); NaN and infinity do not.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees
        Broadcast against each other.

    Returns
    -------
    ndarray of bool, shape of the arguments

    Examples
    --------
    >>> in_china_box([116.4, 0.0], [39.9, 0.0])
    array([ True, False])
    """
    return _in_box(np.asarray(lon, np.float64), np.asarray(lat, np.float64), 0.0)


def _in_box(x: Array, y: Array, margin: float) -> npt.NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    inside = (x >= west - margin) & (x <= east + margin) & (y >= south - margin) & (y <= north + margin)
    return np.asarray(inside)


def as_points(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Array, Array]:
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return x.copy(), y.copy()


def _forward(lon: npt.ArrayLike, lat: npt.ArrayLike, shift: Shift) -> Pair:
    x, y = as_points(lon, lat)
    inside = in_china_box(x, y)
    x[inside], y[inside] = shift(x[inside], y[inside])
    return x[()], y[()]


def _inverse(lon: npt.ArrayLike, lat: npt.ArrayLike, shift: Shift) -> Pair:
    """Return q with shift(q) = p where p was shifted from inside the box, p itself elsewhere."""
    x, y = as_points(lon, lat)
    near = np.flatnonzero(_in_box(x, y, 0.1))
    for start in range(0, len(near), _CHUNK):
        part = near[start : start + _CHUNK]
        px, py = x.flat[part], y.flat[part]
        qx, qy = solve(px, py, shift)
        # A source outside the box was never shifted; a target inside the box has no other source. The margin is the
        # largest error of the iteration for a source on the border.
        solved = _in_box(qx, qy, STEP_DEG) | _in_box(px, py, 0.0)
        x.flat[part], y.flat[part] = np.where(solved, qx, px), np.where(solved, qy, py)
    return x[()], y[()]


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 to GCJ-02.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, WGS 84
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, GCJ-02
        Unchanged outside `CHINA_BOX`.

    Notes
    -----
    The public formula on the Krasovsky ellipsoid, as in the libraries `coordtransform` and `eviltransform`; it
    agrees with the real, unpublished shift to about a metre. About 5 million points per second.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02(116.404, 39.915)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.410244 39.916404'
    """
    return _forward(lon, lat, gcj_of)


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift GCJ-02 to WGS 84: the exact inverse of `wgs84_to_gcj02`.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, GCJ-02
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, WGS 84
        Unchanged outside `CHINA_BOX`.

    Notes
    -----
    Fixed-point iteration, accurate to better than 1e-9 degrees; about five times the cost of `wgs84_to_gcj02`.

    Examples
    --------
    >>> lon, lat = gcj02_to_wgs84(116.410244, 39.916404)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.404000 39.915000'
    """
    return _inverse(lon, lat, gcj_of)


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift GCJ-02 to BD-09 by the public formula.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, GCJ-02
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, BD-09
        Unchanged outside `CHINA_BOX`.

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09(116.404, 39.915)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.410369 39.921337'
    """
    return _forward(lon, lat, bd_of)


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift BD-09 to GCJ-02: the exact inverse of `gcj02_to_bd09`.

    The closed formula in common use is approximate (up to about 0.2 m off); this function inverts exactly.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, BD-09
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, GCJ-02
        Unchanged outside `CHINA_BOX`.

    Notes
    -----
    Fixed-point iteration, accurate to better than 1e-9 degrees; about five times the cost of `gcj02_to_bd09`.

    Examples
    --------
    >>> lon, lat = bd09_to_gcj02(116.410369, 39.921337)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.404000 39.915000'
    """
    return _inverse(lon, lat, bd_of)


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 to BD-09: both shifts if the WGS 84 point lies in `CHINA_BOX`, otherwise none.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, WGS 84
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, BD-09
        Unchanged outside `CHINA_BOX`.

    Examples
    --------
    >>> lon, lat = wgs84_to_bd09(116.404, 39.915)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.416627 39.922700'
    """
    return _forward(lon, lat, bd_of_wgs)


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift BD-09 to WGS 84: the exact inverse of `wgs84_to_bd09`.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, BD-09
        Broadcast against each other. NaN and infinity are returned unchanged.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, WGS 84
        Unchanged outside `CHINA_BOX`.

    Notes
    -----
    Fixed-point iteration, accurate to better than 1e-9 degrees; about five times the cost of `wgs84_to_bd09`.

    Examples
    --------
    >>> lon, lat = bd09_to_wgs84(116.416627, 39.922700)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.404000 39.915000'
    """
    return _inverse(lon, lat, bd_of_wgs)


def _unshifted(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    x, y = as_points(lon, lat)
    return x[()], y[()]


_TO_WGS84 = {"wgs84": _unshifted, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


_FROM_WGS84 = {"wgs84": _unshifted, "gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> Pair:
    """Shift points from a datum to WGS 84.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, in `datum`
        Broadcast against each other. NaN and infinity are returned unchanged.
    datum : str
        One of `DATUMS`, in any spelling that `datum_name` accepts.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, WGS 84
        Unchanged outside `CHINA_BOX`.

    Raises
    ------
    UsageError
        If `datum` is not known.

    Examples
    --------
    >>> lon, lat = to_wgs84(116.410244, 39.916404, "gcj02")
    >>> f"{lon:.6f} {lat:.6f}"
    '116.404000 39.915000'
    """
    return _TO_WGS84[datum_name(datum)](lon, lat)


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> Pair:
    """Shift points from WGS 84 to a datum.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, WGS 84
        Broadcast against each other. NaN and infinity are returned unchanged.
    datum : str
        One of `DATUMS`, in any spelling that `datum_name` accepts.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, in `datum`
        Unchanged outside `CHINA_BOX`.

    Raises
    ------
    UsageError
        If `datum` is not known.

    Examples
    --------
    >>> lon, lat = from_wgs84(116.404, 39.915, "bd09")
    >>> f"{lon:.6f} {lat:.6f}"
    '116.416627 39.922700'
    """
    return _FROM_WGS84[datum_name(datum)](lon, lat)


def shift_geometry(geometry: Any, datum: str, source: str = "wgs84") -> Any:
    """Return `geometry` with every vertex shifted from the datum `source` to `datum`; heights stay as they are.

    Parameters
    ----------
    geometry : shapely geometry, array of them, or GeoSeries in lon/lat
    datum, source : str
        One of `DATUMS`.

    Returns
    -------
    shapely geometry, ndarray or GeoSeries
        Same type and shape as the input. A GeoSeries in GCJ-02 or BD-09 has no CRS, because no CRS names these datums.

    Raises
    ------
    UsageError
        If a datum is not known.

    Examples
    --------
    >>> moved = shift_geometry(shapely.Point(116.404, 39.915), "gcj02")
    >>> f"{moved.x:.6f} {moved.y:.6f}"
    '116.410244 39.916404'
    """
    source, target = datum_name(source), datum_name(datum)

    def move(xy: Array) -> Array:
        lon, lat = from_wgs84(*to_wgs84(xy[:, 0], xy[:, 1], source), target) if source != target else xy.T
        return np.column_stack([lon, lat])

    def move_with_height(xyz: Array) -> Array:
        return np.column_stack([move(xyz), xyz[:, 2]])

    given = np.asarray(geometry, dtype=object)
    moved = np.array(shapely.transform(given.copy(), move), dtype=object)
    tall = shapely.has_z(given)
    if tall.any():
        moved[tall] = shapely.transform(given[tall], move_with_height, include_z=True)
    if hasattr(geometry, "crs"):
        return type(geometry)(moved, index=geometry.index, name=geometry.name, crs=4326 if target == "wgs84" else None)
    return moved[()]
