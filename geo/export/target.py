"""The output of an export: checked first, hidden until complete; folders zipped reproducibly."""

from __future__ import annotations

import datetime
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from geo.base.files import beside, remove, sweep, unwritable
from geo.base.told import told
from geo.errors import GeoError, OutputError

__all__ = ["check_target", "place_folder", "staging", "written", "zip_folder"]

#: Endings of files that are already compressed.
_PACKED = frozenset((".kmz", ".parquet", ".qgz", ".xlsx", ".zip"))


def check_target(target: Path, sides: Sequence[Path], *, folder: bool) -> None:
    """Raise `OutputError` if an output can never be written; remove leftovers of a killed process.

    All other conditions have been checked by `geo.base.paths`.
    """
    parent = target.parent
    sweep(target)
    if not parent.is_dir():
        raise told(OutputError, "wrong.no_folder", path=target, folder=parent)
    if folder:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise told(OutputError, "wrong.target_taken", path=target)
        return
    for path in (target, *sides):
        if path.is_dir():
            raise told(OutputError, "wrong.target_folder", path=path)


@contextmanager
def staging(parent: Path, name: str) -> Iterator[Path]:
    """Yield a new hidden folder beside the output (same file system, so that a rename is atomic); remove it afterwards.

    Raises
    ------
    OutputError
        If the folder cannot be created, or writing inside the block fails.
    """
    folder = beside(parent / name)
    try:
        with written(parent / name):
            folder.mkdir()
            yield folder
    finally:
        remove(folder)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn a failed write in the block into an `OutputError`; GDAL and SQLite have errors of their own."""
    try:
        yield
    except GeoError:
        raise
    except (OSError, sqlite3.Error, DataLayerError, DataSourceError, FeatureError) as error:
        raise unwritable(path, error) from error


def place_folder(new: Path, target: Path) -> None:
    """Rename a folder to its target, which is empty or does not exist."""
    if target.is_dir():
        target.rmdir()
    new.rename(target)


def zip_folder(folder: Path, target: Path, date: str) -> None:
    """Zip the files of a folder: sorted, dated `date` (YYYY-MM-DD), always the same bytes."""
    day = datetime.date.fromisoformat(date)
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), stamp)
            # Unix entries with plain permissions on every platform; names in UTF-8.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
