"""A QGIS project beside its GeoPackage: opens drawn, labelled, related and ready to print."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

from geo.export import gpkg
from geo.export.job import Job
from geo.export.qgis_project import project, project_layers

__all__ = ["write"]


def write(job: Job, folder: Path) -> None:
    """Write ``<stem>.qgz`` and ``<stem>.gpkg``, which the project reads by a relative path.

    Notes
    -----
    The GeoPackage is that of the format ``gpkg`` with one layer of all places and the layers of the basemap added.
    """
    package = f"{job.stem}.gpkg"
    gpkg.write_as(job, folder / package, project_layers(job))
    day = datetime.date.fromisoformat(job.contents.meta["data_date"])
    entry = zipfile.ZipInfo(f"{job.stem}.qgs", (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(folder / job.main, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, project(job, package))
