"""Ten million points in a million parcels: the index, the lookup, and the whole beside SedonaDB and DuckDB.

Ours runs in a process of its own, so that its memory is known: ``python -m bench.bench_parcels COLUMNS POINTS ROUNDS``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

from bench import Result, seconds, versions
from bench.bench_assign import points
from geo.assign import area_index, assign

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, POINTS, ROUNDS, COMPARED = 1000, 10_000_000, 3, 1_000_000
BOX = (120.85, 30.69, 121.97, 31.87)


def parcels(columns: int) -> np.ndarray:
    """Return `columns` times `columns` polygons of eight crooked edges that share their borders exactly.

    They are four times as dense in the middle of the city as at its edge.
    """
    r = np.random.default_rng(13)
    west, south, east, north = BOX
    u, v = np.meshgrid(*[np.linspace(0, 1, 2 * columns + 1)] * 2)
    warp = 0.3 / np.pi
    inner = np.zeros(u.shape)
    inner[1:-1, 1:-1] = 0.15 / (2 * columns)
    x, y = (t + warp * np.sin(2 * np.pi * t) * 0.95 + inner * r.uniform(-1, 1, t.shape) for t in (u, v))
    x, y = west + (east - west) * x, south + (north - south) * y
    i, j = (t.ravel() for t in np.meshgrid(*[np.arange(0, 2 * columns, 2)] * 2))
    ring = ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0))
    corners = [np.stack([x[j + b, i + a], y[j + b, i + a]], axis=-1) for a, b in ring]
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def ours(columns: int, count: int, rounds: int) -> dict[str, Any]:
    """Return seconds of the index and of each lookup, peak memory in GB, memberships, and those unlike shapely's."""
    areas = parcels(columns)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    made: list[Any] = []
    index_s = seconds(lambda: made.append(area_index(areas)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lon, lat = points(count)
    assign(lon[:300_000], lat[:300_000], made[0], engine="numba")  # compiles once; later runs read it from disk
    found: list[Any] = []
    took = [seconds(lambda: found.append(assign(lon, lat, made[0], engine="numba"))) for _ in range(rounds)]
    some = min(count, COMPARED)
    part = assign(lon[:some], lat[:some], made[0], engine="numba")
    point, area = shapely.STRtree(areas).query(shapely.points(lon[:some], lat[:some]), predicate="intersects")
    truth = point.astype(np.int64) * len(areas) + area
    mine = np.stack(part.pairs(), axis=0).astype(np.int64)
    unequal = len(np.setxor1d(truth, mine[0] * len(areas) + mine[1]))
    total = int(found[0].offsets[-1])
    return {"index_s": index_s, "peak": peak, "before": before, "took": took, "total": total, "unequal": unequal}


def sedona(areas: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Callable[[], int]:
    """Return a join with SedonaDB that counts; its tables are registered beforehand, which is not counted."""
    import sedonadb

    db = sedonadb.connect()
    plain = gpd.GeoDataFrame({"area": range(len(areas))}, geometry=areas, crs=4326)
    db.create_data_frame(plain).to_view("areas")
    db.create_data_frame(pa.table({"lon": lon, "lat": lat})).to_view("points")
    query = (
        "SELECT count(*) AS n FROM points JOIN areas "
        "ON ST_Intersects(areas.geometry, ST_SetSRID(ST_Point(points.lon, points.lat), 4326))"
    )
    return lambda: int(pa.table(db.sql(query))["n"][0].as_py())


def duckdb(areas: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Callable[[], int]:
    """Return a join with DuckDB that counts; its tables are filled beforehand, which is not counted."""
    import duckdb

    extensions = Path(str(resources.files("duckdb_extension_spatial"))) / "extensions"
    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")
    db.execute(f"LOAD '{next(extensions.rglob('spatial.duckdb_extension'))}'")
    db.register("given", pa.table({"wkb": shapely.to_wkb(areas)}))
    db.execute("CREATE TABLE areas AS SELECT ST_GeomFromWKB(wkb) AS geometry FROM given")
    db.register("spots", pa.table({"lon": lon, "lat": lat}))
    db.execute("CREATE TABLE points AS SELECT ST_Point(lon, lat) AS geometry FROM spots")
    query = "SELECT count(*) FROM points JOIN areas ON ST_Intersects(areas.geometry, points.geometry)"
    return lambda: int((db.execute(query).fetchone() or [0])[0])


def run(quick: bool = False) -> Iterator[Result]:
    """Measure ours, then each peer once on the same points."""
    columns, count, rounds = (60, 100_000, 1) if quick else (COLUMNS, POINTS, ROUNDS)
    command = [sys.executable, "-m", "bench.bench_parcels", *map(str, (columns, count, rounds))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800, cwd=ROOT)
    mine = json.loads(done.stdout)
    note = f"{mine['before']:.2f} GB of it the parcels themselves"
    yield Result("parcels.index", [mine["index_s"]], "s")
    yield Result("parcels.memory", [mine["peak"]], "GB", note=note)
    yield Result("parcels.rate", [count / took / 1e6 for took in mine["took"]], "M points/s")
    yield Result("parcels.unequal", [float(mine["unequal"])], "", versions=versions("shapely"))
    whole = [mine["index_s"] + took for took in mine["took"]]
    areas, (lon, lat) = parcels(columns), points(count)
    for name, peer in (("sedonadb", sedona), ("duckdb", duckdb)):
        join = peer(areas, lon, lat)
        answers: list[int] = []
        took = seconds(lambda j=join, a=answers: a.append(j()))
        if answers != [mine["total"]]:
            raise AssertionError(f"{name} counts {answers[0]} memberships, assign {mine['total']}")
        yield Result(
            f"parcels.{name}", whole, "s", [took], versions(name), f"{count / took / 1e6:.2f} M points/s there"
        )


if __name__ == "__main__":
    print(json.dumps(ours(*map(int, sys.argv[1:]))))
