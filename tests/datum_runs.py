"""Tables made from the published borders, whose datum is known: for tests of what is decided, and how often."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geo.analysis.user_data.user_table import datum_evidence
from geo.atlas.atlas import Atlas
from geo.crs.bd09mc import bd09_to_bd09mc
from geo.crs.datums import from_wgs84
from geo.crs.registry import lonlat_to_projected
from geo.tables import open_table
from geo.tables.verdict import DatumEvidence

__all__ = ["City", "asked", "in_frame"]


@dataclass(frozen=True)
class City:
    """Where rows may be: townships drawn alike, so that most rows lie where the city is dense."""

    atlas: Atlas
    shapes: Any
    town_names: list[str]
    districts: Any
    names: list[str]
    codes: list[str]
    _made: dict[tuple[int, int, float], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, atlas: Atlas) -> City:
        """Return the city of an atlas."""
        towns, districts = atlas.basemap("townships"), atlas.districts
        place = {one: at for at, one in enumerate(districts.index)}
        shapes = np.asarray(towns.geometry)
        shapely.prepare(shapes)
        above = np.array([place[one] for one in towns["district_id"]])
        codes = [one.rpartition("_")[2] for one in districts.index]
        return cls(atlas, shapes, list(towns["name_zh"]), above, list(districts["name_zh"]), codes)

    def rows(self, n: int, seed: int, noise: float = 0.05) -> dict[str, Any]:
        """Return n rows: WGS 84, their township, their district as the table has it, wrong in a share `noise`.

        Asked for again they are the same arrays, not to be written to.
        """
        key = (n, seed, noise)
        if key not in self._made:
            self._made[key] = self._make(n, seed, noise)
        return self._made[key]

    def _make(self, n: int, seed: int, noise: float) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        town = rng.integers(0, len(self.shapes), n)
        xy = np.empty((n, 2))
        for one in np.unique(town):
            rows, (west, south, east, north) = np.flatnonzero(town == one), self.shapes[one].bounds
            found = np.empty((0, 2))
            while len(found) < len(rows):
                some = rng.uniform((west, south), (east, north), (6 * len(rows) + 20, 2))
                found = np.concatenate([found, some[shapely.contains_xy(self.shapes[one], some)]])
            xy[rows] = found[: len(rows)]
        true = self.districts[town]
        stated = np.where(rng.random(n) < noise, rng.integers(0, len(self.names), n), true)
        made = {"lon": xy[:, 0], "lat": xy[:, 1], "town": town, "true": true, "stated": stated}
        for values in made.values():
            values.flags.writeable = False
        return made

    def weigh(self, columns: dict[str, Any], **options: Any) -> tuple[DatumEvidence, str]:
        """Return what is found of a table as CSV, and the CRS it was settled on."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        meta = self.atlas.meta
        known = {"bbox": tuple(meta["bbox"]), "metric_crs": meta["metric_crs"], "name": "a.csv"}
        with open_table(io.BytesIO(out.getvalue().encode()), **known, **options) as table:
            evidence = datum_evidence(table, self.atlas)
            return evidence, table.require_points().crs


def in_frame(frame: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return the function from WGS 84 to ``gcj02``, ``bd09mc``, ``EPSG:4549``, ``EPSG:3857+bd09`` and so on."""
    crs, _, datum = frame.rpartition("+")
    if not crs and datum in ("wgs84", "gcj02", "bd09"):
        return lambda lon, lat: from_wgs84(lon, lat, datum)
    if datum == "bd09mc":
        return lambda lon, lat: bd09_to_bd09mc(*from_wgs84(lon, lat, "bd09"))
    if not crs:
        return lambda lon, lat: lonlat_to_projected(lon, lat, datum)
    return lambda lon, lat: lonlat_to_projected(*from_wgs84(lon, lat, datum), crs)


def asked(evidence: DatumEvidence) -> bool:
    """Return whether nothing was decided, and it is said in both languages what to do."""
    said = [evidence.sentence(language) for language in ("zh", "en")]
    return evidence.datum is None and all(said)
