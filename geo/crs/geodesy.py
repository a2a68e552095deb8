"""Area, length and distance on the WGS 84 ellipsoid.

C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, 43–55 (2013), through `pyproj.Geod`. Geometry is in longitude
and latitude, degrees, WGS 84; edges are geodesics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

__all__ = ["geodesic_area_km2", "geodesic_distance_m", "geodesic_length_km", "geodesic_perimeter_km"]

_GEOD = pyproj.Geod(ellps="WGS84")


def _rings_area_m2(geometry: Any) -> float:
    total = 0.0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            total += _rings_area_m2(part)
        elif part.geom_type == "Polygon" and not part.is_empty:
            area = abs(_GEOD.polygon_area_perimeter(*part.exterior.xy)[0])
            total += area - sum(abs(_GEOD.polygon_area_perimeter(*ring.xy)[0]) for ring in part.interiors)
    return total


def _length_m(geometry: Any, polygonal: bool) -> float:
    total = 0.0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            total += _length_m(part, polygonal)
        elif part.is_empty:
            continue
        elif part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors] if polygonal else []
            total += sum(_GEOD.line_length(*ring.xy) for ring in rings)
        elif part.geom_type in ("LineString", "LinearRing") and not polygonal:
            total += _GEOD.line_length(*part.xy)
    return total


def _per_geometry(geometry: Any, measure: Callable[[Any], float]) -> Any:
    def one(item: Any) -> float:
        return float("nan") if item is None else measure(item)

    if hasattr(geometry, "crs") and hasattr(geometry, "index"):
        import pandas as pd  # imported here, so that shifting points does not load pandas

        return pd.Series([one(item) for item in geometry], index=geometry.index, dtype="float64")
    if np.ndim(np.asarray(geometry, dtype=object)):
        return np.array([one(item) for item in geometry], dtype=np.float64)
    return one(geometry)


def geodesic_area_km2(geometry: Any) -> Any:
    """Return the area on the WGS 84 ellipsoid in km²; holes are subtracted, the direction of rings does not matter.

    Parameters
    ----------
    geometry : shapely geometry, array of them, or GeoSeries
        Longitude and latitude in degrees, WGS 84. Edges are geodesics. Points and lines have area 0; None gives NaN.

    Returns
    -------
    float, ndarray of float64 of the shape given, or Series, km²

    Examples
    --------
    >>> round(geodesic_area_km2(shapely.box(0, 0, 1, 1)))
    12309
    """
    return _per_geometry(geometry, lambda item: _rings_area_m2(item) / 1e6)


def geodesic_length_km(geometry: Any) -> Any:
    """Return the length of lines on the WGS 84 ellipsoid in km; polygons count 0 (see `geodesic_perimeter_km`).

    Parameters
    ----------
    geometry : shapely geometry, array of them, or GeoSeries
        Longitude and latitude in degrees, WGS 84. Edges are geodesics. None gives NaN.

    Returns
    -------
    float, ndarray of float64 of the shape given, or Series, km

    Examples
    --------
    >>> round(geodesic_length_km(shapely.LineString([(0, 0), (1, 0)])), 1)
    111.3
    """
    return _per_geometry(geometry, lambda item: _length_m(item, polygonal=False) / 1e3)


def geodesic_perimeter_km(geometry: Any) -> Any:
    """Return the length of all rings of polygons, holes included, on the WGS 84 ellipsoid in km; lines count 0.

    Parameters
    ----------
    geometry : shapely geometry, array of them, or GeoSeries
        Longitude and latitude in degrees, WGS 84. Edges are geodesics. None gives NaN.

    Returns
    -------
    float, ndarray of float64 of the shape given, or Series, km

    Examples
    --------
    >>> round(geodesic_perimeter_km(shapely.box(0, 0, 1, 1)), 1)
    443.8
    """
    return _per_geometry(geometry, lambda item: _length_m(item, polygonal=True) / 1e3)


def geodesic_distance_m(lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike) -> Any:
    """Return the distance on the WGS 84 ellipsoid in metres between points.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : array_like of float64, shape (n,) or scalars, degrees, WGS 84
        Broadcast against each other.

    Returns
    -------
    ndarray of float64 (or scalar), shape of the arguments, metres

    Examples
    --------
    >>> round(float(geodesic_distance_m(0, 0, 1, 0)), 1)
    111319.5
    """
    arrays = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in (lon1, lat1, lon2, lat2)))
    a, b, c, d = (np.ascontiguousarray(value).ravel() for value in arrays)
    return np.asarray(_GEOD.inv(a, b, c, d)[2], np.float64).reshape(arrays[0].shape)[()]
