"""Segments of rings and the strips they lie in, against one ring after the other."""

import itertools

import numpy as np
import pytest
import shapely
from against_shapely import city, parcels, star

from geo.assign.edges import edges_of, strips_of

HOLED = shapely.Polygon(star(3).exterior, [shapely.box(121.49, 31.19, 121.5, 31.2).exterior])
SHAPES = {
    "city": list(city().values()),
    "parcels": parcels(5, 4),
    "many rings last": [shapely.box(0, 0, 1, 1), HOLED, shapely.MultiPolygon([HOLED, shapely.box(0, 0, 1, 1)])],
    "many rings first": [shapely.MultiPolygon([HOLED, shapely.Polygon(), shapely.box(5, 5, 6, 6)]), shapely.Polygon()],
    "part of one ring": [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), shapely.MultiPolygon(), HOLED],
    "none": [],
}


def one_by_one(shapes):
    """Every segment and its area, ring after ring."""
    found = []
    for area, shape in enumerate(shapes):
        for part in shapely.get_parts(shape):
            for ring in shapely.get_rings(part):
                xy = shapely.get_coordinates(ring)
                found += [(area, *a, *b) for a, b in itertools.pairwise(xy)]
    return np.array(found).reshape(-1, 5)


@pytest.mark.parametrize("name", SHAPES)
def test_all_segments_and_none_between_rings(name):
    edges = edges_of(np.array(SHAPES[name], object))
    np.testing.assert_array_equal(np.column_stack([edges.area, edges.xy]), one_by_one(SHAPES[name]))


@pytest.mark.parametrize("name", SHAPES)
def test_a_strip_has_every_edge_that_a_ray_meets(name):
    shapes = SHAPES[name]
    edges = edges_of(np.array(shapes, object))
    strips = strips_of(edges, len(shapes))
    r = np.random.default_rng(5)
    for area, (_, y0, _, _, scale, count, first) in enumerate(strips.areas):
        own = edges.xy[edges.area == area]
        if not len(own):
            continue
        low, high = own[:, [1, 3]].min(axis=1), own[:, [1, 3]].max(axis=1)
        for y in [*r.uniform(low.min(), high.max(), 50), *own[:20, 1]]:
            strip = int(first + np.clip(int((y - y0) * scale), 0, count - 1))
            listed = strips.xy[strips.pointer[strip] : strips.pointer[strip + 1]]
            met = own[(low <= y) & (y <= high)]
            assert {tuple(edge) for edge in met} <= {tuple(edge) for edge in listed}
            assert len(own) <= 16 or len(listed) < 0.6 * len(own)


def test_boxes_are_those_of_the_areas():
    shapes = np.array([*SHAPES["city"], *SHAPES["many rings first"]], object)
    boxes = strips_of(edges_of(shapes), len(shapes)).areas[:, :4]
    there = ~shapely.is_empty(shapes)
    np.testing.assert_array_equal(boxes[there], shapely.bounds(shapes[there]))
