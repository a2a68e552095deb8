"""Data files that the browser fetches: the layout, the basemap and the townships, one file per datum.

Geometry and names are only in these files, never in a page or a template. A file's name contains a digest of its
content, so a browser may cache it forever. The files contain both languages: switching fetches nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, catalogue
from geo.base.told import told
from geo.contract.notices import notice
from geo.crs.datums import DATUMS, shift_geometry
from geo.crs.geodesy import geodesic_area_km2
from geo.errors import UsageError
from geo.render.map.ground import sea
from geo.render.overlay import hatched, label_points

__all__ = ["MapData", "encode"]

#: Unit of the integers in the files, degrees: about one metre.
STEP = 1e-5

_CONTEXT_ONLY_WHEN_NEAR = "township"


def encode(geometry: BaseGeometry) -> list[list[list[int]]]:
    """Encode a geometry as parts of rings of integers.

    Parameters
    ----------
    geometry : Polygon, LineString, Point or their Multi forms
        Longitude and latitude in degrees.

    Returns
    -------
    list of list of list of int
        Per part its rings (a line or point counts as one ring), each ring flat: lat, lon of the first vertex, then
        differences, in units of 1e-5 degree. The outer ring comes first, then the holes.

    Raises
    ------
    UsageError
        For a geometry collection.
    """
    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
        elif part.geom_type in ("LineString", "Point"):
            rings = [part]
        else:
            raise told(UsageError, "wrong.drawing", given=part.geom_type)
        parts.append([_ring(shapely.get_coordinates(ring)) for ring in rings])
    return parts


def _ring(coordinates: np.ndarray[Any, Any]) -> list[int]:
    steps = np.rint(coordinates[:, ::-1] / STEP).astype(np.int64)
    moved = np.ones(len(steps), dtype=bool)
    moved[1:] = (np.diff(steps, axis=0) != 0).any(axis=1)
    steps = steps[moved]
    steps[1:] = np.diff(steps, axis=0)
    return [int(value) for value in steps.ravel()]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class MapData:
    """The data files of one atlas, made on first request and kept compressed.

    Parameters
    ----------
    atlas : Atlas

    Notes
    -----
    Making all files of one datum takes about 0.2 s; gzipped they have some 300 KB. Thread-safe.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self._lock = threading.Lock()
        self._bodies: dict[str, bytes] = {}
        self._urls: dict[str, dict[str, str]] = {}

    @property
    def makers(self) -> Mapping[str, Callable[[str], dict[str, Any]]]:
        """File name without ending → function that makes its content for a datum."""
        return {"layout": self._layout, "basemap": self._basemap, "townships": self._townships}

    def urls(self, datum: str) -> dict[str, str]:
        """Return the path of each file for a datum, such as ``/map/data/layout.wgs84.0123456789abcdef.json``.

        Raises
        ------
        UsageError
            If the datum is not one of `geo.crs.datums.DATUMS`.
        """
        if datum not in DATUMS:
            raise told(UsageError, "wrong.one_of", name="datum", given=datum, allowed=", ".join(DATUMS))
        with self._lock:
            if datum not in self._urls:
                urls = {}
                for name, make in self.makers.items():
                    raw = json.dumps(make(datum), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
                    file_name = f"{name}.{datum}.{hashlib.sha256(raw).hexdigest()[:16]}.json"
                    self._bodies[file_name] = gzip.compress(raw, compresslevel=9, mtime=0)
                    urls[name] = f"/map/data/{file_name}"
                self._urls[datum] = urls
            return self._urls[datum]

    def body(self, file_name: str) -> bytes | None:
        """Return a gzipped file; None if there is no file of that name, which includes the digest."""
        if file_name not in self._bodies:
            for datum in DATUMS:
                if f".{datum}." in file_name:
                    self.urls(datum)
        return self._bodies.get(file_name)

    @cached_property
    def texts(self) -> dict[str, dict[str, str]]:
        """The texts of the map in both languages."""
        words = {name: row for name, row in catalogue().items() if name.startswith("map.")}
        return {language: {name: row[language] for name, row in words.items()} for language in LANGUAGES}

    def _layout(self, datum: str) -> dict[str, Any]:
        atlas = self.atlas
        kinds = atlas.table("kinds").sort_values("sort_order").to_dict("records")
        clusters = atlas.table("clusters").sort_values("sort_order").to_dict("records")
        # Places are drawn from large to small; of a schematic place the area says nothing else.
        by_size = atlas.places.geometry.map(geodesic_area_km2).rank(method="first")
        labels, hatches = label_points(atlas), hatched(atlas)

        def hatch(place_id: str) -> dict[str, Any]:
            """Return the part of a place without published bounds that is to be hatched; {} for other places."""
            part = hatches.get(place_id)
            return {} if part is None else {"h": encode(shift_geometry(part, datum))}

        return {
            "bbox": self._bbox(datum),
            "kinds": [
                {"id": k["kind"], "role": k["role"], "colour": k["colour"], "zh": k["name_zh"], "en": k["name_en"]}
                for k in kinds
            ],
            "clusters": [
                {"id": c["cluster_id"], "colour": c["colour"], "zh": c["name_zh"], "en": c["name_en"]} for c in clusters
            ],
            "attribution": {lang: atlas.meta[f"attribution_{lang}"] for lang in LANGUAGES},
            "notice": {lang: notice(atlas.meta, lang) for lang in LANGUAGES},
            "texts": self.texts,
            "places": [
                {
                    "id": row["place_id"],
                    "kind": row["kind"],
                    "zh": row["name_zh"],
                    "en": row["name_en"],
                    "szh": row["short_zh"],
                    "sen": row["short_en"],
                    "method": row["method"],
                    "clusters": list(row["clusters"]),
                    "size": int(by_size[row["place_id"]]),
                    "at": _point(*labels[row["place_id"]], datum),
                    "g": encode(shift_geometry(row["geometry"], datum)),
                    **hatch(row["place_id"]),
                }
                for row in atlas.places.reset_index().to_dict("records")
            ],
            "institutions": [
                {
                    "id": row["institution_id"],
                    "kind": row["kind"],
                    "zh": row["name_zh"],
                    "en": row["name_en"],
                    "accuracy": int(row["accuracy_m"]),
                    "at": _point(row["geometry"].x, row["geometry"].y, datum),
                }
                for row in atlas.institutions.reset_index().to_dict("records")
                if row["geometry"] is not None
            ],
        }

    def _basemap(self, datum: str) -> dict[str, Any]:
        return {"layers": [*self._ground(datum), *self._context(datum, near=False)]}

    def _ground(self, datum: str) -> Iterator[dict[str, Any]]:
        water = sea(self.atlas)
        if water is not None:
            shape = {"t": _SHAPES[water.geom_type], "g": encode(shift_geometry(water, datum))}
            yield {"role": "sea", "colour": "", "features": [shape]}

    def _townships(self, datum: str) -> dict[str, Any]:
        return {"layers": list(self._context(datum, near=True))}

    def _context(self, datum: str, *, near: bool) -> Iterator[dict[str, Any]]:
        registry = self.atlas.table("basemap").sort_values("sort_order")
        for row in registry.to_dict("records"):
            if (row["role"] == _CONTEXT_ONLY_WHEN_NEAR) is near:
                features = list(_features(self.atlas.basemap(row["layer_id"]), datum, self.atlas.places["name_en"]))
                yield {"role": row["role"], "colour": row["colour"], "features": features}

    def _bbox(self, datum: str) -> list[float]:
        west, south, east, north = (float(value) for value in self.atlas.meta["bbox"])
        (south, west), (north, east) = _point(west, south, datum), _point(east, north, datum)
        return [west, south, east, north]


def _point(lon: float, lat: float, datum: str) -> list[float]:
    moved = shift_geometry(shapely.Point(float(lon), float(lat)), datum)
    return [round(moved.y, 5), round(moved.x, 5)]


_SHAPES = {"Polygon": "area", "MultiPolygon": "area", "LineString": "line", "MultiLineString": "line"}


def _features(frame: gpd.GeoDataFrame, datum: str, names_en: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    for row in frame.to_dict("records"):
        geometry = row["geometry"]
        inside = shapely.point_on_surface(geometry)
        feature = {
            "t": _SHAPES.get(geometry.geom_type, "point"),
            "zh": _text(row.get("name_zh")),
            # In the basemap, districts have only a Chinese name and a place_id.
            "en": _text(row.get("name_en")) or _text(names_en.get(row.get("place_id"))),
            "at": _point(inside.x, inside.y, datum),
            "g": encode(shift_geometry(geometry, datum)),
        }
        if _text(row.get("place_id")):
            feature["id"] = row["place_id"]
        if _text(row.get("colour")):
            feature["colour"] = row["colour"]
        yield feature
