"""What every reader of one format gives to the rest: a schema and a stream of chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from geo.tables.notes import Note

__all__ = ["BATCH_ROWS", "BadRow", "Chunk", "Source", "SourceInfo", "short_error"]

BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a text file that does not fit the header.

    Attributes
    ----------
    number : int
        Data row, counted from 1 below the header.
    fields : int
        How many fields it has.
    text : str
        The row as it stands in the file.
    """

    number: int
    fields: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in file order, and the malformed rows met among them."""

    batch: pa.RecordBatch
    bad: tuple[BadRow, ...] = ()


@dataclass(slots=True)
class SourceInfo:
    """What a reader found out while opening a file; see `geo.tables.reading_report.ReadingReport` for the meanings."""

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
    """One opened table."""

    schema: pa.Schema
    rows: int | None
    info: SourceInfo

    def chunks(self) -> Iterator[Chunk]:
        """Read the table from its first row."""
        ...


def short_error(error: BaseException) -> str:
    """Return the first line of what a library says of a damaged file, its kind where it says nothing."""
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
