"""The area that a row names in a column of districts or townships, or in an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import shapely

from geo.base.traditional import simplified
from geo.tables.areas import Areas

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Gazetteer", "named_areas"]

_CODE = re.compile(r"\d{6,}")
#: A code of a county or district, alone or with those of townships and villages behind; a spreadsheet may add ``.0``.
_CODE_CELL = re.compile(r"(\d{6})\d{0,6}(?:\.0*)?")
#: Characters of a province and a city that may stand before the name of an area.
_BEFORE = 8
#: Most characters of a cell that are examined; an address has a tenth of that.
_LOOKED_AT = 1000


def named_areas(
    areas: gpd.GeoDataFrame | Areas,
    townships: gpd.GeoDataFrame | Areas | None,
    districts: npt.NDArray[Any] | None,
    towns: npt.NDArray[Any] | None,
    addresses: npt.NDArray[Any] | None,
    n: int,
) -> tuple[list[Any], npt.NDArray[np.intp]]:
    """Return for each row the polygon of the area it names: of the township if it names one, else of the district.

    A row whose statements contradict each other, or whose address names two districts, names none.

    Parameters
    ----------
    areas, townships : GeoDataFrame or Areas, or None
    districts, towns, addresses : ndarray of n str, or None
        Columns of the table.
    n : int
        Number of rows.

    Returns
    -------
    polygons : list of shapely polygons
        Of the districts, then of the townships.
    target : ndarray of intp, shape (n,)
        Position in `polygons`, -1 for none.
    """
    areas, townships = Areas.of(areas), None if townships is None else Areas.of(townships)
    upper = Gazetteer.of(areas)
    polygons = list(areas.geometry)
    district = np.full(n, -1, np.intp)
    town = np.full(n, -1, np.intp)
    lower = None if townships is None else Gazetteer.of(townships)
    parents = np.empty(0, np.intp)
    if townships is not None:
        above = townships.parents or [None] * len(townships)
        parents = np.array([upper.exact(value) for value in above], np.intp)
        polygons += list(townships.geometry)
    if districts is not None:
        district = _lookup(districts, upper.exact)
    if addresses is not None:
        found = _lookup(addresses, upper.inside)
        district = np.where(
            found == -2,
            -2,
            np.where((district >= 0) & (found >= 0) & (found != district), -2, np.maximum(district, found)),
        )
    if lower is not None:
        if towns is not None:
            town = _lookup(towns, lower.exact)
        if addresses is not None:
            found = _lookup(addresses, lower.inside)
            town = np.where((town >= 0) & (found >= 0) & (found != town), -1, np.maximum(town, found))
        parent = np.where(town >= 0, parents[np.maximum(town, 0)] if len(parents) else -1, -1)
        town[(parent >= 0) & (district >= 0) & (parent != district)] = -1
        town[district == -2] = -1
    target = np.where(town >= 0, town + len(areas), district)
    for polygon in polygons:
        shapely.prepare(polygon)
    return polygons, np.maximum(target, -1)


def _lookup(values: npt.NDArray[Any], find: Any) -> npt.NDArray[np.intp]:
    """Return `find` of each value, asked once for equal values; -1 for missing ones."""
    known: dict[Any, int] = {}
    result = np.full(len(values), -1, np.intp)
    for row, value in enumerate(values):
        if value is None or value != value:
            continue
        if value not in known:
            known[value] = find(value)
        result[row] = known[value]
    return result


class Gazetteer:
    """The names of areas, for exact lookup and for lookup in addresses."""

    def __init__(self, areas: Areas) -> None:
        self._names: dict[str, int] = {}
        full: dict[str, int] = {}
        for place, row in enumerate(zip(*areas.names.values(), strict=True)):
            for column, value in zip(areas.names, row, strict=True):
                if value is None or not value.strip():
                    continue
                name = _folded(value)
                self._add(self._names, name, place)
                for code in _CODE.findall(name):
                    self._add(self._names, code, place)
                if column.startswith("name") and len(name) > 2:
                    self._add(full, name, place)
        self._full = {name: place for name, place in full.items() if place >= 0}
        self._beginnings: dict[str, int] = {}
        for name, place in self._full.items():
            for end in range(2, len(name) + 1):
                self._add(self._beginnings, name[:end], place)
        words = sorted(self._full, key=len, reverse=True)
        names = "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in words)
        first = "".join(sorted({re.escape(w[0]) for w in words}))
        self._pattern = re.compile(
            rf"(?=[{first}])(?:{names})" if words else r"(?!)"
        )  # the look-ahead saves most tries

    @classmethod
    def of(cls, areas: Areas) -> Gazetteer:
        """Return the gazetteer of areas; it is kept as long as they are."""
        found = _known.get(areas)
        if found is None:
            found = _known[areas] = cls(areas)
        return found

    @staticmethod
    def _add(names: dict[str, int], name: str, place: int) -> None:
        """Enter the name of an area; a name of two areas stands for none."""
        names[name] = place if names.get(name, place) == place else -1  # a name of two areas says nothing

    def alone(self, value: Any) -> int:
        """Return the area whose name or code a cell is, or begins with; -1 for none or several."""
        return self._alone(_folded(value))

    def is_place(self, value: Any) -> bool:
        """Return whether a cell is the name or code of an area with little else."""
        name = _folded(value)
        if self._alone(name) >= 0:
            return True
        found = self._pattern.findall(name)
        behind = any(name.endswith(full) and len(name) - len(full) <= _BEFORE for full in found)
        return behind and self._one_of(found) >= 0

    def exact(self, value: Any) -> int:
        """Return the area that a cell names, by `alone`, otherwise by `inside`; negative for none."""
        name = _folded(value)
        found = self._alone(name)
        return found if found >= 0 else self._one_of(self._pattern.findall(name))

    def inside(self, value: Any) -> int:
        """Return the area whose full name is in an address (first 1,000 characters); -1 for none, -2 for several."""
        return self._one_of(self._pattern.findall(_folded(value)))

    def _alone(self, name: str) -> int:
        if name in self._names:
            return self._names[name]
        code = _CODE_CELL.fullmatch(name)
        if code:
            return self._names.get(code[1], -1)
        return self._beginnings.get(name, -1)

    def _one_of(self, names: list[str]) -> int:
        found = {self._full[name] for name in names}
        return found.pop() if len(found) == 1 else -2 if found else -1


_known: WeakKeyDictionary[Areas, Gazetteer] = WeakKeyDictionary()


def _folded(value: Any) -> str:
    return " ".join(simplified(str(value)[:_LOOKED_AT]).casefold().split())
