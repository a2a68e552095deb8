"""`export`, `export_bytes`: a view to files for GIS tools, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geo.atlas.atlas import View
from geo.base.database import without_password
from geo.base.files import put_files, scratch_folder
from geo.base.locale import use_ascii_letters
from geo.base.optional import needs
from geo.base.paths import Paths
from geo.errors import UsageError
from geo.export.contents import Contents
from geo.export.job import Job
from geo.export.metadata import readme
from geo.export.registry import Format, find_format, format_of, formats, resolve_crs
from geo.export.sql_names import sql_name
from geo.export.target import check_target, place_folder, staging, written, zip_folder

__all__ = ["ExportResult", "export", "export_bytes", "make_job", "output_paths"]

_README = "README.txt"
_ENCODINGS = ("utf-8", "gb18030")
_ZIP = "application/zip"

#: What stands beside the main file of a format, named after it.
_SIDES = {"csv": (f".{_README}",), "dxf": (f".{_README}", ".handles.csv"), "qgz": (f".{_README}",)}


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: the main output first, the format, and the number of features by layer."""

    outputs: tuple[str, ...]
    format: str
    features: Mapping[str, int]
    caveat_zh: str
    caveat_en: str


def make_job(
    view: View,
    entry: Format,
    crs: Any = None,
    *,
    language: str | None = None,
    encoding: str = "utf-8",
    schema: str | None = None,
    basemap: bool = False,
    plot_scale: int | None = None,
    stem: str | None = None,
    per_layer: bool = False,
) -> Job:
    """Return the job of an export, all options checked; parameters as `export`."""
    name = encoding.lower().replace("_", "-")
    name = "utf-8" if name == "utf8" else name
    if name not in _ENCODINGS:
        raise UsageError(f"encoding {encoding!r} is not one of {', '.join(_ENCODINGS)}")
    given = {
        "encoding": name != "utf-8",
        "schema": schema is not None,
        "basemap": basemap,
        "plot scale": plot_scale is not None,
    }
    for option in (one for one, asked in given.items() if asked and one not in entry.options):
        takers = ", ".join(other.format for other in formats().values() if option in other.options)
        raise UsageError(f"{option} is for {takers} only, not for {entry.format}")
    contents = Contents(view, view.selection.language if language is None else language)
    atlas_id = str(contents.meta["atlas_id"])
    return Job(
        contents=contents,
        format=entry,
        crs=resolve_crs(entry, crs, contents.meta),
        stem=stem or atlas_id,
        per_layer=per_layer,
        encoding=name,
        schema=sql_name(atlas_id) if schema is None else schema,
        basemap=basemap,
        plot_scale=plot_scale,
    )


def export(
    view: View,
    out: str | os.PathLike[str],
    format: str | None = None,
    crs: Any = None,
    *,
    overwrite: bool = False,
    language: str | None = None,
    encoding: str = "utf-8",
    schema: str | None = None,
    basemap: bool = False,
    plot_scale: int | None = None,
) -> ExportResult:
    """Write what a view shows for GIS tools.

    The output appears whole or not at all: it is written beside its place and renamed. The same view gives the same
    bytes (all formats but ``postgis``; the registry says so).

    Parameters
    ----------
    view : View
        From ``atlas.select(…)``.
    out : str or path
        File, folder (exists, or ends in ``/``), or ``postgresql://…``. A one-layer format writes all places to one
        file; to a folder or a ``.zip`` it writes one file per layer.
    format : str, optional
        One of `formats`; by default from the ending of `out`.
    crs : int or str, optional
        Such as ``4490`` or ``"EPSG:4490"``; by default EPSG:4326, DXF the atlas' metric CRS. x (east, longitude) is
        always stored first. Areas stay geodesic columns whatever the CRS.
    overwrite : bool
        Replace a file that is there.
    language : {"zh", "en"}, optional
        Of labels and titles; by default the selection's. The columns of both languages always stay.
    encoding : {"utf-8", "gb18030"}
        Of a shapefile's attributes; gb18030 for old software in China.
    schema : str, optional
        Name of the database schema; by default the atlas' id.
    basemap : bool
        Take the basemap along: gpkg and dxf, qgz always does.
    plot_scale : int, optional
        Denominator of the scale that texts and sheet of a dxf are made for; by default that at which all fits A3.

    Returns
    -------
    ExportResult

    Raises
    ------
    UsageError
        For an unknown format or option, an ending of another format, an empty selection.
    CRSError
        If the CRS does not cover the city, or the format cannot carry it; the message says which can.
    OutputError
        If `out` cannot be written, or is there already; nothing has changed then.
    MissingDependencyError
        If the format needs a package that is not installed; the message has the install line.
    """
    target_name = os.fspath(out)
    entry, is_folder = _asked(target_name, format)
    more: dict[str, Any] = {"basemap": basemap, "plot_scale": plot_scale}
    Paths([view.atlas.folder], output_paths(out, format), overwrite=overwrite).check()
    if entry.output == "database":
        job = make_job(view, entry, crs, language=language, encoding=encoding, schema=schema, **more)
        entry.load_database_writer()(job, target_name, overwrite=overwrite)
        return _result(job, (without_password(target_name),))
    target = Path(_with_datum(target_name, entry))
    zipped = not is_folder and (entry.output == "zip" or target.suffix.lower() == ".zip")
    stem = view.atlas.meta["atlas_id"] if is_folder or zipped else _stem(target.name, entry)
    job = make_job(
        view,
        entry,
        crs,
        language=language,
        encoding=encoding,
        schema=schema,
        stem=stem,
        per_layer=(is_folder or zipped) and entry.layers == "one",
        **more,
    )
    target, *sides = output_paths(out, format)
    fresh = [] if overwrite else [target, *sides]
    check_target(target, sides, folder=is_folder)
    with staging(target.parent, target.name) as scratch:
        made = scratch / "files"
        made.mkdir()
        _write(job, made, packed=is_folder or zipped)
        if is_folder:
            place_folder(made, target)
        elif zipped:
            zip_folder(made, scratch / "out.zip", job.contents.meta["data_date"])
            put_files([(scratch / "out.zip", target)], fresh=fresh)
        else:
            pairs = [(made / side.name.replace(target.name, job.main, 1), side) for side in sides]
            put_files([*pairs, (made / job.main, target)], fresh=fresh)
    return _result(job, tuple(str(path) for path in (target, *sides)))


def output_paths(out: str | os.PathLike[str], format: str | None = None) -> tuple[Path, ...]:
    """Return the files that `export` writes for `out`, the main one first; none for a database.

    Raises
    ------
    UsageError
        If the format is unknown, or does not go with the name.
    """
    name = os.fspath(out)
    entry, is_folder = _asked(name, format)
    if entry.output == "database":
        return ()
    target = Path(_with_datum(name, entry))
    zipped = entry.output == "zip" or target.suffix.lower() == ".zip"
    endings = () if is_folder or zipped else _SIDES.get(entry.format, ())
    names = [f"{target.name}{ending}" for ending in endings]
    if endings and entry.format == "qgz":  # what a project names has a name of its own
        names.append(f"{_stem(target.name, entry)}.gpkg")
    return target, *(target.with_name(name) for name in names)


def export_bytes(
    view: View,
    format: str,
    crs: Any = None,
    *,
    language: str | None = None,
    encoding: str = "utf-8",
    schema: str | None = None,
    basemap: bool = False,
    plot_scale: int | None = None,
) -> tuple[str, bytes, str]:
    """Return an export as one file for a download; parameters as `export`.

    Returns
    -------
    filename : str
    content : bytes
        A zip where the format has files beside its main one.
    mime : str

    Raises
    ------
    UsageError
        As `export`; also for a database.
    OutputError
        If there is no room for temporary files.
    """
    entry = find_format(format)
    if entry.output == "database":
        raise UsageError(f"{entry.format} writes to a database: use `geo export postgresql://…`, or the format sql")
    more: dict[str, Any] = {"basemap": basemap, "plot_scale": plot_scale}
    job = make_job(view, entry, crs, language=language, encoding=encoding, schema=schema, **more)
    packed = entry.output != "file"
    job = replace(job, per_layer=packed and entry.layers == "one")
    with scratch_folder("export") as scratch, written(Path(scratch).parent):
        made = Path(scratch) / "files"
        made.mkdir()
        _write(job, made, packed=packed)
        if not packed:
            return job.main, (made / job.main).read_bytes(), entry.mime
        zip_folder(made, Path(scratch) / "out.zip", job.contents.meta["data_date"])
        name = job.main if entry.output == "zip" else f"{job.main}.zip"
        return name, (Path(scratch) / "out.zip").read_bytes(), _ZIP


def _write(job: Job, folder: Path, *, packed: bool) -> None:
    use_ascii_letters()
    needed = job.format.needs
    with needs(f"the format {job.format.format}", "", needed) if needed else nullcontext():
        job.format.load_writer()(job, folder)
    if packed or job.format.output == "sides":
        name = _README if packed else f"{job.main}.{_README}"
        if not (folder / name).exists():
            (folder / name).write_text(readme(job), encoding="utf-8", newline="\n")


def _result(job: Job, outputs: tuple[str, ...]) -> ExportResult:
    features = {layer.name: len(layer.frame) for layer in job.layers}
    return ExportResult(outputs, job.format.format, features, job.format.caveat_zh, job.format.caveat_en)


def _asked(name: str, format: str | None) -> tuple[Format, bool]:
    """Return the format of an output, and whether it is a folder."""
    is_folder = not _is_url(name) and (name.endswith(("/", os.sep)) or Path(name).is_dir())
    return _entry(name, format, is_folder), is_folder


def _is_url(name: str) -> bool:
    return "://" in name


def _entry(name: str, format: str | None, is_folder: bool) -> Format:
    if format is None:
        if is_folder:
            raise UsageError(f"{name} is a folder: give --format (in Python format=)")
        return format_of(name)
    entry = find_format(format)
    if is_folder and entry.output != "database":
        return entry
    if _is_url(name) != (entry.output == "database"):
        wanted = "postgresql://…" if entry.output == "database" else f"a file such as out{entry.ending}"
        raise UsageError(f"{entry.format} cannot be written to {without_password(name)}: give {wanted}")
    try:
        ending = format_of(name)
    except UsageError:
        return entry
    if ending.format not in (entry.format, "bundle") and name.lower().rpartition(".")[2] != "json":
        same = {ending.format, entry.format} == {"geojson", "geojson-gcj02"}
        if not same or ending.format == "geojson-gcj02":
            raise UsageError(
                f"{name} has the name of a {ending.format} file, and the format asked for is {entry.format}: "
                f"give a name such as out{entry.ending}"
            )
    return entry


def _with_datum(name: str, entry: Format) -> str:
    """Return the file name with the datum in it, where the datum is no CRS."""
    if entry.crs != "gcj02" or "gcj02" in Path(name).name.lower().replace("-", "").replace("_", ""):
        return name
    path = Path(name)
    if path.suffix.lower() in (".geojson", ".json", ".zip"):
        return str(path.with_name(f"{path.stem}.gcj02{path.suffix}"))
    return f"{name}.gcj02.geojson" if not name.endswith(("/", os.sep)) else name


def _stem(name: str, entry: Format) -> str:
    for ending in entry.endings:
        if name.lower().endswith(ending):
            return name[: -len(ending)] or name
    return name.rpartition(".")[0] or name
