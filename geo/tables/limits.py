"""Limits on tables: sizes that tables of people stay below and attacks exceed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from geo.base.memory import memory_room, told_bytes
from geo.base.told import told
from geo.errors import DataError

__all__ = ["ROW_BYTES", "UPLOAD_LIMITS", "Limits", "memory_bound", "size_text"]

_MIB = 1 << 20
#: Bytes that a row may have, however small the file is.
ROW_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on a table; None means no bound. Formats that are streamed need no bound on bytes and rows.

    Attributes
    ----------
    file_bytes, rows : int or None
        Size of the file as given; number of data rows.
    columns : int
    cell_bytes : int
        Longest cell, in bytes of UTF-8.
    row_bytes : int
        Longest row of a text file; also the block that is held in memory at once.
    zip_entries, layers : int
        Files in a zip; sheets of a workbook or layers of a GeoPackage.
    unpacked_bytes : int
        Size of everything in a zip (a workbook is one), counted by unpacking it.
    zip_ratio : int
        Most unpacked bytes for each packed byte, for zips that unpack to more than 10 MiB.
    cells : int
        Rows times columns of a worksheet, from its first to its last used cell, or of a table in JSON.
    vertices : int
        Vertices of a geometry; a row with more is set aside.
    memory_bytes, seconds : int or None
        Address space and processor time of the child process of `geo.tables.open_upload`.
    repeated_bytes : int
        Most bytes of all cells beyond 4 KiB a row and `handed_ratio` times the size of the file.
    handed_bytes, handed_ratio : int or None, int
        What the child process may hand back: `handed_bytes`, plus `handed_ratio` for each byte of the file, at most
        `unpacked_bytes`. Each row counts another 128 bytes for the columns that a join adds.
    """

    file_bytes: int | None = None
    rows: int | None = None
    columns: int = 4096
    cell_bytes: int = _MIB
    row_bytes: int = 8 * _MIB
    zip_entries: int = 1000
    layers: int = 1000
    unpacked_bytes: int = 4096 * _MIB
    zip_ratio: int = 250
    cells: int = 100_000_000
    vertices: int = 200_000
    memory_bytes: int | None = None
    seconds: int | None = None
    repeated_bytes: int = 64 * _MIB
    handed_bytes: int | None = None
    handed_ratio: int = 24

    def check_file(self, size: int, name: str) -> None:
        """Raise `DataError` if a file of `size` bytes is too large."""
        if self.file_bytes is not None and size > self.file_bytes:
            raise told(DataError, "refused.size", name=name, size=size_text(size), most=size_text(self.file_bytes))

    def check_columns(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` columns is too wide."""
        if count > self.columns:
            raise told(DataError, "refused.columns", name=name, count=count, most=str(self.columns))

    def check_cells(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` cells, empty ones included, is too large to be held in memory."""
        if count > self.cells:
            raise told(DataError, "refused.cells", name=name, most=str(self.cells))

    def check_layers(self, count: int, name: str) -> None:
        """Raise `DataError` if a file has too many layers or sheets."""
        if count > self.layers:
            raise told(DataError, "refused.layers", name=name, count=count, most=str(self.layers))

    def check_rows(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` rows is too long."""
        if self.rows is not None and count > self.rows:
            raise told(DataError, "refused.rows", name=name, most=str(self.rows))

    def check_unpacked(self, excess: int, size: int, name: str) -> None:
        """Raise `DataError` if the cells of a file of `size` bytes are far larger than it, because content repeats.

        `excess` is their size beyond 4 KiB a row, so that long columns of few different values pass.
        """
        most = self.repeated_bytes + self.handed_ratio * size
        if excess > most:
            raise told(DataError, "refused.unpacked_cells", name=name, size=size_text(size), most=size_text(most))

    def may_hand(self, size: int) -> int | None:
        """Return how many bytes a child process may hand back for a file of `size` bytes; None for no limit."""
        if self.handed_bytes is None:
            return None
        return min(self.handed_bytes + self.handed_ratio * size, self.unpacked_bytes)


#: For files that are not trusted, as in the app.
UPLOAD_LIMITS = Limits(
    file_bytes=200 * _MIB,
    rows=5_000_000,
    columns=500,
    unpacked_bytes=1024 * _MIB,
    cells=20_000_000,
    memory_bytes=4096 * _MIB,
    seconds=60,
    handed_bytes=64 * _MIB,
)


def size_text(size: int) -> str:
    """Return a size in bytes for people, as ``"12.5 MiB"``."""
    return f"{size / _MIB:.1f} MiB" if size >= _MIB // 10 else f"{size} bytes"


@contextmanager
def memory_bound() -> Iterator[None]:
    """Limit the memory of the process within the block: `MemoryError` beyond `memory_room` bytes more than it has now.

    A file of a few kilobytes can unpack to any size within a reader, before anything can be counted. Has an effect on
    Linux only, where the free memory and the size of the process are known.

    Yields
    ------
    None

    Examples
    --------
    >>> with memory_bound():
    ...     rows = [1, 2]
    """
    room = memory_room()
    try:
        import resource

        used = told_bytes("self/status", "VmSize")
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError, ValueError):
        room = None
    if room is None:
        yield
        return
    limits = [limit for limit in (soft, hard, used + room) if limit != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
