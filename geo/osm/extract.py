"""Read the elements of an OpenStreetMap extract by GDAL's OSM driver, PBF and XML alike."""

from __future__ import annotations

import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
from shapely.geometry.base import BaseGeometry

from geo.base.gdal_paths import readable
from geo.errors import DataError

__all__ = ["Element", "check_extract", "names", "read"]


@dataclass(frozen=True, slots=True)
class Element:
    """One OSM element: its id with the letter of its type, tags, geometry."""

    osm_id: str
    tags: dict[str, str]
    geometry: BaseGeometry


def check_extract(path: Path) -> None:
    """Raise `DataError` unless GDAL reads the file as an OpenStreetMap extract."""
    if not path.is_file():
        raise DataError(f"no file {path}: give an OpenStreetMap extract, .osm.pbf or .osm")
    try:
        with tempfile.TemporaryDirectory() as folder:
            driver = pyogrio.read_info(readable(path, Path(folder)), layer="points")["driver"]
    except Exception as error:  # GDAL's own errors differ by version
        raise DataError(f"{path} is not an OpenStreetMap extract ({error}): give .osm.pbf or .osm") from error
    if driver != "OSM":
        raise DataError(f"{path} is {driver}, not an OpenStreetMap extract: give .osm.pbf or .osm")


def read(
    path: Path, layer: str, where: str, notes: list[str], bbox: tuple[float, float, float, float] | None = None
) -> list[Element]:
    """Return the elements of one layer of the OSM driver, with all tags in one mapping, in the order of their ids.

    What GDAL warns of is added to `notes`.
    """
    # GDAL's own index of nodes is fast but wants them sorted by id, which editors that save XML do not do.
    indexing = {} if path.suffix == ".pbf" else {"USE_CUSTOM_INDEXING": "NO"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with tempfile.TemporaryDirectory() as folder:
                plain = readable(path, Path(folder))
                indexing["TAGS_FORMAT"] = "JSON"
                frame = pyogrio.read_dataframe(plain, layer=layer, where=where, bbox=bbox, **indexing)
        except Exception as error:  # GDAL's own errors differ by version
            raise DataError(f"{path} breaks off or is damaged ({error}): download the extract again") from error
    notes += sorted({f"GDAL: {warning.message}" for warning in caught})
    letter = {"points": "n", "lines": "w"}.get(layer, "r")
    elements = []
    for row in frame.to_dict("records"):
        geometry = row.pop("geometry")
        other = row.pop("other_tags", None)
        way, own = row.pop("osm_way_id", None), row.pop("osm_id", None)
        osm_id = f"{letter}{own}" if _given(own) else f"w{way}"
        tags = {key: str(value).strip() for key, value in row.items() if _given(value)}
        if _given(other):  # newer pyogrio reads the JSON itself
            read = json.loads(other) if isinstance(other, str) else other
            tags |= {key: str(value).strip() for key, value in read.items()}
        if geometry is not None and not geometry.is_empty:
            elements.append(Element(osm_id, tags, geometry))
    return sorted(elements, key=lambda element: (element.osm_id[0], int(element.osm_id[1:])))


def _given(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and np.isnan(value)) and value is not pd.NA


def names(tags: dict[str, str]) -> tuple[str, str]:
    """Return the Chinese name, else the local one, and the English name, else nothing."""
    zh = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name") or tags.get("ref") or ""
    return zh, tags.get("name:en") or tags.get("int_name") or ""
