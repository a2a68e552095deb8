"""`export` and `export_bytes`: write a view as files for GIS tools, completely or not at all."""

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
from geo.base.told import told
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

#: Suffixes of the files that are written beside the main file of a format.
_SIDES = {"csv": (f".{_README}",), "dxf": (f".{_README}", ".handles.csv"), "qgz": (f".{_README}",)}


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Result of an export: the files written (the main one first), the format, and the number of features per layer."""

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
    """Check all options and return the job of an export; parameters as `export`."""
    name = encoding.lower().replace("_", "-")
    name = "utf-8" if name == "utf8" else name
    if name not in _ENCODINGS:
        raise told(UsageError, "wrong.encoding", given=encoding, allowed=", ".join(_ENCODINGS))
    given = {
        "encoding": name != "utf-8",
        "schema": schema is not None,
        "basemap": basemap,
        "plot scale": plot_scale is not None,
    }
    for option in (one for one, asked in given.items() if asked and one not in entry.options):
        takers = ", ".join(other.format for other in formats().values() if option in other.options)
        raise told(UsageError, "wrong.export_option", option=option, formats=takers, format=entry.format)
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
    """Write the selected places and their tables for GIS tools.

    The output appears completely or not at all: it is written to a hidden place first and then renamed. The same view
    gives the same bytes in every format but ``postgis``.

    Parameters
    ----------
    view : View
        From ``atlas.select(…)``.
    out : str or path
        File, folder (existing, or with a trailing ``/``), or ``postgresql://…``. A format that holds one layer per file
        writes all places to one file; to a folder or a ``.zip`` it writes one file per layer.
    format : str, optional
        Name in `formats`; by default determined by the ending of `out`.
    crs : int or str, optional
        Such as ``4490`` or ``"EPSG:4490"``; by default EPSG:4326, for DXF the atlas' metric CRS. x (east, longitude) is
        always stored first. Area columns are geodesic, whatever the CRS.
    overwrite : bool
        Replace an existing file.
    language : {"zh", "en"}, optional
        Language of labels and titles; by default that of the selection. Columns of both languages are always written.
    encoding : {"utf-8", "gb18030"}
        Encoding of a shapefile's attributes; gb18030 for old Chinese software.
    schema : str, optional
        Name of the database schema; by default the id of the atlas.
    basemap : bool
        Include the basemap (gpkg and dxf; qgz always includes it).
    plot_scale : int, optional
        Scale denominator for texts and sheet of a DXF; by default the one at which everything fits A3.

    Returns
    -------
    ExportResult

    Raises
    ------
    UsageError
        If the format or an option is unknown, `out` has the ending of another format, or the selection is empty.
    CRSError
        If the CRS does not cover the city, or the format cannot store it; the message says which formats can.
    OutputError
        If `out` cannot be written or exists; nothing has changed then.
    MissingDependencyError
        If a package that the format needs is not installed; the message has the install command.
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
    """Return the files that `export` writes for `out`, the main one first; () for a database.

    Raises
    ------
    UsageError
        If the format is unknown or does not match the ending.
    """
    name = os.fspath(out)
    entry, is_folder = _asked(name, format)
    if entry.output == "database":
        return ()
    target = Path(_with_datum(name, entry))
    zipped = entry.output == "zip" or target.suffix.lower() == ".zip"
    endings = () if is_folder or zipped else _SIDES.get(entry.format, ())
    names = [f"{target.name}{ending}" for ending in endings]
    if endings and entry.format == "qgz":  # the project refers to its GeoPackage by name
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
    """Return an export as one file to download; parameters as `export`.

    Returns
    -------
    filename : str
    content : bytes
        A zip if the format consists of several files.
    mime : str

    Raises
    ------
    UsageError
        As `export`; also if the format is a database.
    OutputError
        If there is no space for temporary files.
    """
    entry = find_format(format)
    if entry.output == "database":
        raise told(UsageError, "wrong.export_database", format=entry.format)
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
    with needs("needs.format", "", needed, format=job.format.format) if needed else nullcontext():
        job.format.load_writer()(job, folder)
    if packed or job.format.output == "sides":
        name = _README if packed else f"{job.main}.{_README}"
        if not (folder / name).exists():
            (folder / name).write_text(readme(job), encoding="utf-8", newline="\n")


def _result(job: Job, outputs: tuple[str, ...]) -> ExportResult:
    features = {layer.name: len(layer.frame) for layer in job.layers}
    return ExportResult(outputs, job.format.format, features, job.format.caveat_zh, job.format.caveat_en)


def _asked(name: str, format: str | None) -> tuple[Format, bool]:
    """Return the format of an output, and whether the output is a folder."""
    is_folder = not _is_url(name) and (name.endswith(("/", os.sep)) or Path(name).is_dir())
    return _entry(name, format, is_folder), is_folder


def _is_url(name: str) -> bool:
    return "://" in name


def _entry(name: str, format: str | None, is_folder: bool) -> Format:
    if format is None:
        if is_folder:
            raise told(UsageError, "wrong.export_folder", out=name)
        return format_of(name)
    entry = find_format(format)
    if is_folder and entry.output != "database":
        return entry
    if _is_url(name) != (entry.output == "database"):
        wrong = "wrong.export_no_file" if entry.output == "database" else "wrong.export_no_url"
        raise told(UsageError, wrong, format=entry.format, out=without_password(name), ending=entry.ending)
    try:
        ending = format_of(name)
    except UsageError:
        return entry
    if ending.format not in (entry.format, "bundle") and name.lower().rpartition(".")[2] != "json":
        same = {ending.format, entry.format} == {"geojson", "geojson-gcj02"}
        if not same or ending.format == "geojson-gcj02":
            said = {"named": ending.format, "format": entry.format, "ending": entry.ending}
            raise told(UsageError, "wrong.export_clash", out=name, **said)
    return entry


def _with_datum(name: str, entry: Format) -> str:
    """Return the file name with the datum appended, if the datum is not a CRS (GCJ-02)."""
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
