"""Rows of a join that have no coordinates but an address: located by it, marked as such, counted anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.analysis.user_data.geocoded import AddressColumns, TableGeocoder, WholeTable, address_columns, is_words
from geo.analysis.user_data.geocoding import atlas_geocoder
from geo.assign.join import COLUMNS, Joiner, Tally
from geo.atlas import Atlas
from geo.base.optional import needs
from geo.tables import TableReader
from geo.tables.reasons import MALFORMED, reason_notes

with needs("needs.joining_table", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

__all__ = ["AddressFallback", "NoPoints", "fallback"]

_ROLES = {"district_id": 0, "district": 0, "township_id": 1, "township": 1, "place_ids": 2, "places": 2}


class NoPoints:
    """The points of rows that have no coordinates at all.

    Parameters
    ----------
    rows : int
    malformed : mapping of int to str
        Rows that do not fit the header, as they stand in the file.
    """

    def __init__(self, rows: int, malformed: Mapping[int, str] = {}) -> None:
        self.lon = self.lat = np.full(rows, np.nan)
        self.set_aside: npt.NDArray[np.bool_] = np.ones(rows, bool)
        self._malformed = malformed

    def notes(self, language: str) -> Any:
        """Return what there is to say of each row: nothing of its coordinates, but its text if it does not fit."""
        reason = np.zeros(len(self.lon), np.uint8)
        reason[list(self._malformed)] = MALFORMED
        return pc.fill_null(reason_notes(reason, self._malformed, language), "")


def fallback(table: TableReader | WholeTable, atlas: Atlas, joiner: Joiner) -> AddressFallback | None:
    """Return a function that locates rows without coordinates by address; None if the table has no column of addresses.

    Parameters
    ----------
    table : TableReader or WholeTable
    atlas : Atlas
    joiner : Joiner
        Says which areas are asked for, and the language.
    """
    called = table.report.columns_with_role("address")
    if not any(is_words(table.schema.field(name).type) for name in called):
        return None

    def geocoder() -> TableGeocoder:
        found = atlas_geocoder(atlas)
        return TableGeocoder(found, atlas, address_columns(table, found), joiner.language)

    return AddressFallback(geocoder, joiner)


class AddressFallback:
    """Fills the rows of a join that were set aside, where their address says where they are.

    Parameters
    ----------
    geocoder : callable
        Returns the `TableGeocoder`; called at the first row without coordinates, so that no other table waits for it.
    joiner : Joiner
    """

    def __init__(self, geocoder: Callable[[], TableGeocoder], joiner: Joiner) -> None:
        self._geocoder, self.joiner, self.located = geocoder, joiner, 0

    @cached_property
    def locate(self) -> TableGeocoder:
        """What finds addresses."""
        return self._geocoder()

    @property
    def columns(self) -> AddressColumns:
        """The columns that addresses are taken from."""
        return self.locate.columns

    def __call__(self, batch: pa.RecordBatch, arrays: Sequence[Any], tally: Tally) -> list[Any]:
        """Return the arrays of a join with the rows that were set aside located by address; the tally follows."""
        named = dict(zip(COLUMNS, arrays, strict=True))
        aside = np.flatnonzero(pc.equal(named["join_status"], "set_aside").to_numpy(zero_copy_only=False))
        if not len(aside):
            return list(arrays)
        found = self.locate(batch.take(pa.array(aside)).replace_schema_metadata(None))
        hit = pc.not_equal(found["located_by"], "none").to_numpy(zero_copy_only=False)
        found = self._asked(found)
        self._count(found, hit, tally)
        where = np.zeros(len(batch), bool)
        where[aside[hit]] = True
        taken = pa.array(np.flatnonzero(hit))
        said = self._notes(named["join_note"], found["join_note"], aside)
        return [
            said
            if name == "join_note"
            else pc.replace_with_mask(array, pa.array(where), found[name].take(taken))
            if not pa.types.is_list(array.type)
            else _replaced(array, where, found[name].take(taken))
            for name, array in named.items()
        ]

    def _asked(self, found: dict[str, Any]) -> dict[str, Any]:
        """Leave out what was not asked for."""
        return {
            name: pa.nulls(len(array), array.type) if name in _ROLES and not self.joiner.asked[_ROLES[name]] else array
            for name, array in found.items()
        }

    def _count(self, found: dict[str, Any], hit: npt.NDArray[np.bool_], tally: Tally) -> None:
        status = np.array(found["join_status"].to_pylist(), dtype=object)[hit]
        tally.set_aside -= int(hit.sum())
        tally.matched += int((status == "matched").sum())
        tally.outside += int((status == "outside").sum())
        self.located += int(hit.sum())
        for name, ids in (("districts", "district_id"), ("townships", "township_id")):
            getattr(tally, name).update(one for one in found[ids].to_pylist() if one is not None)
        tally.places.update(one for row in found["place_ids"].to_pylist() for one in row or ())

    def _notes(self, before: Any, found: Any, aside: npt.NDArray[np.intp]) -> Any:
        """Return what the reader said of a row and what its address gave, together."""
        notes, more = before.to_pylist(), found.to_pylist()
        for row, note in zip(aside.tolist(), more, strict=True):
            notes[row] = "; ".join(dict.fromkeys(one for one in (notes[row], note) if one)) or None
        return pa.array(notes, pa.string())


def _replaced(array: Any, where: npt.NDArray[np.bool_], values: Any) -> Any:
    """Return a column of lists with some rows replaced."""
    cells, new = array.to_pylist(), iter(values.to_pylist())
    return pa.array([next(new) if is_new else cell for cell, is_new in zip(cells, where, strict=True)], array.type)
