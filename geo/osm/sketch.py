"""A city that has nothing yet: one square district, so that its seeds build, open and can be filled."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pyproj
import shapely

from geo.base.told import told
from geo.crs.geodesy import geodesic_perimeter_km
from geo.errors import UsageError
from geo.osm.basemap import Basemap, BasemapLayer
from geo.osm.districts import DistrictSource

__all__ = ["metric_crs_of", "sketch"]

_SIDES = 4


def metric_crs_of(bbox: Sequence[float]) -> str:
    """Return the UTM zone of a box of west, south, east, north in degrees, as ``EPSG:<code>``.

    Raises
    ------
    UsageError
        If the box is none.
    """
    if len(bbox) != 4 or not (-180 <= bbox[0] < bbox[2] <= 180 and -90 <= bbox[1] < bbox[3] <= 90):
        raise told(UsageError, "new.no_box", given=list(bbox))
    return str(
        gpd.GeoSeries([shapely.box(bbox[0], bbox[1], bbox[2], bbox[3])], crs="EPSG:4326").estimate_utm_crs().to_string()
    )


def sketch(
    name_zh: str, name_en: str, bbox: Sequence[float], metric_crs: str, centre: Sequence[float] | None = None
) -> Basemap:
    """Return the basemap of a city whose districts are not known yet: its box as one schematic district.

    Parameters
    ----------
    name_zh, name_en : str
        The city's names.
    bbox : sequence of 4 float
        West, south, east, north in degrees; all coordinates of the city lie in it.
    metric_crs : str
        A projected CRS in metres, such as ``EPSG:3414``.
    centre : sequence of 2 float, optional
        Longitude and latitude that distances to the centre are measured from; unstated, they are from the middle.

    Raises
    ------
    UsageError
        If the box is none, the CRS is not one in metres, or the centre lies outside.
    """
    metric_crs_of(bbox)
    try:
        crs = pyproj.CRS.from_user_input(metric_crs)
    except pyproj.exceptions.CRSError:
        raise told(UsageError, "new.no_crs", given=metric_crs) from None
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise told(UsageError, "new.no_metres", given=metric_crs)
    square = shapely.box(bbox[0], bbox[1], bbox[2], bbox[3])
    if centre is not None and (len(centre) != 2 or not square.covers(shapely.Point(*centre))):
        raise told(UsageError, "new.no_centre", given=list(centre), box=list(bbox))
    district = {"place_id": "district_sketch", "name_zh": f"{name_zh}（示意）", "name_en": f"{name_en} (schematic)"}
    west, south, east, north = map(float, bbox)
    return Basemap(
        layers=[BasemapLayer("districts", "district", [(district, square)])],
        city_zh=name_zh,
        city_en=name_en,
        metric_crs=metric_crs,
        bbox=(west, south, east, north),
        given=DistrictSource(
            title="示意方块",
            title_en="Schematic square",
            publisher="",
            licence="",
            borders_zh="以四至的方块示意",
            borders_en="shown as the box of the city",
            note_zh="由城市四至画出的方块，待换成区界",
            note_en="A square drawn from the box of the city, until there are borders",
            drawn_zh="四至之内的方块，不是区界",
            drawn_en="The box of the city, not a border",
            accuracy_m=geodesic_perimeter_km(square) * 1000 / _SIDES,
            schematic=True,
        ),
        centre=None if centre is None else (float(centre[0]), float(centre[1])),
    )
