"""Areas with the names that rows may use for them, by which the datum of a table is determined.

They need neither pandas nor geopandas, which take a second to import, so a child process can use them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Areas"]

_NAMES = re.compile(r"(name|short|alias)(_|$)|^(id|place_id|township_id|adcode|code)$")
_PARENTS = ("district_id", "district", "parent_id")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Areas:
    """Areas of one level.

    Attributes
    ----------
    names : mapping of str to list of n str or None
        The columns called ``name…``, ``short…`` and ``alias…``, and the ids.
    parents : list of n str or None
        The area of the level above that each lies in; empty if the data do not say.
    geometry : ndarray of n shapely polygons
        Degrees, WGS 84.
    """

    names: dict[str, list[str | None]]
    parents: list[str | None]
    geometry: npt.NDArray[Any]

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame | Areas) -> Areas:
        """Return the areas of a GeoDataFrame."""
        if isinstance(frame, Areas):
            return frame
        columns = [column for column in frame.columns if isinstance(column, str)]
        above = next((column for column in _PARENTS if column in columns), None)
        names = {column: _texts(frame[column]) for column in columns if _NAMES.search(column)}
        if isinstance(frame.index.name, str) and _NAMES.search(frame.index.name):
            names[frame.index.name] = _texts(frame.index)
        return cls(names, [] if above is None else _texts(frame[above]), np.asarray(frame.geometry, dtype=object))

    def __len__(self) -> int:
        return len(self.geometry)

    def to_bytes(self) -> bytes:
        """Return the areas as an Arrow stream."""
        columns: dict[str, Any] = {f"name {column}": texts for column, texts in self.names.items()}
        if self.parents:
            columns["parent"] = self.parents
        columns["geometry"] = shapely.to_wkb(self.geometry)
        table = pa.table(columns)
        out = pa.BufferOutputStream()
        with pa.ipc.new_stream(out, table.schema) as writer:
            writer.write_table(table)
        return bytes(out.getvalue())

    @classmethod
    def from_bytes(cls, raw: bytes) -> Areas:
        """Return the areas that `to_bytes` returned as bytes."""
        with pa.ipc.open_stream(raw) as reader:
            columns = reader.read_all().to_pydict()
        geometry = shapely.from_wkb(np.array(columns.pop("geometry"), dtype=object))
        parents = columns.pop("parent", [])
        return cls({name.partition(" ")[2]: texts for name, texts in columns.items()}, parents, geometry)


def _texts(column: Any) -> list[str | None]:
    """Return a column as texts, None for missing values."""
    return [value if isinstance(value, str) else None for value in column]
