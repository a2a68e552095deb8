"""How much of a table is read before it is refused: sizes that a person's table has and an attack exceeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from geo.base.memory import memory_room, told_bytes
from geo.base.told import told
from geo.errors import DataError

__all__ = ["ROW_BYTES", "UPLOAD_LIMITS", "Limits", "memory_bound", "size_text"]

_MIB = 1 << 20
#: A row of this size is no flood, however small the file is.
ROW_BYTES = 4096


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
    zip_entries, layers : int
        Files in a zip; sheets of a workbook or layers of a GeoPackage, each of which costs its reader.
    unpacked_bytes : int
        True size of everything in a zip (a workbook is one), counted by unpacking it.
    zip_ratio : int
        Unpacked over packed size, for zips that unpack to more than 10 MiB.
    cells : int
        Rows times columns of a worksheet, from its first to its last used cell, or of a table in JSON.
    vertices : int
        Of one geometry; a row with more is set aside.
    memory_bytes, seconds : int or None
        For the child process of `geo.tables.open_upload`: address space, processor time.
    repeated_bytes : int
        What cells may come to beyond 4 KiB for each row and `handed_ratio` times the size of the file.
    handed_bytes : int or None
    handed_ratio : int
        What that process may hand back: so many bytes, and so many more for each byte of the file, but no more than
        `unpacked_bytes`. Each row counts 128 bytes for what the join adds to it.
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
        """Raise `DataError` if a table of `count` cells, filled or not, is too large to be held."""
        if count > self.cells:
            raise told(DataError, "refused.cells", name=name, most=str(self.cells))

    def check_layers(self, count: int, name: str) -> None:
        """Raise `DataError` if a file holds `count` layers or sheets, more than a person makes."""
        if count > self.layers:
            raise told(DataError, "refused.layers", name=name, count=count, most=str(self.layers))

    def check_rows(self, count: int, name: str) -> None:
        """Raise `DataError` if a table of `count` rows is too long."""
        if self.rows is not None and count > self.rows:
            raise told(DataError, "refused.rows", name=name, most=str(self.rows))

    def check_unpacked(self, excess: int, size: int, name: str) -> None:
        """Raise `DataError` if cells come to far more than a file of `size` bytes holds: a few bytes that repeat.

        `excess` is what they come to beyond 4 KiB for each row, so that long columns of few values are none.
        """
        most = self.repeated_bytes + self.handed_ratio * size
        if excess > most:
            raise told(DataError, "refused.unpacked_cells", name=name, size=size_text(size), most=size_text(most))

    def may_hand(self, size: int) -> int | None:
        """Return how many bytes may come of a file of `size` bytes."""
        if self.handed_bytes is None:
            return None
        return min(self.handed_bytes + self.handed_ratio * size, self.unpacked_bytes)


#: For files of strangers: the app, the child process.
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
    """Return `size` bytes for people, as in ``"12.5 MiB"``."""
    return f"{size / _MIB:.1f} MiB" if size >= _MIB // 10 else f"{size} bytes"


@contextmanager
def memory_bound() -> Iterator[None]:
    """Bound the memory of a block: beyond `memory_room` more than the process holds it ends in `MemoryError`.

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
