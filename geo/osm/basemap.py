"""The result of reading an extract: the layers of a basemap, and notes on what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

__all__ = ["Basemap", "BasemapLayer", "DistrictSource"]


@dataclass(frozen=True, slots=True)
class BasemapLayer:
    """One layer: its role (see `geo.osm.derive.LAYERS`) and its features as (properties, geometry in WGS 84)."""

    layer_id: str
    role: str
    features: list[tuple[dict[str, str], BaseGeometry]]


@dataclass(frozen=True, slots=True)
class DistrictSource:
    """What the seeds state about districts that do not come from the extract.

    Attributes
    ----------
    title, title_en : str
    publisher, licence : str
        As the user states them; empty if unstated.
    borders_zh, borders_en : str
        Where the borders come from; used in the definitions of the kinds.
    note_zh, note_en : str
        Caveats about the source.
    drawn_zh, drawn_en : str
        Caveats about the outlines in the basemap.
    accuracy_m : float
        Accuracy of the outlines in metres, before simplification.
    schematic : bool
        True for a sketch: nothing comes from OpenStreetMap, and no border is drawn.
    """

    title: str
    title_en: str
    publisher: str
    licence: str
    borders_zh: str
    borders_en: str
    note_zh: str
    note_en: str
    drawn_zh: str
    drawn_en: str
    accuracy_m: float = 0.0
    schematic: bool = False


@dataclass(slots=True)
class Basemap:
    """A basemap derived from an extract.

    Attributes
    ----------
    layers : list of BasemapLayer
        Layers that have features.
    addresses : dict of str to features
        Roads and house numbers for looking up addresses, by layer; empty layers are left out.
    city_zh, city_en : str
    metric_crs : str
    bbox : tuple of float
        West, south, east, north in degrees.
    tolerance_m : float
    given : DistrictSource, optional
        Where the districts come from, if they do not come from the extract.
    centre : tuple of float, optional
        Longitude and latitude of the city centre, degrees, if it was stated.
    country : str
        ISO 3166-1 alpha-2 code; empty if it is not known.
    notes : list of mapping of str to str
        Everything that was left out, merged or given a substitute name, by language.
    """

    layers: list[BasemapLayer] = field(default_factory=list)
    addresses: dict[str, list[tuple[dict[str, str], BaseGeometry]]] = field(default_factory=dict)
    city_zh: str = ""
    city_en: str = ""
    metric_crs: str = ""
    bbox: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    tolerance_m: float = 0.0
    given: DistrictSource | None = None
    centre: tuple[float, float] | None = None
    country: str = ""
    notes: list[Mapping[str, str]] = field(default_factory=list)

    def features(self, role: str) -> list[tuple[dict[str, str], BaseGeometry]]:
        """Return the features of one role; empty if the city has no such layer."""
        return [feature for layer in self.layers if layer.role == role for feature in layer.features]
