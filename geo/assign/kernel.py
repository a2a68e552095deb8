"""The lookup of `assign`, compiled by numba (optional); `geo.assign.lookup` gives the same answers without it.

The point-in-area test counts the crossings of a horizontal ray to the right, with the cases and the orientation filter
of GEOS (`RayCrossingCounter`, `CGAlgorithmsDD::orientationIndexFilter`). Where the filter cannot tell on which side of
an edge the point lies, the point is left to GEOS itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.assign.grid import SUB
from geo.assign.index import DEFER, MOST_CANDIDATES
from geo.base.machine_code import MachineCode

if TYPE_CHECKING:
    from geo.assign.lookup import Array, Ints, Longs

__all__ = ["LOOKUP", "SPREAD"]

_SHIFT, _MASK = SUB.bit_length() - 1, SUB - 1


def _locate(x: float, y: float, first: int, last: int, xy: Array) -> int:
    """Locate a point by edges ``first`` to ``last - 1``: 0 outside, 1 inside, 2 on the boundary, 3 not certain."""
    crossings = 0
    for e in range(4 * first, 4 * last, 4):
        x1, y1, x2, y2 = xy[e], xy[e + 1], xy[e + 2], xy[e + 3]
        if x1 < x and x2 < x:
            continue
        if x == x2 and y == y2:
            return 2
        if y1 == y and y2 == y:
            if min(x1, x2) <= x <= max(x1, x2):
                return 2
            continue
        if (y1 > y and y2 <= y) or (y2 > y and y1 <= y):
            left, right = (x1 - x) * (y2 - y), (y1 - y) * (x2 - x)
            det = left - right
            bound = 1e-15 * (abs(left) + abs(right))
            if not (det > bound or det < -bound) or bound < 1e-280:
                return 3
            if (det > 0) == (y2 > y1):
                crossings += 1
    return crossings & 1


def _strip(x: float, y: float, area: int, areas: Array) -> int:
    """Return the number of the strip of an area that a point lies in, -1 if it lies outside the area's bounding box.

    `areas` is that of `geo.assign.edges.Strips`, flattened.
    """
    own = 7 * area
    south = areas[own + 1]
    if x < areas[own] or x > areas[own + 2] or y < south or y > areas[own + 3]:
        return -1
    strip = int(areas[own + 6])
    if areas[own + 5] > 1:
        strip += min(max(int((y - south) * areas[own + 4]), 0), int(areas[own + 5]) - 1)
    return strip


def _cell(x: float, y: float, box: Array, nx: int, ny: int, coarse: Ints, fine: Ints) -> int:
    """Return what the grid cell of a point holds: the number of a set of areas, or ``-(kind + 1)``.

    See `geo.assign.index.AreaIndex`; a point outside the grid, or with a NaN, has the empty set, 0.
    """
    if not (x >= box[0] and x <= box[2] and y >= box[1] and y <= box[3]):
        return 0
    column = min(int((x - box[0]) * box[4]), nx - 1)
    row = min(int((y - box[1]) * box[5]), ny - 1)
    value = coarse[(row >> _SHIFT) * (nx >> _SHIFT) + (column >> _SHIFT)]
    if value < 0:
        block = -(int(value) + 1)
        value = fine[(((block << _SHIFT) + (row & _MASK)) << _SHIFT) + (column & _MASK)]
    return int(value)


def lookup(
    xs: Array,
    ys: Array,
    count: int,
    codes: Ints,
    box: Array,
    nx: int,
    ny: int,
    coarse: Ints,
    fine: Ints,
    kind_base: Ints,
    kind_pointer: Ints,
    kind_areas: Ints,
    kind_table: Ints,
    table: Ints,
    areas: Array,
    pointer: Longs,
    xy: Array,
    boundary: int,
) -> int:
    """Fill `codes` with the number of the set of areas of each point; return how many codes are negative.

    The arguments are arrays of `geo.assign.index.AreaIndex`, flattened: `box` is xmin, ymin, xmax, ymax, scale_x,
    scale_y of its grid; `areas`, `pointer` and `xy` are its strips; `boundary` is 1 if a point on a boundary is inside.

    A negative code is `DEFER` where GEOS has to decide, or ``-(position + 1)`` where the entry at this position of
    `table` is still 0 because no point had this outcome before.
    """
    open_points = 0
    for i in range(count):
        x, y = xs[i], ys[i]
        value = _cell(x, y, box, nx, ny, coarse, fine)
        if value >= 0:
            codes[i] = value
            continue
        kind = -(value + 1)
        base, first, last = kind_base[kind], kind_pointer[kind], kind_pointer[kind + 1]
        code, outcome, certain = base, 0, last - first <= MOST_CANDIDATES
        if certain:
            for k in range(first, last):
                strip = _strip(x, y, int(kind_areas[k]), areas)
                if strip < 0:
                    continue
                where = _locate(x, y, pointer[strip], pointer[strip + 1], xy)
                if where == 3:
                    certain = False
                    break
                if where == 1 or (where == 2 and boundary):
                    code = np.int32(kind_areas[k] + 1)  # number of the set that holds this area alone
                    outcome |= 1 << (k - first)
        if certain and outcome != 0 and (base != 0 or (outcome & (outcome - 1)) != 0):
            certain = kind_table[kind] >= 0
            if certain:
                place = kind_table[kind] + outcome
                code = table[place]
                if code == 0:
                    code = np.int32(-(place + 1))
        if not certain:
            code = DEFER
        if code < 0:
            open_points += 1
        codes[i] = code
    return open_points


def spread(
    key: Array,
    count: int,
    low: float,
    scale: float,
    start: Longs,
    block: Ints,
    order: Ints,
    xs: Array,
    ys: Array,
    new_order: Ints,
    new_xs: Array,
    new_ys: Array,
) -> int:
    """Sort points by the column, or row, of coarse cells in which they lie; points of one column keep their order.

    Parameters
    ----------
    key : float64, shape (count,)
        `xs` to sort by column, `ys` to sort by row.
    low, scale : float
        Lower end of the grid in degrees, coarse cells per degree.
    start : int64, shape (257,)
        Zeros; used for counting. Points outside the 256 cells count as in the first.
    block : int32, shape (count,)
        Room for the column of each point.
    order, xs, ys : int32, float64, float64, shape (count,)
        The points as they are.
    new_order, new_xs, new_ys : int32, float64, float64, shape (count,)
        Filled with the sorted points.

    Returns
    -------
    int
        `count`.
    """
    for i in range(count):
        at = (key[i] - low) * scale
        block[i] = int(at) if at >= 0 and at < 256 else 0
        start[block[i] + 1] += 1
    for number in range(256):
        start[number + 1] += start[number]
    for i in range(count):
        place = start[block[i]]
        start[block[i]] = place + 1
        new_order[place], new_xs[place], new_ys[place] = order[i], xs[i], ys[i]
    return count


#: `lookup` and `spread`, compiled.
LOOKUP = MachineCode(
    lookup, "f8* f8* i8 i4* f8* i8 i8 i4* i4* i4* i4* i4* i4* i4* f8* i8* f8* i8", inner=(_cell, _strip, _locate)
)
SPREAD = MachineCode(spread, "f8* i8 f8 f8 i8* i4* i4* f8* f8* i4* f8* f8*")
