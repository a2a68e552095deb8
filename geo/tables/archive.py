"""Zip files that are not trusted: their entries are checked and counted by unpacking before any reader opens them."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from geo.base.told import both, told
from geo.errors import DataError, GeoError
from geo.tables.limits import Limits, size_text

__all__ = ["check_size", "check_zip", "is_zip", "open_zip", "unpack"]

_CHUNK = 1 << 20
_RATIO_FROM = 10 << 20
_NESTED = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".jar"}
_NESTED_MARKS = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b\x08")


def is_zip(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of a zip."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


@contextmanager
def open_zip(path: Path, name: str, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open a zip for the time of the block, once its list of entries has been checked.

    Raises
    ------
    DataError
        If the list breaks the limits or holds unsafe names, or the zip turns out damaged within the block.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), name, limits)
            declared = sum(info.file_size for info in archive.infolist())  # an honest bomb need not be unpacked
            check_size(declared, max(path.stat().st_size, 1), name, limits)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, GeoError):
            raise
        raise told(DataError, "refused.zip", name=name, why=error) from None


def check_zip(
    archive: zipfile.ZipFile, path: Path, name: str, limits: Limits, look: Callable[[str, bytes], None] | None = None
) -> None:
    """Unpack every entry without keeping it and count the bytes, whatever sizes the zip declares.

    Parameters
    ----------
    archive : zipfile.ZipFile
    path : Path
        The zip, for its size.
    name : str
        What to call the file in messages.
    limits : Limits
    look : callable, optional
        Called with the name of an entry and each chunk of its bytes; a chunk begins with the last bytes of the one
        before.

    Raises
    ------
    DataError
        If more bytes come out than `limits` allow, or than an entry declares.
    """
    total, packed = 0, max(path.stat().st_size, 1)
    for info in archive.infolist():
        for chunk in _inflate(archive, info, name):
            total += len(chunk)
            check_size(total, packed, name, limits)
            if look is not None:
                look(info.filename, chunk)


def unpack(archive: zipfile.ZipFile, entry: str, target: Path, path: Path, name: str, limits: Limits) -> None:
    """Write one entry to `target`, within the limits; the name in the zip is never used as a path."""
    total, packed = 0, max(path.stat().st_size, 1)
    with target.open("wb") as out:
        for chunk in _inflate(archive, archive.getinfo(entry), name):
            total += len(chunk)
            check_size(total, packed, name, limits)
            out.write(chunk)


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the bytes of an entry in chunks; raise `DataError` if it is damaged."""
    declared = info.file_size
    info.file_size = 1 << 62  # so that zipfile reads on to the true end instead of stopping at the declared size
    total = 0
    try:
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                if total == 0 and chunk.startswith(_NESTED_MARKS):
                    raise told(DataError, "refused.zip_nested", name=name, entry=info.filename[:80])
                total += len(chunk)
                yield chunk
    finally:
        info.file_size = declared
    if total != declared:
        raise told(
            DataError,
            "refused.zip_length",
            name=name,
            entry=info.filename[:80],
            size=str(total),
            declared=str(declared),
        )


def check_size(total: int, packed: int, name: str, limits: Limits) -> None:
    """Raise `DataError` if unpacking `packed` bytes has given `total` bytes, more than `limits` allow."""
    if total > limits.unpacked_bytes:
        raise told(DataError, "refused.unpacked", name=name, most=size_text(limits.unpacked_bytes))
    if total > _RATIO_FROM and total > packed * limits.zip_ratio:
        raise told(DataError, "refused.bomb", name=name, times=str(limits.zip_ratio))


def _check_entries(entries: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    """Raise `DataError` for too many entries, and for unsafe paths, links, encryption, archives, and repeated names."""
    problems: list[dict[str, str]] = []
    if len(entries) > limits.zip_entries:
        raise told(DataError, "refused.zip_entries", name=name, count=len(entries), most=str(limits.zip_entries))
    seen: set[str] = set()
    for info in entries:
        entry, shown = info.filename, info.filename[:80]
        parts = PurePosixPath(entry.replace("\\", "/")).parts
        if ".." in parts or entry.startswith(("/", "\\")) or ":" in entry or "\0" in info.orig_filename:
            problems.append(both("tables.zip.outside", entry=shown))
        if stat.S_ISLNK(info.external_attr >> 16):
            problems.append(both("tables.zip.link", entry=shown))
        if info.flag_bits & 0x1:
            problems.append(both("tables.zip.encrypted", entry=shown))
        if PurePosixPath(entry.lower()).suffix in _NESTED:
            problems.append(both("tables.zip.nested", entry=shown))
        if entry in seen:
            problems.append(both("tables.zip.twice", entry=shown))
        seen.add(entry)
    if problems:
        raise told(DataError, "refused.zip_refused", problems[:10], name=name)
