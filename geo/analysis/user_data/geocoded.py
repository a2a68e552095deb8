"""A table's addresses as the columns of the output contract: every row once, in order, with its level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from geo.addresses.geocoder import Found, Geocoder
from geo.addresses.words import note_texts
from geo.atlas import Atlas
from geo.base.messages import text
from geo.base.nearest import no_such
from geo.base.optional import needs
from geo.errors import UsageError
from geo.tables import REASONS
from geo.tables.reasons import reason_notes
from geo.tables.totals import no_data, total_rows
from geo.tables.values import as_text

with needs("needs.geocoding_table", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

from geo.assign.join import COLUMNS
from geo.base.told import told

__all__ = ["AddressColumns", "GeocodeTally", "TableGeocoder", "WholeTable", "address_columns", "is_words"]

_LOOK_AT = 2000
#: Of many columns fewer rows each, so that a wide table takes no longer than a long one.
_LOOK_AT_CELLS = 40_000
#: And so many addresses in all, each of which is worth fifty names.
_LOOK_AT_ADDRESSES = 8_000
#: A column is one of districts if so many of its cells are a name of one and no more.
_ARE_AREAS, _AREA_CHARACTERS = 0.5, 12
#: Characters; no total is called with more where an address should be.
_SHORTEST = 12


class Roles(Protocol):
    """What a report says of the columns of its table."""

    @property
    def name(self) -> str:
        """Name of the table."""

    def columns_with_role(self, role: str) -> list[str]:
        """Return the columns that were recognised as an ``address``, a ``district`` and so on."""


class Looked(Protocol):
    """A table of which some rows are looked at: a `TableReader` or a `WholeTable`."""

    @property
    def schema(self) -> pa.Schema:
        """Its columns."""

    @property
    def report(self) -> Roles:
        """What its columns are."""

    def sample(self, rows: int) -> pa.Table:
        """Return its first rows, at most so many."""


@dataclass(frozen=True)
class WholeTable:
    """A table that was read whole, looked at as one that is read batch by batch.

    Parameters
    ----------
    name : str
    table : pyarrow.Table
    columns : sequence of mapping
        As `ReadingReport.to_dict` has them: ``name``, ``role``.
    """

    name: str
    table: pa.Table
    columns: Sequence[Mapping[str, Any]]

    @property
    def schema(self) -> pa.Schema:
        """Its columns."""
        return self.table.schema

    @property
    def report(self) -> WholeTable:
        """What its columns are."""
        return self

    def columns_with_role(self, role: str) -> list[str]:
        """Return the columns of a role."""
        return [str(column["name"]) for column in self.columns if column["role"] == role]

    def sample(self, rows: int) -> pa.Table:
        """Return the first rows, at most so many."""
        return self.table.slice(0, rows).combine_chunks()


@dataclass(frozen=True, slots=True)
class AddressColumns:
    """Which columns hold the address and what else says where a row is.

    Attributes
    ----------
    address : str
    district, township : str
        Empty where no column says it.
    unused : tuple of str
        Other columns of addresses, where the caller named none.
    """

    address: str
    district: str = ""
    township: str = ""
    unused: tuple[str, ...] = ()


#: How many rows are so exact is told, metres.
WITHIN_M = (200, 1000, 5000)


@dataclass
class GeocodeTally:
    """How rows were located, what became of them and why some are no data; how many are so exact or lie in an area."""

    rows: int = 0
    located_by: Counter[str] = field(default_factory=Counter)
    status: Counter[str] = field(default_factory=Counter)
    perhaps: int = 0
    within_m: Counter[int] = field(default_factory=Counter)
    no_data: Counter[str] = field(default_factory=Counter)
    districts: Counter[str] = field(default_factory=Counter)
    townships: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        counted = {name: dict(sorted(getattr(self, name).items())) for name in ("located_by", "status", "no_data")}
        within = {str(limit): self.within_m[limit] for limit in WITHIN_M}
        return {"rows": self.rows, **counted, "perhaps_in_a_place": self.perhaps, "accuracy_within_m": within}


def address_columns(
    table: Looked,
    geocoder: Geocoder,
    *,
    address: str | None = None,
    district: str | None = None,
    township: str | None = None,
) -> AddressColumns:
    """Return the columns of a table that say where its rows are.

    Parameters
    ----------
    table : TableReader or WholeTable
    geocoder : Geocoder
        Of several columns of addresses the one is taken of which most rows are found.
    address, district, township : str, optional
        As the user names them.

    Raises
    ------
    UsageError
        If a column that is named is not there, or none of the table looks like addresses.
    """
    names = table.schema.names
    for wanted in (address, district, township):
        if wanted is not None and wanted not in names:
            raise no_such("column", wanted, names, where=table.report.name)
    found = {role: table.report.columns_with_role(role) for role in ("address", "district", "township")}
    candidates: list[str] = []
    if address is None:
        candidates = [name for name in found["address"] if is_words(table.schema.field(name).type)]
        if not candidates:
            raise told(UsageError, "own.refused.address", name=table.report.name, columns=", ".join(map(repr, names)))
        address = _fullest(table, candidates, geocoder)
    others = {role: next((n for n in found[role] if n != address), "") for role in ("district", "township")}
    if not (district or others["district"]):
        others["district"] = _districts_by_values(table, address, geocoder)
    unused = tuple(name for name in candidates if name != address)
    return AddressColumns(address, district or others["district"], township or others["township"], unused)


def _districts_by_values(table: Looked, address: str, geocoder: Geocoder) -> str:
    """Return the column, whatever it is called, whose cells are names of districts; empty if there is none."""
    names = [str(field.name) for field in table.schema if field.name != address and is_words(field.type)]
    sample = table.sample(_rows_of(len(names)))
    for name in names:
        cells = Counter(cell for cell in as_text(sample.column(name).combine_chunks()).to_pylist() if cell)
        hits = sum(
            count for cell, count in cells.items() if len(cell) <= _AREA_CHARACTERS and bool(geocoder.areas_named(cell))
        )
        if cells and hits >= _ARE_AREAS * cells.total():
            return name
    return ""


def _fullest(table: Looked, candidates: Sequence[str], geocoder: Geocoder) -> str:
    if len(candidates) == 1:
        return candidates[0]
    sample = table.sample(_rows_of(len(candidates), _LOOK_AT_ADDRESSES))
    cells = [as_text(sample.column(name).combine_chunks()) for name in candidates]
    levels = geocoder.geocode([cell for column in cells for cell in column.to_pylist()]).level
    found = np.array([level not in ("none", "district") for level in levels]).reshape(len(candidates), -1)
    return candidates[int(found.sum(axis=1).argmax())]


def _rows_of(columns: int, cells: int = _LOOK_AT_CELLS) -> int:
    return max(1, min(_LOOK_AT, cells // max(columns, 1)))


def is_words(kind: pa.DataType) -> bool:
    """Return whether a column of a type may hold addresses."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


class TableGeocoder:
    """Turns batches of a table into the columns of the contract.

    Parameters
    ----------
    geocoder : Geocoder
    atlas : Atlas
        Gives the names of areas and places.
    columns : AddressColumns
    language : {"zh", "en"}
        Of names and notes.
    """

    def __init__(self, geocoder: Geocoder, atlas: Atlas, columns: AddressColumns, language: str = "zh") -> None:
        self.geocoder, self.columns, self.language = geocoder, columns, language
        self.names = area_names(atlas, language)
        self.tally = GeocodeTally()

    def __call__(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """Return the arrays of `COLUMNS` for a batch, and count its rows."""
        rows, *areas = [
            as_text(batch.column(name)).to_pylist() if name else []
            for name in (self.columns.address, self.columns.district, self.columns.township)
        ]
        reason = np.zeros(len(rows), np.uint8)
        malformed = no_data(batch, _without_address(rows), reason)
        for cells in areas:  # the total of a district is no firm in it
            for row in np.flatnonzero(reason) if cells else ():
                cells[row] = None
        found = self.arrays(self.geocoder.geocode(rows, *(cells or None for cells in areas)))
        if reason.any():
            said = reason_notes(reason, malformed, self.language)
            found["join_note"] = pc.coalesce(said, found["join_note"])
            self.tally.no_data.update(REASONS[code] for code in reason[reason > 0].tolist())
        return found

    def none(self) -> dict[str, pa.Array]:
        """Return the arrays of `COLUMNS` for no row."""
        return {name: pa.array([], kind) for name, kind in COLUMNS.items()}

    def arrays(self, found: Found) -> dict[str, pa.Array]:
        """Return what was found as the arrays of `COLUMNS`, and count its rows."""
        named = self.names
        status = [_status(found, row) for row in range(len(found.level))]
        missing = np.isnan(found.lon)
        places = [list(one) for one in found.places]
        columns = {
            "lon_wgs84": pa.array(found.lon, mask=missing),
            "lat_wgs84": pa.array(found.lat, mask=missing),
            "district_id": found.district,
            "district": [named.get(one) if one else None for one in found.district],
            "township_id": found.township,
            "township": [named.get(one) if one else None for one in found.township],
            "place_ids": places,
            "places": [[named.get(one, one) for one in row] for row in places],
            "join_status": status,
            "join_note": note_texts(found.notes, named, self.language),
            "located_by": found.level,
            "accuracy_m": pa.array(np.round(found.accuracy_m), mask=missing),
        }
        self.tally.rows += len(status)
        self.tally.located_by.update(found.level)
        self.tally.status.update(status)
        self.tally.within_m.update({limit: int((found.accuracy_m <= limit).sum()) for limit in WITHIN_M})
        for counted, ids in (("districts", found.district), ("townships", found.township)):
            getattr(self.tally, counted).update(one for one in ids if one)
        self.tally.places.update(one for row in places for one in row)
        self.tally.perhaps += sum(any(note[0] == "perhaps" for note in row) for row in found.notes)
        return {name: pa.array(cells, COLUMNS[name]) for name, cells in columns.items()}

    def lines(self) -> list[str]:
        """Return what was done, in words."""
        tally, language = self.tally, self.language
        counted = [
            text("addresses.report.level", language, level=text(f"addresses.level.{level}", language), count=count)
            for level, count in sorted(tally.located_by.items(), key=lambda item: -item[1])
        ]
        stop = "，" if language == "zh" else ", "
        columns = stop.join(one for one in (self.columns.address, self.columns.district, self.columns.township) if one)
        unused = text("addresses.report.unused", language, columns=stop.join(self.columns.unused))
        said = [
            text("addresses.report.columns", language, columns=columns),
            *([unused] if self.columns.unused else []),
            text("addresses.report.rows", language, rows=tally.rows, levels=stop.join(counted)),
        ]
        if tally.rows > tally.located_by["none"]:
            near, middling, far = (tally.within_m[limit] for limit in WITHIN_M)
            said.append(text("addresses.report.within", language, near=near, middling=middling, far=far))
        if tally.perhaps:
            said.append(text("addresses.report.perhaps", language, count=tally.perhaps))
        for name, count in tally.no_data.items():
            reason = text(f"tables.reason.{name}", language)
            said.append(text("tables.report.reason", language, count=count, reason=reason))
        return said


def _without_address(cells: Sequence[str | None]) -> npt.NDArray[np.intp]:
    """Return the rows whose cell is empty, or says total where an address should be."""
    short = np.array([row for row, cell in enumerate(cells) if len((cell or "").strip()) <= _SHORTEST], np.intp)
    texts = pa.array([(cells[row] or "").strip() for row in short], pa.string())
    empty = np.asarray(pc.equal(texts, "").to_numpy(zero_copy_only=False), bool)
    return short[empty | total_rows(pa.record_batch({"": texts}), np.arange(len(short)))]


def area_names(atlas: Atlas, language: str) -> Mapping[str, str]:
    """Return the names of all places, districts and townships by id."""
    names = {place_id: str(row[f"name_{language}"]) for place_id, row in atlas.place_rows.items()}
    layers = atlas.table("basemap")
    for layer_id in layers.loc[layers["role"] == "township", "layer_id"]:
        layer = atlas.basemap(layer_id)
        names |= dict(zip(layer["township_id"], layer[f"name_{language}"].fillna(layer["name_zh"]), strict=True))
    return names


def _status(found: Found, row: int) -> str:
    if found.level[row] == "none":
        return "set_aside"
    known = found.district[row] or found.township[row] or found.places[row] or found.notes[row]
    return "matched" if known else "outside"
