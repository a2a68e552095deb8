"""Reading of files in a child process (`geo.base.confined`), so that a file that crashes it harms nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from geo.base.confined import Bounds, run
from geo.base.files import scratch_folder, unwritable
from geo.base.memory import memory_room
from geo.base.watched import unchanged
from geo.errors import GeoError
from geo.tables.columns import Asked
from geo.tables.formats import find_format
from geo.tables.handed import StoredSource, Upload, take
from geo.tables.intake import name_of, on_disk
from geo.tables.limits import UPLOAD_LIMITS, Limits
from geo.tables.opening import open_table
from geo.tables.reader import TableReader

__all__ = ["open_apart", "open_upload", "read_upload"]

_READING = ("format", "encoding", "delimiter", "quote", "header", "sheet", "layer")
_DRIVERS = ("ESRI Shapefile", "GPKG", "GeoJSON")
_AREAS = ("areas", "townships", "water")
_NICE = 10
_CLOCK_RATIO = 5  # of the clock to processor time: it steps back behind others
_STREAMED = ("csv", "parquet")


def open_upload(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    limits: Limits = UPLOAD_LIMITS,
    name: str | None = None,
    **options: Any,
) -> TableReader:
    r"""Open a table as `open_table` does, but read it in a child process.

    Takes half a second more, and disk space for a temporary copy of the rows. A file that crashes its reader, or needs
    more memory or time than `limits` allow, is refused with a `DataError`. Column names and coordinates are recognised
    in this process.

    Parameters
    ----------
    source : path, or binary file object
    limits : Limits
    name : str, optional
        What to call the file in messages.
    **options
        Options of `open_table`.

    Returns
    -------
    TableReader

    Raises
    ------
    DataError, UsageError
        As `open_table`.

    Examples
    --------
    >>> import io
    >>> with open_upload(io.BytesIO(b"name,lon,lat\na,116.4,39.9\n")) as table:
    ...     print(table.report.format, [column.role for column in table.report.columns])
    csv ['', 'lon', 'lat']
    """
    shown = name or name_of(source)
    reading = {key: options.pop(key) for key in _READING if key in options}
    asked = Asked(**options, vertices=limits.vertices)
    folder = scratch_folder("upload")
    try:
        path = on_disk(source, Path(folder.name), shown, limits)
        info = _run(path, Path(folder.name), shown, limits, reading)
        stored = StoredSource(Path(folder.name), shown, info)
        return TableReader(stored, folder, shown, path.stat().st_size, limits, asked)
    except BaseException as error:
        folder.cleanup()
        if isinstance(error, OSError) and not isinstance(error, GeoError):
            raise unwritable(Path(folder.name).parent, error) from error
        raise


def open_apart(source: str | os.PathLike[str], *, name: str | None = None, **options: Any) -> TableReader:
    r"""Open a table of any size as `open_table` does; formats whose readers may crash are read in a child process.

    Some readers in C++ and Rust abort on a few kilobytes that declare gigabytes. Text and Parquet are streamed in this
    process; use `memory_bound` around them. The rows of all other formats come through a temporary copy.

    Parameters
    ----------
    source : path
    name : str, optional
        What to call the file in messages.
    **options
        Options of `open_table`.

    Returns
    -------
    TableReader

    Raises
    ------
    DataError, UsageError
        As `open_table`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.csv")
    ...     _ = path.write_text("lon,lat\n1,2\n")
    ...     with open_apart(path) as table:
    ...         found = table.points(next(table.batches())).lon
    >>> found
    array([1.])
    """
    limits = Limits()
    shown = name or name_of(source)
    kind, _ = find_format(on_disk(source, Path(), shown, limits), shown, options.get("format"), limits)
    if kind in _STREAMED:
        return open_table(source, name=name, **options)
    return open_upload(source, limits=replace(limits, memory_bytes=memory_room()), name=name, **options)


def read_upload(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    limits: Limits = UPLOAD_LIMITS,
    name: str | None = None,
    areas: Mapping[str, bytes] | None = None,
    watch: Callable[[], object] | None = None,
    **options: Any,
) -> Upload:
    r"""Read a whole table in a child process: rows, columns, coordinates, points, datum. This process parses nothing.

    Parameters
    ----------
    source : path, or binary file object
    limits : Limits
    name : str, optional
        What to call the file in messages.
    areas : mapping of str to bytes, optional
        ``areas``, ``townships`` and ``water`` by which to determine the datum, each as of `Areas.to_bytes`.
    watch : callable, optional
        Called about twenty times a second while the file is read; an error that it raises ends the reading.
    **options
        Options of `open_table`.

    Returns
    -------
    Upload
        Rows, points, the reading report, and the evidence for the datum.

    Raises
    ------
    DataError, UsageError
        As `open_table`; `DataError` also if the table is larger than `Limits.may_hand` allows for a file of its size.

    Examples
    --------
    >>> import io
    >>> read_upload(io.BytesIO(b"lon,lat\n1,2\n"), name="a.csv").table.num_rows
    1
    """
    shown = name or name_of(source)
    reading = {key: options.pop(key) for key in _READING if key in options}
    asked = Asked(**options, vertices=limits.vertices)
    with scratch_folder("upload") as scratch:
        folder = Path(scratch)
        try:
            path = on_disk(source, folder, shown, limits)
            paths = [folder / f"{key}.arrow" for key in _AREAS]
            for key, target in zip(_AREAS, paths, strict=True):
                if areas and key in areas:
                    target.write_bytes(areas[key])
            more = {"asked": asdict(asked), "areas": [str(target) for target in paths if areas]}
            _run(path, folder, shown, limits, reading, watch=watch, nice=_NICE, **more)
            return take(folder, shown, limits, path.stat().st_size)
        except OSError as error:
            if isinstance(error, GeoError):
                raise
            raise unwritable(folder.parent, error) from error


def _run(
    path: Path,
    folder: Path,
    name: str,
    limits: Limits,
    reading: Mapping[str, Any],
    *,
    watch: Callable[[], object] | None = None,
    nice: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """Run the child process on a file and return its answer; its results are in `folder`."""
    job = {"path": str(path.absolute()), "name": name, "limits": asdict(limits), "options": dict(reading)}
    most = limits.may_hand(path.stat().st_size)
    written = None if most is None else max(most, limits.unpacked_bytes)
    clock = limits.seconds and _CLOCK_RATIO * limits.seconds
    bounds = Bounds(limits.memory_bytes, limits.seconds, clock, written, nice)
    job |= {"asked": None, "areas": []} | more
    with unchanged(path):
        return run("geo.tables.worker", job, folder, name, bounds, drivers=_DRIVERS, watch=watch)
