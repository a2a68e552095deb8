"""The registry of basemaps: ``geo/data/basemaps.csv``, each row marked with its datum."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from geo.base.nearest import no_such

__all__ = ["Basemap", "basemap", "basemaps", "tile_hosts"]


@dataclass(frozen=True, slots=True)
class Basemap:
    """One basemap; an empty `url` means the bundled one, which needs no network."""

    basemap_id: str
    name_zh: str
    name_en: str
    url: str
    subdomains: str
    datum: str
    attribution: str
    max_zoom: int
    host: str
    note_zh: str
    note_en: str

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_zh if language == "zh" else self.name_en


@cache
def basemaps() -> dict[str, Basemap]:
    """Return every basemap by id, in the order of the registry; the first is the default."""
    text = resources.files("geo.data").joinpath("basemaps.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        found[row["basemap_id"]] = Basemap(**{**row, "max_zoom": int(row["max_zoom"])})  # type: ignore[arg-type]
    return found


def basemap(basemap_id: str) -> Basemap:
    """Return one basemap; raise `UsageError` with the nearest id if there is none."""
    try:
        return basemaps()[basemap_id]
    except KeyError:
        raise no_such("basemap", basemap_id, basemaps()) from None


def tile_hosts() -> tuple[str, ...]:
    """Return the hosts of tile servers, for the Content-Security-Policy."""
    return tuple(sorted({row.host for row in basemaps().values() if row.host}))
