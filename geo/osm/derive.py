"""An OpenStreetMap extract → the basemap of a city: districts, water, coast, metro, stations, roads.

Whatever is left out, merged or given a substitute name is reported in `Basemap.notes`. A layer without features is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.geojson import round_geometry
from geo.base.told import both, told
from geo.base.watched import Watched
from geo.contract.box import check_box
from geo.crs.geodesy import geodesic_area_km2
from geo.crs.registry import utm_zone
from geo.errors import UsageError
from geo.osm.addresses import address_features
from geo.osm.basemap import Basemap, BasemapLayer
from geo.osm.districts import GivenDistricts, country_of, district_features, extract_districts
from geo.osm.extract import Element, check_extract, names, read
from geo.osm.rail import RAIL, RAIL_COLOUR, line_colour, stations
from geo.osm.streets import NUMBERED, Streets

__all__ = ["LAYERS", "derive"]

#: Layer → its role, in the order in which the layers are derived.
LAYERS = {
    "districts": "district",
    "water": "water",
    "coast": "coast",
    "roads": "road",
    "metro_lines": "rail",
    "metro_stations": "station",
}

_PAD_DEGREES = 0.05
_AREAS = "boundary = 'administrative' OR natural IN ('water', 'coastline')"
#: GDAL layers and filters for the second read, within the extent of the districts.
_WISHES = (
    (
        "lines",
        "(highway IS NOT NULL AND name IS NOT NULL) OR highway IN ('motorway', 'trunk')"
        " OR waterway IN ('river', 'canal') OR railway IN ('subway', 'light_rail') OR other_tags LIKE '%coastline%'",
    ),
    ("multilinestrings", "type = 'route'"),
    ("points", f"other_tags LIKE '%subway%' OR other_tags LIKE '%light_rail%' OR {NUMBERED}"),
    ("multipolygons", NUMBERED),
)


def derive(
    path: str | Path,
    *,
    districts: GivenDistricts | None = None,
    district_level: int = 6,
    code_tag: str | None = None,
    city: str | None = None,
    bbox: Sequence[float] | None = None,
    tolerance_m: float = 20.0,
    min_water_km2: float = 0.5,
) -> Basemap:
    """Derive a city's basemap from an OpenStreetMap extract.

    Parameters
    ----------
    path : str or Path
        ``.osm.pbf`` or ``.osm``.
    districts : GivenDistricts, optional
        Districts from a separate file; by default those in the extract.
    district_level : int
        ``admin_level`` of the districts: 6 in China; for other countries see the OSM wiki.
    code_tag : str, optional
        Tag with a district's official code, such as ``ref``; the id becomes ``district_<code>``. Without the tag the id
        is made from the OSM relation, ``district_r<number>``.
    city : str, optional
        Name of the administrative area that contains the districts, in any language of the extract. With `districts`
        it is only the city's name. By default every district of the extract (or of `bbox`) is taken.
    bbox : sequence of 4 float, optional
        West, south, east, north in degrees, WGS 84: keep only districts whose inner point lies in it.
    tolerance_m : float
        Simplification tolerance, metres. Districts are simplified together, so shared borders stay shared.
    min_water_km2 : float
        Areas of water that are smaller, or have no name, are left out.

    Returns
    -------
    Basemap
        Geometry in WGS 84. GDAL reads each of the extract's four layers once, the multipolygons twice, in two
        child processes.

    Raises
    ------
    UsageError
        If an option is out of range, or the districts lie at a pole, where there is no UTM zone.
    DataError
        If the file is not an OSM extract, has no district at that level, or no such city.
    """
    if bbox is not None:
        bbox = check_box(bbox, "bbox")
    if not tolerance_m > 0:
        raise told(UsageError, "wrong.tolerance", given=str(tolerance_m))
    extract = Path(path)
    watched = Watched(extract)
    check_extract(extract)
    result = Basemap(tolerance_m=tolerance_m)
    (areas,) = read(extract, [("multipolygons", _AREAS)], result.notes)
    if districts is None:
        drawn = extract_districts(areas, extract, district_level, city, bbox, result)
    else:
        drawn, result.given, result.city_zh = districts.elements(bbox), districts.source(), city or ""
    outline = shapely.union_all([element.geometry for element in drawn])
    west, south, east, north = outline.bounds
    frame = (west - _PAD_DEGREES, south - _PAD_DEGREES, east + _PAD_DEGREES, north + _PAD_DEGREES)
    west, south, east, north = (
        *np.floor(np.multiply(frame[:2], 100)) / 100,
        *np.ceil(np.multiply(frame[2:], 100)) / 100,
    )
    result.bbox = (float(west), float(south), float(east), float(north))
    result.metric_crs = utm_zone(outline.bounds)
    result.country = country_of(areas, outline)
    lines, routes, points, numbered = read(extract, _WISHES, result.notes, frame)
    found = {
        "districts": district_features(drawn, code_tag, result),
        "water": _water(areas, lines, frame, min_water_km2, result),
        "coast": _coast(areas, lines, frame, result),
        "roads": _roads(lines, frame, result),
        "metro_lines": _rail(routes, lines, frame, result),
        "metro_stations": stations(points, result),
    }
    result.layers = [BasemapLayer(name, role, found[name]) for name, role in LAYERS.items() if found[name]]
    streets = Streets()
    for element in (*lines, *points, *numbered):
        streets.add(element.tags, element.geometry)
    result.addresses = address_features(streets, found["districts"], result.metric_crs, tolerance_m)
    if districts is not None and len(result.layers) == 1 and not result.addresses:
        result.notes.append(both("basemap.note.elsewhere", extract=extract, districts=districts.file))
    watched.check()
    return result


def _clipped(geometries: Iterable[BaseGeometry], frame: tuple[float, float, float, float]) -> list[BaseGeometry]:
    clipped = [shapely.clip_by_rect(shapely.make_valid(geometry), *frame) for geometry in geometries]
    return [geometry for geometry in clipped if not geometry.is_empty]


def _simplified(geometry: BaseGeometry, result: Basemap) -> BaseGeometry:
    metric = gpd.GeoSeries([geometry], crs="EPSG:4326").to_crs(result.metric_crs).simplify(result.tolerance_m)
    return round_geometry(metric.to_crs("EPSG:4326").iloc[0])


def _merged(elements: Iterable[Element], frame: tuple[float, float, float, float]) -> BaseGeometry:
    """Return the lines joined end to end; lines that coincide (two directions of a route) are merged."""
    parts = _clipped((element.geometry for element in elements), frame)
    return shapely.line_merge(shapely.union_all(parts)) if parts else shapely.GeometryCollection()


def _grouped(elements: Iterable[Element], keys: Iterable[str]) -> dict[str, list[Element]]:
    groups: dict[str, list[Element]] = {}
    for element, key in zip(elements, keys, strict=True):
        groups.setdefault(key, []).append(element)
    return groups


def _line_names(group: list[Element]) -> tuple[str, str]:
    """Return the first Chinese and English name in a group, without a part in brackets or after a colon."""
    zh = next((name for name in (names(e.tags)[0] for e in group) if name), "")
    en = next((name for name in (names(e.tags)[1] for e in group) if name), "")
    return _without_stretch(zh), _without_stretch(en)


def _without_stretch(name: str) -> str:
    return re.split(r"\s*[(（:：]", name, maxsplit=1)[0].strip() or name


def _fallback(what: str, missing: int, result: Basemap) -> None:
    if missing:
        result.notes.append(both(f"basemap.note.no_english.{what}", count=missing))


def _named_lines(
    what: str,
    prefix: str,
    key: str,
    groups: dict[str, list[Element]],
    frame: tuple[float, float, float, float],
    result: Basemap,
) -> list[tuple[dict[str, str], BaseGeometry]]:
    features, missing = [], 0
    for group in groups.values():
        geometry = _simplified(_merged(group, frame), result)
        if geometry.is_empty:
            continue
        zh, en = _line_names(group)
        missing += not en
        features.append(({key: f"{prefix}_{group[0].osm_id}", "name_zh": zh, "name_en": en or zh}, geometry))
    _fallback(what, missing, result)
    return sorted(features, key=lambda feature: feature[0][key])


def _water(
    areas: list[Element],
    lines: list[Element],
    frame: tuple[float, float, float, float],
    min_km2: float,
    result: Basemap,
) -> list[tuple[dict[str, str], BaseGeometry]]:
    rivers = [line for line in lines if line.tags.get("waterway") in ("river", "canal")]
    named = [river for river in rivers if names(river.tags)[0]]
    groups = _grouped(named, [names(river.tags)[0] for river in named])
    features = _named_lines("rivers", "river", "feature_id", groups, frame, result)
    left_out, missing = len(rivers) - len(named), 0
    for area in (area for area in areas if area.tags.get("natural") == "water"):
        parts = _clipped([area.geometry], frame)
        if not parts:
            continue
        zh, en = names(area.tags)
        if not zh or geodesic_area_km2(parts[0]) < min_km2:
            left_out += 1
            continue
        missing += not en
        properties = {"feature_id": f"water_{area.osm_id}", "name_zh": zh, "name_en": en or zh}
        features.append((properties, _simplified(parts[0], result)))
    _fallback("water", missing, result)
    if left_out:
        result.notes.append(both("basemap.note.water_left_out", count=left_out, least=f"{min_km2:g}"))
    blank = {"note_zh": "", "note_en": ""}
    return [(properties | blank, geometry) for properties, geometry in features if not geometry.is_empty]


def _coast(
    areas: list[Element], lines: list[Element], frame: tuple[float, float, float, float], result: Basemap
) -> list[tuple[dict[str, str], BaseGeometry]]:
    # The driver returns a closed way (an island) as an area; its outline is the coast.
    pieces = [Element(a.osm_id, a.tags, a.geometry.boundary) for a in areas if a.tags.get("natural") == "coastline"]
    pieces += [line for line in lines if line.tags.get("natural") == "coastline"]
    merged = _simplified(_merged(pieces, frame), result)
    parts = [part for part in getattr(merged, "geoms", [merged]) if not part.is_empty]
    parts.sort(key=lambda part: (-part.length, part.bounds))
    return [({"feature_id": f"coast_{number}"}, part) for number, part in enumerate(parts, start=1)]


def _roads(
    lines: list[Element], frame: tuple[float, float, float, float], result: Basemap
) -> list[tuple[dict[str, str], BaseGeometry]]:
    roads = [line for line in lines if line.tags.get("highway") in ("motorway", "trunk")]
    named = [road for road in roads if names(road.tags)[0]]
    if len(named) < len(roads):
        result.notes.append(both("basemap.note.roads_unnamed", count=len(roads) - len(named)))
    groups = _grouped(named, [names(road.tags)[0] for road in named])
    return _named_lines("roads", "road", "ring_id", groups, frame, result)


def _rail(
    routes: list[Element], lines: list[Element], frame: tuple[float, float, float, float], result: Basemap
) -> list[tuple[dict[str, str], BaseGeometry]]:
    found = [route for route in routes if route.tags.get("route") in RAIL]
    if not found:
        found = [line for line in lines if line.tags.get("railway") in RAIL]
    named = [line for line in found if names(line.tags)[0]]
    if len(named) < len(found):
        result.notes.append(both("basemap.note.metro_unnamed", count=len(found) - len(named)))
    # Each direction of a line is a relation of its own; both have the same ref, or the same name before the bracket.
    groups = _grouped(named, [e.tags.get("ref") or _without_stretch(names(e.tags)[0]) for e in named])
    features = _named_lines("metro", "line", "line_id", groups, frame, result)
    colours = {f"line_{group[0].osm_id}": line_colour(group) for group in groups.values()}
    unknown = [properties["name_zh"] for properties, _ in features if not colours[properties["line_id"]]]
    if unknown:
        result.notes.append(both("basemap.note.colourless", names=", ".join(unknown)))
    return [
        (properties | {"colour": colours[properties["line_id"]] or RAIL_COLOUR}, geometry)
        for properties, geometry in features
    ]
