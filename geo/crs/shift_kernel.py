"""Compiled lookup in a shift table. Needs numba (optional); `geo.crs.shift_table` also has a NumPy version."""

from __future__ import annotations

from typing import Any

from geo.base.machine_code import MachineCode

__all__ = ["BICUBIC"]

#: Allow fused multiply-add, which rounds once instead of twice and is a third faster; no other fast-math option.
_FUSED = frozenset({"contract"})
_SIXTH = 1 / 6  # a division would take as long as the rest of a weight


def bicubic(
    xs: Any,
    ys: Any,
    count: int,
    table: Any,
    rows: int,
    columns: int,
    west: float,
    south: float,
    per_deg: float,
    out_x: Any,
    out_y: Any,
) -> int:
    """Add to each point its shift from the table; return the number of points outside the table (output NaN)."""
    beside = 0
    for i in range(count):
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
            r = 2 * ((b - 1 + k) * columns + a - 1)
            dx += q * (p0 * table[r] + p1 * table[r + 2] + p2 * table[r + 4] + p3 * table[r + 6])
            dy += q * (p0 * table[r + 1] + p1 * table[r + 3] + p2 * table[r + 5] + p3 * table[r + 7])
        out_x[i], out_y[i] = xs[i] + dx, ys[i] + dy
    return beside


#: `bicubic`, compiled.
BICUBIC = MachineCode(bicubic, "f8* f8* i8 f8* i8 i8 f8 f8 f8 f8* f8*", fastmath=_FUSED)
