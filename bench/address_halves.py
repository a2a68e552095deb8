"""Ask for half of a table of addresses what the other half teaches, and the whole of it what is bundled.

`python -m bench.address_halves TABLE` with a CSV of columns address, lon, lat and, if any, district: its datum is that
named by ``--datum``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.addresses.gazetteer import Sources
from geo.addresses.geocoder import FINE, Geocoder
from geo.addresses.learn import Table
from geo.analysis.user_data.gazetteer_build import Making, learn_points
from geo.analysis.user_data.geocoding import area_plane, atlas_sources, geocoder_of
from geo.atlas import Atlas
from geo.crs.datums import to_wgs84

__all__ = ["bars", "halves"]

#: Where the bundled roads are dense, degrees: west, south, east, north.
CENTRE = (121.425, 31.189, 121.525, 31.272)


def read_table(path: Path, datum: str, atlas: Atlas) -> Table:
    """Return a table in the plane of an atlas."""
    frame = pd.read_csv(path)
    frame = frame[frame["address"].notna()]
    lon, lat = to_wgs84(frame["lon"].to_numpy(), frame["lat"].to_numpy(), datum)
    x, y = area_plane(atlas).metres(lon, lat)
    none: list[str | None] = [None] * len(frame)
    districts = [d if isinstance(d, str) else None for d in frame["district"]] if "district" in frame else none
    return Table(frame["address"].astype(str).tolist(), districts, none, x, y)


def bars(geocoder: Geocoder, table: Table, rows: npt.NDArray[np.intp], with_district: bool) -> dict[str, float]:
    """Return what rows of a table are found to be, beside the truth: shares of 1 and metres."""
    stated = [table.districts[r] if with_district else None for r in rows]
    found = geocoder.geocode([table.addresses[r] for r in rows], stated)
    x, y = geocoder.gazetteer.plane.metres(found.lon, found.lat)
    off = np.hypot(x - table.x[rows], y - table.y[rows])
    fine = np.array([level in FINE for level in found.level])
    street = np.array([level in ("house_number", "crossing", "road") for level in found.level])
    held = geocoder.holding(table.x[rows], table.y[rows])
    told: dict[str, float] = {
        "rows": float(len(rows)),
        "road_or_better": float(street.mean()),
        "poi_or_better": float(fine.mean()),
        "median_m": float(np.median(off[fine])),
        "within_500_m": float((off[fine] <= 500).mean()),
        "inside_accuracy": float((off[fine] <= found.accuracy_m[fine]).mean()),
        "inside_accuracy_all": float((off <= found.accuracy_m)[np.isfinite(off)].mean()),
        "stated_to_true": float(np.median(found.accuracy_m[fine]) / np.median(off[fine])),
    }
    for name, ids, claimed, true in (
        ("district", geocoder.ids[0], found.district, held[0]),
        ("township", geocoder.ids[1], found.township, held[1]),
    ):
        said = np.array([ids.index(one) if one is not None else -1 for one in claimed])
        judged = (said >= 0) & (true >= 0)
        told[f"{name}_claimed"] = float((said >= 0).mean())
        told[f"{name}_right"] = float((said == true)[judged].mean())
    return told


def halves(atlas: Atlas, table: Table, seed: int = 0) -> Iterator[tuple[str, dict[str, float]]]:
    """Ask a half of a table, drawn by a seed, of the bundled gazetteer and of what the other half teaches."""
    rows = np.flatnonzero(np.isfinite(table.x) & np.isfinite(table.y))
    first, second = np.array_split(np.random.default_rng(seed).permutation(rows), 2)
    alone = geocoder_of(atlas, atlas_sources(atlas))
    west, south, east, north = CENTRE
    lon, lat = alone.gazetteer.plane.degrees(table.x, table.y)
    inside = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    for name, asked in (("bundled", second), ("bundled, centre", inside)):
        yield f"{name}, district stated", bars(alone, table, asked, True)
        yield f"{name}, not stated", bars(alone, table, asked, False)
    making = Making(Sources())
    learn_points(replace(table, x=_only(table.x, first), y=_only(table.y, first)), making, atlas)
    taught = geocoder_of(atlas, atlas_sources(atlas) | making.sources, making.accuracy)
    for name, with_district in (("district stated", True), ("not stated", False)):
        yield f"half taught, {name}", bars(taught, table, second, with_district)


def _only(values: npt.NDArray[np.float64], rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    kept = np.full(len(values), np.nan)
    kept[rows] = values[rows]
    return kept


def main() -> None:
    """Print every measure, a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--datum", default="wgs84")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    atlas = Atlas.load()
    table = read_table(given.table, given.datum, atlas)
    start = time.perf_counter()
    measured = dict(halves(atlas, table, given.seed))
    print(pd.DataFrame(measured).T.round(3).T.to_string())
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
