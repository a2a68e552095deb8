"""Assign 10 million clustered points to areas: speed as ratios against peers measured in the same run, and exactness.

Run alone with ``python -m bench.bench_assign [MILLIONS]``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from bench import Row, at_least, at_most
from geo.assign import area_index, assign, index

ROOT = Path(__file__).resolve().parent.parent
SJOIN_POINTS = 1_000_000


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
    from geo.atlas import Atlas

    return Atlas.load().layout


def best(action: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Return the shortest time in seconds, and the result."""
    elapsed, result = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        result = action()
        elapsed = min(elapsed, time.perf_counter() - start)
    return elapsed, result


def prepared_loop(areas: Any, lon: np.ndarray, lat: np.ndarray) -> list[np.ndarray]:
    """Ask GEOS for every area on every point: the plain way, and the truth."""
    geometries = list(areas.geometry)
    shapely.prepare(geometries)
    return [shapely.intersects_xy(geometry, lon, lat) for geometry in geometries]


def sjoin(areas: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> int:
    """Join with geopandas."""
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    return len(gpd.sjoin(frame, areas[["geometry"]], predicate="intersects"))


def sedona(areas: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> tuple[float, int]:
    """Join with SedonaDB; its time is that of the query, tables already registered."""
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
    elapsed, result = best(lambda: pa.table(db.sql(query)), 2)
    return elapsed, int(sum(result["n"].to_pylist()))


def unequal(areas: Any, lon: np.ndarray, lat: np.ndarray, engine: str) -> int:
    """Count the memberships in which `assign` and shapely differ."""
    found = assign(lon, lat, areas, engine=engine)
    member = np.zeros((len(found.set_offsets) - 1, len(areas)), bool)
    for number, areas_of_set in enumerate(found.sets()):
        member[number, list(areas_of_set)] = True
    wrong = 0
    for area, geometry in enumerate(areas.geometry):
        shapely.prepare(geometry)
        wrong += int((member[found.codes, area] != shapely.intersects_xy(geometry, lon, lat)).sum())
    return wrong


def run(millions: float = 10.0) -> list[Row]:
    """Measure all: index, speed against three peers, memberships that differ from shapely's."""
    count = int(millions * 1e6)
    lon, lat = points(count)
    districts = layer("districts")
    assign(lon[:1000], lat[:1000], districts, engine="numba")  # compiles once; later runs read it from disk

    def build() -> Any:
        index._cache.clear()
        return area_index(districts)

    built, ready = best(build)
    cached, _ = best(lambda: area_index(districts))

    def ours(engine: str) -> float:
        return count / best(lambda: assign(lon, lat, ready, engine=engine), 5)[0] / 1e6

    found = assign(lon, lat, ready)
    fast, plain = ours("numba"), ours("numpy")
    some = min(count, SJOIN_POINTS)
    elapsed, matches = best(lambda: sjoin(districts, lon[:some], lat[:some]), 1)
    assert matches == assign(lon[:some], lat[:some], ready).offsets[-1], "sjoin counts other memberships"
    joined = some / elapsed / 1e6
    elapsed, truth = best(lambda: prepared_loop(districts, lon, lat), 1)
    assert found.counts().tolist() == [int(t.sum()) for t in truth], "the prepared loop counts other memberships"
    looped = count / elapsed / 1e6
    size = f"{millions:g} M points × {len(districts)} districts"
    peer = f"{joined:.3g} M/s, geopandas {gpd.__version__} sjoin of the first {some / 1e6:g} M"
    rows = [
        at_most("index of the districts, built", f"{built:.3f} s", "1 s", built, 1.0),
        at_most("index of the districts, from the cache", f"{cached * 1e3:.1f} ms", "built", cached / built, 0.1),
        at_least(f"{size}, compiled", f"{fast:.3g} M/s", peer, fast / joined, 100),
        at_least(f"{size}, without the compiler", f"{plain:.3g} M/s", peer, plain / joined, 20),
        at_least(f"{size}, compiled", f"{fast:.3g} M/s", f"{looped:.3g} M/s, prepared loop", fast / looped, 15),
    ]
    try:
        elapsed, total = sedona(districts, lon, lat)
    except ImportError:
        pass
    else:
        assert total == int(found.offsets[-1]), "SedonaDB counts other memberships"
        rate, fast = count / elapsed / 1e6, max(fast, ours("numba"))
        peer = f"{rate:.3g} M/s, SedonaDB {metadata.version('sedonadb')}"
        rows.append(at_least(f"{size}, compiled", f"{fast:.3g} M/s", peer, fast / rate, 15))
    for label, areas in (("districts", districts), ("layout", layout()), ("townships", layer("townships"))):
        part = count if label != "townships" else count // 10
        for engine in ("numba", "numpy"):
            wrong = unequal(areas, lon[:part], lat[:part], engine)
            claim = f"memberships unequal to shapely: {part / 1e6:g} M points × {len(areas)} {label}, {engine}"
            rows.append(at_most(claim, str(wrong), f"shapely {shapely.__version__}", float(wrong), 0))
    return rows


def main() -> int:
    """Print the table; the exit code says whether every bar holds."""
    rows = run(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
    for r in rows:
        print(f"{'ok' if r.held else 'NO'}  {r.claim}: {r.ours} | {r.peer} | {r.ratio:.3g} {r.bar}")
    return 0 if all(r.held for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
