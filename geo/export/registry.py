"""The registry of export formats: ``geo/data/formats.csv``, one row per format."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyproj

from geo.base.database import without_password
from geo.base.nearest import no_such
from geo.base.told import told
from geo.contract.typed import split_list
from geo.crs.registry import MAX_SCALE_ERROR, check_crs, scale_error
from geo.errors import CRSError, UsageError

if TYPE_CHECKING:
    from geo.export.job import Job

__all__ = ["DatabaseWriter", "FileWriter", "Format", "find_format", "format_of", "formats", "resolve_crs"]

_WGS84 = "EPSG:4326"


class FileWriter(Protocol):
    """The writer of a file format: writes the files of a job into a folder."""

    def __call__(self, job: Job, folder: Path, /) -> None:
        """Write the files."""


class DatabaseWriter(Protocol):
    """The writer of a database format: loads a job into the database at a URL."""

    def __call__(self, job: Job, url: str, /, *, overwrite: bool = False) -> None:
        """Load the layers and tables."""


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the registry.

    `output`: "file" (a single file), "sides" (a main file with others beside it), "zip" or "database". `layers`: "one"
    (a single layer ``places``) or "many". `crs`: "any", "wgs84", "projected" or "gcj02". `fields`: "full", "short" or
    "key". `options`: what can be set: "encoding", "schema", "basemap", "plot scale". `size`: coefficients of the size
    estimate, measured: bytes per file, per vertex, per character of the layers, per character of the tables, per layer,
    per cell of the layers.
    """

    format: str
    name_zh: str
    name_en: str
    endings: tuple[str, ...]
    aliases: tuple[str, ...]
    mime: str
    writer: str
    output: str
    layers: str
    crs: str
    fields: str
    deterministic: bool
    needs: str
    options: tuple[str, ...]
    size: tuple[float, ...]
    caveat_zh: str
    caveat_en: str

    @property
    def ending(self) -> str:
        """The preferred file ending."""
        return self.endings[0]

    def load_writer(self) -> FileWriter:
        """Import the writer's module and return the function that writes files."""
        found: FileWriter = self._function()
        return found

    def load_database_writer(self) -> DatabaseWriter:
        """Import the writer's module and return the function that loads a database."""
        found: DatabaseWriter = self._function()
        return found

    def _function(self) -> Any:
        module, _, function = self.writer.partition(":")
        return getattr(importlib.import_module(module), function)


@cache
def formats() -> dict[str, Format]:
    """Return every format by name, in the order of the registry."""
    raw = resources.files("geo.data").joinpath("formats.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(raw.splitlines()):
        values: dict[str, Any] = dict(row)
        values["endings"] = split_list(row["endings"])
        values["aliases"] = split_list(row["aliases"])
        values["options"] = split_list(row["options"])
        values["size"] = tuple(float(part) for part in split_list(row["size"]))
        values["deterministic"] = row["deterministic"] == "yes"
        found[row["format"]] = Format(**values)
    return found


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def find_format(name: str) -> Format:
    """Return the format called `name`; case, dashes, dots and common synonyms are accepted.

    Raises
    ------
    UsageError
        If there is no such format; the message names the nearest.

    Examples
    --------
    >>> find_format("GeoPackage").format, find_format("GEOJSON_GCJ02").format
    ('gpkg', 'geojson-gcj02')
    """
    known = {_key(word): entry for entry in formats().values() for word in (entry.format, *entry.aliases)}
    if _key(name) in known:
        return known[_key(name)]
    raise no_such("format", name, formats())


def format_of(out: str) -> Format:
    """Return the format for the ending, or the URL scheme, of an output.

    Raises
    ------
    UsageError
        If no format has that ending; the message lists the endings.
    """
    lowered = out.lower()
    pairs = [(ending, entry) for entry in formats().values() for ending in entry.endings]
    # The longest ending first: .shp.zip before .zip, .gcj02.geojson before .geojson.
    for ending, entry in sorted(pairs, key=lambda pair: -len(pair[0])):
        if lowered.startswith(ending) if "://" in ending else lowered.endswith(ending):
            if entry.format == "geojson" and _names_gcj02(out):
                return formats()["geojson-gcj02"]
            return entry
    if lowered.endswith(".shp"):
        raise told(UsageError, "wrong.export_shp", out=out)
    known = ", ".join(f"{ending} ({entry.format})" for ending, entry in pairs)
    raise told(UsageError, "wrong.export_ending", out=without_password(out), known=known)


def _names_gcj02(out: str) -> bool:
    return "gcj02" in _key(out.replace("\\", "/").rpartition("/")[2])


def resolve_crs(entry: Format, crs: pyproj.CRS | int | str | None, meta: Mapping[str, Any]) -> pyproj.CRS | None:
    """Return the CRS to write a format in; None for GCJ-02, a datum without a CRS.

    Parameters
    ----------
    entry : Format
    crs : int, str, pyproj.CRS or None
        The requested CRS; None for WGS 84, or for the atlas' metric CRS if the format needs metres.
    meta : mapping
        ``atlas.meta``: `bbox`, `metric_crs`.

    Raises
    ------
    CRSError
        If the CRS does not cover the city, or the format cannot store it; the message names formats that can.
    """
    if entry.crs == "gcj02":
        if crs is not None:
            raise told(CRSError, "wrong.crs_gcj02", format=entry.format)
        return None
    if crs is None:
        return pyproj.CRS.from_user_input(meta["metric_crs"] if entry.crs == "projected" else _WGS84)
    chosen = check_crs(crs, tuple(meta["bbox"]))
    said = {"format": entry.format, "crs": str(crs), "title": chosen.name, "formats": _carrying()}
    if entry.crs == "wgs84" and chosen != pyproj.CRS.from_user_input(_WGS84):
        raise told(CRSError, "wrong.crs_wgs84", **said)
    if entry.crs == "projected" and not (chosen.is_projected and chosen.axis_info[0].unit_name == "metre"):
        raise told(CRSError, "wrong.crs_metres", **said)
    if entry.crs == "projected" and (off := scale_error(chosen, tuple(meta["bbox"]))) > MAX_SCALE_ERROR:
        raise told(CRSError, "wrong.crs_scale", **said, off=f"{off:.1%}", metric_crs=meta["metric_crs"])
    if entry.format in ("sql", "postgis") and chosen.to_epsg() is None:
        raise told(CRSError, "wrong.crs_srid", **said)
    return chosen


def _carrying() -> str:
    return ", ".join(entry.format for entry in formats().values() if entry.crs == "any")
