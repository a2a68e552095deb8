"""Give GDAL paths that it cannot misread: some names are addresses to it, and ``;``, ``!``, ``?`` parts of a URL."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["readable", "writable"]

# pyogrio.util.vsi_path: "a!b.gpkg" would be written to "b.gpkg" in the working folder, "a;b" to "a".
_PARTS_OF_URL = re.compile("[;!?]")


def readable(path: Path, folder: Path, ending: str) -> Path:
    """Return a name of our own for a file: a link in `folder`, a private one, with an ending that its driver knows.

    So GDAL meets no name from outside: not as a URL, nor as one of its virtual file systems. Where links cannot be made
    it is the path itself, if GDAL can only take it as one.
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
    """Yield a path that is not read as a URL; what is written there is at `path` in the end."""
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
