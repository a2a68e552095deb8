"""The cells of many small areas (parcels, buildings), all at once: what `geo.assign.index` does area by area for few.

Every area is drawn into one fine grid. Cells between two that its border touches, in one row, lie wholly inside or
wholly outside; one exact test of a centre tells which for the whole run. Cells are numbered block after block, so that
what points of one block ask for lies side by side.
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

#: Coarse cells along a side: as many as the areas leave room for.
_COARSE = (256, 128, 64, 32, 16, 8, 4, 2, 1)
#: Cells of the box around an area, on average, at most: each costs 8 bytes while the index is made.
_CELLS_PER_AREA = 64
_EDGES_AT_ONCE = 1 << 18
#: Cells that more areas cover are not compared with each other: they are rare, or all differ.
_MOST_COMPARED = 32
_SHIFT = SUB.bit_length() - 1


class Cells(NamedTuple):
    """The cells of a grid, as `AreaIndex` keeps them."""

    coarse: Ints
    fine: Ints
    kind_base: Ints
    kind_pointer: Ints
    kind_areas: Ints
    sets: SetBook


def grid_over_many(edges: Edges, geometries: npt.NDArray[np.object_]) -> Grid:
    """Return the finest grid over all edges in which the boxes around the areas have few enough cells."""
    bounds = shapely.bounds(geometries)
    for coarse in _COARSE:
        grid = grid_over(edges, coarse)
        wide, high = ((bounds[:, i + 2] - bounds[:, i]) * scale + 2 for i, scale in enumerate(grid[4:6]))
        if np.nansum(wide * high) <= _CELLS_PER_AREA * len(geometries):
            break
    return grid


def cells_of_many(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> Cells:
    """Return the cells of areas.

    Parameters
    ----------
    geometries : ndarray of shapely geometries
    edges : Edges
        All of theirs.
    grid : Grid

    Notes
    -----
    About 5 µs an area of eight corners, and some 0.5 KB meanwhile.
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
    """Return ``cell << 32 | area`` of every cell that an area's border touches, and of every one that lies in it."""
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
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _covers(sets: SetBook, inside: Longs, cells: int) -> Ints:
    """Return, for every cell, the number of the set of areas that cover it."""
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
    """Return the first cell of each kind, and the kind of each: cells that the same areas cover are of one kind."""
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
    """Keep a block of cells of one set as one coarse cell."""
    fine = value.reshape(-1, SUB * SUB)
    coarse = fine[:, 0].copy()
    mixed = np.flatnonzero((fine != coarse[:, None]).any(axis=1) | (coarse < 0))
    coarse[mixed] = -np.arange(1, len(mixed) + 1)
    return coarse, fine[mixed].ravel()
