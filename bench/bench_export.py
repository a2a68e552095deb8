"""Exports: the bundle of the real map, and a GeoPackage of 100,000 polygons beside plain `GeoDataFrame.to_file`.

Run alone with ``python -m bench export``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from bench import Row, at_most
from geo.atlas import Atlas, View
from geo.export import export

POLYGONS = 100_000
VERTICES = 12
BUNDLE_S = 5.0
RATIO = 1.5


def many_places(atlas: Atlas, count: int) -> View:
    """Return a view of `count` small polygons with the attributes of the layout's places, again and again."""
    base = atlas.layout
    frame = base.drop(columns="geometry").iloc[np.arange(count) % len(base)].reset_index(drop=True)
    frame["place_id"] = [f"p{number}" for number in range(count)]
    west, south, east, north = atlas.meta["bbox"]
    r = np.random.default_rng(2017)
    x, y = r.uniform([[west], [south]], [[east], [north]], (2, count))
    angle = np.linspace(0, 2 * np.pi, VERTICES)[:-1]
    radius = r.uniform(0.0005, 0.002, (count, VERTICES - 1))
    rings = np.stack([x[:, None] + radius * np.cos(angle), y[:, None] + radius * np.sin(angle)], axis=-1)
    shapes = shapely.multipolygons(shapely.polygons(rings)[:, None])
    places = gpd.GeoDataFrame(frame, geometry=shapes, crs=4326).set_index("place_id", drop=False).rename_axis(None)
    return View(atlas, atlas.select().selection, places, atlas.institutions)


def best(action: Callable[[Path], object], name: str, times: int) -> tuple[float, int]:
    """Return the shortest time in seconds of writing a file, and the bytes of the file."""
    elapsed, size = float("inf"), 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            action(Path(folder) / name)
            elapsed = min(elapsed, time.perf_counter() - start)
            size = (Path(folder) / name).stat().st_size
    return elapsed, size


def run() -> list[Row]:
    """Measure the bundle, and the GeoPackage beside the peer's, turn about in one run."""
    atlas = Atlas.load()
    view = atlas.select()
    bundle_s, bundle_bytes = best(lambda path: export(view, path), "a.zip", times=2)
    many = many_places(atlas, POLYGONS)
    plain = gpd.GeoDataFrame(many.places)
    ours_s = peer_s = float("inf")
    for _ in range(2):
        one, ours_bytes = best(lambda path: export(many, path), "a.gpkg", times=1)
        other, peer_bytes = best(lambda path: plain.to_file(path, driver="GPKG"), "a.gpkg", times=1)
        ours_s, peer_s = min(ours_s, one), min(peer_s, other)
    return [
        at_most(
            "full bundle of the map, seconds over the bar of 5 s",
            f"{bundle_s:.2f} s, {bundle_bytes / 1e6:.1f} MB",
            "–",
            bundle_s / BUNDLE_S,
            1.0,
        ),
        at_most(
            f"GeoPackage of {POLYGONS:,} polygons, ours with styles, aliases, metadata",
            f"{ours_s:.2f} s, {ours_bytes / 1e6:.0f} MB",
            f"GeoDataFrame.to_file, geopandas {gpd.__version__}: {peer_s:.2f} s, {peer_bytes / 1e6:.0f} MB",
            ours_s / peer_s,
            RATIO,
        ),
    ]
