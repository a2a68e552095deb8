"""Areas of the user's own, from a file of any format: catchments, blocks, sales regions."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.base.nearest import no_such
from geo.base.optional import needs
from geo.base.told import both, told
from geo.crs.datums import shift_geometry
from geo.errors import DataError, UsageError
from geo.tables import Limits, TableReader, open_apart
from geo.tables.curves import straightened
from geo.tables.nesting import is_nested_deep
from geo.tables.projections import to_degrees

with needs("needs.reading_areas", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["UserAreas", "read_areas"]

_IDS = ("place_id", "area_id", "id", "code", "adcode", "编号", "代码", "编码", "区划代码")
_NAMES = ("name", "name_zh", "name_en", "名称", "名字", "区域名称", "title")
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: A polygon whose lines meet more often is no area, and to put it right takes minutes.
_MOST_CROSSINGS = 20_000


@dataclass(frozen=True)
class UserAreas:
    """Areas by id.

    Attributes
    ----------
    areas : dict of id to polygon, WGS 84
    names : dict of id to str
    repaired : int
        Polygons whose lines crossed each other and were put right.
    second_names : dict of id to str
        Names in another language; empty if no column of them was asked for.
    """

    areas: dict[str, Any]
    names: dict[str, str]
    repaired: int
    second_names: dict[str, str] = field(default_factory=dict)


def read_areas(
    source: str | os.PathLike[str],
    *,
    id_column: str = "",
    name_column: str = "",
    second_name_column: str = "",
    datum: str = "wgs84",
    **options: Any,
) -> UserAreas:
    """Read polygons with an id and a name, in a child process where the format asks for it.

    Parameters
    ----------
    source : path
        GeoPackage, zipped Shapefile (GBK too), GeoJSON, KML, GeoParquet, or a table with a column of WKT.
    id_column, name_column : str, optional
        By default the first column called like an id whose cells differ, else the number of the row; the first called
        like a name, else the id.
    second_name_column : str, optional
        The column with names in another language; by default none.
    datum : str
        Of the borders, one of `geo.crs.datums.DATUMS`.
    **options
        As `geo.tables.open_table` takes them: layer, encoding, crs …

    Raises
    ------
    DataError
        If there is no row, or one has no polygon, or one that cannot be read.
    UsageError
        If there is no geometry, no such column, or two rows have the same id.
    """
    with open_apart(source, **options) as table:
        spec = table.require_points()
        if spec.kind != "geometry":
            raise told(UsageError, "own.refused.area_points", name=table.report.name)
        whole = pa.Table.from_batches(list(table.batches()), table.schema)
        if not whole.num_rows:
            raise told(DataError, "refused.no_rows", name=table.report.name)
        shapes, repaired = _polygons(whole[spec.columns[0]].to_pylist(), spec.crs, datum, table.report.name)
        ids = _ids(table, whole, id_column)
        names = _column(table, whole, name_column or _first(whole.column_names, _NAMES)) or ids
        second = _column(table, whole, second_name_column)
    called = {one: name or one for one, name in zip(ids, names, strict=True)}
    return UserAreas(dict(zip(ids, shapes, strict=True)), called, repaired, dict(zip(ids, second, strict=bool(second))))


def _polygons(cells: Sequence[Any], crs: str, datum: str, name: str) -> tuple[list[Any], int]:
    """Return 2-D valid polygons in WGS 84, all checked at once, and how many had to be put right."""
    shapes, most = _shapes(cells, name), Limits().vertices
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for at in np.flatnonzero(nothing | ~np.isin(shapely.get_type_id(shapes), _POLYGONS))[:1]:
        kind = both("own.area.none") if nothing[at] else both("own.area.kind", geometry=shapes[at].geom_type)
        raise told(DataError, "own.refused.area_kind", name=name, row=str(at + 1), kind=kind)
    for at in np.flatnonzero(shapely.get_num_coordinates(shapes) > most)[:1]:
        raise told(DataError, "own.refused.area_vertices", name=name, row=str(at + 1), most=most)
    shapes = np.asarray(shapely.force_2d(shapes))
    if crs:
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1], crs)))
    if datum != "wgs84":
        shapes = np.asarray(shift_geometry(shapes, "wgs84", source=datum))
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    for at in owner[~np.isfinite(xy).all(axis=1)][:1]:
        raise told(DataError, "own.refused.area_place", name=name, row=str(at + 1), crs=crs or "WGS 84")
    crossed = np.flatnonzero(~shapely.is_valid(shapes))
    for at in crossed:
        if _is_knot(shapes[at]):
            raise told(DataError, "own.refused.area_crossings", name=name, row=str(at + 1))
        shapes[at] = shapely.make_valid(shapes[at], method="structure", keep_collapsed=False)
        if shapes[at].is_empty:  # a line there and back
            raise told(DataError, "own.refused.area_kind", name=name, row=str(at + 1), kind=both("own.area.none"))
    return list(shapes), len(crossed)


def _shapes(cells: Sequence[Any], name: str) -> npt.NDArray[np.object_]:
    """Read all cells at once, or one after the other where one of them is none, curved or damaged."""
    given = np.fromiter(cells, object, len(cells))
    if not any(map(is_nested_deep, filter(None, cells))):
        for read in (shapely.from_wkb, shapely.from_wkt):
            with contextlib.suppress(shapely.errors.ShapelyError, NotImplementedError, TypeError):
                return np.asarray(read(given))
    return np.fromiter((_shape(cell, name, row) for row, cell in enumerate(cells, start=1)), object, len(cells))


def _is_knot(shape: Any) -> bool:
    """Return whether the lines of a polygon meet very many others than their neighbours, as a hundred of them tell."""
    rings = [shapely.get_coordinates(ring) for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    lines = np.asarray(shapely.linestrings(np.concatenate([np.stack([r[:-1], r[1:]], axis=1) for r in rings])))
    some = lines[:: max(1, len(lines) // 100)]
    tree, met = shapely.STRtree(lines), 0
    most = len(some) * (3 + 2 * _MOST_CROSSINGS / len(lines))  # 3: each meets itself and its neighbours
    for line in some:  # one after the other: of a large knot the first has met too many
        met += len(tree.query(line, predicate="intersects"))
        if met > most:
            return True
    return False


def _shape(cell: Any, name: str, row: int) -> Any:
    if cell is None or not cell.strip():
        return None
    if is_nested_deep(cell):
        raise told(DataError, "own.refused.area_nested", name=name, row=str(row))
    try:
        return shapely.from_wkb(cell) if isinstance(cell, bytes) else shapely.from_wkt(cell)
    except (shapely.errors.ShapelyError, NotImplementedError):
        try:
            return straightened(cell)
        except ValueError as error:
            raise told(DataError, "own.refused.area_unread", name=name, row=str(row), why=error) from None


def _first(names: Sequence[str], wanted: Sequence[str]) -> str:
    return next((name for known in wanted for name in names if name.casefold() == known), "")


def _column(table: TableReader, whole: pa.Table, name: str) -> list[str]:
    if not name:
        return []
    if name not in whole.column_names:
        raise no_such("column", name, whole.column_names, where=table.report.name)
    return ["" if cell is None else str(cell).strip() for cell in whole[name].to_pylist()]


def _ids(table: TableReader, whole: pa.Table, wanted: str) -> list[str]:
    ids = _column(table, whole, wanted or _first(whole.column_names, _IDS))
    whole_and_different = len(set(ids)) == len(ids) > 0 and all(ids)
    if whole_and_different:
        return ids
    if wanted:
        raise told(UsageError, "own.refused.area_ids", name=table.report.name, column=wanted)
    return [str(number) for number in range(1, whole.num_rows + 1)]
