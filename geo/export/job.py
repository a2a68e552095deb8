"""One export job: contents, format, CRS and language; every writer takes a `Job` and a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj

from geo.base.messages import catalogue, text
from geo.contract.notices import notice
from geo.crs.datums import shift_geometry
from geo.crs.registry import area_error, axis_order, unit_name
from geo.export.contents import Contents, Layer
from geo.export.paper import Bounds
from geo.export.registry import Format

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """Everything a writer needs.

    Parameters
    ----------
    contents : Contents
    format : Format
    crs : pyproj.CRS or None
        None for GCJ-02, a datum without a CRS.
    stem : str
        Name of the main file, without its ending.
    per_layer : bool
        For formats with one layer per file: True writes every layer, and every table if the format has tables, to its
        own file; False writes one file with the layer ``places``.
    encoding : str
        Encoding of a shapefile's attributes.
    schema : str
        Name of the database schema.
    basemap : bool
        Whether the basemap is included, in formats that support it.
    plot_scale : int or None
        Scale denominator at which a drawing is to be plotted; None for the one at which it fits its sheet.
    """

    contents: Contents
    format: Format
    crs: pyproj.CRS | None
    stem: str
    per_layer: bool = False
    encoding: str = "utf-8"
    schema: str = ""
    basemap: bool = False
    plot_scale: int | None = None

    @property
    def language(self) -> str:
        """Language of labels and titles."""
        return self.contents.language

    @property
    def main(self) -> str:
        """Name of the main file."""
        return f"{self.stem}{self.format.ending}"

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """The layers to write: ``places`` alone in a one-layer file, otherwise one per kind plus the institutions."""
        if self.format.layers == "one" and not self.per_layer:
            return (self.contents.places,)
        return self.contents.layers

    def file_of(self, layer: Layer) -> str:
        """Return the file name of a layer in a format with one layer per file."""
        return f"{layer.name}{self.format.ending}" if self.per_layer else self.main

    def frame(self, layer: Layer) -> gpd.GeoDataFrame:
        """Return the features of a layer in the CRS or datum of the export."""
        if layer.name not in self._frames:
            self._frames[layer.name] = self._moved(layer.frame)
        return self._frames[layer.name]

    @cached_property
    def _frames(self) -> dict[str, gpd.GeoDataFrame]:
        return {}

    def _moved(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        if self.crs is None:
            return frame.set_geometry(shift_geometry(frame.geometry, "gcj02"))
        return frame if self.crs == frame.crs else frame.to_crs(self.crs)

    @property
    def bounds(self) -> Bounds:
        """West, south, east and north of all layers in the CRS of the export."""
        every = np.array([self.frame(layer).total_bounds for layer in self.layers])
        west, south = np.nanmin(every[:, :2], axis=0).tolist()
        east, north = np.nanmax(every[:, 2:], axis=0).tolist()
        return west, south, east, north

    def crs_text(self, language: str) -> str:
        """Describe the CRS in words: name, unit, coordinate order, and how much its areas deviate."""
        if self.crs is None:
            return text("export.crs.gcj02", language)
        authority = self.crs.to_authority()
        code = ":".join(authority) if authority else ""
        told = text(
            "export.crs.text",
            language,
            code=code,
            name=self.crs.name,
            unit=_word(unit_name(self.crs), language),
            axes=text("list.comma", language).join(_word(one, language) for one in axis_order(self.crs).split(", ")),
        ).strip()
        if not self.crs.is_projected:
            return told
        low, high = self._area_error(self.crs)
        return told + text("export.crs.areas", language, low=f"{low:+.2%}", high=f"{high:+.2%}")

    def _area_error(self, crs: pyproj.CRS) -> tuple[float, float]:
        west, south, east, north = (float(side) for side in self.contents.places.frame.total_bounds)
        return area_error(crs, (west, south, east, north))

    def header(self) -> dict[str, Any]:
        """Return the metadata common to every export, for formats that hold JSON."""
        meta, contents = self.contents.meta, self.contents
        return {
            "title": f"{meta['title_zh']} · {meta['title_en']}",
            "version": meta["version"],
            "data_date": meta["data_date"],
            "editions": list(contents.editions),
            "licence": f"{meta['geometry_licence']} (geometry), {meta['tables_licence']} (tables)",
            "attribution": f"{meta['attribution_zh']} · {meta['attribution_en']}",
            "notice": f"{notice(meta, 'zh')} · {notice(meta, 'en')}",
            "coordinates": f"{self.crs_text('zh')} · {self.crs_text('en')}",
            "caveats": [self.format.caveat_zh, self.format.caveat_en],
        }


def _word(word: str, language: str) -> str:
    """Return an axis or unit name of the CRS registry in a language; unchanged if there is no translation."""
    return text(f"crs.word.{word}", language) if f"crs.word.{word}" in catalogue() else word
