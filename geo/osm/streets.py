"""Read named roads, house numbers and named points of an extract, for looking up addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyogrio
import shapely

from geo.base.told import told
from geo.base.watched import Watched
from geo.errors import DataError
from geo.osm.extract import check_extract, read

__all__ = ["NUMBERED", "Streets", "read_streets"]

#: Ways of these kinds have no addresses.
_NO_STREET = {"steps", "footway", "cycleway", "path", "corridor", "elevator", "platform", "proposed", "construction"}
#: GDAL filter for elements with a house number.
NUMBERED = "other_tags LIKE '%addr:housenumber%'"
_NAMED = "name IS NOT NULL"
#: Tags of the named areas and points that occur in addresses.
_POINT_KEYS = (
    "amenity",
    "building",
    "office",
    "shop",
    "tourism",
    "leisure",
    "landuse",
    "railway",
    "healthcare",
    "place",
)
_NUMBER = re.compile(r"\d+")
#: A street that is a lane bears the number of the lane on its road: houses of 小路126弄 stand at number 126.
_LANE = re.compile(r"(.*?(?:路|街|大道))(\d{1,5})弄")


@dataclass(slots=True)
class Streets:
    """Address data of an extract, WGS 84.

    Attributes
    ----------
    roads : list of (name, line)
    numbers : list of (road, house number, point)
    points : list of (name, point, extent in degrees)
    """

    roads: list[tuple[str, Any]] = field(default_factory=list)
    numbers: list[tuple[str, int, Any]] = field(default_factory=list)
    points: list[tuple[str, Any, float]] = field(default_factory=list)
    notes: list[Mapping[str, str]] = field(default_factory=list)

    def add(self, tags: Mapping[str, str], shape: Any) -> None:
        """Add what the tags of one element state about addresses."""
        name = (tags.get("name:zh") or tags.get("name") or "").strip()
        if tags.get("highway") and shape.geom_type.endswith("LineString"):
            if name and tags["highway"] not in _NO_STREET:
                self.roads.append((name, shape))
            return
        middle = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
        street, number = tags.get("addr:street", ""), _NUMBER.match(tags.get("addr:housenumber", "").strip())
        if (lane := _LANE.match(street.strip())) and tags.get("addr:housenumber"):
            self.numbers.append((lane[1], int(lane[2]), middle))
        elif street and number and len(number[0]) <= 5:
            self.numbers.append((street.strip(), int(number[0]), middle))
        if len(name) > 1 and any(key in tags for key in _POINT_KEYS):
            west, south, east, north = shape.bounds
            self.points.append((name, middle, max(east - west, north - south) / 2))


def read_streets(path: str | Path, bbox: tuple[float, float, float, float]) -> Streets:
    """Read roads, house numbers and named points within a box.

    Parameters
    ----------
    path : str or Path
        ``.osm.pbf``, ``.osm``, or a ``.gpkg`` converted from one by ogr2ogr or downloaded from Geofabrik (which has
        roads and named points, but no house numbers).
    bbox : tuple of float
        West, south, east, north in degrees, WGS 84.

    Raises
    ------
    DataError
        If the file is not an extract, or holds no named road in the box.
    """
    path, found = Path(path), Streets()
    watched = Watched(path)
    if path.suffix.lower() == ".gpkg":
        _from_geopackage(path, bbox, found)
    else:
        check_extract(path)
        wishes = [
            ("lines", f"highway IS NOT NULL AND {_NAMED}"),
            ("points", f"({NUMBERED}) OR {_NAMED}"),
            ("multipolygons", f"({NUMBERED}) OR {_NAMED}"),
        ]
        for elements in read(path, wishes, found.notes, bbox):
            for element in elements:
                found.add(element.tags, element.geometry)
    watched.check()
    if not found.roads and not found.numbers:
        raise told(DataError, "wrong.osm_no_streets", path=path)
    return found


def _from_geopackage(path: Path, bbox: tuple[float, float, float, float], found: Streets) -> None:
    try:
        layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
        for layer in layers:
            frame = pyogrio.read_dataframe(path, layer=layer, bbox=bbox)
            if not {"name", "other_tags", "addr_housenumber"} & set(frame.columns):
                continue
            for tags, shape in zip(_tags(frame), frame.geometry.to_numpy(), strict=True):
                if shape is not None and not shape.is_empty:
                    found.add(tags, shape)
    except DataError:
        raise
    except Exception as error:  # GDAL's exceptions differ between versions
        raise told(DataError, "wrong.osm_geopackage", path=path, why=error) from None


def _tags(frame: Any) -> Iterable[dict[str, str]]:
    """Yield the tags of each row: from its columns, GDAL's ``other_tags`` and Geofabrik's ``fclass``."""
    names = [name for name in frame.columns if name not in ("geometry", "other_tags")]
    is_road = frame.geometry.geom_type.str.endswith("LineString")
    for at, row in enumerate(frame.to_dict("records")):
        tags = {name.replace("addr_", "addr:"): str(row[name]) for name in names if isinstance(row[name], str)}
        more = row.get("other_tags")
        if isinstance(more, str):
            tags |= dict(re.findall(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"', more))
        if "fclass" in tags:
            tags.setdefault("highway" if is_road.iloc[at] else "amenity", tags["fclass"])
        yield tags
