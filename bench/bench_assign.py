"""Assign 10 million clustered points to areas beside four peers, and compare every membership with shapely's.

The slow peers get the first million of the same points; rates are compared. Each peer's answer is checked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from bench import Result, seconds, turns, versions
from geo.assign import area_index, assign, index

ROOT = Path(__file__).resolve().parent.parent
POINTS, SOME, FEW = 10_000_000, 1_000_000, 1_000
ROUNDS = 3
#: The first call ever on a machine, which compiles; then what the peer does with the same points.
FIRST_OURS = """
from bench.bench_assign import layer, points
from geo.assign import assign
lon, lat = points(300_000)
assign(lon, lat, layer("districts"))
"""
FIRST_PEER = """
from bench.bench_assign import layer, points, sjoin
lon, lat = points(300_000)
sjoin(layer("districts"), lon, lat)
"""


def points(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points as dense as companies are: 300 clusters of different spread around a few centres, and strays."""
    r = np.random.default_rng(2017)
    hubs = r.normal([121.47, 31.22], [0.18, 0.14], (300, 2))
    spread = r.lognormal(-4.5, 0.8, 300)
    hub = r.integers(0, 300, count)
    lon, lat = hubs[hub].T + r.normal(0, 1, (2, count)) * spread[hub]
    strays = r.random(count) < 0.02
    lon[strays], lat[strays] = r.uniform([[120.8], [30.6]], [[122.2], [31.9]], (2, int(strays.sum())))
    return lon, lat


def layer(name: str) -> gpd.GeoDataFrame:
    """Return a basemap layer as it is in the seeds."""
    features = json.loads((ROOT / "seeds" / "basemap" / f"{name}.geojson").read_text(encoding="utf-8"))
    return gpd.GeoDataFrame.from_features(features, crs=4326)


def layout() -> gpd.GeoDataFrame:
    """Return the places of the layout as published."""
    from geo.atlas.atlas import Atlas

    return Atlas.load().layout


def prepared_loop(areas: Any, lon: np.ndarray, lat: np.ndarray) -> list[np.ndarray]:
    """Ask GEOS for every area on every point: the plain way, and the truth."""
    geometries = list(areas.geometry)
    shapely.prepare(geometries)
    return [shapely.intersects_xy(geometry, lon, lat) for geometry in geometries]


def sjoin(areas: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> int:
    """Join with geopandas."""
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    return len(gpd.sjoin(frame, areas[["geometry"]], predicate="intersects"))


def strtree(areas: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> int:
    """Join with shapely's tree of the areas, the points making included as in `sjoin`."""
    tree = shapely.STRtree(list(areas.geometry))
    return len(tree.query(shapely.points(lon, lat), predicate="intersects")[0])


def sedona(areas: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> Callable[[], int]:
    """Return a join with SedonaDB that counts; its tables are registered beforehand, which is not counted."""
    import pyarrow as pa
    import sedonadb

    db = sedonadb.connect()
    plain = gpd.GeoDataFrame({"area": range(len(areas))}, geometry=list(areas.geometry), crs=4326)
    db.create_data_frame(plain).to_view("areas")
    db.create_data_frame(pa.table({"lon": lon, "lat": lat})).to_view("points")
    query = (
        "SELECT areas.area, count(*) AS n FROM points JOIN areas "
        "ON ST_Intersects(areas.geometry, ST_SetSRID(ST_Point(points.lon, points.lat), 4326)) GROUP BY areas.area"
    )
    return lambda: int(sum(pa.table(db.sql(query))["n"].to_pylist()))


def first_call(code: str) -> float:
    """Return the seconds of a process on a machine that has compiled nothing yet."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", code]
        return seconds(lambda: subprocess.run(command, check=True, timeout=120, env=environment, cwd=ROOT))


def unequal(areas: Any, lon: np.ndarray, lat: np.ndarray, engines: Sequence[str]) -> dict[str, int]:
    """Count, for each engine, the memberships in which `assign` and shapely differ."""
    members, codes = {}, {}
    for engine in engines:
        found = assign(lon, lat, areas, engine=engine)
        member = np.zeros((len(found.set_offsets) - 1, len(areas)), bool)
        for number, areas_of_set in enumerate(found.sets()):
            member[number, list(areas_of_set)] = True
        members[engine], codes[engine] = member, found.codes
    wrong = dict.fromkeys(engines, 0)
    for area, geometry in enumerate(areas.geometry):
        shapely.prepare(geometry)
        truth = shapely.intersects_xy(geometry, lon, lat)
        for engine in engines:
            wrong[engine] += int((members[engine][codes[engine], area] != truth).sum())
    return wrong


def _agrees(found: int, expected: int, who: str) -> None:
    if found != expected:
        raise AssertionError(f"{who} counts {found} memberships, assign {expected}")


def run(quick: bool = False) -> Iterator[Result]:
    """Measure the index, the join beside each peer in turn, and memberships that differ from shapely's."""
    count, some, rounds = (200_000, 50_000, 1) if quick else (POINTS, SOME, ROUNDS)
    lon, lat = points(count)
    x, y = lon[:some], lat[:some]
    districts = layer("districts")
    assign(lon[:1000], lat[:1000], districts, engine="numba")  # compiles once; later runs read it from disk
    geopandas, shapes = versions("geopandas", "shapely"), versions("shapely") | {"GEOS": shapely.geos_version_string}

    def build() -> Any:
        index._cache.clear()
        return area_index(districts)

    def tree() -> None:
        geometries = list(districts.geometry)
        shapely.prepare(geometries)
        shapely.STRtree(geometries).query(shapely.points(x[:1], y[:1]), predicate="intersects")

    built, planted = turns(rounds, lambda: seconds(build), lambda: seconds(tree))
    ready = build()
    yield Result("assign.index_strtree", built, "s", planted, shapes)
    yield Result("assign.index_cached", [seconds(lambda: area_index(districts)) * 1000 for _ in range(3)], "ms")

    truth = assign(lon, lat, ready)
    of_some = int(assign(x, y, ready).offsets[-1])

    def rate(engine: str) -> float:
        return count / seconds(lambda: assign(lon, lat, ready, engine=engine)) / 1e6

    def peer_rate(join: Callable[[], int], points_joined: int, expected: int, who: str) -> float:
        answers: list[int] = []
        taken = seconds(lambda: answers.append(join()))
        _agrees(answers[0], expected, who)
        return points_joined / taken / 1e6

    ours, plain, joined, treed = turns(
        rounds,
        lambda: rate("numba"),
        lambda: rate("numpy"),
        lambda: peer_rate(lambda: sjoin(districts, x, y), some, of_some, "sjoin"),
        lambda: peer_rate(lambda: strtree(districts, x, y), some, of_some, "STRtree"),
    )
    unit = "M points/s"
    yield Result("assign.sjoin", ours, unit, joined, geopandas)
    yield Result("assign.numpy_sjoin", plain, unit, joined, geopandas)
    yield Result("assign.strtree", ours, unit, treed, shapes)

    def loop() -> int:
        return sum(int(inside.sum()) for inside in prepared_loop(districts, x, y))

    ours, looped = turns(rounds, lambda: rate("numba"), lambda: peer_rate(loop, some, of_some, "the loop"))
    yield Result("assign.loop", ours, unit, looped, shapes)
    query = sedona(districts, lon, lat)
    total = int(truth.offsets[-1])
    turns(1, query)
    ours, asked = turns(rounds, lambda: rate("numba"), lambda: peer_rate(query, count, total, "SedonaDB"))
    yield Result("assign.sedona", ours, unit, asked, versions("sedonadb"))

    frame = districts[["geometry"]]
    frame.sindex  # noqa: B018 - the peer's index, too, is made beforehand
    few, joined_few = turns(
        5 * rounds,
        lambda: seconds(lambda: assign(lon[:FEW], lat[:FEW], ready)) * 1000,
        lambda: seconds(lambda: sjoin(frame, lon[:FEW], lat[:FEW])) * 1000,
    )
    yield Result("assign.few", few, "ms", joined_few, geopandas)
    mine, theirs = turns(1, lambda: first_call(FIRST_OURS), lambda: first_call(FIRST_PEER))
    yield Result("assign.first_call", mine, "s", theirs, geopandas)

    for name, areas in (("districts", districts), ("layout", layout()), ("townships", layer("townships"))):
        part = count if name != "townships" else count // 10
        for engine, wrong in unequal(areas, lon[:part], lat[:part], ("numba", "numpy")).items():
            yield Result(f"assign.unequal_{name}_{engine}", [float(wrong)], "", [], shapes)
