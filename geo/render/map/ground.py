"""What to draw outside the districts: sea where the basemap's coastline says so, elsewhere undescribed land."""

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

#: How far beyond the map's frame the ground is coloured, in degrees: the coast goes on as it leaves the frame.
_BEYOND_DEG = 3.0

#: An island cut by the frame is closed there when its ends are no further apart than this, in degrees.
_ISLAND_DEG = 0.2

#: The length of coast before its end that tells where it goes on, in degrees.
_HEADING_DEG = 0.1

#: An end of the coast this close to the frame reaches it, in degrees.
_REACHES_DEG = 0.01


@lru_cache(maxsize=4)
def sea(atlas: Atlas) -> BaseGeometry | None:
    """Return the sea around a city as one geometry in WGS 84, None where the basemap has no coast that parts it.

    The coastline parts the map's frame into pieces. The piece that holds most of the districts is land, and on the
    other side of a coastline land turns into sea and sea into land: no direction of the lines is relied on.
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
    """Return what leads each end of an open coast that reaches the frame on to the outer frame."""
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
        if dx * out_x + dy * out_y < 0.3 * math.hypot(dx, dy):  # it grazes the frame
            dx, dy = out_x, out_y
        reach = 4 * _BEYOND_DEG / math.hypot(dx, dy)
        ray = LineString([(x, y), (x + reach * dx, y + reach * dy)])
        tails.append(shapely.intersection(ray, outer))
    return tails


def _wet(pieces: Sequence[Polygon], atlas: Atlas) -> list[bool]:
    """Return for each piece whether it is sea: land and sea take turns across the lines that part them."""
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
