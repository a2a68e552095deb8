"""The spatial index over areas that `assign` looks points up in.

An index is built once for the same areas and predicate, kept in memory, and can be pickled to other processes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.assign.edges import POLYGON, Edges, Strips, edges_of, strips_of
from geo.assign.grid import SUB, Grid, grid_over, inside_runs, sorted_unique, touched_cells
from geo.assign.many import Cells, cells_of_many, grid_over_many
from geo.assign.sets import SetBook
from geo.base.told import both, told
from geo.errors import CRSError, DataError, UsageError

__all__ = ["DEFER", "MOST_CANDIDATES", "PREDICATES", "AreaIndex", "area_index"]

#: Whether a point on a boundary is inside (`intersects`, as `shapely.intersects_xy`) or outside (`contains`).
PREDICATES = ("intersects", "contains")

#: Code by which the compiled lookup leaves a point to GEOS.
DEFER = np.int32(-(2**31))

#: Points in a cell of more candidates than this are left to GEOS by the compiled lookup.
MOST_CANDIDATES = 10

#: More areas than this are rasterised all at once (`geo.assign.many`): one by one would take too long.
_MANY = 3000
#: As are areas that overlap more than this on average: one by one, the time grows with the square of the overlap.
_DEEP = 16
#: Most entries of `AreaIndex.table`, 4 bytes each; the system gives memory only to those that are used.
_MAX_TABLE = 1 << 27
_CACHE_SIZE = 16
_SHAPES_AT_ONCE = 1 << 12
#: As `shapely.GeometryType` has it.
_MULTIPOLYGON = 6

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AreaIndex:
    """A two-level grid over areas. Make it with `area_index`; pass it to `assign` in place of the areas.

    A coarse cell is 16 by 16 fine cells. A coarse cell that no border touches holds the number of the set of areas that
    cover it (`geo.assign.sets.SetBook`); any other holds ``-(block + 1)``, and its fine cells are ``fine[256 * block :
    256 * (block + 1)]``. A fine cell holds the number of a set, or ``-(kind + 1)`` if a border touches it. A *kind* is
    a set of areas that cover the cell, its base, and the *candidates*, areas whose border touches the cell: a point in
    the cell is tested against these.

    Attributes
    ----------
    ids : tuple of str
        The id of each area. Elsewhere an area is a number, its position in this tuple.
    geometries : ndarray of shapely geometries, shape (number of areas,)
        Two-dimensional; longitude and latitude in degrees, WGS 84.
    predicate : str
        One of `PREDICATES`.
    digest : str
        SHA-256 of ids, geometries and predicate, hexadecimal.
    many : bool
        Whether the areas were indexed by `geo.assign.many`; their geometries are then not prepared for GEOS.
    grid : Grid
    coarse, fine : ndarrays of int32
        The cells, row by row, as told above.
    kind_base, kind_pointer, kind_areas : ndarrays of int32
        ``kind_base[kind]`` is the number of the base; the candidates are
        ``kind_areas[kind_pointer[kind] : kind_pointer[kind + 1]]``.
    kind_table, table : ndarrays of int32
        Results of the compiled lookup. Bit ``i`` of an *outcome* says whether the point lies in candidate ``i``; the
        set of areas is ``table[kind_table[kind] + outcome]``, 0 until this outcome occurs. ``kind_table`` is -1 for a
        kind that has too many candidates.
    strips : Strips
        The edges of the areas, for the compiled lookup.
    sets : SetBook
    """

    ids: tuple[str, ...]
    geometries: npt.NDArray[np.object_]
    predicate: str
    digest: str
    many: bool
    grid: Grid
    coarse: Ints
    fine: Ints
    kind_base: Ints
    kind_pointer: Ints
    kind_areas: Ints
    kind_table: Ints
    table: Ints
    strips: Strips
    sets: SetBook

    def __len__(self) -> int:
        return len(self.ids)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"table": len(self.table)}  # without its entries, which the receiver computes again

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, table=np.zeros(state["table"], np.int32))
        if not self.many:
            _prepare(self.geometries)

    @cached_property
    def places(self) -> tuple[Longs, Ints]:
        """The kinds that have entries in `table` (int64), and where those of each begin (int32); ascending."""
        known = np.flatnonzero(self.kind_table >= 0)
        return known, self.kind_table[known]

    def test(self, area: int | Ints, x: Array, y: Array) -> npt.NDArray[np.bool_]:
        """Ask GEOS which points (x, y in degrees) lie in one area, or each in its own, by the index's predicate."""
        ask = shapely.intersects_xy if self.predicate == "intersects" else shapely.contains_xy
        return np.asarray(ask(self.geometries[area], x, y), bool)


_cache: OrderedDict[str, AreaIndex] = OrderedDict()
_cache_lock = threading.Lock()


def area_index(areas: Any, predicate: str = "intersects") -> AreaIndex:
    """Return the index over `areas`, from memory if the same areas were indexed before.

    Parameters
    ----------
    areas : GeoDataFrame, GeoSeries, mapping, sequence of shapely geometries, or AreaIndex
        Polygons and multipolygons in longitude and latitude, degrees, WGS 84. The ids are the index of the frame, the
        keys of the mapping, or "0", "1", … for a sequence. Areas may overlap, nest, have holes and share borders. An
        area across the 180° meridian must be split there.
    predicate : {"intersects", "contains"}
        Whether a point on a boundary is in the area, exactly as `shapely.intersects_xy` (it is) and
        `shapely.contains_xy` (it is not).

    Returns
    -------
    AreaIndex

    Raises
    ------
    DataError
        If an area is missing, is not a polygon or multipolygon or has a coordinate that is not finite, or if several
        areas have the same id; all such areas are listed.
    CRSError
        If the areas state a CRS other than EPSG:4326 or EPSG:4490 (CGCS2000).
    UsageError
        If the predicate is not known, or `areas` is none of the types above.

    Notes
    -----
    Takes about 0.05 s for 16 districts of 15,000 vertices, 5 s and 2 GB for a million parcels. The 16 indexes used last
    are kept, by a digest of the areas.

    Examples
    --------
    >>> index = area_index({"a": shapely.box(0, 0, 1, 1), "b": shapely.box(1, 0, 2, 1)})
    >>> index.ids, len(index)
    (('a', 'b'), 2)
    """
    if predicate not in PREDICATES:
        raise told(UsageError, "wrong.one_of", name="predicate", given=predicate, allowed=", ".join(PREDICATES))
    if isinstance(areas, AreaIndex):
        if areas.predicate == predicate:
            return areas
        areas = dict(zip(areas.ids, areas.geometries, strict=True))
    ids, geometries = _checked(areas)
    digest = _digest(ids, geometries, predicate)
    with _cache_lock:
        if digest in _cache:
            _cache.move_to_end(digest)
            return _cache[digest]
    index = _build(ids, geometries, predicate, digest)
    with _cache_lock:
        _cache[digest] = index
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return index


def _checked(areas: Any) -> tuple[tuple[str, ...], npt.NDArray[np.object_]]:
    """Return ids and two-dimensional geometries; raise as `area_index` does."""
    crs = getattr(areas, "crs", None)
    if crs is not None and crs.to_epsg() not in (4326, 4490):
        raise told(CRSError, "assign.refused.areas_crs", crs=crs.name)
    series = getattr(areas, "geometry", areas)
    if isinstance(series, Mapping):
        ids, items = [str(key) for key in series], list(series.values())
    elif hasattr(series, "index") and hasattr(series, "to_numpy"):
        ids, items = [str(key) for key in series.index], list(series)
    elif isinstance(series, Sequence | np.ndarray):
        ids, items = [str(number) for number in range(len(series))], list(series)
    else:
        raise told(UsageError, "assign.refused.areas_given", given=type(areas).__name__)
    geometries = np.fromiter(items, object, len(items))
    geometries[~shapely.is_geometry(geometries)] = None
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    unbounded = np.bincount(owner[~np.isfinite(xy).all(axis=1)], minlength=len(items)) > 0
    is_area = np.isin(shapely.get_type_id(geometries), (POLYGON, _MULTIPOLYGON))
    problems = []
    for at in np.flatnonzero(~is_area | unbounded):
        if geometries[at] is None:
            problems.append(both("assign.area.none", area=ids[at]))
        elif not is_area[at]:
            problems.append(both("assign.area.kind", area=ids[at], geometry=geometries[at].geom_type))
        else:
            problems.append(both("assign.area.unbounded", area=ids[at]))
    if len(set(ids)) < len(ids):
        problems += [both("assign.area.twice", area=key, count=n) for key, n in Counter(ids).items() if n > 1]
    if problems:
        raise told(DataError, "assign.refused.areas", problems)
    deep = shapely.get_coordinate_dimension(geometries) > 2
    geometries[deep] = shapely.force_2d(geometries[deep])
    return tuple(ids), geometries


def _digest(ids: tuple[str, ...], geometries: npt.NDArray[np.object_], predicate: str) -> str:
    """Return the SHA-256 of ids, geometries (as WKB) and predicate, hexadecimal."""
    wkb = shapely.to_wkb(geometries)
    state = hashlib.sha256(predicate.encode())
    for lengths in (map(len, ids), map(len, wkb)):
        state.update(np.fromiter(lengths, np.int64, len(ids)).tobytes())
    state.update("".join(ids).encode())
    for start in range(0, len(ids), _SHAPES_AT_ONCE):
        state.update(b"".join(wkb[start : start + _SHAPES_AT_ONCE]))
    return state.hexdigest()


def _prepare(geometries: npt.NDArray[np.object_]) -> None:
    """Prepare geometries and query each once, so that GEOS builds its locators before threads share them."""
    shapely.prepare(geometries)
    bounds = shapely.bounds(geometries)
    for geometry, (xmin, ymin, xmax, ymax) in zip(geometries, bounds, strict=True):
        for ask in (shapely.intersects_xy, shapely.contains_xy):
            ask(geometry, (xmin + xmax) / 2, (ymin + ymax) / 2)


class _States:
    """Numbers for states of cells: a state is the areas that cover a cell wholly, and those whose border touches it."""

    def __init__(self) -> None:
        self.known: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
        self._number = {self.known[0]: 0}

    def number(self, cover: tuple[int, ...], border: tuple[int, ...]) -> int:
        """Return the number of a state; a new state gets the next number."""
        key = (cover, border)
        if key not in self._number:
            self._number[key] = len(self.known)
            self.known.append(key)
        return self._number[key]

    def add(self, states: Ints, area: int, border: bool) -> Ints:
        """Return the states of cells with `area` added, as border or as cover; int32, same shape.

        Areas must come in ascending order: then equal states are equal tuples, and get equal numbers.
        """
        present = np.flatnonzero(np.bincount(states, minlength=1))
        table = np.zeros(present[-1] + 1 if present.size else 1, np.int32)
        for state in present:
            cover, met = self.known[state]
            table[state] = self.number(cover, (*met, area)) if border else self.number((*cover, area), met)
        return table[states]


def _build(ids: tuple[str, ...], geometries: npt.NDArray[np.object_], predicate: str, digest: str) -> AreaIndex:
    """Index the areas; many areas, or areas that overlap a lot, by `geo.assign.many`."""
    edges = edges_of(geometries)
    many = len(ids) > _MANY or _depth(geometries) > _DEEP
    if many:
        grid = grid_over_many(edges, geometries)
        cells = cells_of_many(geometries, edges, grid)
    else:
        grid = grid_over(edges)
        _prepare(geometries)
        cells = _cells(geometries, edges, grid)
    where, table = _kind_table(cells)
    strips = strips_of(edges, len(ids))
    return AreaIndex(ids, geometries, predicate, digest, many, grid, *cells[:-1], where, table, strips, cells.sets)


def _depth(geometries: npt.NDArray[np.object_]) -> float:
    """Return how many bounding boxes of areas overlap at a position, on average over the box of all areas."""
    bounds = shapely.bounds(geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]  # those of an empty geometry are NaN
    if not len(bounds):
        return 0.0
    whole = np.ptp(bounds[:, 0::2]) * np.ptp(bounds[:, 1::2])
    each = (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    return float(each.sum() / whole) if whole > 0 else 0.0


def _cells(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> Cells:
    """Rasterise the areas one by one: into coarse cells, then into the fine cells of those on a border."""
    area_of, cell = touched_cells(edges, grid)
    bounds = np.searchsorted(area_of, np.arange(len(geometries) + 1))
    states, width = _States(), grid.nx // SUB
    coarse_state = np.zeros(width * (grid.ny // SUB), np.int32)
    touched = []
    for area in range(len(geometries)):
        row, column = np.divmod(cell[bounds[area] : bounds[area + 1]], grid.nx)
        blocks = sorted_unique(row // SUB * width + column // SUB)
        touched.append((row, column, blocks))
        if blocks.size:
            covered = _covered_coarse(geometries[area], grid, blocks)
            coarse_state[covered] = states.add(coarse_state[covered], area, border=False)
            coarse_state[blocks] = states.add(coarse_state[blocks], area, border=True)
    is_border = np.array([bool(border) for _, border in states.known])[coarse_state]
    block_number = np.full(len(coarse_state), -1, np.int64)
    block_number[is_border] = np.arange(is_border.sum())
    covers = [states.number(cover, ()) for cover, _ in list(states.known)]
    fine_state = np.repeat(np.array(covers, np.int32)[coarse_state[is_border]], SUB * SUB)
    for area, (row, column, blocks) in enumerate(touched):
        if blocks.size:
            met, inside = _covered_fine(geometries[area], grid, row, column, blocks)
            place = (block_number[blocks][:, None] * SUB * SUB + np.arange(SUB * SUB)).reshape(met.shape)
            fine_state[place[inside]] = states.add(fine_state[place[inside]], area, border=False)
            fine_state[place[met]] = states.add(fine_state[place[met]], area, border=True)
    sets = SetBook(len(geometries))
    covering = np.array([sets.number(cover) for cover, _ in states.known], np.int32)
    coarse = covering[coarse_state]
    coarse[is_border] = -(block_number[is_border] + 1)
    kinds = [number for number, (_, border) in enumerate(states.known) if border]
    value = covering.copy()
    value[kinds] = -np.arange(1, len(kinds) + 1)
    met_areas = [states.known[number][1] for number in kinds]
    pointer = np.zeros(len(kinds) + 1, np.int32)
    np.cumsum([len(areas) for areas in met_areas], out=pointer[1:])
    return Cells(
        coarse,
        value[fine_state],
        covering[kinds],
        pointer,
        np.fromiter((area for areas in met_areas for area in areas), np.int32, int(pointer[-1])),
        sets,
    )


def _covered_coarse(geometry: Any, grid: Grid, blocks: Longs) -> Longs:
    """Return the coarse cells that lie wholly inside `geometry`; `blocks` are those that its border touches."""
    width = grid.nx // SUB
    row, column = np.divmod(blocks, width)
    top, left = row.min(), column.min()
    met = np.zeros((row.max() - top + 1, column.max() - left + 1), bool)
    met[row - top, column - left] = True

    def centre_inside(flat: Longs) -> Any:
        r, c = np.divmod(flat, met.shape[1])
        return shapely.contains_xy(geometry, *grid.centres(c + left, r + top, SUB))

    r, c = np.nonzero(inside_runs(met, centre_inside, first_known=True))
    return np.asarray((r + top) * width + c + left, np.int64)


def _covered_fine(
    geometry: Any, grid: Grid, row: Longs, column: Longs, blocks: Longs
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which fine cells of `blocks` the border touches, and which lie wholly inside: shape (blocks, 16, 16).

    `row` and `column` are the fine cells that the border touches, `blocks` the coarse cells these lie in, ascending.
    """
    width = grid.nx // SUB
    at = np.searchsorted(blocks, row // SUB * width + column // SUB)
    met = np.zeros((len(blocks), SUB, SUB), bool)
    met[at, row % SUB, column % SUB] = True
    block_row, block_column = np.divmod(blocks, width)

    def centre_inside(flat: Longs) -> Any:
        block, rest = np.divmod(flat, SUB * SUB)
        r, c = np.divmod(rest, SUB)
        return shapely.contains_xy(geometry, *grid.centres(block_column[block] * SUB + c, block_row[block] * SUB + r))

    return met, inside_runs(met, centre_inside, first_known=False)


def _kind_table(cells: Cells) -> tuple[Ints, Ints]:
    """Return `kind_table` and an empty `table` of `AreaIndex`.

    A kind of ``c`` candidates needs ``2**c`` entries; kinds of more than `MOST_CANDIDATES`, and the largest ones where
    all do not fit into `_MAX_TABLE` entries, get none.
    """
    sizes = np.diff(cells.kind_pointer)
    frequent = np.bincount(sizes, minlength=1)[: MOST_CANDIDATES + 1]
    limit = np.count_nonzero(np.cumsum(frequent << np.arange(len(frequent))) <= _MAX_TABLE) - 1
    room = np.where(sizes <= limit, 1 << np.minimum(sizes, limit), 0)
    stop = np.cumsum(room, dtype=np.int32)
    table = np.zeros(stop[-1] if len(stop) else 0, np.int32)
    return np.where(room > 0, stop - room, -1).astype(np.int32), table
