"""A cache folder that only this user can write to, so that nobody else can plant files in it."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

__all__ = ["private_folder"]

_OWNER_ONLY = 0o700


def private_folder(name: str, root: str | os.PathLike[str] | None = None) -> Path | None:
    """Return a folder in the user's cache, created with mode 0700; None if there is no safe one.

    Parameters
    ----------
    name : str
        The folder is called ``geo-NAME``.
    root : path, optional
        Parent folder; by default the user's cache folder (``$XDG_CACHE_HOME``, ``~/.cache``).

    Notes
    -----
    Refused are a folder of another user, a link, and a `root` in which others could put another folder in its place.
    """
    with contextlib.suppress(OSError, RuntimeError):  # no home folder, or not writable
        above = Path(root) if root else _caches()
        folder = above / f"geo-{name}"
        above.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=_OWNER_ONLY)
        if _is_own(folder) and _is_safe(above) and os.access(folder, os.W_OK | os.X_OK):
            if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != _OWNER_ONLY:
                folder.chmod(_OWNER_ONLY)
            return folder
    return None


def _caches() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home())
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return chosen if chosen.is_absolute() else Path.home() / ".cache"


def _is_own(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and (sys.platform == "win32" or found.st_uid == os.geteuid())


def _is_safe(above: Path) -> bool:
    """Return whether only the user or root can rename entries of a folder."""
    if sys.platform == "win32":
        return True
    found = above.stat()
    others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return found.st_uid in (0, os.geteuid()) and (not others or bool(found.st_mode & stat.S_ISVTX))
