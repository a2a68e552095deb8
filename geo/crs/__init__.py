"""Datums with exact inverses, coordinate reference systems, and geodesy on WGS 84."""

from geo.crs.datums import (
    CHINA_BOX,
    DATUMS,
    bd09_to_gcj02,
    bd09_to_wgs84,
    datum_name,
    from_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_china_box,
    shift_geometry,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from geo.crs.geodesy import geodesic_area_km2, geodesic_distance_m, geodesic_length_km, geodesic_perimeter_km
from geo.crs.registry import axis_order, check_crs, lonlat_to_projected, projected_to_lonlat, unit_name

__all__ = [
    "CHINA_BOX",
    "DATUMS",
    "axis_order",
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "check_crs",
    "datum_name",
    "from_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "geodesic_area_km2",
    "geodesic_distance_m",
    "geodesic_length_km",
    "geodesic_perimeter_km",
    "in_china_box",
    "lonlat_to_projected",
    "projected_to_lonlat",
    "shift_geometry",
    "to_wgs84",
    "unit_name",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]
