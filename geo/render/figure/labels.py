"""Label placement on a sheet: on or beside the feature, never on another one; with a leader line if need be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["Spot", "Thing", "spots"]

#: Smallest distance of a label without leader from small features of others, in points: closer, it would be read as
#: theirs.
_CLEAR_PT = 3.5

#: Costs of covering a containing feature, covering a dot, and using a leader; the cheapest position wins.
_ON_PARENT, _ON_DOT, _LEADER = 1.5, 1.2, 5.0

#: Lengths of leaders to try, points.
_REACHES_PT = (11.0, 17.0, 24.0, 32.0, 42.0, 54.0, 68.0, 84.0, 104.0)
_DIRECTIONS = 24


@dataclass(frozen=True, slots=True)
class Thing:
    """A feature to label: its shape on the sheet, the size of the label, and its preferred position.

    Attributes
    ----------
    key : str
    shape : geometry
        In points. Empty for a label of the basemap, which other labels need not avoid.
    width, height : float
        Size of the label, points.
    at : (float, float)
        Preferred position of the label, or the start of its leader.
    on : frozenset of str
        Keys of the features it lies on; its label may cover those.
    small : bool
        Whether the label is placed beside the feature.
    leader : bool
        Whether the label may have a leader.
    """

    key: str
    shape: BaseGeometry
    width: float
    height: float
    at: tuple[float, float]
    on: frozenset[str] = frozenset()
    small: bool = False
    leader: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """Position of a label: its centre, its box, and the two ends of its leader if it has one."""

    x: float
    y: float
    box: shapely.Polygon
    leader: shapely.LineString | None = None


def spots(
    things: Sequence[Thing], room: BaseGeometry, blocked: Sequence[BaseGeometry], dots: Sequence[BaseGeometry] = ()
) -> dict[str, Spot]:
    """Return the positions of the labels by key; a label without room is left out.

    Parameters
    ----------
    things : sequence of Thing
        The most important first: each takes the best position that the earlier ones leave.
    room : geometry
        Where labels may be placed, in points.
    blocked, dots : sequence of geometry
        Areas that no label may cover; dots that labels should avoid.

    Returns
    -------
    dict of str to Spot
        No box intersects another box or a leader, or a feature that its own feature does not lie on.
    """
    others = [one for one in things if not one.shape.is_empty]
    shapes = np.array([one.shape.buffer(_CLEAR_PT) if one.small else one.shape for one in others], dtype=object)
    tree = shapely.STRtree(shapes) if len(shapes) else None
    dot_tree = shapely.STRtree(list(dots)) if dots else None
    taken: list[BaseGeometry] = list(blocked)
    found: dict[str, Spot] = {}
    for thing in things:
        middles, costs, needs_leader = _candidates(thing)
        boxes = shapely.box(
            middles[:, 0] - thing.width / 2, middles[:, 1] - thing.height / 2,
            middles[:, 0] + thing.width / 2, middles[:, 1] + thing.height / 2,
        )  # fmt: skip
        allowed = shapely.contains_properly(room, boxes)
        if tree is not None:
            box_no, other_no = tree.query(boxes, predicate="intersects")
            for number, other in zip(box_no, other_no, strict=True):
                one = others[other]
                if one.key == thing.key:
                    continue
                if one.key in thing.on:
                    costs[number] += _ON_PARENT
                elif one.small and needs_leader[number]:
                    allowed[number] &= not boxes[number].intersects(one.shape)
                else:
                    allowed[number] = False
        if dot_tree is not None:
            np.add.at(costs, dot_tree.query(boxes, predicate="intersects")[0], _ON_DOT)
        if taken:
            allowed &= ~shapely.intersects(boxes, shapely.union_all(taken))
        start = shapely.Point(thing.at)
        small = [one.shape for one in others if one.small and one.key != thing.key and one.shape.disjoint(start)]
        spot = _cheapest(thing, middles, boxes, np.where(allowed, costs, np.inf), needs_leader, [*taken, *small])
        if spot:
            found[thing.key] = spot
            taken += [spot.box, *([spot.leader.buffer(0.8)] if spot.leader else [])]
    return found


def _cheapest(
    thing: Thing,
    middles: NDArray[np.float64],
    boxes: NDArray[np.object_],
    costs: NDArray[np.float64],
    needs_leader: NDArray[np.bool_],
    crossed: Sequence[BaseGeometry],
) -> Spot | None:
    """Return the cheapest position whose leader crosses nothing; None if there is none."""
    barrier = shapely.union_all(list(crossed)) if crossed else shapely.Polygon()
    for number in np.argsort(costs, kind="stable"):
        if not math.isfinite(costs[number]):
            return None
        leader = None
        if needs_leader[number]:
            if not thing.leader:
                continue
            leader = shapely.shortest_line(shapely.Point(thing.at), boxes[number])
            if leader.length < 2 or leader.intersects(barrier):
                continue
        x, y = middles[number]
        return Spot(float(x), float(y), boxes[number], leader)
    return None


def _candidates(thing: Thing) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return centres, costs, and whether each position needs a leader."""
    x, y = thing.at
    half_w, half_h = thing.width / 2, thing.height / 2
    rows: list[tuple[float, float, float, bool]] = []
    if not thing.small:
        rows += _inside(thing)
    if thing.shape.is_empty:
        return _arrays(rows)
    west, top, east, bottom = thing.shape.bounds if thing.small else (x, y, x, y)
    gap = 2.5
    if thing.small:
        beside = [(east + gap + half_w, y), (west - gap - half_w, y), (x, top - gap / 2 - half_h)]
        beside += [(x, bottom + gap / 2 + half_h)]
        corner = [(h, v) for v in (top - half_h + 1, bottom + half_h - 1) for h in (east + half_w, west - half_w)]
        rows += [(cx, cy, 1 + 0.1 * number, False) for number, (cx, cy) in enumerate([*beside, *corner])]
    for reach in _REACHES_PT:
        for number in range(_DIRECTIONS):
            angle = 2 * math.pi * number / _DIRECTIONS
            dx, dy = math.cos(angle), math.sin(angle)
            # The side or corner of the box that faces the feature touches the end of the leader.
            cx, cy = x + reach * dx + half_w * _sign(dx), y + reach * dy + half_h * _sign(dy)
            slant = 0.3 * abs(dy)
            rows.append((cx, cy, _LEADER + reach / 9 + slant, True))
    return _arrays(rows)


def _inside(thing: Thing) -> list[tuple[float, float, float, bool]]:
    """Return positions within a shape, from the preferred one outwards; for the basemap only the first few."""
    x, y = thing.at
    rows: list[tuple[float, float, float, bool]] = []
    inner = thing.shape
    for down in (0, 1, -1, 2, -2, 3, -3, 4, -4):
        for right in (0, 0.3, -0.3, 0.6, -0.6, 1, -1):
            cx, cy = x + right * thing.width, y + down * thing.height * 1.1
            box = shapely.box(
                cx - thing.width / 2, cy - thing.height / 2, cx + thing.width / 2, cy + thing.height / 2
            )  # fmt: skip
            far = 0.3 * (abs(down) + abs(right))
            if inner.is_empty or inner.contains(box):
                rows.append((cx, cy, far, False))
            elif inner.contains(shapely.Point(cx, cy)) and inner.intersection(box).area > box.area * 0.55:
                rows.append((cx, cy, 2.5 + far, False))
    return rows


def _sign(value: float) -> float:
    return 0.0 if abs(value) < 0.3 else math.copysign(1, value)


def _arrays(
    rows: list[tuple[float, float, float, bool]],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return table[:, :2], table[:, 2].copy(), table[:, 3].astype(bool)
