"""The index: which areas it takes, that it is kept, and that it travels."""

import pickle

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.assign import area_index, assign
from geo.errors import CRSError, DataError, UsageError

SQUARES = {"a": shapely.box(0, 0, 2, 2), "b": shapely.box(1, 1, 3, 3)}


def test_kept_by_content_not_by_object():
    first = area_index(dict(SQUARES))
    assert area_index({key: shapely.from_wkb(shapely.to_wkb(g)) for key, g in SQUARES.items()}) is first
    assert area_index(first) is first
    assert area_index(SQUARES, "contains").digest != first.digest
    assert area_index({"a": SQUARES["a"], "c": SQUARES["b"]}) is not first
    assert area_index({"a": SQUARES["a"], "b": shapely.box(1, 1, 3, 4)}) is not first
    assert area_index(first, "contains").predicate == "contains"


@pytest.mark.parametrize("kind", ["frame", "series", "list", "array"])
def test_takes_what_people_have(kind):
    series = gpd.GeoSeries(SQUARES, crs=4326)
    given = {
        "frame": gpd.GeoDataFrame({"n": [1, 2]}, geometry=list(series), index=series.index, crs=4326),
        "series": series,
        "list": list(SQUARES.values()),
        "array": series.to_numpy(),
    }[kind]
    expected = ("a", "b") if kind in ("frame", "series") else ("0", "1")
    assert assign([1.5], [1.5], given).ids_of(0) == expected


def test_travels_to_another_process():
    index = pickle.loads(pickle.dumps(area_index(SQUARES)))
    x, y = np.random.default_rng(0).uniform(-1, 4, (2, 1000))
    for engine in ("numba", "numpy"):
        np.testing.assert_array_equal(assign(x, y, index, engine=engine).areas, assign(x, y, SQUARES).areas)


def test_bad_areas_are_all_named_at_once():
    bad = gpd.GeoSeries(
        [None, shapely.Point(0, 0), shapely.box(0, 0, 1, 1), shapely.box(0, 0, np.inf, 1), shapely.box(0, 0, 1, 1)],
        index=["n", "p", "d", "i", "d"],
    )
    with pytest.raises(DataError, match="each needs one id and one polygon") as caught:
        area_index(bad)
    assert caught.value.problems == (
        "n: no geometry",
        "p: Point is not a polygon",
        "i: a coordinate is NaN or infinite",
        "d: 2 areas have this id",
    )
    with pytest.raises(UsageError, match="areas must be a GeoDataFrame"):
        area_index(7)


def test_areas_in_another_crs_are_refused():
    with pytest.raises(CRSError, match=r"areas are in .*UTM zone 51N; give longitude and latitude"):
        area_index(gpd.GeoSeries(SQUARES, crs=32651))


def test_most_cells_answer_without_a_test():
    disc = {"disc": shapely.Point(121.5, 31.2).buffer(0.3, quad_segs=100)}
    index = area_index(disc)
    border = (index.fine < 0).sum() / (index.grid.nx * index.grid.ny)
    assert 0 < border < 0.005
    cells_inside = (index.fine > 0).sum() + (index.coarse > 0).sum() * 256
    cell_area = 1 / (index.grid.scale_x * index.grid.scale_y)
    assert cells_inside * cell_area == pytest.approx(disc["disc"].area, rel=0.01)
    assert cells_inside * cell_area < disc["disc"].area


def test_a_few_that_all_lie_over_each_other_are_drawn_at_once_too():
    """A thousand circles around one spot took ten minutes: area by area, the time grows with their square."""
    shapes = [shapely.Point(121.4, 31.2).buffer(0.3 + number / 1e3) for number in range(60)]
    over = area_index(shapes)
    assert over.many
    x, y = np.random.default_rng(3).uniform([[121.0], [30.8]], [[121.8], [31.6]], (2, 500))
    found = assign(x, y, over)
    sets, codes = found.sets(), found.codes
    for at in range(500):
        assert sorted(sets[codes[at]]) == [
            n for n, shape in enumerate(shapes) if shapely.intersects_xy(shape, x[at], y[at])
        ]
    beside = [*(shapely.box(n, 0, n + 1, 1) for n in range(60)), shapely.box(0, 0, 60, 1), shapely.Polygon()]
    assert not area_index(beside).many
