"""CRSs of the EPSG registry: which ones fit a city, their axes and units, conversion from and to degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info, query_utm_crs_info
from pyproj.enums import PJType

from geo.base.told import told
from geo.crs.datums import Pair, as_points
from geo.crs.foreign import read_crs
from geo.errors import CRSError

__all__ = [
    "MAX_SCALE_ERROR",
    "area_error",
    "axis_order",
    "check_crs",
    "lonlat_to_projected",
    "projected_to_lonlat",
    "scale_error",
    "unit_name",
    "utm_zone",
]


#: Largest error of scale that is accepted for a map in metres, as a fraction.
MAX_SCALE_ERROR = 1e-3


def check_crs(code: Any, bbox: tuple[float, float, float, float]) -> pyproj.CRS:
    """Return the CRS for `code` if it fits the whole of `bbox`.

    A CRS fits if its area of use in the registry contains the box. A projected CRS also fits if its area of use
    intersects the box and its scale error is at most 1/1000 everywhere in the box: a city on a zone border may use
    either zone, as is common practice.

    Parameters
    ----------
    code : int, str or pyproj.CRS
        Such as ``4490``, ``"4490"`` or ``"EPSG:4490"``.
    bbox : (west, south, east, north), degrees, WGS 84

    Returns
    -------
    pyproj.CRS
        Geographic or projected, of two dimensions.

    Raises
    ------
    CRSError
        If the code is unknown, is GCJ-02 or BD-09, is not a two-dimensional geographic or projected CRS, or does not
        fit; the message names CRSs that do.

    Examples
    --------
    >>> check_crs("EPSG:32633", (12, 40, 18, 50)).name
    'WGS 84 / UTM zone 33N'
    """
    if isinstance(code, str) and code.lower().replace("-", "").replace("_", "").replace(" ", "") in ("gcj02", "bd09"):
        raise told(CRSError, "refused.crs_datum", crs=code)
    try:
        crs = read_crs(code)
    except CRSError as error:
        raise told(CRSError, "refused.crs_code", why=error, fitting=_fitting(bbox)) from None
    code = code if len(str(code)) < 80 else crs.name
    if len(crs.axis_info) != 2 or not (crs.is_geographic or crs.is_projected):
        raise told(CRSError, "refused.crs_kind", crs=code, title=crs.name, fitting=_fitting(bbox))
    if not _fits(crs, bbox):
        raise told(CRSError, "refused.crs_area", crs=code, title=crs.name, **_box(bbox), fitting=_fitting(bbox))
    return crs


def _box(bbox: tuple[float, float, float, float]) -> dict[str, str]:
    return {side: f"{degrees:g}" for side, degrees in zip(("west", "south", "east", "north"), bbox, strict=True)}


def _fits(crs: pyproj.CRS, bbox: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bbox
    use = crs.area_of_use
    if use is None:  # a city's local grid, given as a PROJ string or WKT
        return bool(crs.is_projected) and scale_error(crs, bbox) <= MAX_SCALE_ERROR
    if use.west <= west and use.south <= south and use.east >= east and use.north >= north:
        return True
    meets = use.west <= east and use.east >= west and use.south <= north and use.north >= south
    if not (crs.is_projected and meets):
        return False
    return scale_error(crs, bbox) <= MAX_SCALE_ERROR


def scale_error(crs: pyproj.CRS, bbox: tuple[float, float, float, float]) -> float:
    """Return the largest scale error of a projected CRS in a box, as a fraction; infinity where it is undefined.

    Parameters
    ----------
    crs : pyproj.CRS
        Projected.
    bbox : (west, south, east, north), degrees, WGS 84

    Notes
    -----
    Along the meridian and the parallel at 25 points, computed by PROJ.

    Examples
    --------
    >>> box = (10.0, 50.0, 10.5, 50.3)
    >>> scale_error(pyproj.CRS(32632), box) < 0.001, round(scale_error(pyproj.CRS(3857), box), 2)
    (True, 0.57)
    """
    factors = _factors(crs, bbox)
    scales = np.concatenate([factors.meridional_scale, factors.parallel_scale])
    return float(np.abs(scales - 1.0).max()) if np.isfinite(scales).all() else float("inf")


def area_error(crs: pyproj.CRS, bbox: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return the smallest and largest relative error of areas measured in a projected CRS in a box.

    Parameters
    ----------
    crs : pyproj.CRS
        Projected.
    bbox : (west, south, east, north), degrees, WGS 84

    Notes
    -----
    Against the ellipsoid of the CRS, at 25 points, computed by PROJ.

    Examples
    --------
    >>> low, high = area_error(pyproj.CRS(32632), (9.0, 50.0, 10.5, 50.3))
    >>> round(low, 5), round(high, 5)
    (-0.0008, -0.00052)
    """
    areas = _factors(crs, bbox).areal_scale
    return float(np.min(areas)) - 1, float(np.max(areas)) - 1


def _factors(crs: pyproj.CRS, bbox: tuple[float, float, float, float]) -> Any:
    west, south, east, north = bbox
    lon, lat = (a.ravel() for a in np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5)))
    return pyproj.Proj(crs).get_factors(lon, lat)


def _fitting(bbox: tuple[float, float, float, float]) -> str:
    """Return the names of CRSs to use instead: WGS 84, and the CGCS2000 and UTM zones that fit the box."""
    names = ["EPSG:4326 (WGS 84)"]
    area = AreaOfInterest(*bbox)
    for info in query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=area, contains=False):
        wanted = info.name.startswith("CGCS2000 / ") and " CM " in info.name
        if (wanted or info.name.startswith("WGS 84 / UTM zone")) and _fits(pyproj.CRS.from_epsg(info.code), bbox):
            names.append(f"EPSG:{info.code} ({info.name})")
    return ", ".join(names)


def utm_zone(bbox: tuple[float, float, float, float]) -> str:
    """Return the UTM zone for a box, as ``EPSG:<code>``.

    Parameters
    ----------
    bbox : (west, south, east, north), degrees, WGS 84

    Raises
    ------
    CRSError
        If there is none, as near a pole.

    Examples
    --------
    >>> utm_zone((9.9, 49.9, 10.5, 50.3))
    'EPSG:32632'
    """
    west, south, east, north = bbox
    lon, lat = (west + east) / 2, (south + north) / 2
    found = query_utm_crs_info(datum_name="WGS 84", area_of_interest=AreaOfInterest(lon, lat, lon, lat))
    if not found:
        raise told(CRSError, "crs.no_utm", box=list(bbox))
    return f"EPSG:{found[0].code}"


def axis_order(crs: Any) -> str:
    """Return the axis order stated by the registry, such as ``"north, east"``.

    Files written by this project store x (east, longitude) first, whatever the registry states, as GDAL does.

    Parameters
    ----------
    crs : int, str or pyproj.CRS
        Such as ``4490``.

    Returns
    -------
    str
        The axis directions, in order.

    Examples
    --------
    >>> axis_order(4490), axis_order(32633)
    ('north, east', 'east, north')
    """
    return ", ".join(axis.direction for axis in pyproj.CRS.from_user_input(crs).axis_info)


def unit_name(crs: Any) -> str:
    """Return the unit of the first axis, such as ``"metre"`` or ``"degree"``.

    Parameters
    ----------
    crs : int, str or pyproj.CRS
        Such as ``4490``.

    Returns
    -------
    str
        Its name in the registry.

    Examples
    --------
    >>> unit_name(4490), unit_name(32633)
    ('degree', 'metre')
    """
    return str(pyproj.CRS.from_user_input(crs).axis_info[0].unit_name)


def projected_to_lonlat(x: npt.ArrayLike, y: npt.ArrayLike, crs: Any) -> Pair:
    """Convert easting and northing in a projected CRS to longitude and latitude.

    CGCS2000 and WGS 84 are taken as the same datum: they differ by centimetres.

    Parameters
    ----------
    x, y : array_like of float64, shape (n,) or scalars, in the unit of `crs`
        Easting and northing, whatever axis order the registry states. Broadcast against each other.
    crs : int, str or pyproj.CRS
        Such as ``32633``.

    Returns
    -------
    lon, lat : ndarray of float64 (or scalar), shape of the arguments, degrees, WGS 84
        NaN where the projection has no inverse.

    Examples
    --------
    >>> lon, lat = projected_to_lonlat(500000, 5538630.703, 32633)
    >>> f"{lon:.6f} {lat:.6f}"
    '15.000000 50.000000'
    """
    return _transform(x, y, crs, 4326)


def lonlat_to_projected(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: Any) -> Pair:
    """Convert longitude and latitude to easting and northing in a projected CRS.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,) or scalars, degrees, WGS 84
        Broadcast against each other.
    crs : int, str or pyproj.CRS
        Such as ``32633``.

    Returns
    -------
    x, y : ndarray of float64 (or scalar), shape of the arguments, in the unit of `crs`
        Easting and northing; NaN where the point cannot be projected.

    Examples
    --------
    >>> x, y = lonlat_to_projected(15, 50, 32633)
    >>> f"{x:.3f} {y:.3f}"
    '500000.000 5538630.703'
    """
    return _transform(lon, lat, 4326, crs)


def _transform(x: npt.ArrayLike, y: npt.ArrayLike, source: Any, target: Any) -> Pair:
    a, b = as_points(x, y)
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    u, v = (np.asarray(c, np.float64) for c in transformer.transform(a, b))
    bad = ~(np.isfinite(u) & np.isfinite(v))
    u, v = np.where(bad, np.nan, u), np.where(bad, np.nan, v)
    return u[()], v[()]
