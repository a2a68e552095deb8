"""Metres around a city against geodesics, and back."""

from __future__ import annotations

import numpy as np
import shapely

from geo.addresses.plane import Plane
from geo.crs.geodesy import geodesic_distance_m


def test_distances_of_kilometres_are_right_and_all_comes_back() -> None:
    plane = Plane(121.4, 31.2)
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(120.8, 122.0, 500), chance.uniform(30.7, 31.8, 500)
    x, y = plane.metres(lon, lat)
    far = np.hypot(x[1:] - x[:-1], y[1:] - y[:-1])
    assert np.abs(far / geodesic_distance_m(lon[1:], lat[1:], lon[:-1], lat[:-1]) - 1).max() < 2e-4
    back = plane.degrees(x, y)
    assert np.abs(back[0] - lon).max() < 1e-9
    assert np.abs(back[1] - lat).max() < 1e-9


def test_shapes() -> None:
    plane = Plane(10.0, 50.0)
    moved = plane.shape(np.array([shapely.Point(10.0, 50.0), shapely.box(10.0, 50.0, 10.01, 50.01)]))
    assert moved[0].equals(shapely.Point(0, 0))
    assert 7.9e5 < moved[1].area < 8.0e5
