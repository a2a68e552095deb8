"""One export: what is written, in which format, CRS and language; every writer takes a `Job` and a folder."""

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
    """What a writer needs to know.

    Parameters
    ----------
    contents : Contents
    format : Format
    crs : pyproj.CRS or None
        None: the datum GCJ-02, which is no CRS.
    stem : str
        Name of the main file without its ending.
    per_layer : bool
        For formats with one layer per file: write every layer to a file of its own, and the tables where the format
        has them. Otherwise one file with the layer ``places``.
    encoding : str
        Of the shapefile's attributes.
    schema : str
        Of the database.
    basemap : bool
        Whether the basemap goes along, where the format has room for it.
    plot_scale : int or None
        Denominator of the scale a drawing is to be plotted at; None: that at which it fits its sheet.
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
        """Language of display text."""
        return self.contents.language

    @property
    def main(self) -> str:
        """Name of the main file."""
        return f"{self.stem}{self.format.ending}"

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """The layers to write: ``places`` alone for a one-layer file, else one per kind and the institutions."""
        if self.format.layers == "one" and not self.per_layer:
            return (self.contents.places,)
        return self.contents.layers

    def file_of(self, layer: Layer) -> str:
        """Return the name of the file that a one-layer format writes a layer to."""
        return f"{layer.name}{self.format.ending}" if self.per_layer else self.main

    def frame(self, layer: Layer) -> gpd.GeoDataFrame:
        """Return the features of a layer in the CRS or datum of this export."""
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
        """West, south, east and north of all layers, in the CRS of this export."""
        every = np.array([self.frame(layer).total_bounds for layer in self.layers])
        west, south = np.nanmin(every[:, :2], axis=0).tolist()
        east, north = np.nanmax(every[:, 2:], axis=0).tolist()
        return west, south, east, north

    def crs_text(self, language: str) -> str:
        """Return the CRS, its unit and the order of coordinates in words, and what a projection does to areas."""
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
        """Return what every export says about itself, for formats that hold JSON."""
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
    """Return an axis or unit of the CRS registry in the language, as it is where there is no word for it."""
    return text(f"crs.word.{word}", language) if f"crs.word.{word}" in catalogue() else word
