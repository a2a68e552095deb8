"""Relations between places: nearest neighbours and overlaps, measured geodesically from the drawn boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import geopandas as gpd
import shapely

from geo.atlas.atlas import Atlas
from geo.crs.geodesy import geodesic_area_km2, geodesic_distance_m

__all__ = ["Neighbour", "Overlap", "ancestors", "children", "neighbours", "overlaps"]

#: Overlaps below this share of both places are artefacts of drawing.
MIN_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A nearby place; `distance_m` is the distance of the drawn boundaries in metres, 0 if they touch or overlap."""

    place_id: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """A place that overlaps; `share` is the shared part of this place, `share_of_other` that of the other, 0 to 1.

    Both are None if one of the two has no published bounds: they overlap, but the extent is unknown.
    """

    place_id: str
    area_km2: float | None
    share: float | None
    share_of_other: float | None


def ancestors(atlas: Atlas, place_id: str) -> list[str]:
    """Return the places to which a place belongs, the nearest first."""
    found: list[str] = []
    parent = atlas.place_rows[place_id]["parent_id"]
    while isinstance(parent, str) and parent not in found:
        found.append(parent)
        parent = atlas.place_rows[parent]["parent_id"]
    return found


def children(atlas: Atlas, place_id: str) -> list[str]:
    """Return the places that belong directly to a place."""
    return [other for other, row in atlas.place_rows.items() if row["parent_id"] == place_id]


def neighbours(atlas: Atlas, place_id: str, most: int = 5) -> list[Neighbour]:
    """Return the nearest places of the same level, nearest first.

    The neighbours of a district are districts, those of a place of the layout are nodes and sites. Corridors are left
    out because they only connect places, and so are ancestors and descendants of the place.

    Parameters
    ----------
    atlas : Atlas
    place_id : str
    most : int
        Maximum number of places; those at distance 0 are always returned.

    Returns
    -------
    list of Neighbour
        Empty for the city.

    Notes
    -----
    The nearest points of two boundaries are found in the atlas's metric CRS; the distance between them is geodesic.
    """
    return [one for index, one in enumerate(_by_distance(atlas, place_id)) if index < most or one.distance_m == 0]


@lru_cache(maxsize=500)
def _by_distance(atlas: Atlas, place_id: str) -> tuple[Neighbour, ...]:
    roles = {other: atlas.roles[str(row["kind"])] for other, row in atlas.place_rows.items()}
    role = roles[place_id]
    if role == "city":
        return ()
    wanted = ("district",) if role == "district" else ("node", "site")
    kin = {place_id, *ancestors(atlas, place_id), *_descendants(atlas, place_id)}
    others = [other for other, own in roles.items() if own in wanted and other not in kin]
    if not others:
        return ()
    metric = _metric(atlas)
    lines = gpd.GeoSeries(shapely.shortest_line(metric[place_id], metric[others].to_numpy()), crs=metric.crs)
    ends = shapely.get_coordinates(lines.to_crs("EPSG:4326").to_numpy()).reshape(-1, 4)
    distances = geodesic_distance_m(*ends.T)
    found = [Neighbour(other, float(round(distance))) for other, distance in zip(others, distances, strict=True)]
    return tuple(sorted(found, key=lambda one: (one.distance_m, one.place_id)))


def overlaps(atlas: Atlas, place_id: str) -> list[Overlap]:
    """Return the places of the layout that overlap with a place, the largest shared area first.

    Parameters
    ----------
    atlas : Atlas
    place_id : str
        A place of the layout or a district; for the city the list is empty, since it contains everything.

    Returns
    -------
    list of Overlap
        Overlaps of less than `MIN_SHARE` of both places are left out.
    """
    return list(_by_share(atlas, place_id))


@lru_cache(maxsize=500)
def _by_share(atlas: Atlas, place_id: str) -> tuple[Overlap, ...]:
    if atlas.roles[str(atlas.place_rows[place_id]["kind"])] == "city":
        return ()
    shapes = _shapes(atlas)
    geometry, area = shapes[place_id], _area_km2(atlas, place_id)
    layout = _layout(atlas)
    touched = shapely.intersects(geometry, shapes[layout].to_numpy())
    found: list[tuple[float, Overlap]] = []
    for other in compress(layout, touched):
        if other == place_id:
            continue
        shared = float(geodesic_area_km2(shapely.intersection(geometry, shapes[other])))
        shares = shared / area, shared / _area_km2(atlas, other)
        if max(shares) >= MIN_SHARE:
            measured = all(atlas.place_rows[one]["method"] != "schematic" for one in (place_id, other))
            known = (shared, *shares) if measured else (None, None, None)
            found.append((shared, Overlap(other, *known)))
    return tuple(one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].place_id)))


@lru_cache(maxsize=500)
def _area_km2(atlas: Atlas, place_id: str) -> float:
    return float(geodesic_area_km2(_shapes(atlas)[place_id]))


def _descendants(atlas: Atlas, place_id: str) -> list[str]:
    found: list[str] = []
    waiting = children(atlas, place_id)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            waiting += children(atlas, one)
    return found


@lru_cache(maxsize=4)
def _shapes(atlas: Atlas) -> gpd.GeoSeries:
    """Return the geometry of every place; kept, since each look at the frame of places copies it."""
    return atlas.places.geometry


@lru_cache(maxsize=4)
def _layout(atlas: Atlas) -> list[str]:
    return [str(place_id) for place_id in atlas.layout.index]


@lru_cache(maxsize=4)
def _metric(atlas: Atlas) -> gpd.GeoSeries:
    return atlas.places.geometry.to_crs(atlas.meta["metric_crs"])
