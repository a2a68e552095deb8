"""A QGIS project beside its GeoPackage, with styles, labels, relations and print layouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geo.export import gpkg
from geo.export.job import Job
from geo.export.qgis_project import packed, project_layers

__all__ = ["write"]


def write(job: Job, folder: Path) -> None:
    """Write ``<stem>.qgz`` and ``<stem>.gpkg``, which the project refers to by a relative path.

    Notes
    -----
    The GeoPackage is that of the format ``gpkg``, plus one layer of all places and the basemap layers.
    """
    job = replace(job, basemap=True)
    package = f"{job.stem}.gpkg"
    gpkg.write_as(job, folder / package, project_layers(job))
    (folder / job.main).write_bytes(packed(job, package))
