"""Roads and house numbers of an extract as layers: cut at borders, once each, nothing outside."""

from __future__ import annotations

import pytest
import shapely

from geo.crs.geodesy import geodesic_length_km
from geo.osm.addresses import address_features
from geo.osm.streets import Streets

WEST, EAST = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)
DISTRICTS = [({"place_id": "west"}, WEST), ({"place_id": "east"}, EAST)]


def features(streets: Streets) -> dict[str, list]:
    return address_features(streets, DISTRICTS, "EPSG:32632", 1.0)


def test_a_road_is_one_per_district_and_ends_at_the_border() -> None:
    parts = [shapely.LineString([(x, 50.05), (to, 50.05)]) for x, to in ((10.04, 10.08), (10.08, 10.12))]
    found = features(Streets(roads=[("长街", part) for part in parts]))["roads"]
    assert [(p["road_id"], p["district_id"]) for p, _ in found] == [("road_1", "east"), ("road_2", "west")]
    ends = {p["district_id"]: line.bounds[::2] for p, line in found}
    assert ends == {"west": pytest.approx((10.04, 10.1)), "east": pytest.approx((10.1, 10.12))}
    assert {line.geom_type for _, line in found} == {"LineString"}
    whole = sum(geodesic_length_km(line) for _, line in found)
    assert whole == pytest.approx(geodesic_length_km(shapely.LineString([(10.04, 50.05), (10.12, 50.05)])), rel=1e-4)


def test_what_lies_outside_or_touches_only_is_left_out() -> None:
    outside = shapely.LineString([(10.3, 50.05), (10.4, 50.05)])
    at_the_border = shapely.LineString([(10.2, 50.05), (10.3, 50.05)])
    points = [("长街", 5, shapely.Point(10.05, 50.05)), ("长街", 5, shapely.Point(10.06, 50.05))]
    found = features(Streets([("外", outside), ("边", at_the_border)], [*points, ("长街", 9, shapely.Point(11, 50))]))
    assert "roads" not in found
    ((number, point),) = found["house_numbers"]
    assert (number["road"], number["house_number"], point.x) == ("长街", "5", 10.05)
    assert features(Streets()) == {}


def test_a_house_number_is_kept_once_in_each_district() -> None:
    places = ((10.05, 50.05), (10.06, 50.05), (10.15, 50.05), (10.1, 50.02))  # the last on the border: of one district
    numbers = [("长街", 5, shapely.Point(place)) for place in places]
    found = features(Streets(numbers=numbers))["house_numbers"]
    assert [(number["number_id"], point.coords[0]) for number, point in found] == [
        ("number_1", (10.05, 50.05)),
        ("number_2", (10.15, 50.05)),
    ]
