"""Sets of areas as columns: the same as the areas of each set, looked up one by one."""

import numpy as np
import pyarrow as pa
import pytest

from geo.assign import set_columns as module
from geo.assign.set_columns import SetColumns, coded, plain

#: Districts 0 and 1, townships 2 and 3, places 4 to 6, of which two have one name.
RANGES = {"district": range(2), "township": range(2, 4), "place": range(4, 7)}
IDS = ("d0", "d1", "t0", "t1", "p0", "p1", "p2")
NAMES = ("甲区", "乙区", "丙镇", "丁镇", "园", "带", "园")
SETS = [(), (0,), (0, 2, 4, 6), (0, 1, 3), (5,), (2, 3)]


@pytest.fixture(params=[1 << 15, 1], ids=["dictionaries", "texts"])
def found(request, monkeypatch):
    monkeypatch.setattr(module, "_MOST_WORDS", request.param)
    words = {r: tuple(coded(said[own.start : own.stop]) for said in (IDS, NAMES)) for r, own in RANGES.items()}
    assert pa.types.is_dictionary(words["place"][0].type) == (request.param > 1)
    offsets = np.cumsum([0, *map(len, SETS)])
    return SetColumns(offsets, np.array(sum(SETS, ()), np.int32), RANGES, words, "en")


def test_each_set_has_the_first_district_and_township_and_every_place(found):
    def first(role, words):
        return [next((words[area] for area in one if area in RANGES[role]), None) for one in SETS]

    def every(words):
        return [[words[area] for area in one if area in RANGES["place"]] for one in SETS]

    codes = np.array([*range(len(SETS)), 2, 0, 2], np.int32)
    columns = {name: plain(column) for name, column in found.take(codes).items()}
    for column in columns.values():
        column.validate(full=True)
    assert {str(column.type) for column in columns.values()} == {"string", "list<item: string>"}
    expected = {
        "district_id": first("district", IDS),
        "district": first("district", NAMES),
        "township_id": first("township", IDS),
        "township": first("township", NAMES),
        "place_ids": every(IDS),
        "places": every(NAMES),
    }
    assert {name: column.to_pylist() for name, column in columns.items()} == {
        name: [cells[code] for code in codes] for name, cells in expected.items()
    }


def test_no_points_have_no_cells(found):
    assert {name: len(column) for name, column in found.take(np.zeros(0, np.int32)).items()} == dict.fromkeys(
        ("district_id", "district", "township_id", "township", "place_ids", "places"), 0
    )


def test_a_column_without_nulls_says_so(found):
    column = found.take(np.array([1, 3, 1], np.int32))["district_id"]
    assert (column.null_count, plain(column).to_pylist()) == (0, ["d0", "d0", "d0"])


def test_more_places_than_a_list_can_have_are_refused(found, monkeypatch):
    monkeypatch.setattr(module, "_MOST_ITEMS", 3)
    with pytest.raises(pa.ArrowInvalid, match="4 places"):
        found.take(np.array([2, 2], np.int32))


def test_a_set_of_several_districts_says_so(found):
    assert found.several.tolist() == [False, False, False, True, False, True]
    notes = found.note.to_pylist()
    assert notes[:3] == [None] * 3 == [*notes[4:5], None, None]
    assert "districts: d0, d1" in notes[3]
    assert "townships: t0, t1" in notes[5]


def test_a_dictionary_has_each_word_once():
    names = coded(NAMES[4:])
    assert names.to_pylist() == ["园", "带", "园"]
    assert names.dictionary.to_pylist() == ["园", "带"]
    taken = pa.ListArray.from_arrays([0, 2, 3], names).take(pa.array([1, 0]))
    assert plain(taken).to_pylist() == [["园"], ["园", "带"]]
