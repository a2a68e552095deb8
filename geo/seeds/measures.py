"""Derived measures of places: shares of districts, geometric measures, ratios of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs.geodesy import geodesic_area_km2, geodesic_distance_m, geodesic_perimeter_km

__all__ = ["NEAR_M", "district_shares", "place_measures", "ratio_measures"]

#: Largest distance from the boundary at which a station counts as near.
NEAR_M = 1000

#: Districts with a smaller share of a place's area are left out: borders are drawn, not surveyed.
MIN_SHARE = 0.01


def district_shares(geometry: BaseGeometry, districts: Mapping[str, BaseGeometry]) -> list[tuple[str, float]]:
    """Return the districts that a geometry intersects with the share of its geodesic area in each, largest first.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        WGS 84.
    districts : mapping of str to geometry
        District id → polygon, WGS 84.

    Returns
    -------
    list of (str, float)
        Shares of at least 0.01, rounded to 4 decimals.
    """
    whole = geodesic_area_km2(geometry)
    shares = []
    for district_id, polygon in districts.items():
        if geometry.intersects(polygon):
            share = float(geodesic_area_km2(geometry.intersection(polygon)) / whole)
            if share >= MIN_SHARE:
                shares.append((district_id, round(share, 4)))
    return sorted(shares, key=lambda item: (-item[1], item[0]))


def place_measures(
    geometry: BaseGeometry,
    label: tuple[float, float],
    stations: gpd.GeoDataFrame,
    points: Sequence[BaseGeometry],
    centre: tuple[float, float],
) -> dict[str, tuple[float | None, str]]:
    """Return the geometric measures of one place: measure_id → (value, detail).

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        WGS 84.
    label : tuple of float
        Longitude and latitude of the label point, from which distances are measured.
    stations : GeoDataFrame
        Metro stations, WGS 84, with ``name_zh``; if empty, the station measures have no value.
    points : sequence of Point
        Institutions with a position, WGS 84.
    centre : tuple of float
        Longitude and latitude of the city's reference point.

    Notes
    -----
    Areas and lengths are geodesic on WGS 84 (Karney 2013, doi:10.1007/s00190-012-0578-z, as in ``pyproj.Geod``).
    The distance to the boundary is the geodesic distance to its nearest point, which is found in degrees scaled by
    the cosine of the latitude: the error is below 0.1 % at these distances.
    """
    inside = shapely.covers(geometry, np.asarray(points, dtype=object)) if len(points) else np.array([], dtype=bool)
    result: dict[str, tuple[float | None, str]] = {
        "area_km2": (round(float(geodesic_area_km2(geometry)), 4), ""),
        "perimeter_km": (round(float(geodesic_perimeter_km(geometry)), 3), ""),
        "centre_km": (round(float(geodesic_distance_m(*label, *centre)) / 1000, 2), ""),
        "institutions_inside": (float(inside.sum()), ""),
    }
    if len(stations) == 0:
        return result | dict.fromkeys(("stations_inside", "stations_1km", "nearest_station_m"), (None, ""))
    lon, lat = stations.geometry.x.to_numpy(), stations.geometry.y.to_numpy()
    names = stations["name_zh"].to_numpy()
    within = shapely.covers(geometry, stations.geometry.to_numpy())
    near = within | (_distance_to_boundary_m(geometry, lon, lat) <= NEAR_M)
    away = np.asarray(geodesic_distance_m(np.full_like(lon, label[0]), np.full_like(lat, label[1]), lon, lat))
    nearest = int(np.argmin(away))
    result["stations_inside"] = (float(within.sum()), "、".join(sorted(names[within])))
    result["stations_1km"] = (float(near.sum()), "、".join(sorted(names[near])))
    result["nearest_station_m"] = (float(round(away[nearest])), str(names[nearest]))
    return result


def _distance_to_boundary_m(geometry: BaseGeometry, lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any]) -> Any:
    """Return the geodesic distance of each point to the nearest point of a boundary, metres."""
    scale = np.cos(np.deg2rad(shapely.get_y(geometry.centroid)))
    squeeze = shapely.transform(geometry.boundary, lambda xy: xy * [scale, 1.0])
    lines = shapely.shortest_line(shapely.points(lon * scale, lat), squeeze)
    ends = shapely.get_point(lines, -1)
    return np.asarray(geodesic_distance_m(lon, lat, shapely.get_x(ends) / scale, shapely.get_y(ends)))


def ratio_measures(
    measures: Sequence[Mapping[str, str]], marked_facts: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """Return the ratios of facts: rows of ``derived`` for places whose numerator and denominator have the same scope.

    Only headline numerators are used; the denominator is the fact of the same place with the same scope.

    Parameters
    ----------
    measures : sequence of mapping
        Rows of ``measures.csv``; those with ``numerator`` and ``denominator`` are computed.
    marked_facts : sequence of mapping
        Facts returned by `mark_facts`.
    """
    rows = []
    for measure in measures:
        if not measure["numerator"]:
            continue
        below: dict[tuple[str, str], Mapping[str, str]] = {}
        for fact in marked_facts:
            if fact["measure_id"] == measure["denominator"] and float(fact["value"]) > 0:
                key = (fact["place_id"], fact["scope"])
                if key not in below or fact["headline"] == "true":
                    below[key] = fact
        for fact in marked_facts:
            base = below.get((fact["place_id"], fact["scope"]))
            if fact["measure_id"] == measure["numerator"] and fact["headline"] == "true" and base:
                rows.append(
                    {
                        "place_id": fact["place_id"],
                        "measure_id": measure["measure_id"],
                        "value": f"{float(fact['value']) / float(base['value']):.3f}",
                        "detail": f"{fact['value']} ({fact['as_of']}) / {base['value']} ({base['as_of']})",
                    }
                )
    return rows
