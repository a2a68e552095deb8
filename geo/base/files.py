"""Outputs appear whole or not at all: written beside their place, then renamed; and why a write failed, in words."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from geo.base.messages import LANGUAGES, text
from geo.errors import GeoError, OutputError

__all__ = ["beside", "put_files", "remove", "replace_folder", "scratch_folder", "sweep", "unwritable"]

_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ENOENT: "no_folder",
    errno.ENOTDIR: "no_folder",
    errno.ENAMETOOLONG: "long_name",
}
#: A name has at most 255 bytes in most file systems; what is added here takes less than 55.
_NAME_BYTES = 200
_EXCHANGE = 2
_HERE = -100


def beside(target: Path, ending: str = "part") -> Path:
    """Return a hidden name beside `target`, of this process, for what is not whole yet (or no longer in its place)."""
    target = target.absolute()
    return target.with_name(f".{_short(target.name)}.{os.getpid()}.{ending}")


def _short(name: str) -> str:
    raw = os.fsencode(name)
    return name if len(raw) <= _NAME_BYTES else hashlib.sha256(raw).hexdigest()[:32]


def sweep(target: Path) -> None:
    """Remove what processes that were killed left beside `target`; put a folder back that one had just moved away."""
    target = target.absolute()
    pattern = re.compile(re.escape(f".{_short(target.name)}.") + r"(\d+)\.([\w.]*\.)?(part(?:\.d)?|old)")
    with contextlib.suppress(OSError):
        for other in sorted(target.parent.iterdir()):
            match = pattern.fullmatch(other.name)
            if match and not _alive(int(match[1])):
                if match[3] == "old" and not target.exists():
                    other.rename(target)
                else:
                    remove(other)


def remove(path: Path) -> None:
    """Remove a file or folder, and the folder of pieces (``.d``) beside it, if they are there and can be removed."""
    shutil.rmtree(path.with_name(path.name + ".d"), ignore_errors=True)
    with contextlib.suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def scratch_folder(purpose: str) -> tempfile.TemporaryDirectory[str]:
    """Return a new folder among the system's temporary files; those of killed processes are removed.

    Raises
    ------
    OutputError
        If there is no place for temporary files.
    """
    try:
        root = Path(tempfile.gettempdir())
        sweep(root / f"geo-{purpose}")
        name = f".geo-{purpose}.{os.getpid()}."
        return tempfile.TemporaryDirectory(prefix=name, suffix=".part", dir=root, ignore_cleanup_errors=True)
    except OSError as error:
        raise unwritable("TMPDIR", error) from error


def put_files(pairs: Sequence[tuple[Path, Path]], backup: Path) -> None:
    """Rename each (new, target); if one fails, put back what was there before.

    Parameters
    ----------
    pairs : sequence of (Path, Path)
        The main file last, so that it appears when all else is there.
    backup : Path
        A folder on the same file system for what is replaced.
    """
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (new, target) in enumerate(pairs):
            kept = None
            if target.exists():
                kept = backup / f"replaced-{number}"
                _keep(target, kept)
            new.replace(target)
            done.append((target, kept))
    except BaseException:
        for target, kept in reversed(done):
            if kept is None:
                target.unlink(missing_ok=True)
            else:
                kept.replace(target)
        raise


def _keep(target: Path, kept: Path) -> None:
    try:
        os.link(target, kept)
    except (AttributeError, OSError):  # no such system call, or a file system without links
        shutil.copy2(target, kept)


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder in the place of `target`, which is gone then.

    On Linux both change places in one step. Elsewhere the old one is moved away first; should the process be killed
    between the two renames, `sweep` puts it back.
    """
    if not target.is_dir():
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        new.rename(target)
    elif not _exchange(new, target):
        retired = beside(target, "old")
        target.rename(retired)
        try:
            new.rename(target)
        except BaseException:
            retired.rename(target)
            raise
        remove(retired)


def _exchange(first: Path, second: Path) -> bool:
    """Let two paths change places in one step; return False where system or file system cannot."""
    if sys.platform != "linux":
        return False
    renameat2: Callable[..., int] | None = getattr(ctypes.CDLL(None), "renameat2", None)
    return renameat2 is not None and renameat2(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _EXCHANGE) == 0


def unwritable(path: object, error: BaseException) -> OutputError:
    """Return the error for an output that failed to be written; why is told in words, in every language.

    Parameters
    ----------
    path : object
        The output, as the user named it.
    error : BaseException
        An `OSError`, or the error of a library that hides one in its text.
    """
    if isinstance(error, OutputError) and error.translations:
        return error
    told = {lang: text("fault.write", lang, path=path, why=_why(error, lang)) for lang in LANGUAGES}
    return OutputError(told["en"], told)


def _why(error: BaseException, language: str) -> str:
    # pyarrow tells the number in its text only, SQLite and GDAL no number at all.
    words = " ".join(str(error).split())
    inner = re.search(r"\[errno (\d+)\]", words, re.IGNORECASE)
    number = getattr(error, "errno", None) or (int(inner[1]) if inner else None)
    if re.search(r"disk is full|disk full|no space left|file too large|disk I/O error", words, re.IGNORECASE):
        number = errno.ENOSPC
    if number in _REASONS:
        return text(f"fault.{_REASONS[number]}", language)
    if number and not isinstance(error, GeoError):
        return os.strerror(number)
    return words if isinstance(error, OSError) else text("fault.library", language, words=words or type(error).__name__)
