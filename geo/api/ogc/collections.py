"""The feature collections of the API: all places, each kind, institutions, townships, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.analysis.figures import reported
from geo.api.asking import RefusedError
from geo.api.figure_rows import FACT_COLUMNS, fact_rows
from geo.api.schemas import column_schema, columns_of_figures
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.periods import Period
from geo.contract.schema import table
from geo.contract.typed import python_rows, written_row
from geo.export.contents import Contents, Layer, rows_of

__all__ = ["Collection", "collection", "collections"]

FACTS, TOWNSHIPS, INSTITUTIONS = "facts", "townships", "institutions"

#: Proleptic ordinals of days; infinite bounds for a feature without a date.
Days = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Collection:
    """Features with the same properties.

    Attributes
    ----------
    id, title_zh, title_en, description_zh, description_en : str
    key : str
        The property that identifies a feature.
    rows : tuple of mapping
        Properties of each feature, plain values.
    schemas : mapping
        Property → JSON Schema from `geo.api.schemas`; null is allowed where a value may be missing.
    geometry : ndarray of shape (n,), object
        shapely geometries in WGS 84, longitude first; None where there is none.
    geometry_format : str
        The JSON Schema format of the geometry, such as "geometry-multipolygon"; "" for a collection without geometry.
    first_day, last_day : ndarray of shape (n,), float64
        Period of each feature (proleptic ordinals); unbounded for a feature without a date.
    """

    id: str
    title_zh: str
    title_en: str
    description_zh: str
    description_en: str
    key: str
    rows: tuple[Mapping[str, Any], ...]
    schemas: Mapping[str, Mapping[str, Any]]
    geometry: NDArray[np.object_]
    geometry_format: str
    first_day: Days
    last_day: Days

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Feature id → its index in `rows`."""
        return {str(row[self.key]): number for number, row in enumerate(self.rows)}

    @cached_property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north in WGS 84; None without geometry."""
        bounds = shapely.total_bounds(self.geometry)
        return None if np.isnan(bounds).any() else (bounds[0], bounds[1], bounds[2], bounds[3])

    @cached_property
    def interval(self) -> tuple[str | None, str | None] | None:
        """First and last day of all dated features; the last is None if a feature has no end; None without dates."""
        dated = np.isfinite(self.first_day)
        if not dated.any():
            return None
        first, last = self.first_day[dated].min(), self.last_day[dated].max()
        return f"{date.fromordinal(int(first))}T00:00:00Z", (
            f"{date.fromordinal(int(last))}T23:59:59Z" if np.isfinite(last) else None
        )


def collection(atlas: Atlas, collection_id: str) -> Collection:
    """Return a collection by its id; raise `RefusedError` (404) with the nearest id."""
    found = collections(atlas)
    if collection_id not in found:
        raise RefusedError.unknown(collection_id, found, where="/ogc/collections")
    return found[collection_id]


@lru_cache(maxsize=2)
def collections(atlas: Atlas) -> Mapping[str, Collection]:
    """Return all collections by id, in listing order."""
    contents = Contents(atlas.select(kinds=tuple(atlas.rows("kinds"))))
    found = [_places(atlas, contents.places), *(_places(atlas, layer) for layer in contents.kinds)]
    layout = atlas.select()
    # An atlas with districts but without places has an empty layout, and no institutions in it.
    found += [_institutions((contents if layout.places.empty else Contents(layout)).institution)]
    townships = atlas.table("basemap").query("role == 'township'")["layer_id"]
    found += [_townships(atlas, layer_id) for layer_id in townships]
    found.append(_facts(atlas))
    return {one.id: one for one in found if one.rows}


def _days(periods: list[Any], *, going_on: bool = False) -> tuple[Days, Days]:
    """Return first and last day of periods; with `going_on` a period has no end."""
    found = [Period.parse(one) if one else None for one in periods]
    first = [one.first_day.toordinal() if one else -np.inf for one in found]
    last = [one.last_day.toordinal() if one and not going_on else np.inf for one in found]
    return np.array(first, dtype=float), np.array(last, dtype=float)


def _places(atlas: Atlas, layer: Layer) -> Collection:
    """Return places as features, each dated from the month of the document that first names it."""
    months = {edition_id: row["month"] for edition_id, row in atlas.rows("editions").items()}
    rows = tuple(rows_of(layer.frame))
    return _of_layer(layer, layer.name, rows, _days([months.get(row["since_edition"]) for row in rows], going_on=True))


def _institutions(layer: Layer) -> Collection:
    rows = tuple(rows_of(layer.frame))
    return _of_layer(layer, INSTITUTIONS, rows, _days([row["as_of"] for row in rows]))


def _of_layer(
    layer: Layer, collection_id: str, rows: tuple[dict[str, Any], ...], days: tuple[Days, Days]
) -> Collection:
    return Collection(
        collection_id,
        layer.title_zh,
        layer.title_en,
        layer.definition_zh,
        layer.definition_en,
        layer.key,
        rows,
        {column.name: column_schema(column) for column in layer.columns},
        layer.frame.geometry.to_numpy(),
        f"geometry-{layer.geometry_type.lower()}",
        *days,
    )


def _townships(atlas: Atlas, layer_id: str) -> Collection:
    frame, about = atlas.basemap(layer_id), atlas.rows("basemap")[layer_id]
    rows = tuple(written_row(row) for row in python_rows(frame.drop(columns="geometry")))
    contract = table(TOWNSHIPS)
    nothing = np.full(len(rows), np.inf)
    return Collection(
        TOWNSHIPS,
        str(about["name_zh"]),
        str(about["name_en"]),
        str(about["note_zh"] or ""),
        str(about["note_en"] or ""),
        contract.key[0],
        rows,
        {column.name: column_schema(column) for column in contract.columns if column.name in frame},
        np.array([_multi(one) for one in frame.geometry], dtype=object),
        "geometry-multipolygon",
        -nothing,
        nothing,
    )


def _multi(shape: Any) -> Any:
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape


def _facts(atlas: Atlas) -> Collection:
    """Return the reported facts as features without geometry."""
    figures = [one for place_id in atlas for one in reported(atlas).get(place_id, ())]
    ids = (".".join((one.place_id, one.measure_id, one.as_of, one.source_id, one.scope)) for one in figures)
    rows = tuple({"fact_id": one, **row} for one, row in zip(ids, fact_rows(atlas, figures), strict=True))
    said = " · ".join(text("api.column.fact_id", language) for language in ("zh", "en"))
    schemas = {"fact_id": {"title": "fact_id", "description": said, "type": "string"}}
    figure = columns_of_figures()
    return Collection(
        FACTS,
        text("api.facts.title", "zh"),
        text("api.facts.title", "en"),
        text("api.facts.description", "zh"),
        text("api.facts.description", "en"),
        "fact_id",
        rows,
        schemas | {name: figure[name] for name in FACT_COLUMNS},
        np.full(len(rows), None, dtype=object),
        "",
        *_days([one.as_of for one in figures]),
    )
