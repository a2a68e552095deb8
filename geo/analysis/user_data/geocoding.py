"""The geocoder of an atlas: its areas, roads, house numbers, stations, institutions and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.addresses.areas import AreaNames
from geo.addresses.claims import AreaLayer
from geo.addresses.fold import key_of
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Piece, RoughHouse, Sources
from geo.addresses.geocoder import Areas, Geocoder
from geo.addresses.parse import boundary_cut, parse
from geo.addresses.plane import Plane
from geo.addresses.runs import Anchor
from geo.atlas import Atlas
from geo.contract.typed import python_rows

__all__ = [
    "anchors_of",
    "area_plane",
    "atlas_geocoder",
    "atlas_sources",
    "district_layer",
    "geocoder_of",
    "township_layer",
]

_STATION_M = 400.0


@lru_cache(maxsize=2)
def atlas_geocoder(atlas: Atlas) -> Geocoder:
    """Return the geocoder of what an atlas brings itself: some 0.3 s, for equal ones once."""
    return geocoder_of(atlas, atlas_sources(atlas))


def geocoder_of(atlas: Atlas, sources: Sources, accuracy: Any = None) -> Geocoder:
    """Return a geocoder of some sources with the areas of an atlas.

    Parameters
    ----------
    atlas : Atlas
    sources : Sources
        In the plane of `area_plane(atlas)`.
    accuracy : Accuracy, optional
        As measured for these sources.
    """
    districts, townships, layout = atlas.districts, _townships(atlas), atlas.layout
    gazetteer = Gazetteer.of(_names(atlas, districts, townships), area_plane(atlas), sources)
    areas = [Areas([str(one) for one in frame.index], list(frame.geometry)) for frame in (districts, townships, layout)]
    return Geocoder(gazetteer, areas[0], areas[1], areas[2], accuracy)


def area_plane(atlas: Atlas) -> Plane:
    """Return the plane in metres around the middle of an atlas."""
    west, south, east, north = atlas.meta["bbox"]
    return Plane((west + east) / 2, (south + north) / 2)


def atlas_sources(atlas: Atlas) -> Sources:
    """Return the roads, house numbers and named points that an atlas brings."""
    plane = area_plane(atlas)
    districts = list(atlas.districts.index)
    roads, numbers = atlas.addresses("roads"), atlas.addresses("house_numbers")
    pieces: dict[str, list[Piece]] = {}
    for row, line in zip(roads.itertuples(), plane.shape(roads.geometry.to_numpy()), strict=True):
        pieces.setdefault(key_of(row.name_zh), []).append(
            Piece(line, districts.index(row.district_id), bool(row.partial))
        )
    anchors = anchors_of(numbers["road"], numbers["house_number"], numbers.geometry, atlas)
    return Sources(anchors, pieces, _points(atlas, plane), _houses(atlas, plane))


def anchors_of(
    roads: Any, numbers: Any, points: Any, atlas: Atlas, lanes: Sequence[bool] | None = None
) -> dict[str, list[Anchor]]:
    """Return house numbers as anchors, each with the district and township that hold it.

    Parameters
    ----------
    roads, numbers : sequence of n str and int
    points : GeoSeries of n points, EPSG:4326
    atlas : Atlas
    lanes : sequence of n bool, optional
        Whether the number is that of a lane (弄), by default none.
    """
    plane = area_plane(atlas)
    shapes = plane.shape(np.asarray(points, dtype=object))
    kinds = [False] * len(shapes) if lanes is None else [bool(one) for one in lanes]
    holding = [layer.holding(shapes) for layer in (district_layer(atlas), township_layer(atlas))]
    anchors: dict[str, list[Anchor]] = {}
    for at, (road, number) in enumerate(zip(roads, numbers, strict=True)):
        areas = int(holding[0][at]), int(holding[1][at])
        anchor = Anchor(int(number), shapes[at].x, shapes[at].y, *areas, is_lane=kinds[at])
        anchors.setdefault(key_of(road), []).append(anchor)
    return anchors


def district_layer(atlas: Atlas) -> AreaLayer:
    """Return the districts of an atlas in metres."""
    return AreaLayer(list(area_plane(atlas).shape(atlas.districts.geometry.to_numpy())))


def township_layer(atlas: Atlas) -> AreaLayer:
    """Return the townships of an atlas in metres."""
    return AreaLayer(list(area_plane(atlas).shape(_townships(atlas).geometry.to_numpy())))


def _townships(atlas: Atlas) -> gpd.GeoDataFrame:
    layers = atlas.table("basemap")
    frames = [atlas.basemap(name) for name in layers.loc[layers["role"] == "township", "layer_id"]]
    if not frames:
        columns = ["township_id", "name_zh", "name_en", "district_id", "geometry"]
        empty = gpd.GeoDataFrame({name: [] for name in columns}, geometry="geometry", crs="EPSG:4326")
        return empty.set_index("township_id")
    return gpd.GeoDataFrame(pd.concat(frames), crs="EPSG:4326").set_index("township_id")


def _names(atlas: Atlas, districts: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> AreaNames:
    city = atlas.rows("places")[str(atlas.meta["city_place_id"])]
    rows = [atlas.rows("places")[place_id] for place_id in districts.index]
    number = {place_id: at for at, place_id in enumerate(districts.index)}
    old: dict[str, dict[str, tuple[int, ...]]] = {"district": {}, "township": {}}
    known = {"district": number, "township": {one: at for at, one in enumerate(townships.index)}}
    if atlas.file("tables/former_names.csv") is not None:
        for row in python_rows(atlas.table("former_names")):
            old[row["level"]][row["name_zh"]] = tuple(known[row["level"]][one] for one in row["now_ids"])
    return AreaNames(
        [city["name_zh"], city["short_zh"], city["name_en"]],
        [[*_told(row), *_codes(place_id)] for place_id, row in zip(districts.index, rows, strict=True)],
        [
            [one for one in (row.name_zh, row.name_en, row.Index) if isinstance(one, str)]
            for row in townships.itertuples()
        ],
        [number[one] for one in townships["district_id"]],
        old["district"],
        old["township"],
    )


def _told(row: Mapping[str, Any]) -> list[str]:
    names = [row["name_zh"], row["short_zh"], row["name_en"], row["short_en"], *row["aliases"]]
    return [name for name in names if isinstance(name, str) and name]


def _codes(place_id: str) -> list[str]:
    return [place_id, place_id.rpartition("_")[2]]


def _points(atlas: Atlas, plane: Plane) -> dict[str, list[NamedPoint]]:
    found: dict[str, list[NamedPoint]] = {}
    shapes = district_layer(atlas)
    city = str(atlas.rows("places")[str(atlas.meta["city_place_id"])]["short_zh"])

    def add(names: list[str], x: float, y: float, accuracy_m: float, place: int = -1) -> None:
        district = int(shapes.holding(np.array([shapely.Point(x, y)], dtype=object))[0])
        for name in dict.fromkeys(key_of(name).removeprefix(city) for name in names):
            if len(name) > 1 and not name.isascii():
                found.setdefault(name, []).append(NamedPoint(x, y, accuracy_m, district, place))

    layers = atlas.table("basemap")
    for layer in layers.loc[layers["role"] == "station", "layer_id"]:
        stations = atlas.basemap(layer)
        for name, point in zip(stations["name_zh"], plane.shape(stations.geometry.to_numpy()), strict=True):
            if isinstance(name, str):
                add([f"{name.removesuffix('站')}站", f"{name.removesuffix('站')}地铁站"], point.x, point.y, _STATION_M)
    layout = AreaLayer(list(plane.shape(atlas.layout.geometry.to_numpy())))
    for number, place_id in enumerate(atlas.layout.index):
        x, y, reach = layout.middle([number])
        add(_told(atlas.rows("places")[place_id]), x, y, reach, number)
    placed = atlas.institutions[atlas.institutions["placed_by"] != "none"]
    for row, point in zip(placed.itertuples(), plane.shape(placed.geometry.to_numpy()), strict=True):
        add([row.name_zh], point.x, point.y, float(row.accuracy_m))
    return found


def _houses(atlas: Atlas, plane: Plane) -> dict[str, list[RoughHouse]]:
    """Return the addresses of the institutions that are placed, by road."""
    areas = _names(atlas, atlas.districts, _townships(atlas))
    rows = atlas.institutions
    placed = rows[(rows["placed_by"] != "none") & rows["address"].notna()]
    shapes = plane.shape(placed.geometry.to_numpy())
    held = district_layer(atlas).holding(shapes)
    found: dict[str, list[RoughHouse]] = {}
    for at, row in enumerate(placed.itertuples()):
        for one in parse(row.address, areas).numbered[:1]:
            road = _without_area(boundary_cut(one.name), areas)
            name = f"{road}{one.number}{'弄' if f'{one.number}弄' in row.address else '号'}"
            spot = shapes[at].x, shapes[at].y, float(row.accuracy_m), int(held[at])
            found.setdefault(key_of(road), []).append(RoughHouse(name, one.number, *spot))
    return found


def _without_area(name: str, areas: AreaNames) -> str:
    """Return the name of a road without a short name of an area before it: 河口长江路."""
    return next((name[at:] for at in range(2, len(name) - 2) if areas.hint(name[:at])), name)
