"""What is derived from an extract: layers of features, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

__all__ = ["Basemap", "BasemapLayer"]


@dataclass(frozen=True, slots=True)
class BasemapLayer:
    """One layer: its role in the program and its features as (properties, geometry in WGS 84)."""

    layer_id: str
    role: str
    features: list[tuple[dict[str, str], BaseGeometry]]


@dataclass(slots=True)
class Basemap:
    """What an extract gives: layers that have features, the city's names, a metric CRS, bbox, and what to know."""

    layers: list[BasemapLayer] = field(default_factory=list)
    city_zh: str = ""
    city_en: str = ""
    metric_crs: str = ""
    bbox: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    tolerance_m: float = 0.0
    notes: list[str] = field(default_factory=list)

    def features(self, role: str) -> list[tuple[dict[str, str], BaseGeometry]]:
        """Return the features of one role; empty if the city has none."""
        return [feature for layer in self.layers if layer.role == role for feature in layer.features]
