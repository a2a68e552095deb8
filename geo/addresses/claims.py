"""The areas that a position lies in for certain, given its accuracy, and those that it may lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["FARTHEST_M", "AreaLayer", "Claims", "Stated"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Areas are candidates up to these distances; townships only for positions with this accuracy or better.
FARTHEST_M, _LISTED_M = 2000.0, 1000.0
#: A township is claimed if its border is farther than this many times the accuracy; fewer if all anchors lie in it.
_CLEAR, _CLEAR_BY_ANCHORS = 2.0, 0.6
#: The same for districts, which are larger.
_CLEAR_DISTRICT = 0.6


class AreaLayer:
    """Areas of one level in the plane of the gazetteer.

    Parameters
    ----------
    shapes : sequence of n shapely polygons
        Metres. An area is a number, its position in this sequence.
    """

    def __init__(self, shapes: Sequence[shapely.Geometry]) -> None:
        self.shapes = np.array(list(shapes), dtype=object)
        self._tree = shapely.STRtree(self.shapes)
        self._borders = shapely.boundary(self.shapes)
        shapely.prepare(self.shapes)
        shapely.prepare(self._borders)

    def __len__(self) -> int:
        return len(self.shapes)

    def holding(self, points: Any) -> Ints:
        """Return for each point the number of an area that holds it, the first found; -1 for none."""
        found = np.full(len(points), -1, np.intp)
        if len(self.shapes) and len(points):
            at, area = self._tree.query(points, predicate="intersects")
            found[at[::-1]] = area[::-1]
        return found

    def within(self, points: Any, reach_m: Floats) -> tuple[Ints, Ints]:
        """Return the pairs of point and area that are no farther apart than `reach_m` of the point, in metres.

        Returns
        -------
        at, area : ndarray of intp, shape (pairs,)
        """
        if not len(self.shapes) or not len(points):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        at, area = self._tree.query(points, predicate="dwithin", distance=reach_m)
        return at, area

    def reaches(self, points: Any, area: Ints, reach_m: float) -> npt.NDArray[np.bool_]:
        """Return for pairs of point and area whether they are at most `reach_m` metres apart: bool, shape (pairs,)."""
        return np.asarray(shapely.dwithin(self.shapes[area], points, reach_m), bool)

    def near_border(self, points: Any, area: Ints, reach_m: Floats) -> npt.NDArray[np.bool_]:
        """Return for pairs of point and area whether the border is within `reach_m` metres: bool, shape (pairs,)."""
        borders: Any = self._borders[area]
        reach: Any = reach_m
        return np.asarray(shapely.dwithin(borders, points, reach))

    def border_m(self, points: Any, area: Ints) -> Floats:
        """Return for pairs of point and area the distance of the point from the border, metres."""
        borders: Any = self._borders[area]
        return np.asarray(shapely.distance(borders, points), np.float64)

    def middle(self, numbers: Sequence[int]) -> tuple[float, float, float]:
        """Return a point inside the union of some areas (x, y) and the distance of its farthest corner, metres.

        The point is the centroid, or if that lies outside, `shapely.point_on_surface`.
        """
        shape = shapely.union_all(self.shapes[list(numbers)])
        inner = shapely.point_on_surface(shape)
        middle = shapely.centroid(shape)
        at = middle if shapely.intersects(shape, middle) else inner
        corners = shapely.get_coordinates(shape)
        reach = float(np.hypot(corners[:, 0] - at.x, corners[:, 1] - at.y).max())
        return float(at.x), float(at.y), reach


@dataclass(frozen=True, slots=True)
class Stated:
    """What each of n rows says of its areas; ndarrays of intp, shape (n,), -1 for none or more than one.

    Attributes
    ----------
    district, township : ndarray
        Numbers of the areas that the row states.
    by_anchors : ndarray
        Number of the township of all anchors that its position was found by.
    """

    district: Ints
    township: Ints
    by_anchors: Ints


@dataclass(slots=True)
class Claims:
    """What can be said of the areas of n positions.

    Attributes
    ----------
    district, township : ndarray of intp, shape (n,)
        Numbers of the areas, -1 where the evidence does not suffice.
    districts, townships : list of n tuple of int
        The candidates where no area is claimed.
    places, perhaps : list of n tuple of int
        The places of the layout that the position lies in for certain, and those whose border is within its accuracy.
    holding : ndarray of intp, shape (n,)
        The township that holds the position itself, -1 for none.
    """

    district: Ints
    township: Ints
    districts: list[tuple[int, ...]]
    townships: list[tuple[int, ...]]
    places: list[tuple[int, ...]]
    perhaps: list[tuple[int, ...]]
    holding: Ints

    @classmethod
    def of(
        cls,
        x: Floats,
        y: Floats,
        accuracy_m: Floats,
        stated: Stated,
        layers: tuple[AreaLayer, AreaLayer, AreaLayer],
        parents: Ints,
    ) -> Claims:
        """Compare positions with districts, townships and places.

        Parameters
        ----------
        x, y, accuracy_m : ndarray of float64, shape (n,), metres
        stated : Stated
        layers : (AreaLayer, AreaLayer, AreaLayer)
            Districts, townships, places.
        parents : ndarray of intp
            Number of the district of each township.
        """
        points: Any = shapely.points(x, y)
        reach = np.minimum(accuracy_m, FARTHEST_M)
        district, districts = _districts(points, reach, stated, layers[0])
        township, townships, holding = _townships(points, reach, stated, layers[1], parents, district)
        unstated = (district < 0) & (township >= 0)
        district[unstated] = parents[township[unstated]]
        places, perhaps = _places(points, accuracy_m, layers[2])
        return cls(district, township, districts, townships, places, perhaps, holding)


def _grouped(at: Ints, area: Ints, n: int) -> list[tuple[int, ...]]:
    """Return for each of n rows its areas, ascending, from pairs of row and area."""
    found: list[tuple[int, ...]] = [()] * n
    order = np.lexsort((area, at))
    at, area = at[order], area[order]
    rows, first = np.unique(at, return_index=True)
    for row, part in zip(rows.tolist(), np.split(area, first[1:]), strict=True) if len(rows) else ():
        found[row] = tuple(part.tolist())
    return found


def _districts(points: Any, reach: Floats, stated: Stated, layer: AreaLayer) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return the district of each position (-1: not certain), and the candidates where it is not certain.

    The district that the row states is taken. Otherwise the only one within 0.6 times the accuracy.
    """
    district = stated.district.copy()
    candidates: list[tuple[int, ...]] = [()] * len(points)
    open_rows = np.flatnonzero(district < 0)
    if open_rows.size:
        some = points[open_rows]
        clear = _grouped(*layer.within(some, _CLEAR_DISTRICT * reach[open_rows]), len(some))
        wide = _grouped(*layer.within(some, reach[open_rows]), len(some))
        for row, near, all_near in zip(open_rows.tolist(), clear, wide, strict=True):
            if len(near) == 1:
                district[row] = near[0]
            else:
                candidates[row] = all_near
    return district, candidates


def _townships(
    points: Any, reach: Floats, stated: Stated, layer: AreaLayer, parents: Ints, district: Ints
) -> tuple[Ints, list[tuple[int, ...]], Ints]:
    """Return the township of each position (-1: not certain), the candidates, and the township that holds the position.

    The township that holds the position is taken if its border is farther than twice the accuracy; farther than 0.6
    times suffices if all anchors lie in it. Otherwise the only one within the accuracy, or the one among them that the
    row states.
    """
    n = len(points)
    township = np.full(n, -1, np.intp)
    holding = layer.holding(points)
    candidates: list[tuple[int, ...]] = [()] * n
    if not len(layer):
        return township, candidates, holding
    own = np.flatnonzero((holding >= 0) & ((district < 0) | (parents[holding] == district)))
    border_m = layer.border_m(points[own], holding[own])
    agreed = stated.by_anchors[own] == holding[own]
    clear = border_m >= np.where(agreed, _CLEAR_BY_ANCHORS, _CLEAR) * reach[own]
    township[own[clear]] = holding[own[clear]]
    # For a worse accuracy there are so many candidates that listing them would say nothing.
    unsure = np.flatnonzero((township < 0) & ((reach <= _LISTED_M) | (stated.township >= 0)))
    at, area = layer.within(points[unsure], reach[unsure])
    keep = (district[unsure][at] < 0) | (parents[area] == district[unsure][at])
    for row, near in zip(unsure.tolist(), _grouped(at[keep], area[keep], len(unsure)), strict=True):
        own = stated.township[row]
        if len(near) == 1:
            township[row] = near[0]
        elif own in near and holding[row] in (own, -1):  # a position in another one contradicts the row
            township[row] = own
        else:
            candidates[row] = near
    return township, candidates, holding


def _places(points: Any, accuracy_m: Floats, layer: AreaLayer) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return the places that each position lies in for certain, and those it may lie in."""
    n = len(points)
    usable = np.flatnonzero(accuracy_m <= FARTHEST_M)
    at, area = layer.within(points[usable], accuracy_m[usable])
    at = usable[at]
    sure = ~layer.near_border(points[at], area, accuracy_m[at]) if len(at) else np.empty(0, bool)
    return _grouped(at[sure], area[sure], n), _grouped(at[~sure], area[~sure], n)
