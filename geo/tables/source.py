"""The interface of all readers of formats: a schema and an iterator of chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from geo.tables.notes import Note

__all__ = ["BATCH_ROWS", "BadRow", "Chunk", "Source", "SourceInfo", "gathered", "once", "short_error"]

BATCH_ROWS = 65_536
_GATHERED_BYTES = 1 << 22
#: Largest table, in bytes, that is held in memory rather than read again.
_SMALL_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a text file that does not fit the header.

    Attributes
    ----------
    number : int
        Data row, counted from 1 below the header.
    text : str
        The row as it stands in the file.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in file order, and the malformed rows among them."""

    batch: pa.RecordBatch
    bad: tuple[BadRow, ...] = ()


@dataclass(slots=True)
class SourceInfo:
    """What a reader learned when it opened a file; fields as in `geo.tables.reading_report.ReadingReport`."""

    format: str
    encoding: str = ""
    encoding_rule: str = ""
    delimiter: str = ""
    header_row: int | None = None
    header_rule: str = ""
    sheet: str = ""
    layer: str = ""
    crs: str = ""
    geometry: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
    above: int = 0
    quoted: bool = False
    warnings: list[Note] = field(default_factory=list)


class Source(Protocol):
    """An open table."""

    schema: pa.Schema
    rows: int | None
    info: SourceInfo

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, from the first."""
        ...


def short_error(error: BaseException) -> str:
    """Return the first line of a library's error message, or the type of the error if it has none."""
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Merge small batches in order, since each later step has a fixed cost for a batch.

    Parameters
    ----------
    batches : iterable of RecordBatch
        All of one schema.

    Yields
    ------
    RecordBatch
        At most 65,536 rows and 4 MiB, unless a given batch is larger.
    """
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if held and (rows + batch.num_rows > BATCH_ROWS or size + batch.nbytes > _GATHERED_BYTES):
            yield from _together(held)
            held, rows, size = [], 0, 0
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
    yield from _together(held)


def _together(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    if len(batches) < 2:
        return batches
    try:
        return list(pa.Table.from_batches(batches).combine_chunks().to_batches())
    except pa.ArrowNotImplementedError:  # dictionaries within lists are not made one
        return batches


def once(read: Callable[[], Iterator[Chunk]]) -> Callable[[], Iterator[Chunk]]:
    """Return a function that yields the chunks of a table, reading a small one (8 MiB) once, a larger one at each call.

    The rows of a table are needed several times: to recognise the columns, to determine the datum, and to join.

    Parameters
    ----------
    read : callable
        Reads the table from its first row. If it raises, each call yields the chunks before the error and raises it.
    """
    held: list[Chunk] = []
    is_small, is_whole = True, False

    def chunks() -> Iterator[Chunk]:
        nonlocal is_small, is_whole
        if is_whole:
            yield from held
            return
        first: list[Chunk] = []
        rest, problem, size = read(), None, 0
        try:
            while is_small and (chunk := next(rest, None)) is not None:
                first.append(chunk)
                size += chunk.batch.nbytes + sum(len(row.text) for row in chunk.bad)
                is_small = size <= _SMALL_BYTES
        except Exception as error:
            problem = error
        if is_small and problem is None:
            held[:], is_whole = first, True
        yield from first
        if problem is not None:
            raise problem
        yield from rest

    return chunks
