"""The preview of an export on the export page: layers, fields and size, before the export is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
import shapely

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.export.api import make_job
from geo.export.contents import Layer
from geo.export.job import Job
from geo.export.paper import plot_scales
from geo.export.registry import find_format
from geo.export.shapefile import short_name

__all__ = ["ExportPreview", "LayerPreview", "preview"]

#: Formats with several layers but without tables; measures and sources are in balloons, XDATA and notes.
_WITHOUT_TABLES = ("kml", "kmz", "dxf")


@dataclass(frozen=True, slots=True)
class LayerPreview:
    """One layer or table: titles, number of rows, geometry type ("" for a table), names of its fields in the file."""

    name: str
    title_zh: str
    title_en: str
    rows: int
    geometry: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """Content of an export. `crs_*` describe code, unit and axis order; `bytes` is an estimate, right within half.

    `plot_scales` are the scales at which a drawing fills a sheet, each with the size of the sheet.
    """

    format: str
    name_zh: str
    name_en: str
    layers: tuple[LayerPreview, ...]
    tables: tuple[LayerPreview, ...]
    crs_zh: str
    crs_en: str
    bytes: int
    deterministic: bool
    caveat_zh: str
    caveat_en: str
    plot_scales: Mapping[int, str]


def preview(view: View, format: str, crs: Any = None, *, language: str | None = None) -> ExportPreview:
    """Return what `export_bytes` would write, without writing it; parameters and errors as `export_bytes`.

    Notes
    -----
    Some 10 ms for a city; results are cached.
    """
    ask = _kept if crs is None or isinstance(crs, str) else _preview
    return ask(view.atlas, view.selection.replace(view=None), format, crs, language)


def _preview(atlas: Atlas, selection: Selection, format: str, crs: Any, language: str | None) -> ExportPreview:
    entry = find_format(format)
    view = atlas.select(selection)
    job = make_job(view, entry, crs, language=language, per_layer=entry.layers == "one" and entry.output != "file")
    layers = tuple(_layer(job, layer) for layer in job.layers)
    return ExportPreview(
        format=entry.format,
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        layers=layers,
        tables=tuple(_tables(job)) if entry.layers == "many" or job.per_layer else (),
        crs_zh=job.crs_text("zh"),
        crs_en=job.crs_text("en"),
        bytes=_estimate(job),
        deterministic=entry.deterministic,
        caveat_zh=entry.caveat_zh,
        caveat_en=entry.caveat_en,
        plot_scales=plot_scales(job.bounds) if "plot scale" in entry.options else {},
    )


_kept = lru_cache(maxsize=64)(_preview)


def _layer(job: Job, layer: Layer) -> LayerPreview:
    names = [column.name for column in layer.columns]
    if job.format.fields == "short":
        names = [short_name(name) for name in names]
    return LayerPreview(layer.name, layer.title_zh, layer.title_en, len(layer.frame), layer.geometry_type, tuple(names))


def _tables(job: Job) -> list[LayerPreview]:
    if job.format.format in _WITHOUT_TABLES:
        return []
    return [
        LayerPreview(
            name,
            text(f"export.table.{name}", "zh"),
            text(f"export.table.{name}", "en"),
            len(frame),
            "",
            tuple(str(column) for column in frame.columns),
        )
        for name, frame in job.contents.tables.items()
    ]


def _estimate(job: Job) -> int:
    contents = job.contents
    layers = [contents.places, contents.institution]
    shapes = [layer.frame.geometry.dropna().to_numpy() for layer in layers]
    vertices = sum(int(shapely.get_num_coordinates(shape).sum()) for shape in shapes)
    text_of_layers = sum(_characters(layer.frame) for layer in layers)
    text_of_tables = sum(_characters(frame) for frame in contents.tables.values())
    cells = sum(int(layer.frame.size) for layer in layers)
    parts = (1, vertices, text_of_layers, text_of_tables, len(job.contents.layers), cells)
    return round(sum(weight * part for weight, part in zip(job.format.size, parts, strict=True)))


def _characters(frame: pd.DataFrame) -> int:
    """Return the number of characters of a table, counting eight for a number."""
    total = 0
    for name in frame.columns:
        if name == "geometry":
            continue
        values = frame[name].dropna()
        is_text = pd.api.types.is_string_dtype(values.dtype)
        total += int(values.str.len().sum()) if is_text else 8 * len(values)
    return total
