"""GeoJSON (RFC 7946), also in GCJ-02 for web maps that use that datum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.base.geojson import feature_collection
from geo.export.contents import Layer, rows_of
from geo.export.job import Job

__all__ = ["write"]

#: Some 1 cm; RFC 7946 section 11.2 advises against more precision than is meant.
_DECIMALS = 7
_DATUM = "GCJ-02"


def write(job: Job, folder: Path) -> None:
    """Write one FeatureCollection per layer; sources and facts are additional members of the collection."""
    for layer in job.layers:
        (folder / job.file_of(layer)).write_bytes(_collection(job, layer))


def _collection(job: Job, layer: Layer) -> bytes:
    shifted = job.crs is None
    members: dict[str, Any] = {"name": layer.name, **job.header()}
    if shifted:
        members["datum"] = _DATUM
    members["sources"] = list(rows_of(job.contents.attributes("sources")))
    if layer.key == "place_id":
        shown = set(layer.frame["place_id"])
        members["facts"] = [row for row in rows_of(job.contents.attributes("facts")) if row["place_id"] in shown]
    features = [
        (str(row[layer.key]), {**row, "datum": _DATUM} if shifted else row, shape)
        for row, shape in zip(rows_of(layer.frame), job.frame(layer).geometry, strict=True)
    ]
    return feature_collection(features, members, decimals=_DECIMALS)
