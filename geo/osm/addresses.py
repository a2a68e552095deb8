"""Named roads and house numbers of an extract, as seed layers for looking up addresses."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.geojson import round_geometry
from geo.osm.streets import Streets

__all__ = ["address_features"]

#: Shorter pieces are slivers that remain where a road runs along a district border; they are dropped.
_LEAST_M = 10.0


def address_features(
    streets: Streets, districts: list[tuple[dict[str, str], BaseGeometry]], metric_crs: str, tolerance_m: float
) -> dict[str, list[tuple[dict[str, str], BaseGeometry]]]:
    """Return the named roads, cut at the borders of the districts, and the house numbers within them.

    Parameters
    ----------
    streets : Streets
        Roads and house numbers of an extract, WGS 84.
    districts : list of (properties, polygon)
        Polygons in WGS 84; the properties hold ``place_id``.
    metric_crs : str
        Projected CRS, metres, in which roads are simplified.
    tolerance_m : float
        Tolerance of the simplification, metres.

    Returns
    -------
    dict of str to list of (properties, geometry)
        Layer name → its features in WGS 84; an empty layer is left out. The caller adds `source_id`.
    """
    place_ids = [properties["place_id"] for properties, _ in districts]
    areas = gpd.GeoSeries([area for _, area in districts], crs="EPSG:4326").to_crs(metric_crs).to_numpy()
    found = {
        "roads": _roads(streets.roads, place_ids, areas, metric_crs, tolerance_m),
        "house_numbers": _numbers(streets.numbers, areas, metric_crs),
    }
    return {layer: features for layer, features in found.items() if features}


def _roads(
    roads: list[tuple[str, BaseGeometry]],
    place_ids: list[str],
    areas: np.typing.NDArray[np.object_],
    metric_crs: str,
    tolerance_m: float,
) -> list[tuple[dict[str, str], BaseGeometry]]:
    by_name: dict[str, list[BaseGeometry]] = {}
    for name, line in roads:
        by_name.setdefault(name, []).append(line)
    merged = [shapely.line_merge(shapely.union_all(lines)) for lines in by_name.values()]
    metric = gpd.GeoSeries(merged, crs="EPSG:4326").to_crs(metric_crs).simplify(tolerance_m).to_numpy()
    lines, at = shapely.STRtree(areas).query(metric, predicate="intersects")
    pieces = [_kept(piece) for piece in shapely.intersection(metric[lines], areas[at])]
    back = gpd.GeoSeries(pieces, crs=metric_crs).to_crs("EPSG:4326")
    names = list(by_name)
    cut = [(place_ids[d], names[n], round_geometry(g)) for d, n, g in zip(at, lines, back, strict=True)]
    cut = sorted(((d, n, g) for d, n, g in cut if not g.is_empty), key=lambda piece: piece[:2])
    return [
        (
            {"road_id": f"road_{number}", "name_zh": name, "name_en": "", "district_id": district, "partial": "false"},
            line,
        )
        for number, (district, name, line) in enumerate(cut, start=1)
    ]


def _kept(piece: BaseGeometry) -> BaseGeometry:
    lines = [part for part in shapely.get_parts(piece) if part.length >= _LEAST_M]
    merged: BaseGeometry = shapely.line_merge(shapely.MultiLineString(lines))
    return merged


def _numbers(
    numbers: list[tuple[str, int, BaseGeometry]], areas: np.typing.NDArray[np.object_], metric_crs: str
) -> list[tuple[dict[str, str], BaseGeometry]]:
    points = gpd.GeoSeries([point for _, _, point in numbers], crs="EPSG:4326").to_crs(metric_crs).to_numpy()
    rows, areas_at = shapely.STRtree(areas).query(points, predicate="intersects")
    # A number on a border belongs to the first district.
    district_of = dict(sorted(zip(rows.tolist(), areas_at.tolist(), strict=True), reverse=True))
    # Roads of the same name in two districts are two roads, each with its own numbers.
    first: dict[tuple[str, int, int], BaseGeometry] = {}
    for at, (road, number, point) in enumerate(numbers):
        if at in district_of:
            first.setdefault((road, number, district_of[at]), point)
    return [
        ({"number_id": f"number_{at}", "road": road, "house_number": str(number)}, round_geometry(point))
        for at, ((road, number, _), point) in enumerate(sorted(first.items(), key=lambda item: item[0]), start=1)
    ]
