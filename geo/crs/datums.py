"""Datums of a column of coordinates: WGS 84, GCJ-02 and BD-09, with exact inverses.

GCJ-02 (国测局坐标, used by Gaode and Tencent) and BD-09 (百度坐标) are WGS 84 moved by a few hundred metres by a smooth
formula. They are not in any CRS registry, so they are *datums of a column* here and never a CRS of a file.

The formulas apply inside one box, `CHINA_BOX`; outside it every function returns its input. The box is coarse: it also
covers neighbours of China, where the formulas are not in use. At its border the shift jumps from hundreds of metres to
none. A point of WGS 84 inside the box always comes back exactly; in the band of about 1 km just outside the border the
way back is not unique, and there the inverse prefers the answer inside the box.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

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

Array = npt.NDArray[np.float64]


Pair = tuple[Any, Any]


#: West, south, east, north in degrees: only points inside are shifted (the box of the `coordtransform` libraries).
CHINA_BOX = (73.66, 3.86, 135.05, 53.55)


#: The datums that a column of longitudes and latitudes may be in.
DATUMS = ("wgs84", "gcj02", "bd09")


_KRASOVSKY_A = 6378245.0  # semi-major axis, m


_KRASOVSKY_E2 = 0.00669342162296594323  # first eccentricity squared


_BD_ANGLE = np.pi * 3000.0 / 180.0


_STEP_DEG = 1e-10  # the last step of the iteration; what is left is less than 2 % of it


_CHUNK = 1 << 14  # points that stay in cache


_MAX_ROUNDS = 40


def datum_name(datum: str) -> str:
    """Return the datum's name as in `DATUMS`; spelling is forgiven (``GCJ-02``, ``bd 09``), guessing is not.

    Raises
    ------
    UsageError
        If the datum is not one of `DATUMS`.
    """
    name = datum.lower().replace("-", "").replace("_", "").replace(" ", "")
    if name not in DATUMS:
        raise UsageError(f"datum {datum!r} is not known; use one of {', '.join(DATUMS)}")
    return name


def in_china_box(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return which points lie in `CHINA_BOX` (border included); NaN and infinity do not."""
    return _in_box(np.asarray(lon, np.float64), np.asarray(lat, np.float64), 0.0)


def _in_box(x: Array, y: Array, margin: float) -> npt.NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    inside = (x >= west - margin) & (x <= east + margin) & (y >= south - margin) & (y <= north + margin)
    return np.asarray(inside)


def _gcj_of(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift WGS 84 to GCJ-02 without asking whether the point is in China."""
    x, y = lon - 105.0, lat - 35.0
    xy, root = x * y, np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * xy + 0.2 * root
    north += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * xy + 0.1 * root
    east += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian = _KRASOVSKY_A * (1.0 - _KRASOVSKY_E2) / (magic * np.sqrt(magic))
    parallel = _KRASOVSKY_A / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _bd_of(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift GCJ-02 to BD-09 without asking whether the point is in China."""
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def _bd_of_wgs(lon: Array, lat: Array) -> tuple[Array, Array]:
    return _bd_of(*_gcj_of(lon, lat))


Shift = Callable[[Array, Array], tuple[Array, Array]]


def as_points(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Array, Array]:
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return x.copy(), y.copy()


def _forward(lon: npt.ArrayLike, lat: npt.ArrayLike, shift: Shift) -> Pair:
    x, y = as_points(lon, lat)
    inside = in_china_box(x, y)
    x[inside], y[inside] = shift(x[inside], y[inside])
    return x[()], y[()]


def _inverse(lon: npt.ArrayLike, lat: npt.ArrayLike, shift: Shift) -> Pair:
    """Return q with shift(q) = p for the points p that come from inside the box, p itself for the others."""
    x, y = as_points(lon, lat)
    near = np.flatnonzero(_in_box(x, y, 0.1))
    for start in range(0, len(near), _CHUNK):
        part = near[start : start + _CHUNK]
        px, py = x.flat[part], y.flat[part]
        qx, qy = _solve(px, py, shift)
        # A source outside the box was never shifted; a target in the box whose source is outside has no other answer.
        # The margin is what the iteration may miss a source on the border by.
        solved = _in_box(qx, qy, _STEP_DEG) | _in_box(px, py, 0.0)
        x.flat[part], y.flat[part] = np.where(solved, qx, px), np.where(solved, qy, py)
    return x[()], y[()]


def _solve(px: Array, py: Array, shift: Shift) -> tuple[Array, Array]:
    """Solve by fixed-point iteration; each round leaves less than 2 % of the error, so 4 or 5 rounds reach 1e-11."""
    qx, qy = px.copy(), py.copy()
    for _ in range(_MAX_ROUNDS):
        fx, fy = shift(qx, qy)
        dx, dy = px - fx, py - fy
        qx += dx
        qy += dy
        if max(np.abs(dx).max(), np.abs(dy).max()) <= _STEP_DEG:
            break
    return qx, qy


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 to GCJ-02.

    Parameters
    ----------
    lon, lat : array_like of float64, degrees
        Scalars or arrays that broadcast. NaN and infinity come back as they are.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), degrees
        Unchanged outside `CHINA_BOX`.

    Notes
    -----
    The public formula on the Krasovsky ellipsoid, as in the `coordtransform` and `eviltransform` libraries; the real,
    unpublished shift agrees with it to about a metre. About 5 million points a second.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02(116.404, 39.915)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.410244 39.916404'
    """
    return _forward(lon, lat, _gcj_of)


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift GCJ-02 to WGS 84: the exact inverse of `wgs84_to_gcj02`, by iteration, to better than 1e-9 degrees."""
    return _inverse(lon, lat, _gcj_of)


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift GCJ-02 to BD-09 by the public formula; parameters as `wgs84_to_gcj02`.

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09(116.404, 39.915)
    >>> f"{lon:.6f} {lat:.6f}"
    '116.410369 39.921337'
    """
    return _forward(lon, lat, _bd_of)


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift BD-09 to GCJ-02: the exact inverse of `gcj02_to_bd09`, by iteration, to better than 1e-9 degrees.

    The closed formula in common use is only approximate (up to about 0.2 m off); this one returns where it came from.
    """
    return _inverse(lon, lat, _bd_of)


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 to BD-09: both shifts if the WGS 84 point lies in `CHINA_BOX`, else none."""
    return _forward(lon, lat, _bd_of_wgs)


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift BD-09 to WGS 84: the exact inverse of `wgs84_to_bd09`, by iteration, to better than 1e-9 degrees."""
    return _inverse(lon, lat, _bd_of_wgs)


def _unshifted(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    x, y = as_points(lon, lat)
    return x[()], y[()]


_TO_WGS84 = {"wgs84": _unshifted, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


_FROM_WGS84 = {"wgs84": _unshifted, "gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> Pair:
    """Shift points from `datum` (one of `DATUMS`) to WGS 84.

    Raises
    ------
    UsageError
        If `datum` is not known.
    """
    return _TO_WGS84[datum_name(datum)](lon, lat)


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> Pair:
    """Shift points from WGS 84 to `datum` (one of `DATUMS`).

    Raises
    ------
    UsageError
        If `datum` is not known.
    """
    return _FROM_WGS84[datum_name(datum)](lon, lat)


def shift_geometry(geometry: Any, datum: str, source: str = "wgs84") -> Any:
    """Return `geometry` with every vertex shifted from the datum `source` to `datum`; heights are kept.

    Parameters
    ----------
    geometry : shapely geometry, array of them, or GeoSeries in lon/lat
    datum, source : str
        One of `DATUMS`.

    Returns
    -------
    shapely geometry, ndarray or GeoSeries
        Of the type given. A GeoSeries in GCJ-02 or BD-09 has no CRS, because no CRS names these datums.
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
