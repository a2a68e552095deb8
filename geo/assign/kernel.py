"""The compiled lookup. It needs numba (optional); `geo.assign.lookup` gives the same answers without it.

The point-in-ring test counts crossings of a ray to the right, case by case as GEOS does (`RayCrossingCounter`), with
its orientation filter. Where the filter cannot tell the side for certain, the point is left to GEOS itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.assign.grid import SUB
from geo.base.machine_code import MachineCode

if TYPE_CHECKING:
    from geo.assign.lookup import Array, Ints, Longs

__all__ = ["LOOKUP"]

_DEFER = np.int32(-(2**31))
_SHIFT = SUB.bit_length() - 1


def _locate(x: float, y: float, first: int, last: int, xy: Array) -> int:
    """Return 0 outside, 1 inside, 2 on the boundary, 3 not certain."""
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


def _strip(y: float, area: int, strips: Array) -> int:
    """Return the strip of an area in which `y` lies; see `geo.assign.index.Strips`."""
    own = 4 * area
    strip = int(strips[own + 3])
    if strips[own + 2] > 1:
        within = int((y - strips[own]) * strips[own + 1])
        strip += min(max(within, 0), int(strips[own + 2]) - 1)
    return strip


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
    kind_pointer: Ints,
    kind_areas: Ints,
    kind_table: Longs,
    table: Ints,
    strips: Array,
    pointer: Longs,
    xy: Array,
    boundary: int,
) -> int:
    """Fill `codes` with set numbers and return how many are negative.

    Negative codes: `DEFER`, left to GEOS; or ``-(place + 1)``, the place in ``table`` of an outcome not met before.
    """
    xmin, ymin, xmax, ymax, scale_x, scale_y = box[0], box[1], box[2], box[3], box[4], box[5]
    width, mask = nx >> _SHIFT, SUB - 1
    open_points = 0
    for i in range(count):
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
                strip = _strip(y, int(kind_areas[k]), strips)
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


#: `lookup`, compiled.
LOOKUP = MachineCode(lookup, "f8* f8* i8 i4* f8* i8 i8 i4* i4* i4* i4* i8* i4* f8* i8* f8* i8", inner=(_locate, _strip))
