"""A city that has nothing yet: one square district, so that its seeds build, open and can be filled."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pyproj
import shapely

from geo.errors import UsageError
from geo.osm.basemap import Basemap, BasemapLayer
from geo.osm.districts import GivenDistricts

__all__ = ["metric_crs_of", "sketch"]

_FILE = "示意方块 · schematic square"


def metric_crs_of(bbox: Sequence[float]) -> str:
    """Return the UTM zone of a box of west, south, east, north in degrees, as ``EPSG:<code>``.

    Raises
    ------
    UsageError
        If the box is none.
    """
    if len(bbox) != 4 or not (-180 <= bbox[0] < bbox[2] <= 180 and -90 <= bbox[1] < bbox[3] <= 90):
        raise UsageError(f"the box is {list(bbox)}: give west, south, east, north in degrees")
    return str(
        gpd.GeoSeries([shapely.box(bbox[0], bbox[1], bbox[2], bbox[3])], crs="EPSG:4326").estimate_utm_crs().to_string()
    )


def sketch(name_zh: str, name_en: str, bbox: Sequence[float], metric_crs: str, centre: Sequence[float]) -> Basemap:
    """Return the basemap of a city whose districts are not known yet: its box as one schematic district.

    Parameters
    ----------
    name_zh, name_en : str
        The city's names.
    bbox : sequence of 4 float
        West, south, east, north in degrees; all coordinates of the city lie in it.
    metric_crs : str
        A projected CRS in metres, such as ``EPSG:3414``.
    centre : sequence of 2 float
        Longitude and latitude that distances to the centre are measured from.

    Raises
    ------
    UsageError
        If the box is none, the CRS is not one in metres, or the centre lies outside.
    """
    metric_crs_of(bbox)
    try:
        crs = pyproj.CRS.from_user_input(metric_crs)
    except pyproj.exceptions.CRSError:
        raise UsageError(f"the CRS is {metric_crs!r}: give one such as EPSG:3414") from None
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise UsageError(f"the CRS is {metric_crs!r}, which is not in metres: give a projected one such as EPSG:3414")
    square = shapely.box(bbox[0], bbox[1], bbox[2], bbox[3])
    if len(centre) != 2 or not square.covers(shapely.Point(*centre)):
        raise UsageError(f"the centre is {list(centre)}: give a longitude and a latitude within {list(bbox)}")
    district = {"place_id": "district_sketch", "name_zh": f"{name_zh}（示意）", "name_en": f"{name_en} (schematic)"}
    west, south, east, north = map(float, bbox)
    return Basemap(
        layers=[BasemapLayer("districts", "district", [(district, square)])],
        city_zh=name_zh,
        city_en=name_en,
        metric_crs=metric_crs,
        bbox=(west, south, east, north),
        given=GivenDistricts(_FILE, {}, {}, {}, ids_are_codes=False, publisher=name_zh, licence="CC0-1.0"),
        centre=(float(centre[0]), float(centre[1])),
    )
