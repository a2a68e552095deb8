from __future__ import annotations

import geopandas as gpd
import pyproj
import pytest
import shapely

from geo.seeds.headline import mark_facts
from geo.seeds.measures import district_shares, place_measures, ratio_measures

UTM = "EPSG:32651"
BOX = shapely.box(121.5, 31.2, 121.52, 31.22)
STATIONS = gpd.GeoDataFrame(
    {"name_zh": ["内", "近", "远"]},
    geometry=[shapely.Point(121.51, 31.21), shapely.Point(121.528, 31.21), shapely.Point(121.60, 31.21)],
    crs="EPSG:4326",
)


def fact(
    value: str, as_of: str = "2020", source: str = "a", scope: str = "whole", qualifier: str = "exact"
) -> dict[str, str]:
    return {
        "place_id": "p", "measure_id": "firms", "value": value, "as_of": as_of, "source_id": source,
        "scope": scope, "qualifier": qualifier,
    }  # fmt: skip


GRADES = {"a": "A", "b": "B", "c": "C"}


def test_shares_agree_with_a_projected_computation() -> None:
    districts = {"east": shapely.box(121.513, 31.0, 122, 32), "west": shapely.box(121, 31.0, 121.513, 32)}
    shares = dict(district_shares(BOX, districts))
    projected = gpd.GeoSeries([BOX, BOX.intersection(districts["west"])], crs=4326).to_crs(UTM).area
    assert shares["west"] == pytest.approx(projected[1] / projected[0], abs=1e-4)
    assert sum(shares.values()) == pytest.approx(1, abs=2e-4)
    assert list(shares) == ["west", "east"]


def test_a_sliver_of_a_district_is_left_out() -> None:
    districts = {"a": shapely.box(121, 31, 121.51999, 32), "b": shapely.box(121.51999, 31, 122, 32)}
    assert [district for district, _ in district_shares(BOX, districts)] == ["a"]


def test_place_measures_agree_with_projected_ones() -> None:
    label, centre = (121.51, 31.21), (121.4737, 31.2304)
    got = place_measures(BOX, label, STATIONS, [shapely.Point(121.5, 31.21), shapely.Point(0, 0)], centre)
    flat = gpd.GeoSeries([BOX, *STATIONS.geometry, shapely.Point(label), shapely.Point(centre)], crs=4326).to_crs(UTM)
    scale = pyproj.Proj(UTM).get_factors(121.51, 31.21)
    assert got["area_km2"][0] == pytest.approx(flat[0].area / scale.areal_scale / 1e6, rel=1e-4)
    assert got["perimeter_km"][0] == pytest.approx(flat[0].length / scale.meridional_scale / 1000, rel=1e-4)
    assert got["centre_km"][0] == pytest.approx(flat[4].distance(flat[5]) / 1000, rel=1e-3)
    assert got["stations_inside"] == (1.0, "内")
    near = flat[2].distance(flat[0])
    assert 700 < near < 1000
    assert got["stations_1km"] == (2.0, "内、近")
    assert got["nearest_station_m"] == (0.0, "内")
    assert got["institutions_inside"] == (1.0, "")


def test_a_station_just_beyond_a_kilometre_does_not_count() -> None:
    edge = STATIONS.iloc[[1]].set_geometry([shapely.Point(121.5306, 31.21)])
    away = gpd.GeoSeries([BOX, edge.geometry.iloc[0]], crs=4326).to_crs(UTM)
    assert 1000 < away[0].distance(away[1]) < 1020
    assert place_measures(BOX, (121.51, 31.21), edge, [], (121.5, 31.2))["stations_1km"][0] == 0


def test_a_station_deep_inside_is_near_though_the_boundary_is_far() -> None:
    wide = shapely.box(121.4, 31.1, 121.62, 31.32)
    got = place_measures(wide, (121.51, 31.21), STATIONS.iloc[[0]], [], (121.5, 31.2))
    assert got["stations_inside"] == got["stations_1km"] == (1.0, "内")


def test_without_stations_their_measures_are_unknown_not_zero() -> None:
    got = place_measures(BOX, (121.51, 31.21), STATIONS.iloc[:0], [], (121.5, 31.2))
    assert got["stations_inside"] == got["stations_1km"] == got["nearest_station_m"] == (None, "")


def test_ratios_need_the_same_scope() -> None:
    measure = {"measure_id": "density", "numerator": "firms", "denominator": "area"}
    area = fact("4", scope="core") | {"measure_id": "area"}
    marked = mark_facts([fact("8", scope="core"), area], GRADES, {"p": "core"}, frozenset())
    (row,) = ratio_measures([measure], marked)
    assert (row["place_id"], row["measure_id"], row["value"]) == ("p", "density", "2.000")
    other = mark_facts([fact("8", scope="whole"), area], GRADES, {"p": "core"}, frozenset())
    assert ratio_measures([measure], other) == []


@pytest.mark.parametrize("order", [1, -1])
def test_a_ratio_takes_the_headline_of_several_denominators(order: int) -> None:
    areas = [fact(value, as_of) | {"measure_id": "area"} for value, as_of in (("4", "2018"), ("5", "2024"))]
    marked = mark_facts([fact("10"), *areas[::order]], GRADES, {"p": "whole"}, frozenset())
    measure = {"measure_id": "density", "numerator": "firms", "denominator": "area"}
    assert [row["value"] for row in ratio_measures([measure], marked)] == ["2.000"]


def test_a_ratio_never_divides_by_zero() -> None:
    marked = mark_facts([fact("10"), fact("0") | {"measure_id": "area"}], GRADES, {"p": "whole"}, frozenset())
    assert ratio_measures([{"measure_id": "density", "numerator": "firms", "denominator": "area"}], marked) == []
