"""The columns a join adds, and that no row is lost."""

import pickle

import numpy as np
import pyarrow as pa
import pytest
import shapely
from against_shapely import parcels

from geo.assign import index
from geo.assign.join import COLUMNS, Joiner, Tally, column_names
from geo.assign.lookup import assign
from geo.crs.datums import from_wgs84
from geo.errors import DataError, UsageError

DISTRICTS = {"d1": shapely.box(121.0, 31.0, 121.5, 31.5), "d2": shapely.box(121.5, 31.0, 122.0, 31.5)}
TOWNSHIPS = {"t1": shapely.box(121.0, 31.0, 121.2, 31.5)}
PLACES = {"belt": shapely.box(121.1, 31.1, 121.9, 31.2), "node": shapely.box(121.1, 31.1, 121.15, 31.2)}
LON = np.array([121.12, 121.5, 121.7, 123.0, np.nan, 121.1, np.inf])
LAT = np.array([31.15, 31.15, 31.4, 31.2, 31.2, np.nan, 31.2])
ROWS = [
    ("d1", "t1", ["belt", "node"], "matched", None),
    ("d1", None, ["belt"], "matched", "on the border or overlap of several districts: d1, d2; the first is taken"),
    ("d2", None, [], "matched", None),
    (None, None, [], "outside", None),
    (None, None, [], "set_aside", "no usable coordinate"),
    (None, None, [], "set_aside", "no usable coordinate"),
    (None, None, [], "set_aside", "no usable coordinate"),
]


IDS = [list(COLUMNS).index(name) for name in ("district_id", "township_id", "place_ids", "join_status", "join_note")]


def rows(columns):
    return list(zip(*(columns[at].to_pylist() for at in IDS), strict=True))


def test_a_name_stands_beside_every_id():
    names = {"d1": "甲区", "t1": "乙镇", "node": "丙园"}
    columns, _ = Joiner(DISTRICTS, TOWNSHIPS, PLACES, names=names).columns(LON, LAT)
    found = dict(zip(COLUMNS, (column.to_pylist() for column in columns), strict=True))
    assert found["district"] == ["甲区", "甲区", "d2", None, None, None, None]  # without a name its id
    assert found["township"] == ["乙镇", None, None, None, None, None, None]
    assert found["places"][:3] == [["belt", "丙园"], ["belt"], []]
    assert found["located_by"] == ["coordinates"] * 4 + ["none"] * 3
    assert set(found["accuracy_m"]) == {None}


def test_a_row_that_lies_elsewhere_than_it_states_says_so():
    stated = pa.array(["d2", "d2", None, "d1", "d1", None, None], pa.string())
    joiner = Joiner(DISTRICTS, language="en", names={"d1": "One", "d2": "Two"})
    columns, tally = joiner.columns(LON, LAT, stated=stated)
    notes = [row[-1] for row in rows(columns)]
    assert notes[0] == "stated Two, lies in One"
    assert notes[1].endswith("; stated Two, lies in One")  # it is on the border, and the first is taken
    assert notes[2] is None
    assert notes[3] == "stated One, lies in no district"
    assert notes[4] == "no usable coordinate"
    assert tally.elsewhere == 3


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_every_row_has_its_areas_and_status(datum):
    joiner = Joiner(DISTRICTS, TOWNSHIPS, PLACES, datum=datum, language="en")
    shifted = np.array(from_wgs84(LON, LAT, datum))
    shifted[:, 1] = from_wgs84(LON[1] - 0.0 if datum == "wgs84" else LON[1] + 1e-6, LAT[1], datum)
    columns, tally = joiner.columns(*shifted)
    assert [c.type for c in columns] == list(COLUMNS.values())
    np.testing.assert_allclose(columns[0].to_numpy(zero_copy_only=False)[:4], LON[:4], atol=2e-6)
    assert columns[0].null_count == columns[1].null_count == 3
    expected = ROWS if datum == "wgs84" else [*ROWS[:1], ("d2", None, ["belt"], "matched", None), *ROWS[2:]]
    assert rows(columns) == expected
    assert (tally.rows, tally.matched, tally.outside, tally.set_aside) == (7, 3, 1, 3)
    assert tally.places == {"belt": 2, "node": 1}


def test_texts_may_come_as_dictionaries():
    stated = pa.array(["d2", "d2", None, "d1", "d1", None, None], pa.string())
    joiner = Joiner(DISTRICTS, TOWNSHIPS, PLACES, names={"d1": "One"})
    texts, tally = joiner.columns(LON, LAT, stated=stated)
    coded, same = joiner.columns(LON, LAT, stated=stated, dictionaries=True)
    assert [str(column.type).startswith("dictionary") for column in coded] == [
        *(
            name in ("district_id", "district", "township_id", "township", "join_status", "located_by")
            for name in COLUMNS
        )
    ]
    assert [column.to_pylist() for column in coded[2:]] == [column.to_pylist() for column in texts[2:]]
    assert (tally, [column.type for column in texts]) == (same, list(COLUMNS.values()))


def test_tally_counts_a_border_point_in_both_districts_and_says_so():
    _, tally = Joiner(DISTRICTS).columns(LON, LAT)
    assert (tally.districts, tally.ambiguous) == ({"d1": 2, "d2": 2}, 1)
    _, inner = Joiner(DISTRICTS, predicate="contains").columns(LON, LAT)
    assert (inner.districts, inner.ambiguous, inner.outside) == ({"d1": 1, "d2": 1}, 0, 2)


def test_what_was_not_asked_is_null_and_what_was_not_found_is_empty():
    columns, _ = Joiner(DISTRICTS).columns(LON[:1], LAT[:1])
    assert rows(columns) == [("d1", None, None, "matched", None)]
    columns, _ = Joiner(places=PLACES).columns(LON[2:3], LAT[2:3])
    assert rows(columns) == [(None, None, [], "outside", None)]


def test_the_readers_notes_and_verdict_stand():
    notes = pa.array(["swapped?", "near", None, None], pa.string())
    aside = np.array([True, False, False, False])
    columns, tally = Joiner(DISTRICTS, language="en").columns(LON[:4], LAT[:4], aside, notes)
    got = rows(columns)
    assert got[0] == (None, None, None, "set_aside", "swapped?")
    assert got[1][-1].startswith("near; on the border or overlap of several districts")
    assert [r[-1] for r in got[2:]] == [None, None]
    assert tally.set_aside == 1


def test_the_same_id_may_be_a_district_and_a_place():
    columns, _ = Joiner({"x": DISTRICTS["d1"]}, None, {"x": PLACES["node"]}).columns(LON[:1], LAT[:1])
    assert rows(columns)[0][:3] == ("x", None, ["x"])


def test_travels_and_adds_up():
    joiner = Joiner(DISTRICTS, TOWNSHIPS, PLACES)
    whole, total = joiner.columns(LON, LAT)
    copy = pickle.loads(pickle.dumps(joiner))
    parts = [copy.columns(LON[a:b], LAT[a:b]) for a, b in ((0, 3), (3, 7))]
    assert rows(whole) == rows(parts[0][0]) + rows(parts[1][0])
    added = Tally.from_dict(parts[0][1].to_dict())
    added.add(parts[1][1])
    assert added == total
    assert Tally.from_dict(total.to_dict()) == total
    total.check()
    total.rows += 1
    with pytest.raises(DataError, match="rows got lost"):
        total.check()


def test_names_that_are_taken_and_datums_that_are_not():
    assert column_names(["a", "place_ids", "place_ids_input"]) == {"place_ids": "place_ids_input_2"}
    with pytest.raises(UsageError, match="datum 'auto' is not known"):
        Joiner(DISTRICTS, datum="auto")


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_many_rows_in_parts_are_where_few_are(datum, monkeypatch):
    """Through a table of the shift and the compiled lookup, where the iteration puts them to 0.1 mm."""
    rng = np.random.default_rng(0)
    lon, lat = from_wgs84(*rng.uniform((121, 31), (122, 31.5), (20_000, 2)).T, datum)
    lon[3] = np.nan
    joiner = Joiner(DISTRICTS, TOWNSHIPS, PLACES, datum=datum)
    few, tally = joiner.columns(lon, lat)
    joiner.expect(10_000_000)
    seen = []
    monkeypatch.setattr("geo.assign.join.assign", lambda *a, **k: seen.append(k["expected"]) or assign(*a, **k))
    many, other = joiner.columns(lon, lat)
    assert seen[0] >= 1 << 18
    for one, two in zip(few[:2], many[:2], strict=True):
        np.testing.assert_allclose(one.to_numpy(False), two.to_numpy(False), rtol=0, atol=1e-9)
    assert [a.equals(b) for a, b in zip(few[2:], many[2:], strict=True)] == [True] * len(few[2:])
    assert (tally, few[0].null_count) == (other, 1)


@pytest.mark.parametrize("role", ["districts", "places"])
def test_a_million_areas_are_joined_as_few_are(role, monkeypatch):
    """Each area has a set of its own from the first then; ids, names, notes and counts are the same."""
    plots = {f"p{at}": plot for at, plot in enumerate(parcels(12, 9))} | {"all": shapely.box(121.1, 31.1, 121.3, 31.2)}
    names = {key: key.upper() for key in plots}
    corners = shapely.get_coordinates(list(plots.values()))[::5]
    x, y = np.vstack([corners, np.random.default_rng(2).uniform((120.9, 30.9), (121.5, 31.4), (3000, 2))]).T
    few = Joiner(**{role: plots}, names=names)
    monkeypatch.setattr(index, "_MANY", -1)
    index._cache.clear()
    many = Joiner(**{role: plots}, names=names)
    assert (few.index.many, many.index.many) == (False, True)
    one, two = few.columns(x, y), many.columns(x, y)
    assert [a.equals(b) for a, b in zip(one[0], two[0], strict=True)] == [True] * len(one[0])
    assert one[1] == two[1]
    assert sum(one[1].to_dict()[role].values()) > 1500
    index._cache.clear()
