"""Read one boundary file and build its polygon by its recipe; problems are reported, never repaired."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.contract.schema import table
from geo.crs.geodesy import geodesic_area_km2
from geo.crs.registry import lonlat_to_projected, projected_to_lonlat

__all__ = ["RECIPES", "Boundary", "build_polygon", "read_boundary"]

#: Recipe → geometry types that its file may contain.
RECIPES = {
    "polygon": ("Polygon", "MultiPolygon"),
    "disc": ("Point",),
    "corridor": ("LineString",),
}

_DISC_VERTICES = 96
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(slots=True)
class Boundary:
    """Content of a boundary file: properties as text, polygon in WGS 84, problems."""

    properties: dict[str, str] = field(default_factory=dict)
    polygon: BaseGeometry | None = None
    problems: list[str] = field(default_factory=list)


def read_boundary(path: Path, *, bbox: Sequence[float], metric_crs: str) -> Boundary:
    """Read ``boundaries/<place_id>.geojson`` and build its polygon.

    Parameters
    ----------
    path : Path
        A FeatureCollection with exactly one feature, WGS 84, longitude first.
    bbox : sequence of 4 float
        West, south, east, north, degrees; coordinates outside are a problem.
    metric_crs : str
        Projected CRS in metres, such as "EPSG:32633", for corridors.

    Returns
    -------
    Boundary
        `problems` has one line each, ``file: problem: remedy``; if there are any, the polygon may be None.
    """
    boundary = Boundary()
    name = f"{path.parent.name}/{path.name}"

    def wrong(text: str) -> Boundary:
        boundary.problems.append(f"{name}: {text}")
        return boundary

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return wrong(f"is not readable JSON in UTF-8 ({error}): save it again as GeoJSON")
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        return wrong("is no FeatureCollection: save the layer as GeoJSON (RFC 7946)")
    if crs := content.get("crs"):
        named = crs.get("properties") if isinstance(crs, dict) else None
        code = str(named.get("name", crs) if isinstance(named, dict) else crs)
        if not any(known in code for known in ("CRS84", "4326")):
            return wrong(f"is in {code}: save it in WGS 84 (EPSG:4326)")
    features = content.get("features")
    if not isinstance(features, list) or len(features) != 1:
        count = len(features) if isinstance(features, list) else "no"
        return wrong(f"has {count} features: a boundary file has exactly one (merge parts into one MultiPolygon)")
    feature = features[0] if isinstance(features[0], dict) else {}
    given = feature.get("properties")
    given = given if isinstance(given, dict) else {}
    columns = table("boundaries").names("seeds")
    if missing := [column for column in columns if column not in given]:
        return wrong(f"lacks the properties {', '.join(missing)}: add them, empty ones as null")
    boundary.properties = {column: _text(given[column]) for column in columns}
    try:
        geometry = shapely.geometry.shape(feature["geometry"])
    except Exception as error:
        return wrong(f"has no readable geometry ({error}): draw it again")
    recipe = boundary.properties["recipe"]
    for problem in _geometry_problems(geometry, recipe, bbox):
        wrong(problem)
    if boundary.problems:
        return boundary
    try:
        polygon = build_polygon(geometry, boundary.properties, metric_crs)
    except ValueError as error:
        return wrong(str(error))
    except shapely.errors.ShapelyError as error:  # an extremely large width or area
        return wrong(f"recipe {recipe} makes no polygon ({error}): correct its width_m or area_km2")
    except CRSError:
        return wrong(f"cannot be widened in metric_crs {metric_crs!r} of atlas.toml: name a projected CRS in metres")
    # A disc or corridor can be far larger than its point or line.
    if polygon is not geometry and (problem := _coordinate_problem(polygon, bbox)):
        return wrong(f"recipe {recipe} makes a polygon that {problem}")
    boundary.polygon = polygon
    return boundary


def _text(value: Any) -> str:
    """Return a property as text in the form of the tables: 100.0 as 100, null as ""."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _geometry_problems(geometry: BaseGeometry, recipe: str, bbox: Sequence[float]) -> list[str]:
    allowed = RECIPES.get(recipe)
    if allowed is None:
        return [f"recipe is {recipe!r}: allowed are {', '.join(RECIPES)}"]
    if geometry.is_empty:
        return ["has an empty geometry: draw it again"]
    if geometry.geom_type not in allowed:
        return [f"recipe {recipe} needs a {' or '.join(allowed)}, the file holds a {geometry.geom_type}"]
    if geometry.has_z:
        return ["has heights: save it as 2D (drop Z)"]
    if problem := _coordinate_problem(geometry, bbox):
        return [problem]
    return []


def _coordinate_problem(geometry: BaseGeometry, bbox: Sequence[float]) -> str:
    coordinates = shapely.get_coordinates(geometry)
    if not np.isfinite(coordinates).all():
        return "has a coordinate that is no number: draw it again"
    if not geometry.is_valid:
        return f"is invalid: {shapely.is_valid_reason(geometry)}: mend it in QGIS (Check validity)"
    west, south, east, north = bbox
    lon, lat = coordinates[:, 0], coordinates[:, 1]
    outside = (lon < west) | (lon > east) | (lat < south) | (lat > north)
    if outside.any():
        first = coordinates[outside][0]
        return (
            f"has {int(outside.sum())} coordinates outside the city's bbox {list(bbox)}, such as "
            f"{first[0]:g}, {first[1]:g}: check datum, units and the order longitude, latitude"
        )
    return ""


def build_polygon(geometry: BaseGeometry, properties: dict[str, str], metric_crs: str) -> BaseGeometry:
    """Return the polygon that a recipe makes from a geometry.

    Parameters
    ----------
    geometry : Polygon, MultiPolygon, Point or LineString
        WGS 84.
    properties : dict of str
        `recipe`; for a disc also `area_km2`, for a corridor `width_m`.
    metric_crs : str
        Projected CRS in metres in which a corridor is buffered.

    Returns
    -------
    Polygon or MultiPolygon
        WGS 84. A disc has 96 vertices on geodesics from its centre, scaled so that its geodesic area is `area_km2`.

    Raises
    ------
    ValueError
        If a number that the recipe needs is missing or not positive.
    """
    recipe = properties["recipe"]
    if recipe == "disc":
        return _disc(geometry, _positive(properties, "area_km2", recipe))
    if recipe == "corridor":
        width_m = _positive(properties, "width_m", recipe)
        metric = _move(geometry, lambda x, y: lonlat_to_projected(x, y, metric_crs))
        return _move(metric.buffer(width_m / 2, quad_segs=16), lambda x, y: projected_to_lonlat(x, y, metric_crs))
    return geometry


def _move(geometry: BaseGeometry, change: Callable[[Any, Any], tuple[Any, Any]]) -> BaseGeometry:
    return shapely.transform(geometry, lambda xy: np.column_stack(change(xy[:, 0], xy[:, 1])))


def _positive(properties: dict[str, str], column: str, recipe: str) -> float:
    try:
        value = float(properties[column])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"recipe {recipe} needs a positive {column}, it is {properties[column]!r}: fill it")
    return value


def _disc(centre: BaseGeometry, area_km2: float) -> BaseGeometry:
    """Return the geodesic circle with an area; two scaling steps make the area of the 96-gon exact to 1e-6."""
    azimuth = np.linspace(0, 360, _DISC_VERTICES, endpoint=False)[::-1]
    lon = np.full(_DISC_VERTICES, shapely.get_x(centre))
    lat = np.full(_DISC_VERTICES, shapely.get_y(centre))
    radius_m = math.sqrt(area_km2 * 1e6 / math.pi)
    for _ in range(3):
        x, y, _back = _GEOD.fwd(lon, lat, azimuth, np.full(_DISC_VERTICES, radius_m))
        polygon = shapely.Polygon(np.column_stack([x, y]))
        radius_m *= math.sqrt(area_km2 / float(geodesic_area_km2(polygon)))
    return polygon
