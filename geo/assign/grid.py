"""Which cells of a grid lie wholly inside an area, wholly outside, or on its border.

The column of a coordinate is ``floor((x - xmin) * scale)``. Each step of that is monotone in floating point, so a cell
holds exactly the numbers between its two ends. A border counts as touching every cell that it may touch, with a margin
far larger than any rounding error. A cell that no border touches therefore lies wholly inside or wholly outside, and
neighbouring cells of that sort lie on the same side: one exact test of a centre decides for a whole run of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.assign.edges import Edges

__all__ = ["SUB", "Grid", "expand", "grid_over", "inside_runs", "sorted_unique", "touched_cells"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Fine cells along a side of a coarse cell; a power of two.
SUB = 16
_COARSE = 256
_EPS = float(np.finfo(np.float64).eps)


class Grid(NamedTuple):
    """A grid of fine cells over a closed bounding box.

    Attributes
    ----------
    xmin, ymin, xmax, ymax : float
        Longitude and latitude of the box, degrees.
    scale_x, scale_y : float
        Fine cells per degree.
    nx, ny : int
        Number of columns and rows of fine cells, multiples of `SUB`.
    margin : float
        Width, in fine cells, by which the border of an area is widened when it is drawn.
    """

    xmin: float
    ymin: float
    xmax: float
    ymax: float
    scale_x: float
    scale_y: float
    nx: int
    ny: int
    margin: float

    def cells(self, x: Array, y: Array) -> tuple[Ints, Ints]:
        """Return column and row (int64) of points, given in degrees, that lie inside the box."""
        column = ((x - self.xmin) * self.scale_x).astype(np.int64)
        row = ((y - self.ymin) * self.scale_y).astype(np.int64)
        return np.minimum(column, self.nx - 1), np.minimum(row, self.ny - 1)

    def centres(self, column: Ints, row: Ints, size: int = 1) -> tuple[Array, Array]:
        """Return x and y, in degrees, of the centres of cells that are `size` fine cells wide."""
        x = self.xmin + (column + 0.5) * size / (self.scale_x or 1.0)
        y = self.ymin + (row + 0.5) * size / (self.scale_y or 1.0)
        return np.asarray(x, np.float64), np.asarray(y, np.float64)


def grid_over(edges: Edges, coarse: int = _COARSE) -> Grid:
    """Return the grid over all edges.

    The longer side has `coarse` coarse cells of `SUB` fine cells each; fewer where a cell would come close to the
    resolution of floating point. Without edges, the box is empty: no point is inside.
    """
    if not len(edges.xy):
        return Grid(np.inf, np.inf, -np.inf, -np.inf, 0.0, 0.0, SUB, SUB, 0.5)
    xs, ys = edges.xy[:, 0::2], edges.xy[:, 1::2]
    xmin, xmax, ymin, ymax = (float(v) for v in (xs.min(), xs.max(), ys.min(), ys.max()))
    rounding = 16 * _EPS * max(abs(xmin), abs(xmax), abs(ymin), abs(ymax), 1e-290)
    side = max((xmax - xmin) / coarse, (ymax - ymin) / coarse, 1e4 * SUB * rounding)
    coarse_x, coarse_y = (max(1, int(np.ceil(extent / side))) for extent in (xmax - xmin, ymax - ymin))
    scale = SUB / side
    return Grid(xmin, ymin, xmax, ymax, scale, scale, coarse_x * SUB, coarse_y * SUB, 1e-6 + scale * rounding)


def expand(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return every integer of the inclusive ranges ``first[i]`` … ``last[i]``, and the number ``i`` of its range.

    Returns
    -------
    owner, value : ndarray of int64
        Ordered by range, then value. A range with ``last < first`` is empty.
    """
    count = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(first)), count)
    start = np.cumsum(count) - count
    return owner, first[owner] + np.arange(len(owner)) - start[owner]


def sorted_unique(values: Ints) -> Ints:
    """Return the distinct values, ascending; for many integers several times as fast as `numpy.unique`."""
    values = np.sort(values, kind="stable")  # stable: merges runs that are sorted already
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def touched_cells(edges: Edges, grid: Grid) -> tuple[Ints, Ints]:
    """Return the fine cells that the border of each area may touch.

    Returns
    -------
    area, cell : ndarray of int64
        Distinct pairs, sorted by area, then cell; the number of a cell is ``row * nx + column``.
    """
    u1, u2 = ((edges.xy[:, i] - grid.xmin) * grid.scale_x for i in (0, 2))
    v1, v2 = ((edges.xy[:, i] - grid.ymin) * grid.scale_y for i in (1, 3))
    pad = grid.margin

    def clamp(value: Array, count: int) -> Ints:
        return np.clip(np.floor(value), 0, count - 1).astype(np.int64)

    edge, row = expand(clamp(np.minimum(v1, v2) - pad, grid.ny), clamp(np.maximum(v1, v2) + pad, grid.ny))
    rise, flat = (v2 - v1)[edge], (v1 == v2)[edge]
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        enter = np.where(flat, 0.0, np.clip((row - pad - v1[edge]) / rise, 0.0, 1.0))
        leave = np.where(flat, 1.0, np.clip((row + 1 + pad - v1[edge]) / rise, 0.0, 1.0))
    run = (u2 - u1)[edge]
    a, b = u1[edge] + enter * run, u1[edge] + leave * run
    span, column = expand(clamp(np.minimum(a, b) - pad, grid.nx), clamp(np.maximum(a, b) + pad, grid.nx))
    size = grid.nx * grid.ny
    key = sorted_unique(edges.area[edge[span]] * size + row[span] * grid.nx + column)
    return key // size, key % size


def inside_runs(touched: Bools, centre_inside: Callable[[Ints], Bools], first_known: bool) -> Bools:
    """Return which untouched cells lie inside, by one test for each run of untouched cells in a row.

    Parameters
    ----------
    touched : ndarray of bool, shape (..., columns)
        Cells that the border may touch.
    centre_inside : callable
        Takes the flat numbers of cells (int64), returns whether the centre of each lies inside.
    first_known : bool
        Whether runs at either end of a row are known to lie outside; they are then not tested.

    Returns
    -------
    ndarray of bool, shape of `touched`
    """
    before = np.zeros_like(touched)
    before[..., 1:] = touched[..., :-1]
    starts = ~touched & before
    if first_known:
        after = np.flip(np.logical_or.accumulate(np.flip(touched, -1), -1), -1)
        starts &= after
        inner = after & np.logical_or.accumulate(touched, -1) & ~touched
    else:
        starts[..., 0] = ~touched[..., 0]
        inner = ~touched
    flat_starts, flat_inner = starts.ravel(), inner.ravel()
    inside = np.zeros(touched.size, bool)
    first = np.flatnonzero(flat_starts)
    if first.size:
        inside[flat_inner] = centre_inside(first)[np.cumsum(flat_starts)[flat_inner] - 1]
    return inside.reshape(touched.shape)
