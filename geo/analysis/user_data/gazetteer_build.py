"""Make a gazetteer of one's own: of an OpenStreetMap extract, of a table that has both addresses and coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geo.addresses.accuracy import Accuracy
from geo.addresses.fold import key_of
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Sources
from geo.addresses.geocoder import Geocoder
from geo.addresses.learn import Table, learned, measured_accuracy
from geo.analysis.user_data.gazetteer_file import pieces_of
from geo.analysis.user_data.geocoding import anchors_of, area_plane, atlas_sources, district_layer, geocoder_of
from geo.atlas import Atlas

__all__ = ["Making", "learn_points", "streets_sources"]

_METRES_PER_DEGREE = 111_320.0
_LEAST_POINT_M = 100.0


@dataclass(slots=True)
class Making:
    """A gazetteer as it is made: what is added to that of the atlas, and how sure it was measured to be."""

    sources: Sources = field(default_factory=Sources)
    accuracy: Accuracy = field(default_factory=Accuracy)
    told: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many roads, house numbers and named points are added."""
        return {
            "roads": len({*self.sources.pieces, *self.sources.anchors}),
            "numbers": sum(len(found) for found in self.sources.anchors.values()),
            "points": sum(len(found) for found in self.sources.points.values()),
        }


def streets_sources(streets: Any, atlas: Atlas) -> Sources:
    """Return the roads, house numbers and named points of an extract as sources, in metres in the plane of an atlas.

    Parameters
    ----------
    streets : geo.osm.streets.Streets
    atlas : Atlas
    """
    import geopandas as gpd

    plane = area_plane(atlas)
    lines = plane.shape(np.array([line for _, line in streets.roads], dtype=object))
    pieces = pieces_of([name for name, _ in streets.roads], [False] * len(lines), lines, atlas)
    points = gpd.GeoSeries([point for _, _, point in streets.numbers], crs="EPSG:4326")
    roads, numbers = [road for road, _, _ in streets.numbers], [number for _, number, _ in streets.numbers]
    anchors = anchors_of(roads, numbers, points, atlas) if len(points) else {}
    shapes = plane.shape(np.array([point for _, point, _ in streets.points], dtype=object))
    holding = district_layer(atlas).holding(shapes)
    named: dict[str, list[NamedPoint]] = {}
    city = str(atlas.rows("places")[str(atlas.meta["city_place_id"])]["short_zh"])
    for (name, _, reach), shape, district in zip(streets.points, shapes, holding, strict=True):
        accuracy_m = max(_LEAST_POINT_M, reach * _METRES_PER_DEGREE)
        key = key_of(name).removeprefix(city)
        if len(key) > 2 and not key.isascii():
            named.setdefault(key, []).append(NamedPoint(shape.x, shape.y, accuracy_m, int(district)))
    return Sources(anchors, pieces, named)


def learn_points(table: Table, making: Making, atlas: Atlas) -> None:
    """Learn house numbers of a table, and measure how sure addresses like its own are found.

    Parameters
    ----------
    table : Table
        In the plane of the atlas.
    making : Making
        What was learned is added to it.
    atlas : Atlas

    Notes
    -----
    Some 20 s for 20,000 rows. The accuracy is cross-validated: each fifth of the rows is located by what the others
    teach.
    """
    base = atlas_sources(atlas) | making.sources
    first = geocoder_of(atlas, base)

    def make(sources: Sources) -> Geocoder:
        gazetteer = Gazetteer.of(first.gazetteer.names, first.gazetteer.plane, sources)
        return first.with_gazetteer(gazetteer)

    making.accuracy = measured_accuracy(table, base, make, first)
    making.sources |= learned(table, first, first.gazetteer)
