"""Overlapping places: label points that are read as the right place's, and the parts that may be hatched."""

from __future__ import annotations

from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.relations import children
from geo.atlas.atlas import Atlas

__all__ = ["hatched", "label_points"]

#: Parts smaller than this share of the place are artefacts of drawing; no label is put there.
_LEAST_SHARE = 0.05


@lru_cache(maxsize=4)
def label_points(atlas: Atlas) -> dict[str, tuple[float, float]]:
    """Return place_id → longitude and latitude of its label, in the part that no smaller place within it covers.

    The published label point is used if no such part is left, or no place lies within.
    """
    shapes = atlas.places.geometry
    found = {}
    for place_id, row in atlas.place_rows.items():
        found[place_id] = (float(row["label_lon"]), float(row["label_lat"]))
        within = [shapes[one] for one in children(atlas, place_id)]
        own = shapes[place_id].difference(shapely.union_all(within)) if within else shapely.Polygon()
        if own.area > _LEAST_SHARE * shapes[place_id].area:
            circle = shapely.maximum_inscribed_circle(_largest(own), tolerance=1e-4)
            lon, lat = shapely.get_coordinates(circle)[0]
            found[place_id] = (round(float(lon), 5), round(float(lat), 5))
    return found


@lru_cache(maxsize=4)
def hatched(atlas: Atlas) -> dict[str, shapely.MultiPolygon]:
    """Return what to hatch of every place without published bounds: all that no place with such bounds covers."""
    layout = atlas.layout
    known = layout.geometry[layout["method"] != "schematic"]
    bounds = shapely.union_all(known.to_numpy())
    return {str(key): _areas(shape.difference(bounds)) for key, shape in layout.geometry.drop(known.index).items()}


def _largest(shape: BaseGeometry) -> shapely.Polygon:
    return max(_areas(shape).geoms, key=lambda part: part.area)


def _areas(shape: BaseGeometry) -> shapely.MultiPolygon:
    """Return the polygons of a geometry; a difference also leaves lines where borders touch."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(parts)
