"""A placeholder basemap for a city without data: one square district, so that the seeds build and can be filled in."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geo.base.told import told
from geo.contract.box import check_box
from geo.crs.foreign import read_crs
from geo.crs.geodesy import geodesic_perimeter_km
from geo.errors import CRSError, UsageError
from geo.osm.basemap import Basemap, BasemapLayer, DistrictSource

__all__ = ["sketch"]

_SIDES = 4


def sketch(
    name_zh: str,
    name_en: str,
    bbox: Sequence[float],
    metric_crs: str,
    centre: Sequence[float] | None = None,
    country: str = "",
) -> Basemap:
    """Return the basemap of a city whose districts are not known yet: its box as one schematic district.

    Parameters
    ----------
    name_zh, name_en : str
        The city's names.
    bbox : sequence of 4 float
        West, south, east, north in degrees, WGS 84; all coordinates of the city lie in it.
    metric_crs : str
        A projected CRS in metres, such as ``EPSG:3414``.
    centre : sequence of 2 float, optional
        Longitude and latitude from which distances to the centre are measured; by default the middle of the box.
    country : str
        ISO 3166-1 alpha-2 code; empty if it is not stated.

    Raises
    ------
    UsageError
        If the box is invalid, the CRS is not projected in metres, or the centre lies outside the box.
    """
    west, south, east, north = check_box(bbox, "bbox")
    try:
        crs = read_crs(metric_crs)
    except CRSError:
        raise told(UsageError, "new.no_crs", given=metric_crs[:80]) from None
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise told(UsageError, "new.no_metres", given=metric_crs)
    square = shapely.box(west, south, east, north)
    if centre is not None and (len(centre) != 2 or not square.covers(shapely.Point(*centre))):
        raise told(UsageError, "new.no_centre", given=list(centre), box=list(bbox))
    district = {"place_id": "district_sketch", "name_zh": f"{name_zh}（示意）", "name_en": f"{name_en} (schematic)"}
    return Basemap(
        layers=[BasemapLayer("districts", "district", [(district, square)])],
        city_zh=name_zh,
        city_en=name_en,
        metric_crs=metric_crs,
        bbox=(west, south, east, north),
        country=country,
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
