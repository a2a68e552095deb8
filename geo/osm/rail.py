"""Colours of railway lines; stations without duplicates."""

from __future__ import annotations

import re

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from geo.base.geojson import round_geometry
from geo.base.told import both
from geo.osm.basemap import Basemap
from geo.osm.extract import Element, names

__all__ = ["RAIL", "RAIL_COLOUR", "line_colour", "stations"]

#: OpenStreetMap's values of ``railway`` for a metro.
RAIL = ("subway", "light_rail")

#: OpenStreetMap allows colour words; these are the sixteen of HTML 4.01 (section 6.5).
_COLOUR_WORDS = {
    "aqua": "#00FFFF",
    "black": "#000000",
    "blue": "#0000FF",
    "fuchsia": "#FF00FF",
    "gray": "#808080",
    "green": "#008000",
    "lime": "#00FF00",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "purple": "#800080",
    "red": "#FF0000",
    "silver": "#C0C0C0",
    "teal": "#008080",
    "white": "#FFFFFF",
    "yellow": "#FFFF00",
}


RAIL_COLOUR = "#7A7A7A"


#: Nodes of the same name closer than this are one station (an interchange has a node for each line).
_SAME_STATION_M = 500.0


#: Accuracy of a station's point, metres: it stands for platforms and entrances some hundred metres long.
_STATION_ACCURACY_M = "100"


def line_colour(group: list[Element]) -> str:
    """Return the colour tagged on any element of a line, as #RRGGBB; "" if none is valid."""
    for element in group:
        text = element.tags.get("colour", "").lower()
        if re.fullmatch(r"#[0-9a-f]{6}", text):
            return text.upper()
        if re.fullmatch(r"#[0-9a-f]{3}", text):
            return "#" + "".join(digit * 2 for digit in text[1:]).upper()
        if text in _COLOUR_WORDS:
            return _COLOUR_WORDS[text]
    return ""


def stations(points: list[Element], result: Basemap) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Return the rapid-transit stations without duplicates; those without a name are counted in the notes."""
    stations = [
        point
        for point in points
        if point.tags.get("station") in RAIL
        or (point.tags.get("railway") == "station" and any(point.tags.get(mode) == "yes" for mode in RAIL))
    ]
    named = [station for station in stations if names(station.tags)[0]]
    metric = gpd.GeoSeries([s.geometry for s in named], crs="EPSG:4326").to_crs(result.metric_crs)
    kept: list[tuple[str, BaseGeometry]] = []
    features = []
    for station, place in zip(named, metric, strict=True):
        zh, en = names(station.tags)
        if any(name == zh and place.distance(other) < _SAME_STATION_M for name, other in kept):
            continue
        kept.append((zh, place))
        properties = {
            "station_id": f"station_{station.osm_id}",
            "name_zh": zh,
            "name_en": en,
            "accuracy_m": _STATION_ACCURACY_M,
            "note_zh": "",
            "note_en": "",
        }
        features.append((properties, round_geometry(station.geometry)))
    if dropped := len(stations) - len(named):
        result.notes.append(both("basemap.note.stations_unnamed", count=dropped))
    if merged := len(named) - len(features):
        within = f"{_SAME_STATION_M:g}"
        result.notes.append(both("basemap.note.stations_merged", count=merged, within=within))
    return sorted(features, key=lambda feature: feature[0]["station_id"])
