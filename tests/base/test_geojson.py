from __future__ import annotations

import json

import pytest
import shapely

from geo.base.geojson import feature_collection, round_geometry


def test_rfc_7946_members_order_and_orientation() -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)], [[(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4)]])
    assert not clockwise.exterior.is_ccw
    content = json.loads(
        feature_collection([("a", {"名": "甲", "n": 15.0, "none": None}, clockwise)], {"licence": "X"})
    )
    assert content["type"] == "FeatureCollection"
    assert content["licence"] == "X"
    assert "crs" not in content
    feature = content["features"][0]
    assert feature["id"] == "a"
    assert feature["properties"] == {"名": "甲", "n": 15, "none": None}
    shape = shapely.geometry.shape(feature["geometry"])
    assert shape.exterior.is_ccw
    assert not shape.interiors[0].is_ccw


def test_decimals_are_cut_to_six_and_no_geometry_is_null() -> None:
    raw = feature_collection([("p", {}, shapely.Point(121.123456789, 31.0)), ("q", {}, None)]).decode()
    assert "[121.123457,31.0]" in raw
    assert json.loads(raw)["features"][1]["geometry"] is None


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        feature_collection([("p", {"x": float("nan")}, None)])


def test_rounding_keeps_a_geometry_valid() -> None:
    needle = shapely.Polygon([(0, 0), (1, 0.0000004), (1, 0.0000001), (0.5, 1)])
    rounded = round_geometry(needle)
    assert rounded.is_valid
    assert rounded.exterior.is_ccw
    assert all(round(v, 6) == v for v in shapely.get_coordinates(rounded).ravel())
