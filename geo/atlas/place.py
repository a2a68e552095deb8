"""`Place`: one place of an `Atlas`, with its attributes as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from operator import getitem
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from geo.base.nearest import no_such

if TYPE_CHECKING:
    from geo.atlas.atlas import Atlas

__all__ = ["Place"]


class Place:
    """One place: every column of ``place_layer`` as an attribute, its geometry and its facts. Immutable.

    Use ``atlas[place_id]``. Two places are equal if id and data set are.

    Attributes
    ----------
    kind, parent_id, name_zh, name_en, area_km2, … : str, int, float, bool, tuple of str or None
        Columns of ``place_layer``, with their units; None is unknown.

    Examples
    --------
    >>> from geo.atlas.atlas import Atlas
    >>> atlas = Atlas.load()
    >>> place = atlas[next(iter(atlas))]
    >>> place.kind, place == atlas[place.place_id]
    ('city', True)
    """

    __slots__ = ("_atlas", "_attributes", "_geometry")

    def __init__(self, atlas: Atlas, attributes: Mapping[str, Any], geometry: shapely.Geometry) -> None:
        object.__setattr__(self, "_atlas", atlas)
        object.__setattr__(self, "_attributes", attributes)
        object.__setattr__(self, "_geometry", geometry)

    @property
    def atlas(self) -> Atlas:
        """The data set of the place."""
        atlas: Atlas = object.__getattribute__(self, "_atlas")
        return atlas

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The columns of ``place_layer`` with their values, read-only."""
        attributes: Mapping[str, Any] = object.__getattribute__(self, "_attributes")
        return attributes

    @property
    def place_id(self) -> str:
        """The id of the place."""
        return str(self.attributes["place_id"])

    @property
    def geometry(self) -> shapely.Geometry:
        """The boundary, longitude and latitude in WGS 84."""
        geometry: shapely.Geometry = object.__getattribute__(self, "_geometry")
        return geometry

    @property
    def facts(self) -> pd.DataFrame:
        """The facts of the place, headlines first: see `Atlas.facts`."""
        return self.atlas.facts(self.place_id)

    def name(self, language: str = "zh", *, short: bool = False) -> str:
        """Return the name in a language, "zh" or "en"; with `short` the map label."""
        return self.atlas.name(self.place_id, language, short=short)

    def __getattr__(self, name: str) -> Any:
        """Return a column of ``place_layer``."""
        if name.startswith("_") or name not in self.attributes:
            known = () if name.startswith("_") else self.attributes
            raise AttributeError(str(no_such("attribute", name, known)), name=name, obj=self)
        return self.attributes[name]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a place cannot be changed: {name} stays as published", name=name, obj=self)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a place cannot be changed: {name} stays as published", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.attributes})

    def __reduce__(self) -> tuple[Any, tuple[Atlas, str]]:
        return getitem, (self.atlas, self.place_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Place):
            return NotImplemented
        return (self.place_id, self.atlas) == (other.place_id, other.atlas)

    def __hash__(self) -> int:
        return hash((self.place_id, self.atlas))

    def __repr__(self) -> str:
        area = "" if self.area_km2 is None else f", {self.area_km2:.3g} km²"
        return f"<Place {self.place_id}: {self.name_zh} · {self.name_en}, {self.kind}{area}>"
