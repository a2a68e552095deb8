"""Measures on the ellipsoid against an equal-area map and published lengths of a degree."""

import math

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import geodesy


def test_area_and_perimeter_by_an_equal_area_map():
    ring = shapely.Point(121.5, 31.2).buffer(0.05)
    holed = shapely.MultiPolygon(
        [ring.difference(shapely.box(121.49, 31.19, 121.51, 31.21)), shapely.box(122, 31, 122.01, 31.01)]
    )
    project = pyproj.Transformer.from_crs(4326, "+proj=laea +lat_0=31.2 +lon_0=121.5 +ellps=WGS84", always_xy=True)
    flat = shapely.transform(shapely.segmentize(holed, 1e-4), project.transform, interleaved=False)
    area = geodesy.geodesic_area_km2(holed)
    assert area == pytest.approx(flat.area / 1e6, rel=1e-5)
    assert geodesy.geodesic_area_km2(shapely.reverse(holed)) == area
    assert geodesy.geodesic_perimeter_km(holed) == pytest.approx(flat.length / 1e3, rel=1e-4)
    assert geodesy.geodesic_length_km(holed) == 0
    both = shapely.GeometryCollection([holed, shapely.LineString([(0, 0), (0, 1)])])
    assert geodesy.geodesic_area_km2(both) == area
    # One degree of meridian at the equator: M(0.5 degrees) * pi / 180, with M(0) = a(1 - e2).
    assert geodesy.geodesic_length_km(both) == pytest.approx(110.5744, abs=1e-3)


def test_measures_over_many_geometries():
    series = gpd.GeoSeries([shapely.box(0, 0, 1, 1), None, shapely.Point(0, 0)], index=list("abc"), crs=4326)
    areas = geodesy.geodesic_area_km2(series)
    assert list(areas.index) == list("abc")
    assert areas["a"] == pytest.approx(12308.778, abs=0.001)  # Karney's GeographicLib Planimeter
    assert math.isnan(areas["b"])
    assert areas["c"] == 0
    np.testing.assert_allclose(geodesy.geodesic_perimeter_km(series.to_numpy())[0], 443.770917, atol=1e-5)
    np.testing.assert_allclose(geodesy.geodesic_distance_m(0, 0, [1, 0], [0, 1]), [111319.491, 110574.389], atol=1e-3)
