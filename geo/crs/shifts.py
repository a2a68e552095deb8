"""The public formulas of GCJ-02 and BD-09 and their inverses by iteration, for arrays of points inside China."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["STEP_DEG", "Array", "Shift", "bd_of", "bd_of_wgs", "gcj_of", "solve"]

Array = npt.NDArray[np.float64]
Shift = Callable[[Array, Array], tuple[Array, Array]]

_KRASOVSKY_A = 6378245.0  # semi-major axis, m
_KRASOVSKY_E2 = 0.00669342162296594323  # first eccentricity squared
_BD_ANGLE = np.pi * 3000.0 / 180.0
#: The iteration stops once its step is smaller than this; the remaining error is less than 2 % of the step.
STEP_DEG = 1e-10
_MAX_ROUNDS = 40


def gcj_of(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift WGS 84 to GCJ-02 without checking that the points lie in China."""
    x, y = lon - 105.0, lat - 35.0
    xy, root = x * y, np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * xy + 0.2 * root
    north += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * xy + 0.1 * root
    east += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian = _KRASOVSKY_A * (1.0 - _KRASOVSKY_E2) / (magic * np.sqrt(magic))
    parallel = _KRASOVSKY_A / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def bd_of(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift GCJ-02 to BD-09 without checking that the points lie in China."""
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd_of_wgs(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift WGS 84 to BD-09 without checking that the points lie in China."""
    return bd_of(*gcj_of(lon, lat))


def solve(px: Array, py: Array, shift: Shift) -> tuple[Array, Array]:
    """Invert `shift` by fixed-point iteration; each round leaves less than 2 % of the error, so 4 or 5 reach 1e-11."""
    qx, qy = px.copy(), py.copy()
    for _ in range(_MAX_ROUNDS):
        fx, fy = shift(qx, qy)
        dx, dy = px - fx, py - fy
        qx += dx
        qy += dy
        if max(np.abs(dx).max(), np.abs(dy).max()) <= STEP_DEG:
            break
    return qx, qy
