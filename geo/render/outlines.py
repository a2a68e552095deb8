"""Outlines of several places at one scale, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.units import round_length
from geo.atlas.atlas import Atlas

__all__ = ["Outline", "Outlines", "outlines", "picture"]

#: Places smaller than this in the drawing are drawn as a dot, and labelled so; SVG units.
_SMALLEST = 3.0


@dataclass(frozen=True, slots=True)
class Outline:
    """One place: SVG path data, centred in its box; `dot` if it would be too small to see."""

    place_id: str
    path: str
    dot: bool


@dataclass(frozen=True, slots=True)
class Outlines:
    """Places at one scale in boxes of `size` units; a scale bar of `bar` units stands for `bar_m` metres."""

    size: int
    bar: float
    bar_m: float
    shapes: tuple[Outline, ...]


def outlines(atlas: Atlas, place_ids: Sequence[str], size: int = 120) -> Outlines:
    """Return the outlines of places, all at the scale of the largest one.

    Parameters
    ----------
    atlas : Atlas
    place_ids : sequence of str
        At least one.
    size : int
        Side of each square box, SVG units.

    Returns
    -------
    Outlines
        North is up. Drawn in the atlas' metric CRS, so lengths are true within its accuracy.
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
    """Return one outline as a picture: solid line for official bounds, dashed for digitised, hatched for schematic.

    Parameters
    ----------
    drawn : Outlines
    shape : Outline
        One of `drawn.shapes`.
    colour : str
        Line and fill, ``#RRGGBB``.
    method : str
        Boundary method.

    Returns
    -------
    bytes
        SVG without any text of the data.
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
