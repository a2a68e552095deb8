"""The cells of many small areas (parcels, buildings), all at once: what `geo.assign.index` does area by area for few.

Every area is drawn into one fine grid. Cells between two that its border touches, in one row, lie wholly inside or
wholly outside; one exact test of a centre tells which for the whole run. Cells in which the same areas meet share one
number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.assign.grid import SUB, Edges, Grid, expand, grid_over, touched_cells
from geo.assign.sets import SetBook

__all__ = ["Cells", "cells_of_many", "grid_over_many"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

#: Coarse cells along a side: as many as the areas leave room for.
_COARSE = (256, 128, 64, 32, 16, 8, 4, 2, 1)
#: Cells of the box around an area, on average, at most: each costs 8 bytes while the index is made.
_CELLS_PER_AREA = 64
_EDGES_AT_ONCE = 1 << 19
#: Cells in which more areas meet are not compared with each other: they are rare, or all differ.
_MOST_COMPARED = 32
_BLOCK_SHIFT = 2 * (SUB.bit_length() - 1)
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
    About 10 µs an area of eight corners, and some 2 KB meanwhile.
    """
    pairs = np.concatenate([np.zeros(0, np.int64), *_pairs(geometries, edges, grid)])
    pairs.sort()
    code, cell = (pairs & 0xFFFFFFFF).astype(np.int32), (pairs >> 32).astype(np.int32)
    del pairs
    start = np.flatnonzero(np.diff(cell, prepend=-1))
    count = np.diff(start, append=len(cell))
    first, number = _alike(code, start, count)
    sets = SetBook(len(geometries))
    cell, start, count = cell[start], start[first], count[first]
    owner, place = expand(start, start + count - 1)
    met, area = (code[place] & 1).astype(bool), code[place] >> 1
    base = _cover_sets(sets, owner[~met], area[~met], len(start))
    size = np.bincount(owner[met], minlength=len(start))
    kind = np.cumsum(size > 0) - 1
    value = np.where(size > 0, -(kind + 1), base).astype(np.int32)
    pointer = np.zeros(int((size > 0).sum()) + 1, np.int32)
    np.cumsum(size[size > 0], out=pointer[1:])
    coarse, fine = _two_levels(grid, cell, value[number])
    return Cells(coarse, fine, base[size > 0], pointer, area[met].astype(np.int32), sets)


def _pairs(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> Iterator[Longs]:
    """Yield ``cell << 32 | area << 1 | border`` of every cell that an area's border touches, or that lies in it."""
    cuts = edges.area[::_EDGES_AT_ONCE]
    bounds = [*np.unique(np.searchsorted(edges.area, cuts)).tolist(), len(edges.area)]
    for begin, end in itertools.pairwise(bounds):
        area, cell = touched_cells(Edges(edges.xy[begin:end], edges.area[begin:end]), grid)
        yield cell << 32 | area << 1 | 1
        row, column = np.divmod(cell, grid.nx)
        run = np.flatnonzero((area[1:] == area[:-1]) & (row[1:] == row[:-1]) & (cell[1:] > cell[:-1] + 1))
        centres = grid.centres(column[run] + 1, row[run])
        run = run[np.asarray(shapely.contains_xy(geometries[area[run]], *centres), bool)]
        owner, between = expand(cell[run] + 1, cell[run + 1] - 1)
        yield between << 32 | area[run][owner] << 1


def _alike(code: Ints, start: Longs, count: Longs) -> tuple[Longs, Longs]:
    """Return the first cell of each kind, and the kind of each cell: those with the same codes are of one kind."""
    first, number, known = [np.zeros(0, np.int64)], np.zeros(len(start), np.int64), 0
    for size in np.unique(count):
        cells = np.flatnonzero(count == size)
        if size > _MOST_COMPARED:
            chosen, same = np.arange(len(cells)), np.arange(len(cells))
        else:
            same = code[start[cells]].astype(np.int64)
            for at in range(1, int(size)):
                same = np.unique(same << 32 | code[start[cells] + at], return_inverse=True)[1]
            _, chosen, same = np.unique(same, return_index=True, return_inverse=True)
        first.append(cells[chosen])
        number[cells] = known + same
        known += len(chosen)
    return np.concatenate(first), number


def _cover_sets(sets: SetBook, owner: Longs, area: Ints, kinds: int) -> Ints:
    """Return the number of the set of areas that cover each kind of cell."""
    size = np.bincount(owner, minlength=kinds)
    start = np.cumsum(size) - size
    base = np.zeros(kinds, np.int32)
    alone = size == 1
    base[alone] = area[start[alone]] + 1
    for kind in np.flatnonzero(size > 1):
        base[kind] = sets.number(tuple(area[start[kind] : start[kind] + size[kind]].tolist()))
    return base


def _two_levels(grid: Grid, cell: Ints, value: Ints) -> tuple[Ints, Ints]:
    """Lay values of fine cells out in blocks, and keep a block of one set as one coarse cell."""
    row, column = np.divmod(cell, np.int32(grid.nx))
    width, mask = grid.nx >> _SHIFT, SUB - 1
    block = (row >> _SHIFT) * np.int32(width) + (column >> _SHIFT)
    fine = np.zeros(((grid.ny >> _SHIFT) * width, SUB * SUB), np.int32)
    fine[block, (row & mask) << _SHIFT | (column & mask)] = value
    coarse = fine[:, 0].copy()
    mixed = np.flatnonzero((fine != coarse[:, None]).any(axis=1) | (coarse < 0))
    coarse[mixed] = -np.arange(1, len(mixed) + 1)
    return coarse, fine[mixed].ravel()
