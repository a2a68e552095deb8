"""A user's table as one session holds it: read, weighed, joined; it goes nowhere and ends with the session."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from geo.analysis.user_data.address_fallback import NoPoints, fallback
from geo.analysis.user_data.geocoded import WholeTable
from geo.assign.join import COLUMNS, Joiner, Tally, column_names
from geo.atlas.atlas import Atlas
from geo.base.nearest import no_such
from geo.base.optional import needs
from geo.crs.datums import DATUMS, to_wgs84
from geo.crs.rounding import rounding_deg
from geo.tables import DatumEvidence, Points, TableReader, read_upload, weigh_table
from geo.tables.areas import Areas
from geo.tables.columns import NO_COORDINATES
from geo.tables.place_columns import find_place_columns, stated_districts
from geo.tables.stacked import is_text

with needs("needs.reading_tables", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

__all__ = [
    "Joined",
    "UserTable",
    "datum_evidence",
    "head",
    "join",
    "read_user_table",
    "rounding_of",
    "stated_in",
]

_LOOK_AT = 2000
#: A geometry of more bytes is no point, in whatever it is written.
_POINT_BYTES = 100

_CELL_CHARACTERS = 200
_CELL_ITEMS = 20


@dataclass(frozen=True)
class UserTable:
    """A table that was read whole.

    Attributes
    ----------
    table : pyarrow.Table
        Every row and column of the file; cells of rows that did not fit the header are null.
    points : Points
        Of every row: degrees in the table's own datum, NaN where there is no point, and why. No rows without
        coordinates.
    report : mapping
        `ReadingReport.to_dict`.
    lines : mapping of language to list of str
        The report in words.
    question : mapping of language to str
        What must be answered before there are points; empty if nothing.
    evidence : DatumEvidence or None
        None without points.
    """

    name: str
    table: pa.Table
    points: Points
    report: Mapping[str, Any]
    lines: Mapping[str, list[str]]
    question: Mapping[str, str]
    evidence: DatumEvidence | None

    @property
    def lon(self) -> npt.NDArray[np.float64]:
        """Longitude in the table's own datum, degrees; NaN where the row has no point."""
        return self.points.lon

    @property
    def lat(self) -> npt.NDArray[np.float64]:
        """Latitude in the table's own datum, degrees; NaN where the row has no point."""
        return self.points.lat

    @property
    def set_aside(self) -> npt.NDArray[np.bool_]:
        """Which rows have no point."""
        return self.points.set_aside

    def hypotheses(self, most: int = 3000) -> dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
        """Return the same points, at most `most` of them, in WGS 84 under each datum they may be in."""
        rows = np.flatnonzero(~self.set_aside)
        if len(rows) > most:
            rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
        return {datum: to_wgs84(self.lon[rows], self.lat[rows], datum) for datum in DATUMS}

    @property
    def by_address(self) -> bool:
        """Whether the table has addresses, and no coordinates filled in or of which something must be asked."""
        roles = {str(column["role"]) for column in self.report.get("columns", ())}
        asked = (self.report.get("question") or {}).get("id", NO_COORDINATES)
        return bool(self.set_aside.all()) and self.table.num_rows > 0 and "address" in roles and asked == NO_COORDINATES


@dataclass(frozen=True)
class Joined:
    """The user's table with the columns of the join behind its own, the tally of its rows, and who joined it."""

    table: pa.Table
    tally: Tally
    datum: str
    joiner: Joiner | None = None

    @property
    def user_columns(self) -> list[str]:
        """The columns that the user's table had, without those of the join."""
        return [str(name) for name in self.table.column_names[: -len(COLUMNS)]]

    @property
    def points(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Longitude and latitude of all rows in WGS 84, NaN where set aside."""
        lon, lat = (self.table[name].to_numpy(zero_copy_only=False) for name in ("lon_wgs84", "lat_wgs84"))
        return lon.astype(float), lat.astype(float)


def datum_evidence(reader: TableReader, atlas: Atlas, datum: str | None = None) -> DatumEvidence:
    """Weigh the datum of a table against the districts, townships and water of an atlas.

    Parameters
    ----------
    reader : TableReader
    atlas : Atlas
    datum : str, optional
        The datum, where it is known; then only the CRS of metres is weighed.
    """
    layers = _areas_of(atlas)
    townships, water = layers.get("townships"), layers.get("water")
    return weigh_table(reader, areas=layers["areas"], townships=townships, water=water, datum=datum)


def stated_in(reader: TableReader, atlas: Atlas, evidence: DatumEvidence | None) -> Callable[[Any], Any] | None:
    """Return a function that gives the id of the district that each row of a batch states; None if no column does.

    Parameters
    ----------
    reader : TableReader
        With coordinates.
    atlas : Atlas
    evidence : DatumEvidence or None
        Names the column, where the datum was weighed.
    """
    areas = _districts_of(atlas)
    if evidence is not None and evidence.reason != "given":
        column = evidence.column
    else:  # nobody has looked for it yet
        named = find_place_columns(reader, reader.sample(_LOOK_AT), areas, None).districts
        column = named[0] if named else ""
    return stated_districts(areas, list(atlas.districts.index), column) if column else None


def rounding_of(reader: TableReader) -> float:
    """Return the step of a degree that the coordinates of a table are rounded to, told by its first rows; 0.0: none."""
    coordinates = reader.require_points()
    if coordinates.crs:
        return 0.0
    sample = reader.sample(_LOOK_AT)
    column = sample.column(coordinates.columns[0])
    if coordinates.kind == "geometry" and (is_text(column.type) or pa.types.is_binary(column.type)):
        # Lines and areas are no coordinates that somebody rounded, and dear to read.
        sample = sample.filter(pc.less_equal(pc.binary_length(column), _POINT_BYTES))
    parts = [coordinates.points(batch) for batch in sample.to_batches()]
    lon, lat = (np.concatenate([getattr(part, name) for part in parts] or [np.empty(0)]) for name in ("lon", "lat"))
    return rounding_deg(lon, lat)


@lru_cache(maxsize=1)
def _districts_of(atlas: Atlas) -> Areas:
    """Return the districts of an atlas; those of the last atlas are kept."""
    return Areas.of(atlas.districts)


@lru_cache(maxsize=1)
def _areas_of(atlas: Atlas) -> dict[str, Areas]:
    """Return the districts, townships and water of an atlas; those of the last atlas are kept."""
    roles = atlas.table("basemap").drop_duplicates("role").set_index("role")["layer_id"]
    layers = {"areas": _districts_of(atlas)}
    for name, role in (("townships", "township"), ("water", "water")):
        if role in roles.index:
            layers[name] = Areas.of(atlas.basemap(str(roles[role])))
    return layers


@lru_cache(maxsize=1)
def _areas_to_send(atlas: Atlas) -> dict[str, bytes]:
    """Return the areas of an atlas as a child process takes them; those of the last atlas are kept."""
    return {name: areas.to_bytes() for name, areas in _areas_of(atlas).items()}


def read_user_table(
    source: str | os.PathLike[str] | BinaryIO,
    name: str,
    atlas: Atlas,
    *,
    address: str = "",
    watch: Callable[[], object] | None = None,
    **options: Any,
) -> UserTable:
    """Have a child process read a stranger's file under limits and weigh its datum; nothing of it is parsed here.

    Parameters
    ----------
    source : path or binary file
    name : str
        What the user calls the file.
    atlas : Atlas
        Gives the city's extent and the areas that the datum is weighed by.
    address : str, optional
        Locate the rows by this column, of addresses or of names of districts, and not by coordinates.
    watch : callable, optional
        Called some twenty times a second meanwhile; what it raises ends the reading.
    **options
        As for `geo.tables.open_table`: encoding, lon, lat, crs, sheet …

    Raises
    ------
    DataError, UsageError
        If the file cannot be read, is damaged or beyond the limits, or there is no such column; the message says which.
    """
    meta = atlas.meta
    options |= {"bbox": tuple(meta["bbox"]), "metric_crs": meta["metric_crs"]}
    read = read_upload(source, name=name, areas=_areas_to_send(atlas), watch=watch, **options)
    user = UserTable(name, read.table, read.points, read.report, read.lines, read.question, read.evidence)
    return _by_address(user, address) if address else user


def _by_address(user: UserTable, address: str) -> UserTable:
    """Return a table whose one column of addresses is this, and which has no coordinates."""
    names = user.table.column_names
    if address not in names:
        raise no_such("column", address, names, where=user.name)
    roles = [
        {**column, "role": "address" if column["name"] == address else str(column["role"]).replace("address", "")}
        for column in user.report["columns"]
    ]
    none = Points(np.empty(0), np.empty(0), np.empty(0, np.uint8), user.points.details)
    report = {**user.report, "columns": roles, "question": {"id": NO_COORDINATES}}
    return replace(user, points=none, report=report, question={}, evidence=None)


def head(table: pa.Table, rows: int) -> pa.Table:
    """Return the first rows to look at: texts and lists cut short, other nested cells and bytes as their type's name.

    A cell may hold a megabyte, which a page that shows fifty rows must not be sent.
    """
    columns = [_short(column) for column in table.slice(0, rows).combine_chunks().columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _short(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.utf8_slice_codeunits(column, 0, _CELL_CHARACTERS)
    if pa.types.is_list(kind) and not pa.types.is_nested(kind.value_type):
        cells = pc.list_slice(column, 0, _CELL_ITEMS).to_pylist()
        words = [None if cell is None else str(cell)[:_CELL_CHARACTERS] for cell in cells]
        return pa.chunked_array([words], pa.string())
    if pa.types.is_nested(kind) or "binary" in str(kind):
        return pc.if_else(pc.is_valid(column), str(kind)[:_CELL_CHARACTERS], pa.scalar(None, pa.string()))
    return column


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    """Return a table as one batch."""
    columns = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, names=table.column_names)


def join(user: UserTable, datum: str, atlas: Atlas, language: str = "zh") -> Joined:
    """Return the table with district, townships and places of every row.

    Parameters
    ----------
    user : UserTable
        With points; rows without one are located by their address, if they have one.
    datum : str
        Datum that its points are in, one of `geo.crs.datums.DATUMS`.
    atlas : Atlas
    language : str
        Language of ``join_note``.

    Notes
    -----
    Some 10 million rows a second once the index is built.
    """
    joiner = Joiner.from_atlas(atlas, "all", datum=datum, language=language)
    joiner.rounding_deg = rounding_deg(user.lon, user.lat)
    column = user.evidence.column if user.evidence else ""
    ids = list(atlas.districts.index)
    stated = stated_districts(_districts_of(atlas), ids, column)(user.table) if column else None
    points = user.points if len(user.lon) == user.table.num_rows else NoPoints(user.table.num_rows, user.points.details)
    arrays, tally = joiner.columns(points.lon, points.lat, points.set_aside, points.notes(language), stated)
    whole = WholeTable(user.name, user.table, user.report.get("columns", ()))
    fill = fallback(whole, atlas, joiner) if tally.set_aside else None
    if fill is not None:
        arrays = fill(_one_batch(user.table), arrays, tally)
    tally.check()
    renamed = column_names(user.table.column_names)
    table = user.table.rename_columns([renamed.get(name, name) for name in user.table.column_names])
    for name, array in zip(COLUMNS, arrays, strict=True):
        table = table.append_column(pa.field(name, COLUMNS[name]), array)
    return Joined(table, tally, datum, joiner)
