"""From the recognised columns of a batch to points: longitude, latitude, and a reason for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from geo.tables.curves import straightened
from geo.tables.nesting import is_nested_deep
from geo.tables.one_cell import WKT_POINT, nothing, split_cells, split_struct
from geo.tables.projections import SCALED, Bbox, in_box, is_projected, to_degrees
from geo.tables.reasons import (
    BAD_GEOMETRY,
    CURVED,
    INNER_POINT,
    MISSING,
    NAMES_AGAIN,
    NOT_A_NUMBER,
    NOT_FINITE,
    OK,
    OUT_OF_RANGE,
    SET_ASIDE_FROM,
    SWAPPED,
    TOO_COMPLEX,
    ZERO,
    reason_notes,
)
from geo.tables.totals import names_again, no_data
from geo.tables.values import Codes, Floats, as_text, parse_numbers

__all__ = ["Coordinates", "Points", "enough_rows", "raw_pair"]

_WKB_POINT_BYTES = 21
#: Of geometries so many are read to see what they are, or as many as have so many bytes, but some in any case.
_GEOMETRIES, _GEOMETRY_BYTES, _LEAST_GEOMETRIES = 2000, 1 << 20, 20


#: Numbers that stand for a coordinate that nobody knows.
_NOTHING = np.array([0.0, -1.0])


@dataclass(frozen=True, slots=True)
class Points:
    """One point per row of a batch.

    Attributes
    ----------
    lon, lat : ndarray of shape (n,), float64
        Degrees in the table's own datum; NaN where the row is set aside.
    reason : ndarray of shape (n,), uint8
        Codes of `geo.tables.REASONS`.
    details : mapping of row to str
        For malformed rows: the row as it stands in the file.
    """

    lon: Floats
    lat: Floats
    reason: Codes
    details: Mapping[int, str] = field(default_factory=dict)

    @property
    def set_aside(self) -> npt.NDArray[np.bool_]:
        """Which rows have no point."""
        return np.asarray(self.reason >= SET_ASIDE_FROM)

    def notes(self, language: str | None = None) -> pa.Array:
        """Return what there is to say of each row, null where nothing: reason ids, or texts in ``zh`` or ``en``."""
        return reason_notes(self.reason, self.details, language)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Which columns hold the coordinates and how they are written; the same everywhere, so it can be sent to workers.

    Attributes
    ----------
    kind : str
        ``pair`` (two columns), ``point`` (both in one text column), ``geometry`` (WKT or WKB).
    columns : tuple of str
    rule : str
        What decided: ``option file name values``.
    swapped : bool
        The first number is the latitude (or northing).
    decimal : str
        ``"."`` or ``","``.
    crs : str
        ``""`` for degrees; a projected CRS; or ``degrees*1e6`` and the like for whole numbers.
    crs_rule : str
        ``option file values``, or ``""`` for degrees by default.
    datum : str
        The datum that the column's name states, or ``""``.
    bbox : tuple or None
        The city's extent, used to tell a swapped row.
    vertices : int
        Geometries with more are set aside.
    """

    kind: str
    columns: tuple[str, ...]
    rule: str
    swapped: bool = False
    decimal: str = "."
    crs: str = ""
    crs_rule: str = ""
    datum: str = ""
    bbox: Bbox | None = None
    vertices: int = 200_000

    def points(self, batch: pa.RecordBatch) -> Points:
        """Return one point per row of `batch`: vectorised, about 0.2 s per million rows of plain numbers.

        A single row whose numbers only fit the other way round is turned and marked ``swapped``; a row that is missing,
        0, not a number, not finite or outside the globe is set aside with that reason; a total or
        a remark without coordinates, or the names of columns once more, as such.
        """
        a, b, codes = raw_pair(self, batch)
        if self.swapped:
            a, b = b, a
        points = self.judge(a, b, codes)
        words = np.flatnonzero(points.reason == NOT_A_NUMBER)
        points.reason[words[names_again(batch, self.columns, words)]] = NAMES_AGAIN
        return replace(points, details=no_data(batch, np.flatnonzero(points.reason == MISSING), points.reason))

    def judge(self, a: Floats, b: Floats, codes: Codes) -> Points:
        """Turn first and second numbers (east, north) with their reading codes into points."""
        if self.crs or self.bbox is None or in_box(_NOTHING, _NOTHING, self.bbox).any():
            return self._judged(a, b, codes)
        # Most rows are read and lie in the city, where no number stands for nothing: of them all is said.
        odd = np.flatnonzero(~in_box(a, b, self.bbox) | (codes >= SET_ASIDE_FROM))
        if len(odd):
            rest = self._judged(a[odd], b[odd], codes[odd])
            a[odd], b[odd], codes[odd] = rest.lon, rest.lat, rest.reason
        return Points(a, b, codes)

    def _judged(self, a: Floats, b: Floats, codes: Codes) -> Points:
        good = codes < SET_ASIDE_FROM
        zero = good & (((a == 0) & (b == 0)) | ((a == -1) & (b == -1)))
        if self.bbox is not None:
            west, south, east, north = self.bbox
            for nothing in (0, -1):
                east_off, north_off = not west <= nothing <= east, not south <= nothing <= north
                zero |= good & (((a == nothing) & east_off) | ((b == nothing) & north_off))
        codes[zero] = ZERO
        if self.crs in SCALED:
            a, b = to_degrees(a, b, self.crs)
        elif self.crs:
            good &= ~zero
            lon, lat = np.full(a.shape, np.nan), np.full(a.shape, np.nan)
            if good.any():
                lon[good], lat[good] = to_degrees(a[good], b[good], self.crs)
            if self.crs_rule != "file" and is_projected(
                self.crs
            ):  # degrees among metres would land beside the origin of the projection
                lon[(np.abs(a) <= 180) & (np.abs(b) <= 90)] = np.nan
            a, b = lon, lat
            codes[good & ~np.isfinite(a)] = OUT_OF_RANGE
        good = codes < SET_ASIDE_FROM
        if not self.crs or self.crs in SCALED:
            turn = good & _only_turned(a, b, self.bbox)
            a, b = np.where(turn, b, a), np.where(turn, a, b)
            codes[turn] = SWAPPED
        codes[good & ~((np.abs(a) <= 180) & (np.abs(b) <= 90))] = OUT_OF_RANGE
        aside = codes >= SET_ASIDE_FROM
        a, b = np.where(aside, np.nan, a), np.where(aside, np.nan, b)
        return Points(a, b, codes)


def _only_turned(a: Floats, b: Floats, bbox: Bbox | None) -> npt.NDArray[np.bool_]:
    """Return which rows lie on the globe, or in the city, only with their two numbers exchanged."""
    turned = (np.abs(b) > 90) & (np.abs(b) <= 180) & (np.abs(a) <= 90)
    if bbox is not None:
        turned |= in_box(b, a, bbox) & ~in_box(a, b, bbox)
    return np.asarray(turned)


def raw_pair(spec: Coordinates, batch: Any) -> tuple[Floats, Floats, Codes]:
    """Return the two numbers of every row as they stand, and how each row was read (see `parse_numbers`)."""
    columns = [_flat(batch.column(name)) for name in spec.columns]
    if spec.kind == "pair":
        a, code_a = parse_numbers(columns[0], spec.decimal)
        b, code_b = parse_numbers(columns[1], spec.decimal)
        return a, b, np.maximum(code_a, code_b)
    if spec.kind == "point":
        return split_cells(columns[0], spec.decimal)
    return _geometry(columns[0], spec.vertices)


def enough_rows(spec: Coordinates, sample: pa.Table) -> pa.Table:
    """Return the columns of coordinates; of geometries, which cost more to read, only as many rows as are needed."""
    columns = sample.select(spec.columns)
    if spec.kind != "geometry" or not sample.num_rows:
        return columns
    rows = max(_LEAST_GEOMETRIES, min(_GEOMETRIES, _GEOMETRY_BYTES * sample.num_rows // max(columns.nbytes, 1)))
    if rows >= sample.num_rows:
        return columns
    return columns.take(pa.array(np.linspace(0, sample.num_rows - 1, rows).astype(np.int64)))


def _flat(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _geometry(column: pa.Array, vertices: int) -> tuple[Floats, Floats, Codes]:
    """Return the point of each geometry in a cell; of a line or an area a point inside it, which is marked."""
    if pa.types.is_struct(column.type):
        return split_struct(column)
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    binary = pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)
    if not binary:
        column = as_text(column)
        parts = pc.extract_regex(column, WKT_POINT)
        if parts.null_count == column.null_count:
            a, code_a = parse_numbers(pc.struct_field(parts, "a"))
            b, code_b = parse_numbers(pc.struct_field(parts, "b"))
            return a, b, np.maximum(code_a, code_b)
    else:
        fast = _plain_wkb_points(column)
        if fast is not None:
            return fast
    coded = column.dictionary_encode()  # equal cells once
    a, b, codes = _any_geometry([*coded.dictionary.to_pylist(), None], binary, vertices)
    places = pc.fill_null(coded.indices, len(codes) - 1).to_numpy(zero_copy_only=False)
    return a[places], b[places], codes[places]


def _plain_wkb_points(column: pa.Array) -> tuple[Floats, Floats, Codes] | None:
    """Read a column whose cells are all little-endian two-dimensional WKB points straight from its buffer."""
    if column.null_count or not len(column) or not pa.types.is_binary(column.type):
        return None
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    if (np.diff(offsets) != _WKB_POINT_BYTES).any():
        return None
    raw = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].reshape(-1, _WKB_POINT_BYTES)
    if (raw[:, :5] != np.array([1, 1, 0, 0, 0], np.uint8)).any():
        return None
    xy = np.ascontiguousarray(raw[:, 5:]).view("<f8")
    codes = np.where(np.isfinite(xy).all(axis=1), OK, NOT_FINITE).astype(np.uint8)
    codes[np.isnan(xy).all(axis=1)] = MISSING  # POINT EMPTY
    a, b = (np.where(codes == OK, xy[:, i], np.nan) for i in (0, 1))
    return a, b, codes


def _any_geometry(cells: list[Any], binary: bool, vertices: int) -> tuple[Floats, Floats, Codes]:
    a, b, codes = nothing(len(cells), MISSING)
    rows = []
    for row, cell in enumerate(cells):
        if cell is None or not cell.strip():
            continue
        size = len(cell) // 16 if binary else cell.count(",") + 1
        if size > vertices or is_nested_deep(cell):
            codes[row] = TOO_COMPLEX
        else:
            rows.append(row)
    left, refused = _read_together(cells, rows, binary, (a, b, codes))
    for row in left:
        try:
            shape, curved = _shape(cells[row], refused)
            if shape.is_empty:
                continue
            point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
            x, y = float(shapely.get_x(point)), float(shapely.get_y(point))
        except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError):
            codes[row] = BAD_GEOMETRY
            continue
        finite = np.isfinite(x) and np.isfinite(y)
        codes[row] = CURVED if curved else OK if shape.geom_type == "Point" else INNER_POINT
        if finite:
            a[row], b[row] = x, y
        else:
            codes[row] = NOT_FINITE
    return a, b, codes


def _read_together(
    cells: list[Any], rows: list[int], binary: bool, into: tuple[Floats, Floats, Codes]
) -> tuple[Sequence[int], bool]:
    """Read the cells that GEOS reads, in one call; return the other rows, and whether GEOS refused each of them.

    The others are other notations, arcs and damaged cells; all rows, if one cell ends the call.
    """
    a, b, codes = into
    read, places = shapely.from_wkb if binary else shapely.from_wkt, np.array(rows, np.intp)
    try:
        with np.errstate(all="ignore"):  # damage leaves a flag that numpy would warn of
            shapes: Any = read([cells[row] for row in rows], on_invalid="ignore")
        known = shapely.is_valid_input(shapes) & ~shapely.is_missing(shapes)
        filled = known & ~shapely.is_empty(shapes)
        plain = shapely.get_type_id(shapes) == 0
        points: Any = shapes.copy()
        points[filled & ~plain] = shapely.point_on_surface(shapes[filled & ~plain])
        x, y = shapely.get_x(points), shapely.get_y(points)
    except (shapely.errors.ShapelyError, NotImplementedError, ValueError, TypeError):
        return rows, False  # one of them is the matter: each for itself
    finite = np.isfinite(x) & np.isfinite(y)
    codes[places[filled]] = np.where(finite, np.where(plain, OK, INNER_POINT), NOT_FINITE)[filled]
    a[places[filled & finite]], b[places[filled & finite]] = x[filled & finite], y[filled & finite]
    return places[~known].tolist(), True


def _shape(cell: str | bytes, refused: bool) -> tuple[BaseGeometry, bool]:
    """Read WKT, GeoJSON, WKB or hexadecimal WKB; also return whether it has arcs or faces, which GEOS does not read.

    A cell that GEOS has `refused` is not given to it again.
    """
    try:
        if isinstance(cell, bytes):
            if not refused:
                return shapely.from_wkb(cell), False
        elif (text := cell.strip())[:2] in ("00", "01"):
            return shapely.from_wkb(text), False
        elif text.startswith("{"):
            return shapely.from_geojson(text), False
        elif text[:4].upper() == "SRID":
            return shapely.from_wkt(text.split(";", 1)[1]), False
        elif not refused:
            return shapely.from_wkt(text), False
    except (shapely.errors.ShapelyError, NotImplementedError):
        pass
    return straightened(cell), True
