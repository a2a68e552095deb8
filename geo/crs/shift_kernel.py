"""Compiled lookup in a shift table. Needs numba (optional); `geo.crs.shift_table` also has a NumPy version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["bicubic"]

#: Allow fused multiply-add, which rounds once instead of twice and is a third faster; no other fast-math option.
_FUSED = {"contract"}
_SIXTH = 1 / 6  # a division would take as long as the rest of a weight

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    """Compile a function; the result is cached on disk where a cache folder can be written."""
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, fastmath=_FUSED)(function))
    except RuntimeError:  # neither the package's folder nor the user's cache folder is writable
        return cast("Function", numba.njit(nogil=True, fastmath=_FUSED)(function))


@_compiled
def bicubic(xs: Any, ys: Any, table: Any, west: float, south: float, per_deg: float, out_x: Any, out_y: Any) -> int:
    """Add to each point its shift from the table; return the number of points outside the table (output NaN)."""
    rows, columns = table.shape[0], table.shape[1]
    beside = 0
    for i in range(len(xs)):
        u, v = (xs[i] - west) * per_deg, (ys[i] - south) * per_deg
        if not (u >= 1.0 and v >= 1.0 and u < columns - 2 and v < rows - 2):
            out_x[i] = out_y[i] = float("nan")
            beside += 1
            continue
        a, b = int(u), int(v)
        s, t = u - a, v - b
        p0, p1 = -s * (s - 1) * (s - 2) * _SIXTH, (s + 1) * (s - 1) * (s - 2) * 0.5
        p2, p3 = -(s + 1) * s * (s - 2) * 0.5, (s + 1) * s * (s - 1) * _SIXTH
        q0, q1 = -t * (t - 1) * (t - 2) * _SIXTH, (t + 1) * (t - 1) * (t - 2) * 0.5
        q2, q3 = -(t + 1) * t * (t - 2) * 0.5, (t + 1) * t * (t - 1) * _SIXTH
        dx = dy = 0.0
        for k in range(4):
            q = q0 if k == 0 else q1 if k == 1 else q2 if k == 2 else q3
            r = b - 1 + k
            dx += q * (
                p0 * table[r, a - 1, 0] + p1 * table[r, a, 0] + p2 * table[r, a + 1, 0] + p3 * table[r, a + 2, 0]
            )
            dy += q * (
                p0 * table[r, a - 1, 1] + p1 * table[r, a, 1] + p2 * table[r, a + 1, 1] + p3 * table[r, a + 2, 1]
            )
        out_x[i], out_y[i] = xs[i] + dx, ys[i] + dy
    return beside
