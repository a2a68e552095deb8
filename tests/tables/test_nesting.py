"""Collections within collections: told before GEOS, which crashes on them, sees them."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely

from geo.tables.nesting import is_nested_deep


def nested(levels: int, kind: int = 7, order: str = "<", flags: int = 0) -> bytes:
    head = struct.pack(f"{order}BII", order == "<", kind | flags, 1)
    return head * levels + struct.pack("<BIdd", 1, 1, 121.0, 31.0)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [4, 6, 7, 9, 12, 1007, 2007, 3007])
@pytest.mark.parametrize("flags", [0, 0x20000000, 0x80000000, 0xE0000000])
def test_every_way_to_write_a_collection_is_seen(order: str, kind: int, flags: int) -> None:
    assert is_nested_deep(nested(150, kind, order, flags))
    assert is_nested_deep(nested(150, kind, order, flags).hex())
    assert not is_nested_deep(nested(90, kind, order, flags))


def test_as_text() -> None:
    deep = "geometrycollection (" * 300 + "POINT (1 2)" + ")" * 300
    assert is_nested_deep(deep)
    assert is_nested_deep(f"SRID=4326;{deep}")
    assert not is_nested_deep("GEOMETRYCOLLECTION (" * 50 + "POINT (1 2)" + ")" * 50)


def test_large_but_flat_geometries_pass() -> None:
    rng = np.random.default_rng(1)
    shapes = [
        shapely.MultiPoint(rng.uniform(-180, 180, (5000, 2))),
        shapely.MultiPolygon([shapely.Point(x, 0).buffer(0.3) for x in range(2000)]),
        shapely.LineString(np.column_stack([np.arange(20_000.0), np.arange(20_000) % 8])),
        shapely.LineString(rng.integers(-9, 9, (20_000, 2))),
    ]
    for shape in shapes:
        for cell in (shape.wkb, shape.wkb_hex, shape.wkt):
            assert not is_nested_deep(cell)


def test_a_level_that_comes_after_flat_ones_is_seen() -> None:
    point, line = shapely.Point(1, 2).wkb, shapely.LineString([(0, 0), (1, 1), (2, 0)]).wkb
    area = shapely.Point(0, 0).buffer(1).difference(shapely.Point(0, 0).buffer(0.5)).wkb
    head = struct.pack("<BII", 1, 7, 4) + point + line + area
    assert is_nested_deep(head * 150 + point)
    assert not is_nested_deep(head * 90 + point)


def test_a_count_that_lies_ends() -> None:
    assert not is_nested_deep(struct.pack("<BII", 1, 3, 0xFFFFFFFF) + bytes(5000))
    assert not is_nested_deep(struct.pack("<BII", 1, 2, 0xFFFFFFFF) + bytes(5000))
    assert not is_nested_deep(struct.pack("<BII", 1, 7, 0) + bytes(5000))
    assert not is_nested_deep("01" + "zz" * 2000)
