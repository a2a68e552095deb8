"""Coarse coordinates say how coarse, and where else a row may lie; rows of another datum are found out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely

from geo.assign import doubts, join
from geo.assign.doubts import reached, rounding_m
from geo.assign.index import area_index
from geo.assign.join import COLUMNS, Joiner
from geo.crs.datums import from_wgs84

WEST, EAST = shapely.box(121.0, 31.0, 121.5, 31.5), shapely.box(121.5, 31.0, 122.0, 31.5)
PARK = shapely.box(121.202, 31.202, 121.204, 31.204)
RNG = np.random.default_rng(5)


def test_the_accuracy_is_half_the_diagonal_of_the_cell() -> None:
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(121.005, 31.005, 121.0, 31.0)
    assert rounding_m(np.array([31.0]), 0.01)[0] == pytest.approx(metres, rel=0.01)


def test_a_cell_reaches_what_shapely_says_it_crosses() -> None:
    shapes = {"west": WEST, "east": EAST, "park": PARK}
    lon, lat = np.round(RNG.uniform([[120.95], [30.95]], [[122.05], [31.55]], (2, 400)), 2)
    first, cells, areas = reached(lon, lat, 0.01, "wgs84", area_index(shapes))
    assert len(first) == len(np.unique(np.column_stack([lon, lat]), axis=0)) < len(lon)  # equal ones once
    assert (lon[first][cells] == lon).all()
    assert (lat[first][cells] == lat).all()
    found = {row: areas[cell] for row, cell in enumerate(cells.tolist()) if cell in areas}
    for row, (x, y) in enumerate(zip(lon, lat, strict=True)):
        cell = shapely.box(x - 0.005, y - 0.005, x + 0.005, y + 0.005)
        crossed = [n for n, s in enumerate(list(shapes.values())[:2]) if s.intersects(cell) and not s.contains(cell)]
        assert (row in found) == bool(crossed), (x, y)
        assert set(crossed) <= set(found.get(row, ()))
    assert reached(lon[:0], lat[:0], 0.01, "wgs84", area_index(shapes))[2] == {}


def test_rows_say_where_else_they_may_lie_and_exact_ones_do_not() -> None:
    west, east = shapely.box(121.0, 31.0, 121.503, 31.5), shapely.box(121.503, 31.0, 122.0, 31.5)
    towns = {"t1": shapely.box(121.0, 31.0, 121.302, 31.5), "t2": shapely.box(121.302, 31.0, 121.4, 31.5)}
    names = {"d1": "One", "d2": "Two", "p": "Park"}
    joiner = Joiner({"d1": west, "d2": east}, towns, {"p": PARK}, language="en", names=names)
    lon, lat = np.array([121.5, 121.51, 121.2, 121.3, 121.500001, np.nan]), np.full(6, 31.2)
    joiner.rounding_deg = 0.01
    columns, tally = joiner.columns(lon, lat)
    found = dict(zip(COLUMNS, (column.to_pylist() for column in columns), strict=True))
    assert found["accuracy_m"] == [732.0, 732.0, 732.0, 732.0, None, None]
    begin = "coordinates of 2 decimals only (±732 m): perhaps in"
    assert found["join_note"] == [
        f"{begin} Two",
        None,
        f"{begin} Park",
        f"{begin} another of 2 townships",
        None,
        "no usable coordinate",
    ]
    assert found["district"][0] == "One"  # what the numbers say
    assert (tally.coarse, tally.perhaps) == (4, 3)


def test_a_row_that_fits_in_another_datum_says_in_which() -> None:
    """Just east of the border in GCJ-02 numbers, which read as WGS 84 lie beyond it."""
    lon, lat = from_wgs84(np.array([121.498, 121.2]), np.array([31.2, 31.2]), "gcj02")
    joiner = Joiner({"d1": WEST, "d2": EAST}, language="zh", names={"d1": "甲区", "d2": "乙区"})
    columns, tally = joiner.columns(lon, lat, stated=pa.array(["d1", "d2"]))
    notes = columns[list(COLUMNS).index("join_note")].to_pylist()
    assert notes[0] == "所写为甲区，实在乙区；若按GCJ-02（高德、腾讯）、BD-09（百度）读则在所写的区"
    assert notes[1] == "所写为乙区，实在甲区"
    assert (tally.elsewhere, dict(tally.datums), tally.fitting) == (2, {"gcj02": 1, "bd09": 1}, 1)


def test_what_is_said_is_worded_once_for_all_rows_it_is_said_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two million rows of one spot are 100 kB of gzip; each was worded anew, 22 µs a row."""
    worded: list[str] = []

    def text(key: str, *more: object, **values: object) -> str:
        worded.append(key)
        return key

    monkeypatch.setattr(doubts, "text", text)
    monkeypatch.setattr(join, "text", text)
    west, east = shapely.box(121.0, 31.0, 121.52, 31.5), shapely.box(121.52, 31.0, 122.0, 31.5)
    joiner = Joiner({"d1": west, "d2": east}, language="en", names={"d1": "One", "d2": "Two"})
    joiner.rounding_deg = 0.1
    lon, lat = np.tile([121.5, 121.2, 121.5], 1000), np.tile([31.2, 31.2, 31.3], 1000)
    columns, tally = joiner.columns(lon, lat, stated=pa.array(["d2", "d2", None] * 1000))
    notes = columns[list(COLUMNS).index("join_note")].to_pylist()
    assert notes[:3] == ["assign.note.stated; assign.note.coarse", "assign.note.stated", "assign.note.coarse"]
    assert notes == notes[:3] * 1000
    assert (tally.elsewhere, tally.coarse, tally.perhaps) == (2000, 3000, 2000)
    assert len(worded) < 20
