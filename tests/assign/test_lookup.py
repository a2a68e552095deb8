"""`assign` equals shapely on every point, by both engines and both predicates."""

import pickle
import sys

import numpy as np
import pytest
import shapely
from against_shapely import ASK, ENGINES, check, check_rings, city, point_lists, points, ring_lists, table
from hypothesis import given, settings
from thorough import examples

from geo.assign import area_index, assign, index, kernel, lookup
from geo.errors import MissingDependencyError, UsageError


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("predicate", ASK)
def test_equal_to_shapely_everywhere(predicate, engine):
    areas = city()
    x, y = points(areas)
    found = check(areas, x, y, predicate, engine)
    assert found.matched.sum() == table(found, len(areas)).any(axis=1).sum()
    assert (found.counts() == table(found, len(areas)).sum(axis=0)).all()


def test_a_border_point_is_in_both_or_in_none():
    two = {"a": shapely.box(0, 0, 1, 1), "b": shapely.box(1, 0, 2, 1)}
    assert assign([1.0], [0.5], two).ids_of(0) == ("a", "b")
    assert assign([1.0], [0.5], two, "contains").ids_of(0) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_poles_and_dateline(engine):
    areas = {
        "cap": shapely.box(-180, 80, 180, 90),
        "east": shapely.box(170, -90, 180, 0),
        "west": shapely.box(-180, -90, -170, 0),
        "world": shapely.box(-180, -90, 180, 90),
    }
    x, y = np.array(
        [(a, b) for a in (-180, -179.9, 0, 175, 180, 180.1) for b in (-90, -45, 0, 80, 85, 90, 90.1)], float
    ).T
    for predicate in ASK:
        check(areas, x, y, predicate, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_more_candidates_in_one_cell_than_the_table_holds(engine):
    spokes = {
        f"s{i}": shapely.Polygon([(0, 0), (np.cos(i / 4), np.sin(i / 4)), (np.cos(i / 4 + 1), np.sin(i / 4 + 1))])
        for i in range(25)
    }
    x, y = np.random.default_rng(3).normal(0, 0.002, (2, 3000))
    check(spokes, np.append(x, 0.0), np.append(y, 0.0), "intersects", engine)


def test_few_areas_compile_nothing_that_only_many_need(monkeypatch):
    """The first call on a machine waits for the compiler."""
    loaded = []
    for function in (kernel.LOOKUP, kernel.SPREAD):
        monkeypatch.setattr(function, "load", lambda name=function: loaded.append(name))
    lookup._compiled_lookup.cache_clear()
    assert lookup._compiled_lookup("numba", many=False) is kernel.LOOKUP
    assert loaded == [kernel.LOOKUP]
    assert lookup._compiled_lookup("numba", many=True) is kernel.LOOKUP
    assert loaded[1:] == [kernel.LOOKUP, kernel.SPREAD]
    lookup._compiled_lookup.cache_clear()


def test_room_for_no_outcome_is_enough(monkeypatch):
    """Points in several areas of a cell are then left to GEOS."""
    monkeypatch.setattr(index, "_MAX_TABLE", 0)
    index._cache.clear()
    areas = city()
    assert not area_index(areas).table.size
    check(areas, *points(areas), "intersects", "numba")
    index._cache.clear()


def test_one_area_alone_needs_no_place_in_the_table():
    """So that the table, large for many areas, stays untouched memory."""
    squares = {"a": shapely.box(0, 0, 2, 2), "b": shapely.box(1, 1, 3, 3.001)}
    x, y = np.random.default_rng(4).uniform(-1, 4, (2, 20_000))
    alone = ~shapely.intersects_xy(shapely.box(1, 1, 2, 2), x, y)
    made = area_index(squares)
    check(squares, x[alone], y[alone], "intersects", "numba")
    assert made.table.size
    assert not made.table.any()
    check(squares, np.append(x, 2 - 1e-6), np.append(y, 1.5), "intersects", "numba")
    assert made.table.any()
    assert not pickle.loads(pickle.dumps(made)).table.any()


@settings(max_examples=examples(150), deadline=None)
@given(ring_lists, point_lists)
def test_any_valid_polygons_and_points(rings, extra):
    check_rings(rings, extra)


def test_threads_and_engines_agree_on_many_points():
    areas = city()
    x, y = np.random.default_rng(5).uniform([120.9, 30.6], [122.1, 31.8], (700_000, 2)).T
    results = [assign(x, y, areas, engine=e, threads=t) for e in ENGINES for t in (1, 3)]
    for other in results[1:]:
        assert (other.offsets == results[0].offsets).all()
        assert (other.areas == results[0].areas).all()


def test_nothing_in_nothing_out():
    assert len(assign([], [], city())) == 0
    found = assign([1.0], [2.0], {})
    assert (found.counts().shape, found.ids_of(0)) == ((0,), ())
    assert not assign([0.0], [0.0], {"e": shapely.Polygon()}).matched.any()


def test_without_the_compiler_the_answer_is_the_same_or_the_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "geo.assign.kernel", None)
    lookup._compiled_lookup.cache_clear()
    try:
        assert assign([121.5], [31.2], city()).ids_of(0) == assign([121.5], [31.2], city(), engine="numpy").ids_of(0)
        with pytest.raises(MissingDependencyError, match=r'engine "numba" needs numba: pip install ".*\[fast\]"'):
            assign([121.5], [31.2], city(), engine="numba")
    finally:
        lookup._compiled_lookup.cache_clear()


def test_options_are_checked():
    with pytest.raises(UsageError, match="lon and lat must be one-dimensional and of one length"):
        assign([1.0], [1.0, 2.0], city())
    with pytest.raises(UsageError, match="engine 'gpu' is not known; use one of auto, numba, numpy"):
        assign([1.0], [1.0], city(), engine="gpu")
    with pytest.raises(UsageError, match="predicate 'within' is not known; use one of intersects, contains"):
        assign([1.0], [1.0], city(), "within")
