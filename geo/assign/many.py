"""The grid cells of many small areas, such as parcels or buildings, rasterised all at once.

`geo.assign.index` does the same area by area, which is faster for few areas. Here all areas are drawn into one fine
grid. In a row, the cells between two that the border of an area touches lie wholly inside it or wholly outside; one
exact test of a centre decides for the run. Cells are numbered block after block (a block is a coarse cell), so that
what is looked up for the points of one block lies side by side in memory.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.assign.edges import Edges
from geo.assign.grid import SUB, Grid, expand, grid_over, touched_cells
from geo.assign.sets import SetBook
from geo.base.cores import cores

__all__ = ["Cells", "cells_of_many", "grid_over_many"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

#: Numbers of coarse cells along the longer side that are tried, finest first.
_COARSE = (256, 128, 64, 32, 16, 8, 4, 2, 1)
#: Most fine cells in the bounding box of an area, on average: each costs 8 bytes while the index is built.
_CELLS_PER_AREA = 64
_EDGES_AT_ONCE = 1 << 18
#: Cells covered by more areas than this are not compared with each other: they are rare, or all differ.
_MOST_COMPARED = 32
_SHIFT = SUB.bit_length() - 1


class Cells(NamedTuple):
    """The cells of a grid; the fields are attributes of `geo.assign.index.AreaIndex`."""

    coarse: Ints
    fine: Ints
    kind_base: Ints
    kind_pointer: Ints
    kind_areas: Ints
    sets: SetBook


def grid_over_many(edges: Edges, geometries: npt.NDArray[np.object_]) -> Grid:
    """Return the finest grid over all edges in which the bounding boxes of the areas hold few enough cells.

    At most 64 on average: each costs 8 bytes while the index is built.
    """
    bounds = shapely.bounds(geometries)
    for coarse in _COARSE:
        grid = grid_over(edges, coarse)
        wide, high = ((bounds[:, i + 2] - bounds[:, i]) * scale + 2 for i, scale in enumerate(grid[4:6]))
        if np.nansum(wide * high) <= _CELLS_PER_AREA * len(geometries):
            break
    return grid


def cells_of_many(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> Cells:
    """Return the grid cells of areas.

    Parameters
    ----------
    geometries : ndarray of shapely geometries, shape (number of areas,)
    edges : Edges
        All edges of these areas.
    grid : Grid

    Notes
    -----
    Takes about 5 µs for an area of eight corners, and 0.5 KB of memory meanwhile. The areas are split among threads.
    """
    cuts = np.unique(np.append(0, np.searchsorted(edges.area, edges.area[::_EDGES_AT_ONCE]))).tolist()

    def draw(begin: int, end: int) -> tuple[Longs, Longs]:
        return _drawn(geometries, Edges(edges.xy[begin:end], edges.area[begin:end]), grid)

    with ThreadPoolExecutor(cores()) as pool:
        drawn = list(pool.map(draw, cuts, [*cuts[1:], len(edges.area)]))
    border, inside = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    del drawn
    sets = SetBook(len(geometries))
    value = _covers(sets, inside, grid.nx * grid.ny)
    del inside
    border.sort(kind="stable")  # the cells of an area, and mostly those of the next one, lie together
    cell, area = _halves(border)
    del border
    start = np.flatnonzero(np.diff(cell, prepend=-1))
    kinds = cell[start]
    base = value[kinds]
    value[kinds] = -np.arange(1, len(kinds) + 1)
    pointer = np.append(start, len(cell)).astype(np.int32)
    return Cells(*_two_levels(value), base, pointer, area, sets)


def _drawn(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> tuple[Longs, Longs]:
    """Return the cells that the borders of areas touch, and the cells that lie inside the areas.

    Returns
    -------
    border, inside : ndarray of int64
        Each entry is ``cell << 32 | area``, cells numbered block after block.
    """
    area, cell = touched_cells(edges, grid)
    row, column = np.divmod(cell, grid.nx)
    run = np.flatnonzero((area[1:] == area[:-1]) & (row[1:] == row[:-1]) & (cell[1:] > cell[:-1] + 1))
    centres = grid.centres(column[run] + 1, row[run])
    run = run[np.asarray(shapely.contains_xy(geometries[area[run]], *centres), bool)]
    owner, between = expand(column[run] + 1, column[run + 1] - 1)
    run = run[owner]
    return _in_blocks(grid, row, column) << 32 | area, _in_blocks(grid, row[run], between) << 32 | area[run]


def _in_blocks(grid: Grid, row: Longs, column: Longs) -> Longs:
    """Return the number of each cell, counted block after block."""
    block = (row >> _SHIFT) * (grid.nx >> _SHIFT) + (column >> _SHIFT)
    return block << 2 * _SHIFT | (row & SUB - 1) << _SHIFT | column & SUB - 1


def _halves(pairs: Longs) -> tuple[Ints, Ints]:
    """Return cell and area, int32, of numbers that are ``cell << 32 | area``."""
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _covers(sets: SetBook, inside: Longs, cells: int) -> Ints:
    """Return for every cell the number of the set of areas that cover it: int32, shape (cells,).

    Cells that one area covers, nearly all, are entered all at once.
    """
    value = np.zeros(cells, np.int32)
    cell, area = _halves(inside)
    value[cell] = area + 1
    shared = np.zeros(cells, bool)
    shared[cell[value[cell] != area + 1]] = True
    cell, area = _halves(np.sort(inside[shared[cell]]))
    start = np.flatnonzero(np.diff(cell, prepend=-1))
    count = np.diff(start, append=len(cell))
    first, number = _alike(area, start, count)
    numbers = [sets.number(tuple(area[start[one] : start[one] + count[one]].tolist())) for one in first.tolist()]
    value[cell[start]] = np.array(numbers, np.int32)[number]
    return value


def _alike(area: Ints, start: Longs, count: Longs) -> tuple[Longs, Longs]:
    """Group cells that are covered by the same areas.

    Parameters
    ----------
    area : ndarray of int32
        The areas of all cells, cell after cell, ascending within a cell.
    start, count : ndarray of int64, shape (cells,)
        Where the areas of each cell start in `area`, and how many they are.

    Returns
    -------
    first : ndarray of int64, shape (groups,)
        One cell of each group.
    number : ndarray of int64, shape (cells,)
        The group of each cell. Cells of more than 32 areas are not compared; each is a group of its own.
    """
    first, number, known = [np.zeros(0, np.int64)], np.zeros(len(start), np.int64), 0
    for size in np.unique(count):
        cells = np.flatnonzero(count == size)
        if size > _MOST_COMPARED:
            chosen, same = np.arange(len(cells)), np.arange(len(cells))
        else:
            same = area[start[cells]].astype(np.int64)
            for at in range(1, int(size)):
                same = np.unique(same << 32 | area[start[cells] + at], return_inverse=True)[1]
            _, chosen, same = np.unique(same, return_index=True, return_inverse=True)
        first.append(cells[chosen])
        number[cells] = known + same
        known += len(chosen)
    return np.concatenate(first), number


def _two_levels(value: Ints) -> tuple[Ints, Ints]:
    """Return `coarse` and `fine` of `AreaIndex`; a block whose cells all hold the same set needs no fine cells."""
    fine = value.reshape(-1, SUB * SUB)
    coarse = fine[:, 0].copy()
    mixed = np.flatnonzero((fine != coarse[:, None]).any(axis=1) | (coarse < 0))
    coarse[mixed] = -np.arange(1, len(mixed) + 1)
    return coarse, fine[mixed].ravel()
