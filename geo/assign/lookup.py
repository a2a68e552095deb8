"""`assign`: the areas that each of many points lies in, exact, for a few areas or a million."""

from __future__ import annotations

import functools
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.assign.grid import SUB, Grid
from geo.assign.index import DEFER, PREDICATES, AreaIndex, area_index
from geo.assign.memberships import Memberships
from geo.base.cores import cores
from geo.base.optional import needs
from geo.base.told import told
from geo.errors import MissingDependencyError, UsageError

__all__ = ["ENGINES", "PREDICATES", "assign"]

#: `numba` is compiled, `numpy` needs no compiler, `auto` takes numba for many points if it is installed. Same answers.
ENGINES = ("auto", "numba", "numpy")

_CHUNK = 1 << 15
_SHARE = 1 << 18
_TURNS = 4  # parts of the points for each thread, so that all threads finish at about the same time
_MANY_AT_ONCE = 1 << 22  # points of one part, with many areas: the more points, the more of them read the same cells
_COMPILE_FROM = 1 << 18  # for fewer points, loading the compiled code takes longer than the lookup
_SHIFT = SUB.bit_length() - 1
_BLOCKS = 256  # coarse cells along a side, at most

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


def assign(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    areas: Any,
    predicate: str = "intersects",
    engine: str = "auto",
    threads: int | None = None,
    expected: int = 0,
) -> Memberships:
    """Return which areas each point lies in.

    The answer is exactly that of `shapely.intersects_xy` (or `shapely.contains_xy`) for every area and every point. A
    point with a NaN or infinite coordinate lies in no area.

    Parameters
    ----------
    lon, lat : array_like of float64, shape (n,), degrees, WGS 84
    areas : GeoDataFrame, GeoSeries, mapping, sequence of shapely geometries, or AreaIndex
        See `area_index`. The index is built at the first call with these areas and kept.
    predicate : {"intersects", "contains"}
        Whether a point on a boundary is in the area. With "intersects", the default, it is: a point on the common
        border of two areas lies in both, so no point between neighbours is lost.
    engine : {"auto", "numba", "numpy"}
        "auto" takes numba, if it is installed, from 262,144 points on: for fewer, loading it costs more than it saves.
    threads : int, optional
        Default: one for each core this process may use.
    expected : int
        Total number of points if they come in several calls; "auto" decides by it where it is larger than n.

    Returns
    -------
    Memberships

    Raises
    ------
    UsageError
        If `lon` and `lat` are not one-dimensional or differ in length, or an option is not known.
    MissingDependencyError
        If ``engine="numba"`` and numba is not installed.
    DataError, CRSError
        As for `area_index`.

    Notes
    -----
    Speed: for districts about 100 million points a second on each core; for a million parcels 8 million with numba, 2
    million without. Memory: 4 bytes a point for the answer; with many areas another 50 bytes for each of the up to 4
    million points that a core looks up at once.

    Examples
    --------
    >>> import shapely
    >>> found = assign([0.5, 1.0, 5.0], [0.5, 0.5, 5.0], {"a": shapely.box(0, 0, 1, 1), "b": shapely.box(1, 0, 2, 1)})
    >>> found.ids_of(0), found.ids_of(1), found.ids_of(2)
    (('a',), ('a', 'b'), ())
    """
    if engine not in ENGINES:
        raise told(UsageError, "wrong.one_of", name="engine", given=engine, allowed=", ".join(ENGINES))
    x, y = (np.ascontiguousarray(value, np.float64) for value in (lon, lat))
    if x.ndim != 1 or x.shape != y.shape:
        raise told(UsageError, "assign.refused.lengths", lon=x.shape, lat=y.shape)
    index = area_index(areas, predicate)
    codes_of = _in_block_order if index.many else _codes
    compiled = (
        _compiled_lookup(engine, index.many) if engine != "auto" or max(len(x), expected) >= _COMPILE_FROM else None
    )
    codes = np.empty(len(x), np.int32)
    workers = threads or cores()

    def part(start: int, stop: int) -> None:
        codes_of(index, x[start:stop], y[start:stop], codes[start:stop], compiled)

    turns = -(-len(x) // (workers * _MANY_AT_ONCE)) if index.many else _TURNS
    step = max(_SHARE, -(-len(x) // (max(turns, 1) * workers)))
    ranges = [(start, min(start + step, len(x))) for start in range(0, len(x), step)]
    if workers == 1 or len(ranges) < 2:
        for start, stop in ranges:
            part(start, stop)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda pair: part(*pair), ranges))
    return Memberships(codes, *index.sets.csr(), index.ids)


@functools.cache
def _compiled_lookup(engine: str, many: bool) -> Any:
    """Return the compiled lookup, None for numpy; with `many`, also load the compiled sort of points."""
    if engine == "numpy":
        return None
    try:
        with needs("needs.engine", "numba", "fast"):
            from geo.assign.kernel import LOOKUP, SPREAD

            LOOKUP.load()
            if many:
                SPREAD.load()
    except MissingDependencyError:
        if engine == "numba":
            raise
        return None
    return LOOKUP


def _in_block_order(index: AreaIndex, x: Array, y: Array, codes: Ints, compiled: Any) -> None:
    """Look points up in the order of the coarse cells they lie in.

    With many areas the index is larger than the processor's cache; points of one coarse cell read the same part of it.
    """
    order, x, y = (_by_block if compiled is None else _by_block_compiled)(index.grid, x, y)
    found = np.empty(len(x), np.int32)
    _codes(index, x, y, found, compiled)
    codes[order] = found


def _by_block(grid: Grid, x: Array, y: Array) -> tuple[Ints, Array, Array]:
    """Return the points in the order of coarse cells: their former positions (int32), x and y."""
    with np.errstate(invalid="ignore", over="ignore"):
        column, row = (x - grid.xmin) * (grid.scale_x / SUB), (y - grid.ymin) * (grid.scale_y / SUB)
        inside = (column >= 0) & (row >= 0) & (column < _BLOCKS) & (row < _BLOCKS)
        block = np.where(inside, row, 0).astype(np.uint16) * np.uint16(_BLOCKS) + np.where(inside, column, 0).astype(
            np.uint16
        )
    order = np.argsort(block, kind="stable").astype(np.int32)  # 16 bits: numpy sorts them by radix sort
    return order, x[order], y[order]


def _by_block_compiled(grid: Grid, x: Array, y: Array) -> tuple[Ints, Array, Array]:
    """Return what `_by_block` returns, by a compiled sort by column, then by row."""
    from geo.assign.kernel import SPREAD

    order, block = np.arange(len(x), dtype=np.int32), np.empty(len(x), np.int32)
    for by_row, low, scale in ((False, grid.xmin, grid.scale_x), (True, grid.ymin, grid.scale_y)):
        given, (order, x, y) = (order, x, y), (np.empty_like(order), np.empty_like(x), np.empty_like(y))
        start = np.zeros(_BLOCKS + 1, np.int64)
        SPREAD(given[2 if by_row else 1], len(x), low, scale / SUB, start, block, *given, order, x, y)
    return order, x, y


def _codes(index: AreaIndex, x: Array, y: Array, codes: Ints, compiled: Any) -> None:
    """Fill `codes` with the number of the set of areas of each point."""
    if compiled is None:
        _grid_codes(index, x, y, codes)
        waiting = np.flatnonzero(codes < 0)
        if waiting.size:
            codes[waiting] = _ask_geos(index, x[waiting], y[waiting], -(codes[waiting] + 1))
        return
    if not _run_kernel(index, x, y, codes, compiled):
        return
    waiting = np.flatnonzero(codes < 0)
    deferred = waiting[codes[waiting] == DEFER]
    if deferred.size:
        kinds = np.empty(len(deferred), np.int32)
        _grid_codes(index, x[deferred], y[deferred], kinds)
        codes[deferred] = _ask_geos(index, x[deferred], y[deferred], -(kinds + 1))
    fresh = waiting[codes[waiting] < 0]
    if fresh.size:
        places = -(codes[fresh] + 1)
        _fill_table(index, np.unique(places))
        codes[fresh] = index.table[places]


def _run_kernel(index: AreaIndex, x: Array, y: Array, codes: Ints, compiled: Any) -> int:
    """Run the compiled lookup; return how many codes it left negative, see `geo.assign.kernel.lookup`."""
    grid, strips = index.grid, index.strips
    kinds = (index.kind_base, index.kind_pointer, index.kind_areas, index.kind_table)
    tables = (index.coarse, index.fine, *kinds, index.table)
    box, boundary = np.array(grid[:6], np.float64), int(index.predicate == "intersects")
    return int(compiled(x, y, len(x), codes, box, grid.nx, grid.ny, *tables, *strips, boundary))


def _grid_codes(index: AreaIndex, x: Array, y: Array, codes: Ints) -> None:
    """Fill `codes` with what the grid cell of each point holds: the number of a set, or ``-(kind + 1)`` on a border.

    Points are taken in chunks that fit into the processor's cache.
    """
    grid, width, mask = index.grid, index.grid.nx >> _SHIFT, SUB - 1
    for start in range(0, len(x), _CHUNK):
        cx, cy = x[start : start + _CHUNK], y[start : start + _CHUNK]
        outside = ~((cx >= grid.xmin) & (cx <= grid.xmax) & (cy >= grid.ymin) & (cy <= grid.ymax))
        if outside.any():
            cx, cy = np.where(outside, grid.xmin, cx), np.where(outside, grid.ymin, cy)
            if not np.isfinite(grid.xmin):
                codes[start : start + _CHUNK] = 0
                continue
        column = np.minimum(((cx - grid.xmin) * grid.scale_x).astype(np.int32), np.int32(grid.nx - 1))
        row = np.minimum(((cy - grid.ymin) * grid.scale_y).astype(np.int32), np.int32(grid.ny - 1))
        value = index.coarse[(row >> _SHIFT) * np.int32(width) + (column >> _SHIFT)]
        border = np.flatnonzero(value < 0)
        if border.size:
            block = -(value[border].astype(np.int64) + 1)
            inner = ((block << _SHIFT) + (row[border] & mask)) << _SHIFT
            value[border] = index.fine[inner + (column[border] & mask)]
        value[outside] = 0
        codes[start : start + _CHUNK] = value


def _ask_geos(index: AreaIndex, x: Array, y: Array, kinds: Ints) -> Ints:
    """Return the numbers of the sets of points in cells on a border, by tests against all candidate areas.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
    kinds : ndarray of int32, shape (n,)
        The kind of each point's cell.
    """
    codes = index.kind_base[kinds]
    first = index.kind_pointer[kinds]
    count = index.kind_pointer[kinds + 1] - first
    point = np.repeat(np.arange(len(kinds)), count)
    within = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
    area = index.kind_areas[np.repeat(first, count) + within]
    if index.many:
        _add_each(index, codes, point, area, index.test(area, x[point], y[point]))
        return codes
    order = np.argsort(area, kind="stable")
    area, point = area[order], point[order]
    cuts = np.flatnonzero(np.diff(area, prepend=-1, append=-1)) if len(area) else np.zeros(0, int)
    for start, stop in itertools.pairwise(cuts):
        asked = point[start:stop]
        hit = asked[index.test(int(area[start]), x[asked], y[asked])]
        codes[hit] = index.sets.add(codes[hit], int(area[start]))
    return codes


def _add_each(index: AreaIndex, codes: Ints, point: Longs, area: Ints, hit: npt.NDArray[np.bool_]) -> None:
    """Add to the set of each point the areas that it lies in, in place.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        Numbers of sets.
    point, area : ndarray, shape (m,)
        The pairs that were tested.
    hit : ndarray of bool, shape (m,)
        Whether the point lies in the area. Nearly all points hit one area; these are entered all at once.
    """
    point, area = point[hit], area[hit]
    alone = (np.bincount(point, minlength=len(codes))[point] == 1) & (codes[point] == 0)
    codes[point[alone]] = area[alone] + 1
    for one, other in zip(point[~alone].tolist(), area[~alone].tolist(), strict=True):
        codes[one] = index.sets.number((*index.sets[codes[one]], other))


def _fill_table(index: AreaIndex, places: npt.NDArray[Any]) -> None:
    """Enter into `table` the sets of outcomes that occurred for the first time.

    `places` are their positions. Two threads that fill the same position write the same number.
    """
    known, starts = index.places
    for place, kind in zip(places.tolist(), known[np.searchsorted(starts, places, side="right") - 1], strict=True):
        outcome = int(place - index.kind_table[kind])
        areas = index.kind_areas[index.kind_pointer[kind] : index.kind_pointer[kind + 1]]
        chosen = (int(area) for bit, area in enumerate(areas) if outcome >> bit & 1)
        index.table[place] = index.sets.number((*index.sets[index.kind_base[kind]], *chosen))
