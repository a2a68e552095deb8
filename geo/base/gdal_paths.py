"""Paths as GDAL's Python face takes them: it reads ``;``, ``!`` and ``?`` in a file's name as parts of a URL."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["readable", "writable"]

# pyogrio.util.vsi_path: "a!b.gpkg" would be written to "b.gpkg" in the working folder, "a;b" to "a".
_PARTS_OF_URL = re.compile("[;!?]")


def readable(path: Path, folder: Path) -> Path:
    """Return a path to the same file that is not read as a URL: a link in `folder`, a private one, where need be."""
    path = path.absolute()
    if not _PARTS_OF_URL.search(str(path)):
        return path
    link = folder / f"input{_PARTS_OF_URL.sub('_', ''.join(path.suffixes[-2:]))}"
    link.symlink_to(path)
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
