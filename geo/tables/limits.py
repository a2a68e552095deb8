"""How much of a table is read before it is refused: sizes that a person's table has and an attack exceeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from geo.errors import DataError

__all__ = ["UPLOAD_LIMITS", "Limits", "memory_bound", "size_text"]

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on a table; ``None`` means no bound. Streamed formats need none on bytes and rows.

    Attributes
    ----------
    file_bytes, rows : int or None
        Size of the file as given, and data rows.
    columns : int
    cell_bytes : int
        Longest cell, in bytes of UTF-8.
    row_bytes : int
        Longest row of a text file; also what is held in memory at once.
    zip_entries : int
    unpacked_bytes : int
        True size of everything in a zip (a workbook is one), counted by unpacking it.
    zip_ratio : int
        Unpacked over packed size, for zips that unpack to more than 10 MiB.
    cells : int
        Rows times columns of a worksheet, from its first to its last used cell.
    vertices : int
        Of one geometry; a row with more is set aside.
    memory_bytes, seconds : int
        For the child process of `geo.tables.open_upload`.
    """

    file_bytes: int | None = None
    rows: int | None = None
    columns: int = 4096
    cell_bytes: int = _MIB
    row_bytes: int = 8 * _MIB
    zip_entries: int = 1000
    unpacked_bytes: int = 4096 * _MIB
    zip_ratio: int = 250
    cells: int = 100_000_000
    vertices: int = 200_000
    memory_bytes: int = 4096 * _MIB
    seconds: int = 120

    def check_file(self, size: int, name: str) -> None:
        """Raise `DataError` if a file of `size` bytes is too large."""
        if self.file_bytes is not None and size > self.file_bytes:
            raise DataError(f"{name}: {size_text(size)}, more than the {size_text(self.file_bytes)} allowed")

    def check_columns(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` columns is too wide."""
        if count > self.columns:
            raise DataError(f"{name}: {count} columns, more than the {self.columns} allowed")

    def check_rows(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` rows is too long."""
        if self.rows is not None and count > self.rows:
            raise DataError(f"{name}: more than the {self.rows} rows allowed")


#: For files of strangers: the app, the child process.
UPLOAD_LIMITS = Limits(
    file_bytes=200 * _MIB, rows=5_000_000, columns=500, unpacked_bytes=1024 * _MIB, cells=20_000_000, seconds=60
)


def size_text(size: int) -> str:
    """Return `size` bytes for people, as in ``"12.5 MiB"``."""
    return f"{size / _MIB:.1f} MiB" if size >= _MIB // 10 else f"{size} bytes"


@contextmanager
def memory_bound() -> Iterator[None]:
    """Let the block take 4 GiB more, or half of what is free if that is more: a flood ends in `MemoryError`.

    A file of a few kilobytes can unpack to any size within a reader, before anything of it could be counted. Does
    nothing where the system does not tell or cannot bound (it is Linux that does).

    Yields
    ------
    None

    Examples
    --------
    >>> with memory_bound():
    ...     rows = [1, 2]
    """
    try:
        import resource

        used, free = (_kib(path, key) << 10 for path, key in (("self/status", "VmSize"), ("meminfo", "MemAvailable")))
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError, ValueError):
        yield
        return
    wanted = used + max(4096 * _MIB, free // 2)
    limits = [limit for limit in (soft, hard, wanted) if limit != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _kib(path: str, key: str) -> int:
    found = re.search(rf"^{key}:\s+(\d+) kB$", Path("/proc", path).read_text(encoding="ascii", errors="replace"), re.M)
    if found is None:
        raise ValueError(key)
    return int(found[1])
