"""Points of a batch from its recognised columns: longitude, latitude, and a reason code for every row."""

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
#: Geometries that are read as a sample: at most this many, of at most this many bytes, at least the last number.
_GEOMETRIES, _GEOMETRY_BYTES, _LEAST_GEOMETRIES = 2000, 1 << 20, 20


#: Numbers that stand for an unknown coordinate.
_NOTHING = np.array([0.0, -1.0])


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a batch, one for each row.

    Attributes
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees in the table's own datum; NaN where the row is set aside.
    reason : ndarray of uint8, shape (n,)
        Codes of `geo.tables.REASONS`.
    details : mapping of int to str
        Position of a malformed row → the row as it stands in the file.
    """

    lon: Floats
    lat: Floats
    reason: Codes
    details: Mapping[int, str] = field(default_factory=dict)

    @property
    def set_aside(self) -> npt.NDArray[np.bool_]:
        """Which rows have no point: bool, shape (n,)."""
        return np.asarray(self.reason >= SET_ASIDE_FROM)

    def notes(self, language: str | None = None) -> pa.Array:
        """Return the notes on rows, null where there is none: reason ids, or texts in `language` (``zh``, ``en``)."""
        return reason_notes(self.reason, self.details, language)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Which columns hold the coordinates, and in which notation. It can be sent to workers and reads alike everywhere.

    Attributes
    ----------
    kind : str
        ``pair`` (two columns), ``point`` (both in one text column), ``geometry`` (WKT or WKB).
    columns : tuple of str
    rule : str
        What decided: ``option``, ``file``, ``name`` or ``values``.
    swapped : bool
        Whether the first number is the latitude (or northing).
    decimal : str
        Decimal mark, ``"."`` or ``","``.
    crs : str
        ``""`` for degrees; a projected CRS; or ``degrees*1e6`` and the like for scaled whole numbers.
    crs_rule : str
        What decided the CRS: ``option``, ``file`` or ``values``; ``""`` for degrees by default.
    datum : str
        The datum that the column's name states, or ``""``.
    bbox : tuple of 4 float or None
        Extent of the city (west, south, east, north), degrees, by which swapped numbers are recognised.
    vertices : int
        Geometries with more vertices are set aside.
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
        """Return the points of a batch; about 0.2 s per million rows of plain numbers.

        A row whose numbers fit only in reverse order is swapped and marked ``swapped``. A row is set aside, with its
        reason, if a number is missing, 0, not a number, not finite or out of range, if it is a total or a remark
        without coordinates, or if it repeats the names of columns.
        """
        a, b, codes = raw_pair(self, batch)
        if self.swapped:
            a, b = b, a
        points = self.judge(a, b, codes)
        words = np.flatnonzero(points.reason == NOT_A_NUMBER)
        points.reason[words[names_again(batch, self.columns, words)]] = NAMES_AGAIN
        return replace(points, details=no_data(batch, np.flatnonzero(points.reason == MISSING), points.reason))

    def judge(self, a: Floats, b: Floats, codes: Codes) -> Points:
        """Return the points for first numbers (east), second numbers (north) and the codes of their reading."""
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
    """Return which rows are in range, or in the city, only with their two numbers exchanged."""
    turned = (np.abs(b) > 90) & (np.abs(b) <= 180) & (np.abs(a) <= 90)
    if bbox is not None:
        turned |= in_box(b, a, bbox) & ~in_box(a, b, bbox)
    return np.asarray(turned)


def raw_pair(spec: Coordinates, batch: Any) -> tuple[Floats, Floats, Codes]:
    """Return the two numbers of every row as they stand, and the code of their reading (see `parse_numbers`)."""
    columns = [_flat(batch.column(name)) for name in spec.columns]
    if spec.kind == "pair":
        a, code_a = parse_numbers(columns[0], spec.decimal)
        b, code_b = parse_numbers(columns[1], spec.decimal)
        return a, b, np.maximum(code_a, code_b)
    if spec.kind == "point":
        return split_cells(columns[0], spec.decimal)
    return _geometry(columns[0], spec.vertices)


def enough_rows(spec: Coordinates, sample: pa.Table) -> pa.Table:
    """Return the coordinate columns of a sample; of geometries, which are slow to read, only as many rows as needed."""
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
    """Return x, y and code of the geometry in each cell; of a line or polygon a point on it, coded `INNER_POINT`."""
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
    """Return x, y and codes of a column of little-endian 2D WKB points, read from its buffer; None for others."""
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
    """Return x, y and codes of cells in any notation of geometries."""
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
    """Read cells by GEOS in one call; return the positions of the others, and whether GEOS refused each of them.

    The others are in other notations, have arcs, or are damaged; if one cell makes the whole call fail, all are
    returned.
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
    """Return a geometry from WKT, GeoJSON or WKB, and whether it has arcs or faces, which GEOS does not read.

    If GEOS has `refused` the cell already, it is not asked again.
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
