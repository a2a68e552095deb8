"""Areas drawn all at once give what areas drawn one by one give: shapely's answer on every point."""

import pickle

import numpy as np
import pytest
import shapely
from against_shapely import ASK, ENGINES, check, check_rings, city, parcels, point_lists, points, ring_lists
from hypothesis import given, settings
from thorough import examples

from geo.assign import area_index, assign, index, many
from geo.assign.edges import edges_of


@pytest.fixture(scope="module", autouse=True)
def few_are_many():
    """Every index of this module is made as that of many areas is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_MANY", -1)
        patch.setattr(many, "_CELLS_PER_AREA", 10_000)
        index._cache.clear()
        yield
    index._cache.clear()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("predicate", ASK)
def test_equal_to_shapely_everywhere(predicate, engine):
    areas = city()
    assert area_index(areas, predicate).many
    x, y = points(areas)
    found = check(areas, x, y, predicate, engine)
    assert found.counts().sum() == len(found.areas) > 0


@settings(max_examples=examples(60), deadline=None)
@given(ring_lists, point_lists)
def test_any_valid_polygons_and_points(rings, extra):
    check_rings(rings, extra)


@pytest.mark.parametrize("cells", [64, 10_000])
@pytest.mark.parametrize("engine", ENGINES)
def test_parcels_in_a_district_and_on_their_borders(engine, cells, monkeypatch):
    """No gap and no overlap: inside one parcel each, on a border as many as shapely says, the district besides."""
    monkeypatch.setattr(many, "_CELLS_PER_AREA", cells)
    index._cache.clear()
    plots = parcels(60, 52)
    areas = [*plots, shapely.box(121.1, 31.1, 121.3, 31.2), shapely.Polygon()]
    r = np.random.default_rng(1)
    corners = shapely.get_coordinates(plots)[r.integers(0, 9 * len(plots), 2000)]
    x, y = np.vstack([r.uniform((120.99, 30.99), (121.41, 31.31), (20_000, 2)), corners]).T
    found = assign(x, y, areas, engine=engine)
    point, area = shapely.STRtree(areas).query(shapely.points(x, y), predicate="intersects")
    order = np.lexsort((area, point))
    np.testing.assert_array_equal(found.pairs(), (point[order], area[order]))
    assert np.diff(found.offsets)[20_000:].max() >= 4


def test_every_area_has_its_set_and_travels():
    plots = parcels(8, 8)
    made = area_index(plots)
    assert [made.sets[number] for number in (0, 1, 64)] == [(), (0,), (63,)]
    assert made.sets.number((5,)) == 6
    more = made.sets.number((5, 6))
    sent = pickle.loads(pickle.dumps(made))
    assert (more, sent.sets[more], sent.sets.number((6, 5)), len(sent.sets)) == (65, (5, 6), 65, 66)
    offsets, members = sent.sets.csr()
    assert [tuple(members[offsets[s] : offsets[s + 1]].tolist()) for s in (0, 1, 64, 65)] == [(), (0,), (63,), (5, 6)]
    x, y = np.random.default_rng(0).uniform((121, 31), (121.4, 31.3), (3000, 2)).T
    np.testing.assert_array_equal(assign(x, y, sent).areas, assign(x, y, plots).areas)


def test_the_grid_is_coarser_where_areas_are_large():
    """So that what is held does not grow with what they cover."""
    small, large = np.array(parcels(20, 20)), np.array([shapely.box(0, 0, 1, 1)] * 400)
    cells = [many.grid_over_many(edges_of(areas), areas).nx for areas in (small, large)]
    assert cells[0] > 4 * cells[1]


def test_only_areas():
    assert not assign([0.0, np.nan], [0.0, np.inf], [shapely.Polygon()]).matched.any()
    assert len(assign([1.0], [1.0], [])) == 1


def test_what_points_of_a_block_ask_for_lies_side_by_side():
    made = area_index(parcels(30, 30))
    met = made.fine[made.fine < 0]
    np.testing.assert_array_equal(met, -np.arange(1, len(met) + 1))
    assert len(met) == len(made.kind_base) > 1000


@pytest.mark.parametrize("engine", ENGINES)
def test_areas_that_cover_cells_together_share_a_set(engine, monkeypatch):
    """Few sets, though many cells: those with the same areas are compared first, up to a number of areas."""
    over = {str(n): shapely.box(0, 0, 1 + n // 2 * 0.5, 1 + n // 2 * 0.5) for n in range(6)}
    x, y = np.random.default_rng(2).uniform(0, 2.5, (2, 2000))
    sets = []
    for most in (32, 2):
        monkeypatch.setattr(many, "_MOST_COMPARED", most)
        index._cache.clear()
        sets.append(len(area_index(over).sets))
        check(over, x, y, "intersects", engine)
    assert sets == [10, 10]  # none, each of six alone, and those of two, four and six
