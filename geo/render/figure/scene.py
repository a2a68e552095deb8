"""Source geometry of printed maps: places and basemap in the atlas' metric CRS, projected once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.atlas.atlas import Atlas
from geo.render.map.ground import sea
from geo.render.overlay import hatched, label_points

__all__ = ["Layer", "Named", "Scene", "middle_of", "scene"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A basemap layer: its role, and all its features as one geometry in metres."""

    role: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Named:
    """A basemap feature with a name: role ("district", "water", "sea" or "neighbour") and place_id, if any."""

    role: str
    name: Mapping[str, str]
    shape: BaseGeometry
    at: tuple[float, float]
    place_id: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """All geometry in metres: places by place_id, label points, parts to hatch, the basemap."""

    crs: str
    shapes: Mapping[str, BaseGeometry]
    names_at: Mapping[str, tuple[float, float]]
    hatched: Mapping[str, BaseGeometry]
    ground: tuple[Layer, ...]
    named: tuple[Named, ...]
    institutions: Mapping[str, tuple[float, float]]


@lru_cache(maxsize=2)
def scene(atlas: Atlas) -> Scene:
    """Return the geometry for the maps of an atlas.

    Notes
    -----
    Some 0.2 s on the first call; cached afterwards.
    """
    crs = str(atlas.meta["metric_crs"])

    def metres(shapes: Any) -> gpd.GeoSeries:
        return gpd.GeoSeries(shapes, crs=4326).to_crs(crs)

    stand = label_points(atlas)
    points = metres(gpd.points_from_xy(*zip(*stand.values(), strict=True)))
    placed = atlas.institutions.geometry.dropna()
    found = metres(placed)
    return Scene(
        crs=crs,
        shapes=metres(atlas.places.geometry).to_dict(),
        names_at={key: (point.x, point.y) for key, point in zip(stand, points, strict=True)},
        hatched=metres(pd.Series(hatched(atlas))).to_dict() if hatched(atlas) else {},
        ground=tuple(_ground(atlas, metres)),
        named=tuple(_named(atlas, metres)),
        institutions={str(key): (point.x, point.y) for key, point in found.items()},
    )


def _ground(atlas: Atlas, metres: Any) -> list[Layer]:
    layers = [Layer("sea", metres([water])[0])] if (water := sea(atlas)) is not None else []
    for row in atlas.table("basemap").sort_values("sort_order").to_dict("records"):
        if row["role"] in ("district", "water", "coast", "road", "rail"):
            shapes = metres(atlas.basemap(row["layer_id"]).geometry)
            parts = [part for shape in shapes for part in shapely.get_parts(shape)]
            layers.append(Layer(str(row["role"]), shapely.geometrycollections(parts)))
    return layers


def _named(atlas: Atlas, metres: Any) -> list[Named]:
    from geo.base.messages import LANGUAGES

    found = []
    for layer in atlas.table("basemap").query("role == 'water'")["layer_id"]:
        frame = atlas.basemap(layer)
        for row, shape in zip(frame.to_dict("records"), metres(frame.geometry), strict=True):
            at = shape.representative_point()
            found.append(Named("water", {lang: row[f"name_{lang}"] for lang in LANGUAGES}, shape, (at.x, at.y)))
    districts = atlas.districts
    for place_id, shape in metres(districts.geometry).items():
        at = middle_of(shape, 200)
        name = {lang: atlas.name(str(place_id), lang, short=True) for lang in LANGUAGES}
        found.append(Named("district", name, shape, at, str(place_id)))
    for row in atlas.meta.get("ground_names", ()):
        at = metres(gpd.points_from_xy([row["lon"]], [row["lat"]]))[0]
        name = {lang: str(row[f"name_{lang}"]) for lang in LANGUAGES}
        found.append(Named(str(row["role"]), name, shapely.Polygon(), (at.x, at.y)))
    return found


def middle_of(shape: BaseGeometry, tolerance: float) -> tuple[float, float]:
    """Return the point of an area that is furthest from its edge, in its largest part (the pole of inaccessibility)."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    circle = shapely.maximum_inscribed_circle(max(parts, key=lambda one: one.area), tolerance=tolerance)
    x, y = shapely.get_coordinates(circle)[0].tolist()
    return x, y
