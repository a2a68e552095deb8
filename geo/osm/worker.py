"""The child process of `geo.osm.extract`: reads layers of an extract and writes the elements as JSON lines."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyogrio import raw

from geo.base.gdal_paths import readable
from geo.base.told import told
from geo.errors import DataError

__all__ = ["DRIVERS", "elements_file", "work"]

DRIVERS = ("OSM",)


def elements_file(number: int) -> str:
    """Return the file of a wish; each of its lines is [id with the letter of its type, tags, WKB in hexadecimal]."""
    return f"elements{number}.jsonl"


def work(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write the elements that a job asks for into the folder, one file per wish; return GDAL's warnings."""
    path = Path(job["path"])
    pbf = path.suffix == ".pbf"
    # GDAL's own node index is fast but needs nodes sorted by id; editors that save XML do not sort them.
    options = {"TAGS_FORMAT": "JSON"} | ({} if pbf else {"USE_CUSTOM_INDEXING": "NO"})
    plain = readable(path, folder, ".osm.pbf" if pbf else ".osm")
    bbox = job["bbox"] and tuple(job["bbox"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for number, (layer, where) in enumerate(job["wishes"]):
            letter = {"points": "n", "lines": "w"}.get(layer, "r")
            try:
                meta, _, shapes, columns = raw.read(plain, layer=layer, where=where, bbox=bbox, **options)
            except Exception as error:  # GDAL's exceptions differ between versions
                words = str(error).replace(str(plain), path.name)
                raise told(DataError, "wrong.osm_damaged", path=path, why=words) from error
            with (folder / elements_file(number)).open("w", encoding="utf-8") as out:
                for shape, *values in zip(shapes, *columns, strict=True):
                    if shape is not None:
                        osm_id, tags = _named(dict(zip(meta["fields"], values, strict=True)), letter)
                        out.write(json.dumps([osm_id, tags, shape.hex()]) + "\n")
    return {"warnings": sorted({f"GDAL: {warning.message}" for warning in caught})}


def _named(fields: Mapping[str, Any], letter: str) -> tuple[str, dict[str, str]]:
    """Return the id and all tags of a GDAL row; GDAL puts some tags into columns."""
    given = {key: value for key, value in fields.items() if value is not None and value == value}
    more = given.pop("other_tags", "{}")
    way, own = given.pop("osm_way_id", None), given.pop("osm_id", None)
    tags = given | (json.loads(more) if isinstance(more, str) else more)
    return f"w{way}" if own is None else f"{letter}{own}", {key: str(value).strip() for key, value in tags.items()}
