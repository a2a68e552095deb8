"""Outlines of places side by side at one scale, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.units import round_length
from geo.atlas.atlas import Atlas

__all__ = ["Outline", "Outlines", "outlines", "picture"]

#: A place smaller than this on the drawing is drawn as a dot, and said to be.
_SMALLEST = 3.0


@dataclass(frozen=True, slots=True)
class Outline:
    """One place: SVG path data centred in the box; `dot` where it would be too small to see."""

    place_id: str
    path: str
    dot: bool


@dataclass(frozen=True, slots=True)
class Outlines:
    """Places at one scale in boxes of `size` units; a bar of `bar` units is `bar_m` metres long."""

    size: int
    bar: float
    bar_m: float
    shapes: tuple[Outline, ...]


def outlines(atlas: Atlas, place_ids: Sequence[str], size: int = 120) -> Outlines:
    """Return the outlines of places, all at the scale of the largest.

    Parameters
    ----------
    atlas : Atlas
    place_ids : sequence of str
        At least one.
    size : int
        Side of the square box of each, in SVG units.

    Returns
    -------
    Outlines
        Paths have north up and y down; drawn in the atlas's metric CRS, so lengths are true within its limits.
    """
    shapes = atlas.places.geometry[list(place_ids)].to_crs(atlas.meta["metric_crs"])
    bounds = shapes.bounds
    longest = float(max((bounds["maxx"] - bounds["minx"]).max(), (bounds["maxy"] - bounds["miny"]).max()))
    inner = size - 8
    step = inner / longest
    found = []
    for place_id, shape in shapes.items():
        west, south, east, north = shape.bounds
        dot = max(east - west, north - south) * step < _SMALLEST
        found.append(Outline(str(place_id), "" if dot else _path(shape, step, size), dot))
    metres = round_length(longest * 0.45)
    return Outlines(size, metres * step, metres, tuple(found))


def picture(drawn: Outlines, shape: Outline, colour: str, method: str) -> bytes:
    """Return one outline as a picture: solid along official bounds, dashed where digitised, hatched where schematic.

    Parameters
    ----------
    drawn : Outlines
    shape : Outline
        One of its shapes.
    colour : str
        Line and fill, ``#RRGGBB``.
    method : str
        Method of the boundary.

    Returns
    -------
    bytes
        SVG. No text of the data is in it.
    """
    size, half = drawn.size, drawn.size / 2
    dashes = {"digitised": "4 2.5", "schematic": "1.2 2"}.get(method, "none")
    hatched = method == "schematic"
    fill = "fill='url(#h)'" if hatched else f"fill='{colour}' fill-opacity='0.28'"
    line = f"stroke='{colour}' stroke-width='1.3' stroke-dasharray='{dashes}' stroke-linejoin='round'"
    hatch = (
        "<pattern id='h' width='5' height='5' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'>"
        f"<line y2='5' stroke='{colour}' stroke-opacity='0.6'/></pattern>"
    )
    inner = (
        f"<circle cx='{half}' cy='{half}' r='2.5' fill='{colour}'/>"
        if shape.dot
        else f"<defs>{hatch}</defs><path d='{shape.path}' fill-rule='evenodd' {fill} {line}/>"
    )
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size} {size}'>{inner}</svg>".encode()


def _path(shape: BaseGeometry, step: float, size: int) -> str:
    west, south, east, north = shape.bounds
    left, top = (size - (east - west) * step) / 2, (size - (north - south) * step) / 2
    data = []
    for part in shapely.get_parts(shapely.simplify(shape, 0.4 / step)):
        for ring in (part.exterior, *part.interiors):
            points = [
                f"{left + (x - west) * step:.1f},{top + (north - y) * step:.1f}"
                for x, y in shapely.get_coordinates(ring)[:-1]
            ]
            data.append(f"M{' '.join(points)}Z")
    return "".join(data)
