"""The compiled lookup. It needs numba (optional); `geo.assign.lookup` gives the same answers without it.

The point-in-ring test counts crossings of a ray to the right, case by case as GEOS does (`RayCrossingCounter`), with
its orientation filter. Where the filter cannot tell the side for certain, the point is left to GEOS itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

__all__ = ["lookup"]

_DEFER = np.int32(-(2**31))


Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    """Compile a function, and keep the result on disk where there is a place for it."""
    try:
        return cast("Function", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's can be written
        return cast("Function", numba.njit(nogil=True)(function))


@_compiled
def _locate(x: float, y: float, first: int, last: int, xy: Any) -> int:
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


@_compiled
def lookup(
    xs: Any,
    ys: Any,
    codes: Any,
    box: Any,
    scale_x: float,
    scale_y: float,
    nx: int,
    ny: int,
    shift: int,
    boundary: int,
    coarse: Any,
    fine: Any,
    kind_base: Any,
    kind_pointer: Any,
    kind_areas: Any,
    kind_table: Any,
    table: Any,
    strip_y0: Any,
    strip_scale: Any,
    strip_count: Any,
    strip_first: Any,
    strip_pointer: Any,
    strip_xy: Any,
) -> int:
    """Fill `codes` with set numbers and return how many are negative.

    Negative codes: `DEFER`, left to GEOS; or ``-(place + 1)``, the place in `table` of an outcome not met before.
    """
    xmin, ymin, xmax, ymax = box[0], box[1], box[2], box[3]
    width, mask = nx >> shift, (1 << shift) - 1
    open_points = 0
    for i in range(xs.size):
        x, y = xs[i], ys[i]
        if not (x >= xmin and x <= xmax and y >= ymin and y <= ymax):
            codes[i] = 0
            continue
        column = min(int((x - xmin) * scale_x), nx - 1)
        row = min(int((y - ymin) * scale_y), ny - 1)
        value = coarse[(row >> shift) * width + (column >> shift)]
        if value >= 0:
            codes[i] = value
            continue
        block = -(int(value) + 1)
        value = fine[(((block << shift) + (row & mask)) << shift) + (column & mask)]
        if value >= 0:
            codes[i] = value
            continue
        kind = -(int(value) + 1)
        code = _DEFER
        if kind_table[kind] >= 0:
            outcome, certain = 0, True
            for k in range(kind_pointer[kind], kind_pointer[kind + 1]):
                area = kind_areas[k]
                strip = min(max(int((y - strip_y0[area]) * strip_scale[area]), 0), strip_count[area] - 1)
                strip += strip_first[area]
                where = _locate(x, y, strip_pointer[strip], strip_pointer[strip + 1], strip_xy)
                if where == 3:
                    certain = False
                    break
                if where == 1 or (where == 2 and boundary == 1):
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
