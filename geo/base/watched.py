"""Detect input that changes while it is read: half an old and half a new file would be inconsistent."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from geo.base.told import told
from geo.errors import DataError

__all__ = ["Watched", "unchanged"]

StrPath = str | os.PathLike[str]
Stamp = tuple[int, int, int, int]


class Watched:
    """Identity, size and modification time of a file, or of every file in a folder, when reading began.

    A change that alters neither size nor time is not detected, such as a write within one tick of the file system's
    clock.
    """

    def __init__(self, path: StrPath) -> None:
        self.path = Path(path)
        self._before = _stamps(self.path)

    def check(self) -> None:
        """Raise `DataError` if a file has changed; costs a `stat` per file."""
        after = _stamps(self.path)
        if after == self._before:
            return
        changed = next(name for name in {**self._before, **after} if self._before.get(name) != after.get(name))
        raise told(DataError, "fault.changed", path=self.path / changed)


@contextlib.contextmanager
def unchanged(path: StrPath) -> Iterator[None]:
    """Raise `DataError` at the end of the block if the file, or a file in the folder, has changed."""
    watched = Watched(path)
    yield
    watched.check()


def _stamps(path: Path) -> dict[str, Stamp]:
    """Return the stamp of every file by its path below `path` ("." for a file itself); missing files are left out."""
    if not path.is_dir():
        return {name: stamp for name, stamp in [(".", _stamp(path))] if stamp}
    files = ((file.relative_to(path).as_posix(), _stamp(file)) for file in sorted(path.rglob("*")) if file.is_file())
    return {name: stamp for name, stamp in files if stamp}


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
