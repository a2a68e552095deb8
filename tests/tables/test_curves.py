"""Arcs become straight pieces on the circle they are of; what cannot be read is refused by one kind of error."""

from __future__ import annotations

import io
import math
import sqlite3
import struct
import time
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import examples

from geo.tables import open_table
from geo.tables.curves import ARC_PIECES, straightened

CIRCLE = "CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0)"


def wkb(kind: int, body: bytes, count: int) -> bytes:
    return struct.pack("<BII", 1, kind, count) + body


def arc(*points: tuple[float, float]) -> bytes:
    return wkb(8, struct.pack(f"<{2 * len(points)}d", *(number for point in points for number in point)), len(points))


@pytest.mark.parametrize("middle", [(1, 1), (1, -1), (0.5, 0.1), (1.7, 3), (-1, 5)])
def test_every_piece_lies_on_the_circle_through_the_three_points(middle: tuple[float, float]) -> None:
    line = straightened(f"CIRCULARSTRING (0 0, {middle[0]} {middle[1]}, 2 0)")
    points = shapely.get_coordinates(line)
    assert [tuple(points[i]) for i in (0, ARC_PIECES // 2, -1)] == [(0, 0), middle, (2, 0)]
    # The centre is where the distances agree: least squares over the three, not the formula of the program.
    given_points = np.array([(0, 0), middle, (2, 0)], float)
    solved = np.linalg.lstsq(np.c_[2 * given_points, np.ones(3)], (given_points**2).sum(axis=1), rcond=None)[0]
    distances = np.hypot(*(points - solved[:2]).T)
    assert distances == pytest.approx(distances[0], rel=1e-9)
    steps = np.hypot(*np.diff(points, axis=0).T)
    assert steps.max() < 2.2 * distances[0] * math.pi / ARC_PIECES * 2


@pytest.mark.parametrize(
    ("text", "kind", "area", "length"),
    [
        (CIRCLE, "LineString", 0, 2 * math.pi),
        ("CIRCULARSTRING (0 0, 2 0, 0 0)", "LineString", 0, 2 * math.pi),  # a whole circle in one arc
        ("CIRCULARSTRING ZM (0 0 1 2, 1 1 1 2, 2 0 1 2)", "LineString", 0, math.pi),
        ("CIRCULARSTRING (0 0, 1 0, 2 0)", "LineString", 0, 2),  # no arc at all
        ("COMPOUNDCURVE (CIRCULARSTRING (0 0, 1 1, 2 0), (2 0, 5 0))", "LineString", 0, math.pi + 3),
        (f"CURVEPOLYGON ({CIRCLE})", "Polygon", math.pi, 2 * math.pi),
        (
            f"MULTISURFACE (CURVEPOLYGON ({CIRCLE}), ((5 5, 6 5, 6 6, 5 5)))",
            "MultiPolygon",
            math.pi + 0.5,
            2 * math.pi + 2 + math.sqrt(2),
        ),
        ("MULTICURVE ((0 0, 3 4), CIRCULARSTRING (0 0, 1 1, 2 0))", "MultiLineString", 0, 5 + math.pi),
        ("TIN (((0 0, 1 0, 0 1, 0 0)))", "MultiPolygon", 0.5, 2 + math.sqrt(2)),
        ("TRIANGLE ((0 0, 1 0, 0 1, 0 0))", "Polygon", 0.5, 2 + math.sqrt(2)),
        (f"SRID=4326;GEOMETRYCOLLECTION (POINT (9 9), {CIRCLE})", "GeometryCollection", 0, 2 * math.pi),
    ],
)
def test_area_and_length_are_those_of_the_arcs(text: str, kind: str, area: float, length: float) -> None:
    shape = straightened(text)
    assert shape.geom_type == kind
    assert shape.area == pytest.approx(area, rel=0.03)
    assert shape.length == pytest.approx(length, rel=0.01)


@pytest.mark.parametrize(("name", "height"), [("TIN", ""), ("tin Z", " 5"), ("POLYHEDRALSURFACE", "")])
def test_faces_read_in_one_go_are_those_read_one_by_one(name: str, height: str) -> None:
    corners = [[(n, 0), (n + 1, n / 7), (n, 2), (n, 0)] for n in range(50)]
    faces = [f"(({','.join(f'{x} {y}{height}' for x, y in face)}))" for face in corners]
    read = straightened(f" {name}( {' , '.join(faces)} ) ")
    assert read.equals_exact(shapely.MultiPolygon([shapely.Polygon(face) for face in corners]))
    holed = straightened("POLYHEDRALSURFACE (((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)))")
    assert holed.area == 40.5 - 0.5
    for damage in (",", "", ",x"):
        with pytest.raises(ValueError, match=r"\w"):
            straightened(f"{name} ({','.join(faces)}{damage}")


def test_bytes_give_what_words_give() -> None:
    circle = arc((0, 0), (1, 1), (2, 0), (1, -1), (0, 0))
    surface = wkb(12, wkb(10, circle, 1), 1)
    assert straightened(circle).equals(straightened(CIRCLE))
    assert straightened(surface).equals(straightened(f"MULTISURFACE (CURVEPOLYGON ({CIRCLE}))"))
    assert straightened(surface.hex().upper()).equals(straightened(surface))
    big = struct.pack(">BII6d", 0, 1008, 2, *(0, 0, 9, 1, 1, 9))  # with heights, but two points are no arc
    with pytest.raises(ValueError, match="a beginning, a middle and an end"):
        straightened(big)


@pytest.mark.parametrize(
    "cell",
    [
        "CIRCULARSTRING (0 0, 1 1)",
        "CIRCULARSTRING (0 0",
        "CIRCULARSTRING",
        "CURVEPOLYGON (0 0)",
        "SOMETHING (0 0)",
        "TIN (((0 0)))",
        "MULTIPOINT (1 1, 2 2)",
        b"\x01\x08\x00\x00\x00\xff\xff\xff\xff",
        b"\x01\x0a\x00\x00\x00\xff\xff\xff\x7f\x01\x01",
        b"\x01",
        "01zz",
    ],
)
def test_what_is_no_geometry_is_one_kind_of_error(cell: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        straightened(cell)


def test_in_a_table_they_are_read_and_said(tmp_path: Path) -> None:
    """Each was a traceback."""
    cells = ["CIRCULARSTRING (10.1 50.1, 10.2 50.2, 10.3 50.1)", "TIN EMPTY", "CURVEPOLYGON (x)", "POINT (10.1 50.1)"]
    text = "name|wkt\n" + "".join(f"a|{cell}\n" for cell in cells)
    with open_table(io.BytesIO(text.encode()), name="a.csv") as table:
        points = table.points(next(table.batches()))
    assert points.notes().to_pylist() == ["curved", "missing", "bad_geometry", None]
    assert (points.lon[0], points.lat[0]) == pytest.approx((10.2, 50.2), abs=0.05)
    binary = pa.table({"wkb": [wkb(11, arc((10.1, 50.1), (10.2, 50.2), (10.3, 50.1)), 1), None]})
    pq.write_table(binary, tmp_path / "a.parquet")
    with open_table(tmp_path / "a.parquet") as table:
        assert table.points(next(table.batches())).notes("zh").to_pylist() == [
            "弧线已改作短直线，取其上或其内一点",
            "坐标缺失",
        ]


def test_in_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "arcs.gpkg"
    line = shapely.LineString([(10.1, 50.1), (10.2, 50.2), (10.3, 50.1)])
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[line], crs=4326).to_file(path, layer="arcs", driver="GPKG")
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        (blob,) = database.execute("SELECT geom FROM arcs").fetchone()
        curved = blob.replace(struct.pack("<BI", 1, 2), struct.pack("<BI", 1, 8))
        assert curved != blob
        database.execute("UPDATE arcs SET geom = ?", (curved,))
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'CIRCULARSTRING'")
        database.commit()
    with open_table(path) as table:
        points = table.points(next(table.batches()))
    assert points.notes().to_pylist() == ["curved"]
    assert (points.lon[0], points.lat[0]) == pytest.approx((10.2, 50.2), abs=0.05)


def test_many_arcs_take_no_time() -> None:
    count = 199_999
    angles = np.linspace(0, 300, count)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    began = time.process_time()
    line = straightened(wkb(8, points.tobytes(), count))
    assert len(line.coords) == (count - 1) // 2 * ARC_PIECES + 1
    assert time.process_time() - began < 2


WORDS = "CIRCULARSTRING,COMPOUNDCURVE,CURVEPOLYGON,MULTISURFACE,TIN,EMPTY,Z,(,),0 0,1 1,2 0,nan,-1e999,SRID=1;"


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.sampled_from([*WORDS.split(","), ","]), max_size=14).map(" ".join)
    | st.tuples(st.sampled_from([b"\x01", b"\x00"]), st.integers(0, 17), st.binary(max_size=60)).map(
        lambda t: t[0] + struct.pack("<I" if t[0] == b"\x01" else ">I", t[1]) + t[2]
    )
)
def test_anything_is_a_geometry_or_a_value_error(cell: str | bytes) -> None:
    try:
        shape = straightened(cell)
    except ValueError:
        return
    assert shape.geom_type


@pytest.mark.parametrize(
    "cell",
    [
        "CIRCULARSTRING (0 0, NaN 1, 2 0)",
        "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 NaN, 2 0, 1 -1, 0 0))",
        arc((0, 0), (math.inf, 1), (2, 0)),
    ],
)
def test_an_arc_through_no_number_is_refused_and_nothing_is_printed(cell: str | bytes) -> None:
    """A warning is an error here, as everywhere in the suite."""
    with pytest.raises(ValueError, match="not a number"):
        straightened(cell)
