"""The compiled lookup. It needs numba (optional); `geo.assign.lookup` gives the same answers without it.

The point-in-ring test counts crossings of a ray to the right, case by case as GEOS does (`RayCrossingCounter`), with
its orientation filter. Where the filter cannot tell the side for certain, the point is left to GEOS itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.assign.compiled import CompiledCode
from geo.assign.grid import SUB

if TYPE_CHECKING:
    from geo.assign.grid import Grid
    from geo.assign.index import Strips
    from geo.assign.lookup import Array, Ints, Tables

__all__ = ["CODE", "lookup"]

#: Where the two functions are kept, once compiled.
CODE = CompiledCode()

_DEFER = np.int32(-(2**31))
_SHIFT = SUB.bit_length() - 1


@CODE.compile
def _locate(x: float, y: float, first: int, last: int, xy: Array) -> int:
    """Return 0 outside, 1 inside, 2 on the boundary, 3 not certain."""
    crossings = 0
    for e in range(first, last):
        x1, y1, x2, y2 = xy[e, 0], xy[e, 1], xy[e, 2], xy[e, 3]
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


@CODE.compile
def lookup(xs: Array, ys: Array, codes: Ints, grid: Grid, tables: Tables, strips: Strips, boundary: bool) -> int:
    """Fill `codes` with set numbers and return how many are negative.

    Negative codes: `DEFER`, left to GEOS; or ``-(place + 1)``, the place in ``table`` of an outcome not met before.
    """
    xmin, ymin, xmax, ymax, scale_x, scale_y, nx, ny, _ = grid
    coarse, fine, kind_pointer, kind_areas, kind_table, table = tables
    strips_of, pointer, xy = strips
    width, mask = nx >> _SHIFT, SUB - 1
    open_points = 0
    for i in range(xs.size):
        x, y = xs[i], ys[i]
        if not (x >= xmin and x <= xmax and y >= ymin and y <= ymax):
            codes[i] = 0
            continue
        column = min(int((x - xmin) * scale_x), nx - 1)
        row = min(int((y - ymin) * scale_y), ny - 1)
        value = coarse[(row >> _SHIFT) * width + (column >> _SHIFT)]
        if value >= 0:
            codes[i] = value
            continue
        block = -(int(value) + 1)
        value = fine[(((block << _SHIFT) + (row & mask)) << _SHIFT) + (column & mask)]
        if value >= 0:
            codes[i] = value
            continue
        kind = -(int(value) + 1)
        code = _DEFER
        if kind_table[kind] >= 0:
            outcome, certain = 0, True
            for k in range(kind_pointer[kind], kind_pointer[kind + 1]):
                area = kind_areas[k]
                strip = int(strips_of[area, 3])
                if strips_of[area, 2] > 1:
                    within = int((y - strips_of[area, 0]) * strips_of[area, 1])
                    strip += min(max(within, 0), int(strips_of[area, 2]) - 1)
                where = _locate(x, y, pointer[strip], pointer[strip + 1], xy)
                if where == 3:
                    certain = False
                    break
                if where == 1 or (where == 2 and boundary):
                    outcome |= 1 << (k - kind_pointer[kind])
            if certain:
                place = kind_table[kind] + outcome
                code = table[place]
                if code < 0:
                    code = np.int32(-(place + 1))
        if code < 0:
            open_points += 1
        codes[i] = code
    return open_points
