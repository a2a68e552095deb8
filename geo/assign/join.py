"""The join: rows with points in, the same rows with the ids and names of their areas out, and counts of all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from geo.assign.doubts import coarse_words, other_datums, reached, rounding_m, stated_words
from geo.assign.index import AreaIndex, area_index
from geo.assign.lookup import assign
from geo.assign.memberships import Memberships
from geo.assign.set_columns import ROLES, SetColumns, coded, plain
from geo.assign.tally import Tally
from geo.base.messages import text
from geo.base.optional import needs
from geo.base.told import told
from geo.crs.datums import datum_name, to_wgs84
from geo.crs.rounding import coarse_rows
from geo.crs.shift_table import shift_table
from geo.errors import UsageError

with needs("needs.joining_table", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    Areas: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries | Mapping[str, BaseGeometry]

__all__ = ["AREAS", "COLUMNS", "STATUSES", "Joiner", "Tally", "column_names"]

#: The columns that a join adds, in this order: beside every id its name, in the user's language.
COLUMNS = {
    "lon_wgs84": pa.float64(),
    "lat_wgs84": pa.float64(),
    "district_id": pa.string(),
    "district": pa.string(),
    "township_id": pa.string(),
    "township": pa.string(),
    "place_ids": pa.list_(pa.string()),
    "places": pa.list_(pa.string()),
    "join_status": pa.string(),
    "join_note": pa.string(),
    "located_by": pa.string(),
    "accuracy_m": pa.float64(),
}

#: The columns of ids and names, and the position of their role in `ROLES`.
_ASKED = {"district_id": 0, "district": 0, "township_id": 1, "township": 1, "place_ids": 2, "places": 2}

#: The status of a row: in an area asked for, in none, or without a point that can be used.
STATUSES = ("matched", "outside", "set_aside")

#: The areas of an atlas that may be asked for.
AREAS = ("all", "layout", "districts", "townships")

#: For points in batches, the compiled lookup pays from this many times as many points: the rest may not come.
_PARTS = 4
#: From this many points on, datums are converted by a table of the shift.
_TABLE_FROM = 1 << 19
Array = npt.NDArray[np.float64]


def column_names(names: Iterable[str], added: Iterable[str] = tuple(COLUMNS), *, cased: bool = True) -> dict[str, str]:
    """Return a new name for each input column that has the name of a column the join adds.

    Parameters
    ----------
    names, added : iterable of str
        The columns of the input, and those that are added.
    cased : bool
        Whether names that differ only in case are different. If not, as in a GeoPackage, an input column that equals an
        earlier one but for case gets a new name too.

    Returns
    -------
    dict of str to str
        Old name → new name.

    Examples
    --------
    >>> column_names(["id", "district_id"])
    {'district_id': 'district_id_input'}
    >>> column_names(["id", "ID", "District"], cased=False)
    {'ID': 'ID_input', 'District': 'District_input'}
    """
    fold: Callable[[str], str] = str if cased else str.casefold
    names, seen = list(names), {fold(name) for name in added}
    taken, renamed = {*map(fold, names), *seen}, {}
    for name in names:
        if fold(name) in seen:
            new, number = f"{name}_input", 2
            while fold(new) in taken:
                new, number = f"{name}_input_{number}", number + 1
            renamed[name] = new
            taken.add(fold(new))
        seen.add(fold(name))
    return renamed


class AreaSource(Protocol):
    """What `Joiner.from_atlas` needs of an atlas; `geo.assign` may not import `geo.atlas`."""

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts, by id."""

    @property
    def layout(self) -> gpd.GeoDataFrame:
        """The places of the layout, by id."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name; the join asks for ``basemap``."""

    def basemap(self, layer_id: str) -> gpd.GeoDataFrame:
        """Return a layer of the basemap by its id."""


class Joiner:
    """The areas of a join by role: district, township, place. It can be pickled and sent to workers.

    Parameters
    ----------
    districts, townships, places : GeoDataFrame, GeoSeries, mapping of id to geometry, or None
        As for `geo.assign.area_index`. None: this role is not asked for, its columns are null in every row. Places may
        overlap and nest.
    datum : str
        Datum of the points that come in, one of `geo.crs.datums.DATUMS`.
    language : {"zh", "en"}
        Language of ``join_note``.
    predicate : {"intersects", "contains"}
        See `geo.assign.assign`.
    names : mapping of id to str, optional
        Names of the areas; an area without one is called by its id.

    Attributes
    ----------
    index : AreaIndex
        Over all areas: districts, then townships, then places.
    rounding_deg : float
        Step in degrees that coordinates are rounded to, 0.0 for none (`geo.crs.rounding.rounding_deg`). If set,
        rounded rows get ``accuracy_m``, and a note if they may lie in other areas.
    """

    def __init__(
        self,
        districts: Areas | None = None,
        townships: Areas | None = None,
        places: Areas | None = None,
        *,
        datum: str = "wgs84",
        language: str = "zh",
        predicate: str = "intersects",
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.datum, self.language, self.names = datum_name(datum), language, dict(names or {})
        self.asked = [layer is not None for layer in (districts, townships, places)]
        areas: dict[str, Any] = {}
        self.range: dict[str, range] = {}
        for role, layer in zip(ROLES, (districts, townships, places), strict=True):
            start = len(areas)
            series = getattr(layer, "geometry", layer)
            areas.update(
                {f"{role} {key}": geometry for key, geometry in (series.items() if series is not None else ())}
            )
            self.range[role] = range(start, len(areas))
        self.index: AreaIndex = area_index(areas, predicate)
        self.ids = tuple(key.partition(" ")[2] for key in self.index.ids)
        self.called = tuple(self.names.get(one, one) for one in self.ids)
        self._words = {
            role: (coded(self.ids[own.start : own.stop]), coded(self.called[own.start : own.stop]))
            for role, own in self.range.items()
        }
        self.rounding_deg = 0.0
        self._table: SetColumns | None = None
        self._asked = 0

    @classmethod
    def from_atlas(cls, atlas: AreaSource, areas: str = "all", **options: Any) -> Joiner:
        """Return the joiner for the areas of an atlas.

        Parameters
        ----------
        atlas : geo.atlas.atlas.Atlas
        areas : {"all", "layout", "districts", "townships"}
            Which areas to ask for; "layout" are the places.
        **options
            Further arguments of `Joiner`.

        Raises
        ------
        UsageError
            If `areas` is not one of these.
        """
        if areas not in AREAS:
            raise told(UsageError, "wrong.one_of", name="areas", given=areas, allowed=", ".join(AREAS))
        wanted = {"districts", "townships", "layout"} if areas == "all" else {areas}
        townships, called = None, [atlas.layout, atlas.districts]
        if "townships" in wanted:
            layers = atlas.table("basemap")
            names = layers.loc[layers["role"] == "township", "layer_id"]
            frames = [atlas.basemap(name).set_index("township_id") for name in names]
            townships = {key: item for frame in frames for key, item in frame.geometry.items()}
            called += frames
        name = f"name_{options.get('language', 'zh')}"
        known = {key: said for frame in called for key, said in frame[name].fillna(frame["name_zh"]).items()}
        options["names"] = {**known, **options.get("names", {})}
        return cls(
            atlas.districts.geometry if "districts" in wanted else None,
            townships,
            atlas.layout.geometry if "layout" in wanted else None,
            **options,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_table": None}

    def columns(
        self,
        lon: Array,
        lat: Array,
        set_aside: npt.NDArray[np.bool_] | None = None,
        notes: pa.Array | None = None,
        stated: pa.Array | None = None,
        *,
        dictionaries: bool = False,
    ) -> tuple[list[pa.Array], Tally]:
        """Return the columns that the join adds to a batch of points, and the batch's tally.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,), degrees
            In the joiner's datum. A row with a NaN or infinite coordinate is set aside.
        set_aside : ndarray of bool, shape (n,), optional
            Further rows to set aside.
        notes : pyarrow.Array of string, shape (n,), optional
            The reader's notes on rows; null where there is none.
        stated : pyarrow.Array of string, shape (n,), optional
            Id of the district that each row states, null where none. A row that lies in another district gets a note.
        dictionaries : bool
            Whether text that repeats is returned dictionary-encoded, which is faster to make and to write.

        Returns
        -------
        columns : list of pyarrow.Array, shape (n,) each
            In the order of `COLUMNS`.
        tally : Tally
        """
        aside = ~(np.isfinite(lon) & np.isfinite(lat))
        if set_aside is not None:
            aside |= np.asarray(set_aside, bool)
        any_aside = bool(aside.any())
        x, y = (np.where(aside, np.nan, lon), np.where(aside, np.nan, lat)) if any_aside else (lon, lat)
        self._asked += len(x)
        if self.datum != "wgs84":
            x, y = self._to_wgs84(x, y)
        found = assign(x, y, self.index, self.index.predicate, expected=self._asked // _PARTS)
        table, codes, missing = self._sets(found), found.codes, pa.array(aside)
        status = (codes == 0).astype(np.int8)
        if any_aside:
            status[aside] = 2
        own, named = self._said(table, codes)
        elsewhere, fitting, datums = 0, 0, Counter[str]()
        if stated is not None and self.asked[0]:
            own, elsewhere, fitting, datums = self._with_stated(own, stated, named["district_id"], missing, lon, lat)
        exact, coarse, perhaps = pa.nulls(len(codes), pa.float64()), 0, 0  # accuracy of given points: not known
        if self.rounding_deg:
            own, exact, coarse, perhaps = self._with_coarse(own, lon, lat, aside, found)
        arrays = [
            *(pa.array(values, mask=aside if any_aside else None) for values in (x, y)),
            *named.values(),
            _one_of(status, STATUSES),
            _joined(notes, own, missing, text("assign.note.not_finite", self.language)),
            _one_of(aside.astype(np.int8), ("coordinates", "none")),
            exact,
        ]
        tally = self._tally(found, int(aside.sum()), table)
        tally.elsewhere, tally.fitting, tally.datums = elsewhere, fitting, datums
        tally.coarse, tally.perhaps = coarse, perhaps
        return arrays if dictionaries else [plain(array) for array in arrays], tally

    def _said(self, table: SetColumns, codes: npt.NDArray[np.int32]) -> tuple[pa.Array, dict[str, pa.Array]]:
        """Return notes, and columns of ids and names, of rows in these sets; null for a role that is not asked for."""
        several = table.several[codes]
        notes = table.note.take(pa.array(codes)) if several.any() else pa.nulls(len(codes), pa.string())
        found = table.take(codes)
        asked = {name: self.asked[role] for name, role in _ASKED.items()}
        return notes, {name: found[name] if asked[name] else pa.nulls(len(codes), COLUMNS[name]) for name in _ASKED}

    def expect(self, rows: int | None) -> None:
        """Announce the total number of rows, if it is known: with many, the compiled lookup is used from the start."""
        self._asked = max(self._asked, rows or 0)

    def _to_wgs84(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return the points in WGS 84, degrees; once there are many, by a table of the shift."""
        table = None
        if self._asked >= _TABLE_FROM:
            table = shift_table(self.datum, *(round(float(v), 2) for v in self._extent()))
        return table.to_wgs84(x, y) if table is not None else to_wgs84(x, y, self.datum)

    def _extent(self) -> tuple[float, float, float, float]:
        """Return xmin, ymin, xmax, ymax of all areas, degrees."""
        grid = self.index.grid
        return grid.xmin, grid.ymin, grid.xmax, grid.ymax

    def _with_stated(
        self, own: pa.Array, stated: pa.Array, district: pa.Array, missing: pa.Array, lon: Array, lat: Array
    ) -> tuple[Any, int, int, Counter[str]]:
        """Return the notes with those on rows that lie in another district than they state, and counts of `Tally`.

        These are `elsewhere`, `fitting` and `datums`.
        """
        other = pc.and_(pc.is_valid(stated), pc.invert(pc.fill_null(pc.equal(stated, district), False)))
        rows = np.flatnonzero(np.asarray(pc.and_(other, pc.invert(missing)).to_numpy(zero_copy_only=False), np.bool_))
        if not len(rows):
            return own, 0, 0, Counter()
        said, found = (array.take(pa.array(rows)).to_pylist() for array in (stated, district))
        others = other_datums(lon[rows], lat[rows], self.datum, said, self._districts_at)
        words, datums = stated_words(said, found, others, self.names, self.language)
        at = np.full(len(own), -1)
        at[rows] = np.arange(len(rows))
        return _with_words(own, words, at), len(rows), sum(map(bool, others)), datums

    def _districts_at(self, lon: Array, lat: Array) -> list[str | None]:
        """Return the id of the first district at each point in WGS 84."""
        first = assign(lon, lat, self.index, self.index.predicate).single(self.range["district"])
        return [self.ids[area] if area >= 0 else None for area in first.tolist()]

    def _with_coarse(
        self, own: pa.Array, lon: Array, lat: Array, aside: npt.NDArray[np.bool_], found: Memberships
    ) -> tuple[Any, pa.Array, int, int]:
        """Return the notes with those on rounded points that may lie in other areas, and more on these points.

        That is, ``accuracy_m`` of each row (null where not rounded), and the counts `coarse` and `perhaps` of `Tally`.
        """
        rows = np.flatnonzero(coarse_rows(lon, lat, self.rounding_deg) & ~aside)
        metres = np.full(len(lon), np.nan)
        metres[rows] = rounding_m(lat[rows], self.rounding_deg)
        first, cell, apart = reached(lon[rows], lat[rows], self.rounding_deg, self.datum, self.index)
        sets, words, number = found.sets(), list[str](), np.full(len(first), -1)
        for one, areas in apart.items():
            row = int(rows[first[one]])
            others = [area for area in areas if area not in sets[found.codes[row]]]
            named = [self.called[area] for area in others if area not in self.range["township"]]
            towns = sum(area in self.range["township"] for area in areas)
            number[one] = len(words)
            words.append(coarse_words(named, towns, self.rounding_deg, float(metres[row]), self.language))
        at = np.full(len(lon), -1)
        at[rows] = number[cell]
        exact = pa.array(metres, mask=np.isnan(metres))
        return _with_words(own, words, at), exact, len(rows), int((at >= 0).sum())

    def _sets(self, found: Memberships) -> SetColumns:
        """Return the columns of all sets, made again only if sets have been added."""
        if self._table is None or len(self._table.several) != len(found.set_offsets) - 1:
            self._table = SetColumns(found.set_offsets, found.set_areas, self.range, self._words, self.language)
        return self._table

    def _tally(self, found: Memberships, aside: int, table: SetColumns) -> Tally:
        per_set, per_area, rows = found.per_set, found.counts(), len(found)
        outside = int(per_set[0]) - aside  # those without a point lie in no area
        tally = Tally(rows, rows - aside - outside, outside, aside, int(per_set[table.several].sum()))
        for role in ROLES:
            start, stop = self.range[role].start, self.range[role].stop
            hit = (np.flatnonzero(per_area[start:stop]) + start).tolist()
            getattr(tally, f"{role}s").update({self.ids[a]: int(per_area[a]) for a in hit})
        return tally


def _one_of(numbers: npt.NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    """Return words by number, dictionary-encoded."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(words), safe=False)


def _with_words(own: pa.Array, words: Sequence[str], at: npt.NDArray[np.intp]) -> pa.Array:
    """Return notes with a text of `words` added on some rows; `at` is its position for each row, -1 for none."""
    if not words:
        return own
    said = pa.array(words, pa.string()).take(pa.array(at, mask=at < 0))
    return pc.coalesce(pc.binary_join_element_wise(own, said, "; "), own, said)


def _joined(notes: pa.Array | None, own: pa.Array, missing: pa.Array, why: str) -> pa.Array:
    """Return the reader's note and ours, joined; a row set aside without either gets the text `why`."""
    if notes is None:
        notes = pa.nulls(len(own), pa.string())
    if own.null_count == notes.null_count == len(own) and not missing.true_count:
        return notes
    notes = pc.if_else(pc.and_(missing, pc.is_null(notes)), pa.scalar(why), notes)
    if own.null_count == len(own):
        return notes
    return pc.coalesce(pc.binary_join_element_wise(notes, own, "; "), notes, own)
