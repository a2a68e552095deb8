"""Exports beside plain geopandas, pandas and ogr2ogr on the same polygons, in turn.

Seconds of the processor, of this process and those it starts: what else a machine does hardly matters to them.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from bench import Result, turns, versions
from geo.atlas.atlas import Atlas, View
from geo.export import export

POLYGONS, FEWER, ROUNDS = 100_000, 20_000, 3
#: Formats that write every object by itself take a tenth.
SLOW = ("xlsx", "kml", "dxf")
#: What takes a fraction of a second is taken more often: a collection of garbage is as long as all of it.
QUICK = ("fgb", "geoparquet")
VERTICES = 12


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
    places = gpd.GeoDataFrame(frame, geometry=shapes, crs=4326).set_index("place_id")
    return View(atlas, atlas.select().selection, places, atlas.institutions)


def writing(action: Callable[[Path], object], name: str) -> Callable[[], float]:
    """Return a measurement of writing a file of that name into an empty folder."""

    def once() -> float:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a peer's word on short field names and the like
            start = _processor_seconds()
            action(Path(folder) / name)
            return _processor_seconds() - start

    return once


def _processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def run(quick: bool = False) -> Iterator[Result]:
    """Measure the bundle, the GeoPackage at full size, and every format that a peer can write too."""
    count, fewer, rounds = (500, 200, 1) if quick else (POLYGONS, FEWER, ROUNDS)
    atlas = Atlas.load()
    view = atlas.select()
    (bundle,) = turns(rounds, writing(lambda path: export(view, path), "a.zip"))
    yield Result("export.bundle", bundle, "s")
    many = many_places(atlas, count)
    plain = gpd.GeoDataFrame(many.places)
    geopandas = versions("geopandas", "pyogrio")
    ours, peer = turns(
        rounds,
        writing(lambda path: export(many, path), "a.gpkg"),
        writing(lambda path: plain.to_file(path, driver="GPKG"), "a.gpkg"),
    )
    yield Result("export.gpkg", ours, "s", peer, geopandas)

    small, least = many_places(atlas, fewer), many_places(atlas, fewer // 10)
    frame, few = gpd.GeoDataFrame(small.places), gpd.GeoDataFrame(least.places)
    formats: list[tuple[str, str, Callable[[Path], object], dict[str, str]]] = [
        ("geojson", "a.geojson", lambda path: frame.to_file(path, driver="GeoJSON", RFC7946="YES"), geopandas),
        ("fgb", "a.fgb", lambda path: frame.to_file(path, driver="FlatGeobuf"), geopandas),
        (
            "shapefile",
            "a.shp.zip",
            lambda path: frame.to_file(path, driver="ESRI Shapefile", encoding="utf-8"),
            geopandas,
        ),
        ("geoparquet", "a.parquet", lambda path: frame.to_parquet(path, compression="zstd"), versions("geopandas")),
        (
            "csv",
            "a.csv",
            lambda path: frame.to_wkt().to_csv(path, index=False, encoding="utf-8-sig"),
            versions("pandas"),
        ),
        (
            "xlsx",
            "a.xlsx",
            lambda path: few.to_wkt().to_excel(path, index=False, engine="xlsxwriter"),
            versions("pandas", "xlsxwriter"),
        ),
    ]
    for name, file, action, software in formats:
        shown = least if name in SLOW else small
        times = rounds * 3 if name in QUICK and not quick else rounds
        ours, peer = turns(times, writing(lambda path, v=shown: export(v, path), file), writing(action, file))
        yield Result(f"export.{name}", ours, "s", peer, software)
    if ogr2ogr := shutil.which("ogr2ogr"):
        said = subprocess.run([ogr2ogr, "--version"], capture_output=True, text=True, timeout=60).stdout
        version = {"GDAL": said.split(",")[0].removeprefix("GDAL ")}
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "source.gpkg"
            few.to_file(source, driver="GPKG")
            for name, options in (("kml", ()), ("dxf", ("-t_srs", "EPSG:4549"))):
                driver = name.upper()

                def convert(path: Path, driver: str = driver, options: tuple[str, ...] = options) -> None:
                    select = ("-select", "") if driver == "DXF" else ()
                    command = [ogr2ogr, "-f", driver, *options, *select, str(path), str(source)]
                    subprocess.run(command, check=True, capture_output=True, timeout=120)

                file = f"a.{name}"
                ours, peer = turns(rounds, writing(lambda path: export(least, path), file), writing(convert, file))
                yield Result(f"export.{name}", ours, "s", peer, version)
