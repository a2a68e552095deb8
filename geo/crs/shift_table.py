"""Shift GCJ-02 or BD-09 to WGS 84 by interpolation in a table: many points of one city, as exact as the iteration.

The shift is smooth, so a bicubic interpolation between sixteen nodes reproduces it. The error is measured against
the iteration when a table is built: a table with an error above 1e-9 degrees is not used.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.crs.datums import CHINA_BOX, datum_name, to_wgs84

__all__ = ["MOST_ERROR_DEG", "ShiftTable", "shift_table"]

#: Largest error accepted, degrees: a tenth of a millimetre.
MOST_ERROR_DEG = 1e-9

Floats = npt.NDArray[np.float64]

_STEPS_DEG = (0.004, 0.0018)
_MOST_NODES = 2_000_000
_MARGIN_DEG = 0.03  # a shift is at most 0.02
_CHECKED = 20_000
_SEED = 13
_CHUNK = 1 << 15


class ShiftTable:
    """The shift from a datum to WGS 84 at the nodes of a grid.

    Attributes
    ----------
    datum : str
    nodes : ndarray of shape (rows, columns, 2), float64, degrees
    error_deg : float
        Largest difference from the iteration, at 20,000 points between the nodes.
    """

    def __init__(self, datum: str, west: float, south: float, step: float, columns: int, rows: int) -> None:
        self.datum, self.west, self.south, self.per_deg = datum_name(datum), west, south, 1 / step
        lon, lat = np.meshgrid(west + step * np.arange(columns), south + step * np.arange(rows))
        x, y = to_wgs84(lon.ravel(), lat.ravel(), datum)
        self.nodes = np.stack([x - lon.ravel(), y - lat.ravel()], axis=1).reshape(rows, columns, 2)
        rng = np.random.default_rng(_SEED)
        some = rng.uniform(1, (columns - 2, rows - 2), (_CHECKED, 2)) * step + (west, south)
        exact, found = to_wgs84(some[:, 0], some[:, 1], datum), self.to_wgs84(some[:, 0], some[:, 1], compiled=False)
        self.error_deg = float(max(np.abs(exact[0] - found[0]).max(), np.abs(exact[1] - found[1]).max()))

    def to_wgs84(self, lon: Floats, lat: Floats, *, compiled: bool = True) -> tuple[Floats, Floats]:
        """Shift points to WGS 84; points outside the table by iteration.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,), degrees, in the table's datum
        compiled : bool
            Use numba, where installed: some 30 million points per second and core; without it, 3 million.

        Returns
        -------
        lon, lat : ndarray of float64, shape (n,), degrees, WGS 84
        """
        kernel = _kernel() if compiled else None
        if kernel is None:
            x, y = self._in_numpy(lon, lat)
            beside = int(np.isnan(x).sum())
        else:
            x, y = np.empty(len(lon)), np.empty(len(lon))
            whole = (np.ascontiguousarray(lon, np.float64), np.ascontiguousarray(lat, np.float64), len(lon))
            shape = self.nodes.shape[:2]
            beside = int(kernel(*whole, self.nodes, *shape, self.west, self.south, self.per_deg, x, y))
        if beside:
            rest = np.flatnonzero(np.isnan(x))
            x[rest], y[rest] = to_wgs84(lon[rest], lat[rest], self.datum)
        return x, y

    def _in_numpy(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
        rows, columns = self.nodes.shape[:2]
        flat = self.nodes.reshape(-1, 2)
        for start in range(0, len(lon), _CHUNK):
            px, py = lon[start : start + _CHUNK], lat[start : start + _CHUNK]
            u, v = (px - self.west) * self.per_deg, (py - self.south) * self.per_deg
            good = np.flatnonzero((u >= 1) & (v >= 1) & (u < columns - 2) & (v < rows - 2))
            a, b = u[good].astype(np.intp), v[good].astype(np.intp)
            across, along = _weights(u[good] - a), _weights(v[good] - b)
            moved = np.zeros((len(good), 2))
            for k in range(4):
                first = (b - 1 + k) * columns + a - 1
                line = sum(across[m][:, None] * flat[first + m] for m in range(4))
                moved += along[k][:, None] * line
            x[start + good], y[start + good] = px[good] + moved[:, 0], py[good] + moved[:, 1]
        return x, y


def _weights(t: Floats) -> tuple[Floats, ...]:
    """Return the weights of the cubic through four nodes at -1, 0, 1 and 2."""
    return (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )


@functools.cache
def _kernel() -> Any:
    try:
        from geo.crs.shift_kernel import BICUBIC

        BICUBIC.load()
    except ImportError:
        return None
    return BICUBIC


@functools.lru_cache(8)
def shift_table(datum: str, west: float, south: float, east: float, north: float) -> ShiftTable | None:
    """Return a shift table for an extent plus 3 km around it; None if none is exact enough or small enough.

    Parameters
    ----------
    datum : str
        ``gcj02`` or ``bd09``.
    west, south, east, north : float, degrees

    Notes
    -----
    Built in 0.2 s for GCJ-02 and 1 s for BD-09; 2 and 10 MB for a city 1.5 degrees wide.
    """
    box = west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG
    inside = box[0] > CHINA_BOX[0] and box[1] > CHINA_BOX[1] and box[2] < CHINA_BOX[2] and box[3] < CHINA_BOX[3]
    if not inside:  # at the border of the box the shift is discontinuous
        return None
    for step in _STEPS_DEG:
        columns, rows = (int(np.ceil(size / step)) + 4 for size in (box[2] - box[0], box[3] - box[1]))
        if columns * rows > _MOST_NODES:
            return None
        table = ShiftTable(datum, box[0] - step, box[1] - step, step, columns, rows)
        if table.error_deg <= MOST_ERROR_DEG:
            return table
    return None
