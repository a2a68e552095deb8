"""The files a browser fetches: geometry comes back within half a step, names are complete, digests follow content."""

from __future__ import annotations

import gzip
import json
import threading
from typing import Any

import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.crs.datums import shift_geometry
from geo.errors import UsageError
from geo.render.map.data import STEP, MapData, encode


def decode(ring: list[int]) -> list[tuple[float, float]]:
    """Undo the encoding a second way, as shapes.js does: running sums of lat, lon."""
    points, lat, lon = [], 0, 0
    for i in range(0, len(ring), 2):
        lat, lon = lat + ring[i], lon + ring[i + 1]
        points.append((lon * STEP, lat * STEP))
    return points


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.load()


@pytest.fixture(scope="module")
def data(atlas: Atlas) -> MapData:
    return MapData(atlas)


def body(data: MapData, name: str, datum: str = "wgs84") -> Any:
    packed = data.body(data.urls(datum)[name].rsplit("/", 1)[1])
    assert packed is not None
    return json.loads(gzip.decompress(packed))


def test_kinds_and_clusters_are_in_the_order_of_the_legend(atlas: Atlas, data: MapData) -> None:
    layout = body(data, "layout")
    assert [kind["id"] for kind in layout["kinds"]] == list(atlas.allowed["kind"])
    assert [cluster["id"] for cluster in layout["clusters"]] == list(atlas.allowed["cluster"])
    for kind in layout["kinds"]:
        row = atlas.rows("kinds")[kind["id"]]
        assert kind == {
            "id": row["kind"],
            "role": row["role"],
            "colour": row["colour"],
            "zh": row["name_zh"],
            "en": row["name_en"],
        }


def test_encode_keeps_holes_and_parts() -> None:
    square = shapely.box(0, 0, 1, 1).difference(shapely.box(0.2, 0.2, 0.4, 0.4))
    both = shapely.MultiPolygon([square, shapely.box(2, 2, 3, 3)])
    parts = encode(both)
    rebuilt = shapely.MultiPolygon([(decode(rings[0]), [decode(hole) for hole in rings[1:]]) for rings in parts])
    assert [len(rings) for rings in parts] == [2, 1]
    assert rebuilt.symmetric_difference(both).area < 1e-9


def test_encode_drops_vertices_that_fall_together() -> None:
    line = shapely.LineString([(0, 0), (0.000001, 0), (0.5, 0.5)])
    assert encode(line) == [[[0, 0, 50000, 50000]]]


def test_encode_refuses_a_collection() -> None:
    nested = shapely.GeometryCollection([shapely.GeometryCollection([shapely.Point(0, 0)])])
    with pytest.raises(UsageError, match="GeometryCollection"):
        encode(nested)


def test_every_place_is_there_with_both_names_and_its_shape(atlas: Atlas, data: MapData) -> None:
    layout = body(data, "layout")
    assert [place["id"] for place in layout["places"]] == list(atlas.places.index)
    for place in layout["places"]:
        row = atlas.places.loc[place["id"]]
        assert (place["zh"], place["en"]) == (row["name_zh"], row["name_en"])
        outer = [decode(rings[0]) for rings in place["g"]]
        assert max(abs(a - b) for a, b in zip(
            shapely.MultiPoint([p for ring in outer for p in ring]).bounds, row.geometry.bounds, strict=True
        )) <= STEP  # fmt: skip
    placed = atlas.institutions[atlas.institutions.geometry.notna()]
    assert {one["id"] for one in layout["institutions"]} == set(placed.index)
    assert set(layout["texts"]) == {"zh", "en"}


def test_gcj02_is_a_file_of_its_own_and_shifted(atlas: Atlas, data: MapData) -> None:
    plain, shifted = data.urls("wgs84"), data.urls("gcj02")
    assert not set(plain.values()) & set(shifted.values())
    place = atlas.layout.index[0]
    expected = shift_geometry(atlas.places.geometry.at[place], "gcj02")
    found = next(one for one in body(data, "layout", "gcj02")["places"] if one["id"] == place)
    lon, lat = decode(found["g"][0][0])[0]
    first = shapely.get_coordinates(expected)[0]
    assert abs(lon - first[0]) <= STEP
    assert abs(lat - first[1]) <= STEP


def test_unknown_datum_and_file() -> None:
    data = MapData(Atlas.load())
    with pytest.raises(UsageError, match="is not known; use one of wgs84, gcj02, bd09"):
        data.urls("mars")
    assert data.body("layout.wgs84.0000000000000000.json") is None


def test_digest_and_bytes_are_the_same_each_time(atlas: Atlas, data: MapData) -> None:
    again = MapData(atlas)
    assert again.urls("wgs84") == data.urls("wgs84")
    name = data.urls("wgs84")["basemap"].rsplit("/", 1)[1]
    assert again.body(name) == data.body(name)


def test_townships_come_apart_from_the_basemap(data: MapData) -> None:
    assert "township" not in {layer["role"] for layer in body(data, "basemap")["layers"]}
    assert {layer["role"] for layer in body(data, "townships")["layers"]} <= {"township"}


def test_threads_make_the_files_once(atlas: Atlas) -> None:
    data = MapData(atlas)
    made: list[str] = []
    whole = data._layout
    data._layout = lambda datum: (made.append(datum), whole(datum))[1]  # type: ignore[method-assign]
    threads = [threading.Thread(target=data.urls, args=("wgs84",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["wgs84"]
