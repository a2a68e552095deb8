"""The input of a reader as a file on disk: a path, or a file object that is copied within the size limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePath
from typing import Any

from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.limits import Limits

__all__ = ["name_of", "on_disk"]


def name_of(source: Any) -> str:
    """Return the name of a path or file object for messages."""
    if isinstance(source, (str, os.PathLike)):
        return PurePath(source).name or str(source)
    return PurePath(str(getattr(source, "name", "") or "table")).name


def on_disk(source: Any, folder: Path, name: str, limits: Limits) -> Path:
    """Return a path to the content of a path or file object; raise `DataError` if it is larger than the limit."""
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        try:
            mode = path.stat()
        except FileNotFoundError:
            raise told(UsageError, "refused.no_file", path=str(path)) from None
        if not stat.S_ISREG(mode.st_mode):
            raise told(UsageError, "refused.not_file", path=str(path))
        limits.check_file(mode.st_size, name)
        if mode.st_size == 0:
            raise told(DataError, "refused.empty", name=name)
        return path
    if not hasattr(source, "read"):
        raise told(UsageError, "refused.source_kind", kind=type(source).__name__)
    path, size = folder / f"table{PurePath(name).suffix.lower()[:10]}", 0
    if hasattr(source, "seek"):
        source.seek(0)
    with path.open("wb") as out:
        while block := source.read(1 << 20):
            if not isinstance(block, (bytes, bytearray, memoryview)):
                raise told(UsageError, "refused.binary", name=name)
            size += len(block)
            limits.check_file(size, name)
            out.write(block)
    if size == 0:
        raise told(DataError, "refused.empty", name=name)
    return path
