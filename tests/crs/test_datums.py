"""Datums against published pairs and a second computation; CRSs against the crs."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import crs
from geo.errors import CRSError, UsageError

# lon, lat -> lon, lat. eviltransform python/test.py (googollee/eviltransform); coordtransform test/app.js (wandergis).
# eviltransform takes the equatorial radius of WGS 84 in places where the others take Krasovsky's: agreement to 1e-7.
WGS_GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
GCJ_BD = [((116.404, 39.915), (116.41036949371029, 39.92133699351021))]
OUTSIDE = [(-0.1276, 51.5072), (139.69, 35.68), (103.82, 1.35), (-104.9903, 39.7392), (180.0, 90.0), (-180.0, -90.0)]
BBOX = (120.85, 30.67, 122.1, 31.88)
lon_inside = st.floats(crs.CHINA_BOX[0], crs.CHINA_BOX[2])
lat_inside = st.floats(crs.CHINA_BOX[1], crs.CHINA_BOX[3])
PAIRS = [
    (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84),
    (crs.gcj02_to_bd09, crs.bd09_to_gcj02),
    (crs.wgs84_to_bd09, crs.bd09_to_wgs84),
]


def gcj_by_scalars(lng: float, lat: float) -> tuple[float, float]:
    """Compute the same shift with `math` only, term by term, as published in degrees and metres."""
    a, ee, x, y = 6378245.0, 0.00669342162296594323, lng - 105.0, lat - 35.0
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    for amplitude, period in ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)):
        dlat += amplitude * math.sin(y / period * math.pi) * 2.0 / 3.0
    dlng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    for amplitude, period in ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)):
        dlng += amplitude * math.sin(x / period * math.pi) * 2.0 / 3.0
    w2 = 1 - ee * math.sin(lat / 180.0 * math.pi) ** 2
    dlat = dlat * 180.0 / (a * (1 - ee) / w2**1.5 * math.pi)
    dlng = dlng * 180.0 / (a / math.sqrt(w2) * math.cos(lat / 180.0 * math.pi) * math.pi)
    return lng + dlng, lat + dlat


@pytest.mark.parametrize(("wgs", "gcj"), WGS_GCJ)
def test_gcj02_agrees_with_published_pairs(wgs, gcj):
    np.testing.assert_allclose(crs.wgs84_to_gcj02(*wgs), gcj, atol=1.5e-7, rtol=0)
    np.testing.assert_allclose(crs.gcj02_to_wgs84(*gcj), wgs, atol=1.5e-7, rtol=0)


@pytest.mark.parametrize(("gcj", "bd"), GCJ_BD)
def test_bd09_agrees_with_published_pairs(gcj, bd):
    np.testing.assert_allclose(crs.gcj02_to_bd09(*gcj), bd, atol=1e-12, rtol=0)
    np.testing.assert_allclose(crs.bd09_to_gcj02(*bd), gcj, atol=1e-12, rtol=0)
    # The published closed inverse of coordtransform is within half a metre of the exact one, not equal to it.
    published = (116.39762729119315, 39.90865673957631)
    assert 0.001 < crs.geodesic_distance_m(*crs.bd09_to_gcj02(*gcj), *published) < 0.5


@given(lon_inside, lat_inside)
def test_gcj02_agrees_with_a_second_computation(lon, lat):
    np.testing.assert_allclose(crs.wgs84_to_gcj02(lon, lat), gcj_by_scalars(lon, lat), atol=1e-12, rtol=0)


@pytest.mark.parametrize(("there", "back"), PAIRS)
@given(lon=lon_inside, lat=lat_inside)
def test_inverse_returns_to_the_point(there, back, lon, lat):
    np.testing.assert_allclose(back(*there(lon, lat)), (lon, lat), atol=1e-9, rtol=0)


def test_composition_and_names():
    lon, lat = np.random.default_rng(1).uniform([75, 5], [134, 52], (1000, 2)).T
    both = crs.gcj02_to_bd09(*crs.wgs84_to_gcj02(lon, lat))
    np.testing.assert_allclose(crs.wgs84_to_bd09(lon, lat), both, atol=1e-12)
    for datum in ("wgs84", "GCJ-02", "bd_09"):
        np.testing.assert_allclose(crs.to_wgs84(*crs.from_wgs84(lon, lat, datum), datum), (lon, lat), atol=1e-9)
    with pytest.raises(UsageError, match="'itrf' is not known; use one of wgs84, gcj02, bd09"):
        crs.to_wgs84(lon, lat, "itrf")


@pytest.mark.parametrize("function", [f for pair in PAIRS for f in pair])
def test_outside_china_and_missing_are_untouched(function):
    lon, lat = np.array(OUTSIDE).T
    np.testing.assert_array_equal(function(lon, lat), (lon, lat))
    odd = np.array([np.nan, np.inf, -np.inf, 121.0])
    x, y = function(odd, np.array([31.0, 31.0, 31.0, np.nan]))
    np.testing.assert_array_equal(x, odd)
    np.testing.assert_array_equal(y, [31.0, 31.0, 31.0, np.nan])
    assert np.ndim(function(121.0, 31.0)[0]) == 0
    assert function([], [])[0].shape == (0,)


def test_border_of_the_box_round_trips_from_inside():
    west, south, east, north = crs.CHINA_BOX
    lon = np.concatenate([np.full(50, west), np.full(50, east), np.linspace(west, east, 100)])
    lat = np.concatenate([np.linspace(south, north, 100), np.full(50, south), np.full(50, north)])
    for there, back in (PAIRS[0], PAIRS[2]):
        np.testing.assert_allclose(back(*there(lon, lat)), (lon, lat), atol=1e-9)
    x, y = west - 1e-9, 30.0
    assert crs.wgs84_to_gcj02(x, y) == (x, y)
    assert crs.gcj02_to_wgs84(x, y) == (x, y)


def test_shift_geometry_keeps_type_heights_and_drops_the_crs():
    square = shapely.box(121.4, 31.1, 121.6, 31.3)
    moved = crs.shift_geometry(square, "gcj02")
    expected = np.column_stack(crs.wgs84_to_gcj02(*shapely.get_coordinates(square).T))
    np.testing.assert_array_equal(shapely.get_coordinates(moved), expected)
    assert crs.shift_geometry(moved, "wgs84", source="gcj02").equals_exact(square, 1e-9)
    tall = crs.shift_geometry(shapely.Point(121.4, 31.1, 7.5), "bd09")
    assert tall.z == 7.5
    series = gpd.GeoSeries([square, None], index=["a", "b"], crs=4326)
    assert crs.shift_geometry(series, "gcj02").crs is None
    assert list(crs.shift_geometry(series, "gcj02").index) == ["a", "b"]
    assert crs.shift_geometry(series, "wgs84").crs == 4326


@pytest.mark.parametrize("code", [4326, "4490", "EPSG:4549", 4550, 32651, 3857])
def test_crs_that_covers_the_city(code):
    assert crs.check_crs(code, BBOX).to_epsg() == int(str(code).removeprefix("EPSG:"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (32650, r"32650 \(WGS 84 / UTM zone 50N\) does not cover longitude 120.85 to 122.1.*EPSG:4549.*EPSG:32651"),
        (4547, "does not cover"),
        (27700, "does not cover"),
        (2163, "does not cover"),
        ("GCJ-02", "no registry defines it"),
        ("bd09", "no registry defines it"),
        (4979, "not a two-dimensional map CRS"),
        ("nonsense", "not known; give an EPSG code such as EPSG:4326"),
        (999999, "not known"),
    ],
)
def test_crs_that_does_not_fit_is_refused_with_those_that_do(code, words):
    with pytest.raises(CRSError, match=words):
        crs.check_crs(code, BBOX)


@pytest.mark.parametrize(("west", "fits"), [(119.8, True), (119.0, False)])
def test_a_neighbouring_zone_fits_as_far_as_the_scale_allows(west, fits):
    """UTM 51 begins at 120°; by k0 (1 + (Δλ cos φ)² / 2) its scale is off by 0.7 and 1.4 thousandths there."""
    bbox = (west, 31.0, 121.0, 32.0)
    k = 0.9996 * (1 + (math.radians(123 - west) * math.cos(math.radians(31))) ** 2 / 2)
    assert (k - 1 < 1e-3) is fits
    if fits:
        assert crs.check_crs(32651, bbox).to_epsg() == 32651
    else:
        with pytest.raises(CRSError, match=r"does not cover longitude 119 to 121.*EPSG:4549"):
            crs.check_crs(32651, bbox)


def test_axes_units_and_projection():
    assert (crs.axis_order(4549), crs.axis_order(32651), crs.axis_order(4326)) == (
        "north, east",
        "east, north",
        "north, east",
    )
    assert (crs.unit_name(4549), crs.unit_name(4326)) == ("metre", "degree")
    x, y = crs.lonlat_to_projected([121.5, 120.0], [31.2, 0.0], 4549)
    assert (x[1], y[1]) == pytest.approx((500000.0, 0.0), abs=1e-6)  # on the central meridian, at the equator
    np.testing.assert_allclose(crs.projected_to_lonlat(x, y, 4549), ([121.5, 120.0], [31.2, 0.0]), atol=1e-9)
    lon, lat = crs.projected_to_lonlat([np.nan, np.inf], [1.0, 1.0], 32651)
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()
