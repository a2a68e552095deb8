"""The index over areas: built once, cached, sent to workers as it is."""

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

#: What a point on a boundary is: inside (`intersects`, as `shapely.intersects_xy`) or outside (`contains`).
PREDICATES = ("intersects", "contains")

#: Code of a point that the compiled lookup leaves to GEOS.
DEFER = np.int32(-(2**31))

#: The compiled lookup tests the candidates of a cell up to so many; more are left to GEOS.
MOST_CANDIDATES = 10

#: From so many areas on all are drawn at once; area by area they would take long.
_MANY = 3000
#: Or if so many lie over each other on average: of few the time grows with the square of that.
_DEEP = 16
#: Places in the table of outcomes, 4 bytes each once it is used.
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
    """A two-level grid over areas. Make it with `area_index`; give it to `assign` in place of the areas.

    A coarse cell holds the number of a set of areas, or ``-(block + 1)``; a fine cell holds the number of a set, or
    ``-(kind + 1)``. A kind is a set of areas that cover the cell wholly and a few *candidates* whose border meets it.

    Attributes
    ----------
    ids : tuple of str
        The id of each area; elsewhere areas are numbers, places in this tuple.
    geometries : ndarray of shapely geometries, shape (number of areas,)
    predicate : str
        One of `PREDICATES`.
    digest : str
        Hash of ids, geometries and predicate.
    many : bool
        Whether the areas are so many that none is prepared.
    grid, coarse, fine, kind_base, kind_pointer, kind_areas, kind_table, table, strips, sets
        The grid, as `assign` reads it. An outcome of a kind is a bit for each candidate that the point is in; its set
        is ``table[kind_table[kind] + outcome]``, 0 until it is met. Of one candidate alone, and of none, it is known.
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
        return self.__dict__ | {"table": len(self.table)}  # it is filled anew there

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, table=np.zeros(state["table"], np.int32))
        if not self.many:
            _prepare(self.geometries)

    @cached_property
    def places(self) -> tuple[Longs, Ints]:
        """The kinds that have places in `table`, and their first ones, ascending."""
        known = np.flatnonzero(self.kind_table >= 0)
        return known, self.kind_table[known]

    def test(self, area: int | Ints, x: Array, y: Array) -> npt.NDArray[np.bool_]:
        """Ask GEOS which points lie in one area, or each in its own, by the predicate of this index."""
        ask = shapely.intersects_xy if self.predicate == "intersects" else shapely.contains_xy
        return np.asarray(ask(self.geometries[area], x, y), bool)


_cache: OrderedDict[str, AreaIndex] = OrderedDict()
_cache_lock = threading.Lock()


def area_index(areas: Any, predicate: str = "intersects") -> AreaIndex:
    """Return the index over `areas`, from memory if the same areas were indexed before.

    Parameters
    ----------
    areas : GeoDataFrame, GeoSeries, mapping, sequence of shapely geometries, or AreaIndex
        Polygons and multipolygons in longitude and latitude, WGS 84; ids are the index, the keys, or "0", "1", …
        They may overlap, nest, have holes and share borders. An area across the 180° meridian must be split there.
    predicate : {"intersects", "contains"}
        Whether a point on a boundary is in the area, exactly as `shapely.intersects_xy` and `shapely.contains_xy`.

    Returns
    -------
    AreaIndex
        About 0.05 s for 16 districts of 15,000 vertices, 5 s and 2 GB for a million parcels; the last 16 indexes are
        kept, by a digest of the areas.

    Raises
    ------
    DataError
        If an area is missing, is not a polygon, or two areas have one id; all are listed.
    CRSError
        If the areas state a CRS that is not WGS 84 or CGCS2000 longitude and latitude.
    UsageError
        If the predicate is not known.

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
    wkb = shapely.to_wkb(geometries)
    state = hashlib.sha256(predicate.encode())
    for lengths in (map(len, ids), map(len, wkb)):
        state.update(np.fromiter(lengths, np.int64, len(ids)).tobytes())
    state.update("".join(ids).encode())
    for start in range(0, len(ids), _SHAPES_AT_ONCE):
        state.update(b"".join(wkb[start : start + _SHAPES_AT_ONCE]))
    return state.hexdigest()


def _prepare(geometries: npt.NDArray[np.object_]) -> None:
    """Prepare geometries and ask each once, so that GEOS builds its locators before threads share them."""
    shapely.prepare(geometries)
    bounds = shapely.bounds(geometries)
    for geometry, (xmin, ymin, xmax, ymax) in zip(geometries, bounds, strict=True):
        for ask in (shapely.intersects_xy, shapely.contains_xy):
            ask(geometry, (xmin + xmax) / 2, (ymin + ymax) / 2)


class _States:
    """What is known of a cell, as numbers: the areas that cover it wholly and those whose border meets it."""

    def __init__(self) -> None:
        self.known: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
        self._number = {self.known[0]: 0}

    def number(self, cover: tuple[int, ...], border: tuple[int, ...]) -> int:
        key = (cover, border)
        if key not in self._number:
            self._number[key] = len(self.known)
            self.known.append(key)
        return self._number[key]

    def add(self, states: Ints, area: int, border: bool) -> Ints:
        """Return the states with `area` added; areas come in ascending order, so equal states get equal numbers."""
        present = np.flatnonzero(np.bincount(states, minlength=1))
        table = np.zeros(present[-1] + 1 if present.size else 1, np.int32)
        for state in present:
            cover, met = self.known[state]
            table[state] = self.number(cover, (*met, area)) if border else self.number((*cover, area), met)
        return table[states]


def _build(ids: tuple[str, ...], geometries: npt.NDArray[np.object_], predicate: str, digest: str) -> AreaIndex:
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
    """Return how many of the boxes around areas lie at a spot of the box around all, on average."""
    bounds = shapely.bounds(geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]  # an empty one has none
    if not len(bounds):
        return 0.0
    whole = np.ptp(bounds[:, 0::2]) * np.ptp(bounds[:, 1::2])
    each = (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    return float(each.sum() / whole) if whole > 0 else 0.0


def _cells(geometries: npt.NDArray[np.object_], edges: Edges, grid: Grid) -> Cells:
    """Draw the areas one after the other."""
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
    """Return the coarse cells wholly inside `geometry`, given those its border meets."""
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
    """Return, for the fine cells of `blocks`, which the border meets and which lie wholly inside."""
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
    """Make room for the set of every outcome of the tests of each kind, as far as there is room."""
    sizes = np.diff(cells.kind_pointer)
    frequent = np.bincount(sizes, minlength=1)[: MOST_CANDIDATES + 1]
    limit = np.count_nonzero(np.cumsum(frequent << np.arange(len(frequent))) <= _MAX_TABLE) - 1
    room = np.where(sizes <= limit, 1 << np.minimum(sizes, limit), 0)
    stop = np.cumsum(room, dtype=np.int32)
    table = np.zeros(stop[-1] if len(stop) else 0, np.int32)
    return np.where(room > 0, stop - room, -1).astype(np.int32), table
