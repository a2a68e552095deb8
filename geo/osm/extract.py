"""Read the elements of an OpenStreetMap extract, PBF or XML, with GDAL's OSM driver."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.confined import Bounds, run
from geo.base.files import scratch_folder
from geo.base.memory import memory_room
from geo.base.messages import LANGUAGES
from geo.base.told import both, told
from geo.errors import DataError
from geo.osm.worker import DRIVERS, elements_file

__all__ = ["Element", "check_extract", "names", "read"]


_HEAD = 4096
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*<osm[\s>]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Element:
    """One OSM element: its id (prefixed by the letter of its type), its tags and its geometry."""

    osm_id: str
    tags: dict[str, str]
    geometry: BaseGeometry


def check_extract(path: Path) -> None:
    """Raise `DataError` unless the first bytes of a file are those of an OpenStreetMap extract; no driver opens it."""
    if not path.is_file():
        raise told(DataError, "wrong.osm_file", path=path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise told(DataError, "wrong.osm_unread", path=path, why=error.strerror) from None
    if b"OSMHeader" not in head[:64] and not _XML.match(head):
        raise told(DataError, "wrong.osm_not", path=path)


def read(
    path: Path,
    wishes: Sequence[tuple[str, str]],
    notes: list[Mapping[str, str]],
    bbox: tuple[float, float, float, float] | None = None,
) -> list[list[Element]]:
    """Return elements of the OSM driver's layers, each with all its tags in one mapping, ordered by id.

    The extract is read in a child process that has only this driver and no network (`geo.base.confined`). GDAL's
    warnings, and elements without an outline, are added to `notes`.

    Parameters
    ----------
    path : Path
        The extract.
    wishes : sequence of (layer, condition)
        The condition is an SQL WHERE clause of GDAL.
    notes : list of mapping of str to str
        Extended in place, by language; GDAL's words as they are.
    bbox : tuple of float, optional
        West, south, east, north in degrees.

    Returns
    -------
    list of list of Element
        One list per wish, in the same order.

    Raises
    ------
    DataError
        If the extract is truncated or damaged, or crashes the reader.
    """
    job = {"path": str(path.absolute()), "name": str(path), "wishes": list(wishes), "bbox": bbox}
    with scratch_folder("extract") as scratch:
        folder = Path(scratch)
        answer = run("geo.osm.worker", job, folder, str(path), Bounds(memory_room()), drivers=DRIVERS)
        notes += [dict.fromkeys(LANGUAGES, str(words)) for words in answer["warnings"]]
        return [_elements(folder / elements_file(number), notes) for number in range(len(wishes))]


def _elements(path: Path, notes: list[Mapping[str, str]]) -> list[Element]:
    elements = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            osm_id, tags, wkb = json.loads(line)
            geometry = shapely.from_wkb(bytes.fromhex(wkb), on_invalid="ignore")
            if geometry is None:
                notes.append(both("basemap.note.no_outline", osm_id=osm_id))
            elif not geometry.is_empty:
                elements.append(Element(osm_id, tags, geometry))
    return sorted(elements, key=lambda element: (element.osm_id[0], int(element.osm_id[1:])))


def names(tags: dict[str, str]) -> tuple[str, str]:
    """Return the Chinese name (or the local one) and the English name (or "")."""
    zh = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name") or tags.get("ref") or ""
    return zh, tags.get("name:en") or tags.get("int_name") or ""
