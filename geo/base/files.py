"""Write outputs completely or not at all: to a hidden name beside the target, then renamed; explain failed writes."""

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
#: Most file systems limit a name to 255 bytes; less than 55 are added here.
_NAME_BYTES = 200
_NO_REPLACE = 1
_EXCHANGE = 2
_HERE = -100
_LINKLESS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EMLINK)


def beside(target: Path, ending: str = "part") -> Path:
    """Return a hidden path beside `target` with this process' id, for output that is incomplete or was replaced."""
    target = target.absolute()
    return target.with_name(f".{_short(target.name)}.{os.getpid()}.{ending}")


def _short(name: str) -> str:
    raw = os.fsencode(name)
    return name if len(raw) <= _NAME_BYTES else hashlib.sha256(raw).hexdigest()[:32]


def sweep(target: Path) -> None:
    """Remove leftovers of killed processes beside `target`; restore an old folder that one had just moved away."""
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
    """Return whether `sweep` would take a path beside `target` for a leftover."""
    return _leftover(path, target) is not None


def _leftover(path: Path, target: Path) -> re.Match[str] | None:
    name = re.escape(f".{_short(target.name)}.")
    return re.fullmatch(name + r"(\d+)\.([\w.]*\.)?(part(?:\.d)?|old)", path.name)


def remove(path: Path) -> None:
    """Remove a file or folder, and the folder of its pieces (``.d``), if they exist and can be removed."""
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
    """Return a new folder in the system's temporary folder; those of killed processes are removed.

    Raises
    ------
    OutputError
        If temporary files cannot be written.
    """
    try:
        root = Path(tempfile.gettempdir())
        sweep(root / f"geo-{purpose}")
        name = f".geo-{purpose}.{os.getpid()}."
        return tempfile.TemporaryDirectory(prefix=name, suffix=".part", dir=root, ignore_cleanup_errors=True)
    except OSError as error:
        raise unwritable("TMPDIR", error) from error


def put_file(new: Path, target: Path, *, overwrite: bool) -> None:
    """Rename a file into place atomically; without `overwrite`, only one of several concurrent writers succeeds.

    A folder can be renamed too, but never onto one that is not empty.

    Raises
    ------
    FileExistsError
        If the target exists and `overwrite` is False.
    """
    if overwrite or new.is_dir():
        new.replace(target)
        return
    sys.audit("os.rename", str(new), str(target), -1, -1)  # the audit event that Python raises for its own renames
    if sys.platform == "win32":
        new.rename(target)
    elif not _rename(new, target, _NO_REPLACE):
        try:
            os.link(new, target)
        except OSError as error:
            if error.errno not in _LINKLESS:
                raise
            os.close(os.open(target, os.O_CREAT | os.O_EXCL))  # no such system call: be first to create it
            new.replace(target)
        else:
            new.unlink()


def put_files(
    pairs: Sequence[tuple[Path, Path]],
    *,
    fresh: Collection[Path] = (),
    then: Callable[[], None] = lambda: None,
) -> None:
    """Rename each (new, target), files or new folders; if one rename fails, undo the others.

    A replaced target is kept beside its place until all are renamed: restoring it is a rename, which needs neither
    space nor another file system. Such files left by a killed process are removed first.

    Parameters
    ----------
    pairs : sequence of (Path, Path)
        The main file last, so that it appears when everything else is in place.
    fresh : collection of Path
        Targets that must not exist: another process may have created one meanwhile.
    then : callable
        Called when all are in place; if it raises, the renames are undone too.

    Raises
    ------
    OutputError
        If one cannot be renamed into place; the message names it.
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
    """Undo one rename; failing to do so must not prevent the other renames from being undone."""
    with contextlib.suppress(OSError):
        if kept is None:
            target.rename(new)
        else:
            kept.replace(target)


def _keep(target: Path, kept: Path) -> None:
    remove(kept)  # left by a killed process with the same id
    try:
        os.link(target, kept)
    except (AttributeError, OSError):  # no such system call, or a file system without links
        shutil.copy2(target, kept)


def replace_folder(new: Path, target: Path) -> None:
    """Replace `target`, which is then removed, by a folder.

    On Linux the two are exchanged atomically. Elsewhere the old folder is moved away first; if the process is killed
    between the two renames, `sweep` restores it.
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
    """Exchange two paths atomically; return False if the system or file system cannot."""
    with contextlib.suppress(OSError):
        return _rename(first, second, _EXCHANGE)
    return False


def _rename(first: Path, second: Path, flag: int) -> bool:
    """Call Linux' renameat2; return False if the system or file system cannot, raise `OSError` if it refuses."""
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
    """Return the error for an existing output that may not be overwritten."""
    return told(OutputError, "path.exists", path=path)


def unwritable(path: object, error: BaseException) -> OutputError:
    """Return the error for an output that could not be written; the reason is in words, in every language.

    Parameters
    ----------
    path : object
        The output, in the user's words.
    error : BaseException
        An `OSError`, or a library's error that has one in its text.
    """
    if isinstance(error, OutputError) and error.translations:
        return error
    return told(OutputError, "fault.write", path=path, why=_why(error))


def _why(error: BaseException) -> GeoError | str:
    # pyarrow has the error number only in its text; SQLite and GDAL have none.
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
