"""The background outside the districts: sea beyond the basemap's coastline, otherwise undescribed land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import shapely
from shapely import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

from geo.atlas.atlas import Atlas

__all__ = ["sea"]

#: Distance to which the background extends beyond the map's box, degrees; the coast is extended to it.
_BEYOND_DEG = 3.0

#: Largest gap between the ends of an island that the box cuts, degrees; the island is closed there.
_ISLAND_DEG = 0.2

#: Length of coast at an end from which its direction is taken, degrees.
_HEADING_DEG = 0.1

#: Largest distance between an end of the coast and the box at which the end counts as on it, degrees.
_REACHES_DEG = 0.01


@lru_cache(maxsize=4)
def sea(atlas: Atlas) -> BaseGeometry | None:
    """Return the sea around a city as one geometry in WGS 84; None if the basemap has no coast that divides the box.

    The coastline divides the box into pieces. The piece with most of the districts is land, and land and sea alternate
    across the coastline, so the direction of the lines does not matter.
    """
    registry = atlas.table("basemap")
    lines: list[BaseGeometry] = []
    for layer in registry.query("role == 'coast'")["layer_id"]:
        lines += [part for shape in atlas.basemap(layer).geometry for part in getattr(shape, "geoms", [shape])]
    if not lines or atlas.districts.empty:
        return None
    west, south, east, north = (float(value) for value in atlas.meta["bbox"])
    frame = unary_union([box(west, south, east, north), *lines]).bounds
    outer = box(frame[0] - _BEYOND_DEG, frame[1] - _BEYOND_DEG, frame[2] + _BEYOND_DEG, frame[3] + _BEYOND_DEG)
    beyond = [tail for line in lines if not line.is_ring for tail in _tails(line, frame, outer)]
    pieces = list(polygonize(unary_union([outer.boundary, *lines, *beyond])))
    found = unary_union([piece for piece, wet in zip(pieces, _wet(pieces, atlas), strict=True) if wet])
    return None if found.is_empty else found


def _tails(line: BaseGeometry, frame: Sequence[float], outer: Polygon) -> list[BaseGeometry]:
    """Return lines that extend each end of an open coast from the box to the outer box."""
    ends = [line.coords[0], line.coords[-1]]
    if LineString(ends).length <= min(_ISLAND_DEG, line.length):
        return [LineString(ends)]
    befores = [line.interpolate(_HEADING_DEG), line.interpolate(-_HEADING_DEG)]
    tails: list[BaseGeometry] = []
    for (x, y), before in zip(ends, befores, strict=True):
        away = [abs(x - frame[0]), abs(y - frame[1]), abs(x - frame[2]), abs(y - frame[3])]
        side = away.index(min(away))
        if away[side] > _REACHES_DEG:
            continue
        out_x, out_y = ((-1, 0), (0, -1), (1, 0), (0, 1))[side]
        dx, dy = x - before.x, y - before.y
        if dx * out_x + dy * out_y < 0.3 * math.hypot(dx, dy):  # almost parallel to the box
            dx, dy = out_x, out_y
        reach = 4 * _BEYOND_DEG / math.hypot(dx, dy)
        ray = LineString([(x, y), (x + reach * dx, y + reach * dy)])
        tails.append(shapely.intersection(ray, outer))
    return tails


def _wet(pieces: Sequence[Polygon], atlas: Atlas) -> list[bool]:
    """Return for each piece whether it is sea: land and sea alternate across the lines between them."""
    districts = unary_union(list(atlas.districts.geometry))
    first = max(range(len(pieces)), key=lambda number: pieces[number].intersection(districts).area)
    wet = {first: False}
    waiting = [first]
    while waiting:
        here = waiting.pop()
        for other in range(len(pieces)):
            if other not in wet and shapely.intersection(pieces[here].boundary, pieces[other].boundary).length > 0:
                wet[other] = not wet[here]
                waiting.append(other)
    return [wet.get(number, False) for number in range(len(pieces))]
