"""The segments of the rings of areas, and for each area an index of them by horizontal strip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["POLYGON", "Edges", "Strips", "edges_of", "strips_of"]

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

#: As `shapely.GeometryType` has it.
POLYGON = 3
#: An area of at most this many edges is one strip.
_WHOLE = 16


@dataclass(frozen=True)
class Edges:
    """Every segment of every ring of every area.

    Attributes
    ----------
    xy : ndarray of float64, shape (n, 4)
        Ends of each segment: x1, y1, x2, y2 in degrees.
    area : ndarray of int64, shape (n,)
        Number of the area of each segment, ascending.
    """

    xy: Array
    area: Longs


class Strips(NamedTuple):
    """The edges of each area by horizontal strip.

    A horizontal ray from a point to the right crosses only edges of the strip in which the point lies, so a
    point-in-area test reads the edges of one strip. An edge is listed in every strip that it passes through.

    Attributes
    ----------
    areas : ndarray of float64, shape (number of areas, 7)
        xmin, ymin, xmax, ymax of the bounding box in degrees, strips per degree of y, number of strips, number of the
        first strip.
    pointer : ndarray of int64, shape (number of strips + 1,)
        The edges of strip ``s`` are ``xy[pointer[s] : pointer[s + 1]]``.
    xy : ndarray of float64, shape (m, 4)
        x1, y1, x2, y2 of each edge, degrees.
    """

    areas: Array
    pointer: Longs
    xy: Array


def edges_of(geometries: npt.NDArray[np.object_]) -> Edges:
    """Return all segments of polygons and multipolygons, in the order of the areas; about 0.1 µs a segment."""
    xy, area = shapely.get_coordinates(geometries, return_index=True)
    joined = area[1:] == area[:-1]
    joined[_ring_starts(geometries, area) - 1] = False
    segments = np.empty((np.count_nonzero(joined), 4))
    segments[:, :2] = xy[:-1][joined]
    segments[:, 2:] = xy[1:][joined]
    return Edges(segments, area[1:][joined].astype(np.int64))


def _ring_starts(geometries: npt.NDArray[np.object_], area: Longs) -> Longs:
    """Return the positions among all coordinates at which rings start, for areas of more than one ring.

    Position 0 is left out, since no segment ends there. Between areas of one ring, the change of area marks the start.
    """
    single = (shapely.get_type_id(geometries) == POLYGON) & (shapely.get_num_interior_rings(geometries) == 0)
    several = np.flatnonzero(~single)
    parts, part_area = shapely.get_parts(geometries[several], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    count = shapely.get_num_coordinates(rings)
    owner = several[part_area[ring_part]]
    before = np.cumsum(count) - count
    start = np.searchsorted(area, owner) + before - before[np.searchsorted(owner, owner)]
    return np.asarray(start[(count > 0) & (start > 0)], np.int64)


def strips_of(edges: Edges, areas: int) -> Strips:
    """Return the edges of `areas` areas by horizontal strip.

    An area of at most 16 edges is one strip. A larger one has a strip for every two edges, at most 4,096, of equal
    height.
    """
    edge_count = np.bincount(edges.area, minlength=areas)
    strips = np.zeros((areas, 7))
    begin = (np.cumsum(edge_count) - edge_count)[edge_count > 0]
    for i, ends in enumerate((np.minimum, np.minimum, np.maximum, np.maximum) if len(begin) else ()):
        strips[edge_count > 0, i] = ends.reduceat(edges.xy[:, i], begin)
    y0, y1 = strips[:, 1], strips[:, 3]
    count = np.where(edge_count > _WHOLE, np.clip(edge_count // 2, 1, 4096), 1).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = np.where(y1 > y0, count / (y1 - y0), 0.0)
    scale = np.where(np.isfinite(scale), scale, 0.0)
    first = np.cumsum(count) - count
    strips[:, 4:] = np.column_stack([scale, count, first])
    if count.max(initial=1) == 1:
        return Strips(strips, np.append(0, np.cumsum(edge_count)), edges.xy)
    owner = edges.area

    def strip(y: Array) -> Longs:
        return np.asarray(np.minimum(((y - y0[owner]) * scale[owner]).astype(np.int64), count[owner] - 1), np.int64)

    start = strip(np.minimum(edges.xy[:, 1], edges.xy[:, 3]))
    stop = strip(np.maximum(edges.xy[:, 1], edges.xy[:, 3]))
    repeat = stop - start + 1
    edge = np.repeat(np.arange(len(owner)), repeat)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    number = first[owner[edge]] + start[edge] + within
    order = np.argsort(number, kind="stable")
    pointer = np.zeros(int(count.sum()) + 1, np.int64)
    np.cumsum(np.bincount(number, minlength=int(count.sum())), out=pointer[1:])
    return Strips(strips, pointer, edges.xy[edge[order]])
