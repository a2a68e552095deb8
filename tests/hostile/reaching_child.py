"""Reads every file that would reach out, in one of three ways; see `test_no_requests`. One line of JSON for each."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import warm
from reaching_files import CRS_TEXTS, EXTRACTS, TABLES

from geo.atlas.atlas import Atlas
from geo.errors import GeoError

WAY, FOLDER, CITY, URL = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
OUT = tempfile.mkdtemp()


def told(name: str, work: Callable[[], object]) -> None:
    print(json.dumps({"start": name}), flush=True)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            code = work()
        except GeoError as error:
            code = 2
            said.write(f"geo: {error}")
    print(json.dumps({"name": name, "code": code, "said": said.getvalue()}), flush=True)


def by_command() -> None:
    from geo.cli.main import main

    warm.Warm().__enter__()
    held = Atlas.load(CITY)
    Atlas.load = lambda layers: held  # type: ignore[method-assign]
    assign = ["-o", f"{OUT}/joined.csv", "--datum", "wgs84", "--overwrite", "--layers", CITY]
    for name in TABLES:
        told(name, lambda name=name: main(["assign", str(FOLDER / name), *assign]))
    for name in EXTRACTS:
        told(name, lambda name=name: main(["basemap", str(FOLDER / name), "-o", f"{OUT}/seeds-{name}"]))
    table = str(FOLDER / "cells.csv")
    for number, text in enumerate(CRS_TEXTS):
        crs = text.replace("{url}", URL)
        told(f"assign --crs {number}", lambda crs=crs: main(["assign", table, *assign, "--crs", crs]))
        export = ["export", f"{OUT}/{number}.gpkg", "--layers", CITY, "--crs", crs]
        told(f"export --crs {number}", lambda export=export: main(export))


def by_library() -> None:
    """Without any setting, child or filter: what is refused before a driver is asked."""
    from geo.tables import open_table

    def read(name: str) -> None:
        with open_table(FOLDER / name) as table:
            for batch in table.batches():
                if table.coordinates is not None:
                    table.points(batch)

    for name in TABLES:
        told(name, lambda name=name: read(name))


def by_settings() -> None:
    """With the settings of a child alone: nothing is refused before, and no filter holds the process."""
    from geo.osm import worker as osm
    from geo.tables import vectorfile, worker

    vectorfile.check_links = lambda *_: None
    vectorfile._check_system_tables = lambda *_: None
    for name in TABLES:
        job = {"path": str(FOLDER / name), "name": name, "limits": {}, "options": {}, "asked": {}, "areas": []}
        told(name, lambda job=job: worker.work(job, Path(tempfile.mkdtemp(dir=OUT))) and None)
    for name in EXTRACTS:
        wishes = [("points", "name IS NOT NULL")]
        job = {"path": str(FOLDER / name), "name": name, "wishes": wishes, "bbox": None}
        told(name, lambda job=job: osm.work(job, Path(tempfile.mkdtemp(dir=OUT))) and None)


{"command": by_command, "library": by_library, "settings": by_settings}[WAY]()
os._exit(0)
