"""Pairs, lists and Arrow columns say the same."""

import numpy as np
import shapely

from geo.assign import assign

AREAS = {"a": shapely.box(0, 0, 2, 2), "b": shapely.box(1, 1, 3, 3), "c": shapely.box(10, 10, 11, 11)}
X, Y = np.array([0.5, 1.5, 2.5, 5.0, np.nan]), np.array([0.5, 1.5, 2.5, 5.0, 1.0])
EXPECTED = [["a"], ["a", "b"], ["b"], [], []]


def test_every_form_of_the_answer():
    found = assign(X, Y, AREAS)
    assert [list(found.ids_of(i)) for i in range(len(found))] == EXPECTED
    assert (found.offsets.dtype, found.areas.dtype) == (np.int64, np.int32)
    assert found.offsets.tolist() == [0, 1, 3, 4, 4, 4]
    assert found.areas.tolist() == [0, 0, 1, 1]
    assert [a.tolist() for a in found.pairs()] == [[0, 1, 1, 2], [0, 0, 1, 1]]
    assert found.matched.tolist() == [True, True, True, False, False]
    assert found.counts().tolist() == [2, 2, 0]
    assert found.single().tolist() == [0, 0, 1, -1, -1]
    assert found.single([1, 2]).tolist() == [-1, 1, 1, -1, -1]


def test_at_most_one_area_takes_the_short_way_to_the_same():
    found = assign(X, Y, {"a": AREAS["a"], "c": AREAS["c"]})
    assert found.areas.tolist() == [0, 0]
    assert found.offsets.tolist() == [0, 1, 2, 2, 2, 2]


def test_arrow_columns():
    found = assign(X, Y, AREAS)
    column = found.to_arrow()
    assert str(column.type) == "list<item: string>" or str(column.type) == "list<element: string>"
    assert column.to_pylist() == EXPECTED
    first = found.single_to_arrow([0])
    assert str(first.type.value_type) == "string"
    assert first.to_pylist() == ["a", "a", None, None, None]
