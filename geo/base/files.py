"""Write outputs whole or not at all: under a hidden name beside the target, then renamed; say why a write failed."""

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
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from geo.base.told import told
from geo.errors import GeoError, OutputError

__all__ = [
    "beside",
    "is_leftover",
    "put_file",
    "put_files",
    "remove",
    "replace_folder",
    "scratch_folder",
    "sweep",
    "there_already",
    "unwritable",
]

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
    errno.EEXIST: "taken",
    errno.ENOTEMPTY: "taken",
}
#: A name has at most 255 bytes in most file systems; what is added here takes less than 55.
_NAME_BYTES = 200
_NO_REPLACE = 1
_EXCHANGE = 2
_HERE = -100
_LINKLESS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EMLINK)


def beside(target: Path, ending: str = "part") -> Path:
    """Return a hidden path beside `target`, named after this process, for output that is not whole or was replaced."""
    target = target.absolute()
    return target.with_name(f".{_short(target.name)}.{os.getpid()}.{ending}")


def _short(name: str) -> str:
    raw = os.fsencode(name)
    return name if len(raw) <= _NAME_BYTES else hashlib.sha256(raw).hexdigest()[:32]


def sweep(target: Path) -> None:
    """Remove what killed processes left beside `target`; if one had just moved the old folder away, put it back."""
    target = target.absolute()
    with contextlib.suppress(OSError):
        for other in sorted(target.parent.iterdir()):
            match = _leftover(other, target)
            if match and not _alive(int(match[1])):
                if match[3] == "old" and not target.exists():
                    other.rename(target)
                else:
                    remove(other)


def is_leftover(path: Path, target: Path) -> bool:
    """Return whether a path beside `target` has a name by which `sweep` would take it for what was left there."""
    return _leftover(path, target) is not None


def _leftover(path: Path, target: Path) -> re.Match[str] | None:
    name = re.escape(f".{_short(target.name)}.")
    return re.fullmatch(name + r"(\d+)\.([\w.]*\.)?(part(?:\.d)?|old)", path.name)


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


def put_file(new: Path, target: Path, *, overwrite: bool) -> None:
    """Rename a file to its place in one step; without `overwrite` only where nothing is: of several writers one wins.

    A folder is renamed too, but never over one that holds something.

    Raises
    ------
    FileExistsError
        If something is there and is not to be overwritten.
    """
    if overwrite or new.is_dir():
        new.replace(target)
        return
    sys.audit("os.rename", str(new), str(target), -1, -1)  # as Python announces its own
    if sys.platform == "win32":
        new.rename(target)
    elif not _rename(new, target, _NO_REPLACE):
        try:
            os.link(new, target)
        except OSError as error:
            if error.errno not in _LINKLESS:
                raise
            os.close(os.open(target, os.O_CREAT | os.O_EXCL))  # neither system call here: be the first to make it
            new.replace(target)
        else:
            new.unlink()


def put_files(
    pairs: Sequence[tuple[Path, Path]],
    *,
    fresh: Collection[Path] = (),
    then: Callable[[], None] = lambda: None,
) -> None:
    """Rename each (new, target), files or new folders; if one fails, put back what was there before.

    What is replaced is kept beside its own target until all are there: putting it back is a rename, which needs neither
    room nor another file system. What a killed process had kept there is removed first.

    Parameters
    ----------
    pairs : sequence of (Path, Path)
        The main file last, so that it appears when all else is there.
    fresh : collection of Path
        The targets at which nothing may be: another process may have put something there.
    then : callable
        What is done last, when all are in place; if it fails, they are put back too.

    Raises
    ------
    OutputError
        If one cannot be put in its place; it is the one named.
    """
    done: list[tuple[Path, Path, Path | None]] = []
    keeping = {target: beside(target, "kept.part") for _, target in pairs}
    for target in keeping:
        sweep(target)
    try:
        for new, target in pairs:
            kept = keeping[target] if target not in fresh and target.exists() else None
            try:
                if kept is not None:
                    _keep(target, kept)
                put_file(new, target, overwrite=target not in fresh)
            except OSError as error:
                raise unwritable(target, error) from error
            done.append((new, target, kept))
        then()
    except BaseException:
        for new, target, kept in reversed(done):
            _put_back(new, target, kept)
        raise
    finally:
        for kept in keeping.values():
            remove(kept)


def _put_back(new: Path, target: Path, kept: Path | None) -> None:
    """Undo one rename; that it cannot be must not keep the others from being undone."""
    with contextlib.suppress(OSError):
        if kept is None:
            target.rename(new)
        else:
            kept.replace(target)


def _keep(target: Path, kept: Path) -> None:
    remove(kept)  # of a process of this number that was killed
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
    with contextlib.suppress(OSError):
        return _rename(first, second, _EXCHANGE)
    return False


def _rename(first: Path, second: Path, flag: int) -> bool:
    """Rename as Linux can; return False where system or file system cannot, raise `OSError` where it must not be."""
    if sys.platform != "linux":
        return False
    renameat2: Callable[..., int] | None = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_HERE, os.fsencode(first), _HERE, os.fsencode(second), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(first), None, str(second))


def there_already(path: object) -> OutputError:
    """Return the error for an output that is there and may not be overwritten."""
    return told(OutputError, "path.exists", path=path)


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
    return told(OutputError, "fault.write", path=path, why=_why(error))


def _why(error: BaseException) -> GeoError | str:
    # pyarrow tells the number in its text only, SQLite and GDAL no number at all.
    words = " ".join(str(error).split())
    inner = re.search(r"\[errno (\d+)\]", words, re.IGNORECASE)
    number = getattr(error, "errno", None) or (int(inner[1]) if inner else None)
    if re.search(r"disk is full|disk full|no space left|file too large|disk I/O error", words, re.IGNORECASE):
        number = errno.ENOSPC
    if number in _REASONS:
        return told(GeoError, f"fault.{_REASONS[number]}")
    if number and not isinstance(error, GeoError):
        return os.strerror(number)
    return words if isinstance(error, OSError) else told(GeoError, "fault.library", words=words or type(error).__name__)
