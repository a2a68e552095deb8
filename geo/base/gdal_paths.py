"""Paths that GDAL cannot misread: it takes some names for addresses, and ``;``, ``!``, ``?`` for parts of a URL."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["readable", "writable"]

# pyogrio.util.vsi_path would write "a!b.gpkg" to "b.gpkg" in the working folder, and "a;b" to "a".
_PARTS_OF_URL = re.compile("[;!?]")


def readable(path: Path, folder: Path, ending: str) -> Path:
    """Return a safe path for reading a file: a link in `folder`, a private one, with an ending the driver knows.

    So GDAL never sees a name chosen by a user, which could be a URL or a virtual file system. Where links cannot be
    created, the path itself is returned if GDAL can only take it as a path.
    """
    path = path.absolute()
    link = folder / f"input{ending}"
    try:
        link.symlink_to(path)
    except OSError:
        if _PARTS_OF_URL.search(str(path)) or (path.parts[1:2] and path.parts[1].startswith("vsi")):
            raise
        return path
    return link


@contextmanager
def writable(path: Path) -> Iterator[Path]:
    """Yield a path that GDAL does not take for a URL; what is written there ends up at `path`."""
    path = path.absolute()
    if not _PARTS_OF_URL.search(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="geo-link-") as private:
        link = Path(private) / "folder"
        link.symlink_to(path.parent, target_is_directory=True)
        plain = link / _PARTS_OF_URL.sub("_", path.name)
        yield plain
        if plain.name != path.name:
            plain.rename(path)
