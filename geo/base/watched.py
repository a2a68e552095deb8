"""Notice input that changes while it is read: half an old and half a new file would be nobody's data."""

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
    """What a file, or every file below a folder, was like when its reading began: which file, how large, when written.

    Not noticed: what changes size and time of no file, as a write within the same tick of the file system's clock does.
    """

    def __init__(self, path: StrPath) -> None:
        self.path = Path(path)
        self._before = _stamps(self.path)

    def check(self) -> None:
        """Raise `DataError` if it is not the same any more; costs a `stat` of each file."""
        after = _stamps(self.path)
        if after == self._before:
            return
        changed = next(name for name in {**self._before, **after} if self._before.get(name) != after.get(name))
        raise told(DataError, "fault.changed", path=self.path / changed)


@contextlib.contextmanager
def unchanged(path: StrPath) -> Iterator[None]:
    """Raise `DataError` at the end of the block if the file, or a file below the folder, changed in the meantime."""
    watched = Watched(path)
    yield
    watched.check()


def _stamps(path: Path) -> dict[str, Stamp]:
    """Return the stamp of every file by its path below `path` ("." for a file itself); what is not there has none."""
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
