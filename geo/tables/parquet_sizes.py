"""How many rows of a Parquet file to read at once: few, if a few bytes of the file stand for many in the table.

A text that a hundred thousand rows share is stored once, and so is a number that a list repeats. Before they are
unpacked, the counts in the file's metadata and the longest shared text bound the size of a row. If the metadata are
forged, the limit on memory still holds (`geo.tables.memory_bound`, or that of the child process).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.base.told import both, told
from geo.errors import DataError
from geo.tables.limits import Limits, size_text
from geo.tables.source import BATCH_ROWS

__all__ = ["coded_texts", "pieces", "rows_at_once", "shared_texts"]

_MOST_BYTES = 64 << 20
_HARMLESS_BYTES = 1 << 20
#: Encoding that stores a text as its difference from the one before: a few bytes may stand for a long text.
_BY_DIFFERENCE = "DELTA_BYTE_ARRAY"
_FEW_ROWS = 256
#: Most bytes of a dictionary; most bytes of a column beyond its dictionary and the numbers that refer to it.
_CODED_BYTES, _OVERHEAD, _OVERHEAD_BYTES = 2 << 20, 1.1, 1 << 16
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}


def shared_texts(path: Path, metadata: pq.FileMetaData) -> pq.ParquetFile:
    """Open a Parquet file a second time, for `rows_at_once`: texts are read as dictionaries, not unpacked."""
    texts = [
        metadata.schema.column(number).path
        for number in range(len(metadata.schema))
        if metadata.schema.column(number).physical_type == "BYTE_ARRAY"
    ]
    return pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False, metadata=metadata)


def pieces(file: pq.ParquetFile, name: str, limits: Limits) -> Iterator[tuple[list[int], int]]:
    """Yield row groups to read together, small ones joined, and how many of their rows to read at once.

    Parameters
    ----------
    file : ParquetFile
        Opened by `shared_texts`.
    name : str
        What to call the file in messages.
    limits : Limits

    Raises
    ------
    DataError
        As `rows_at_once`.
    """
    together: list[int] = []
    rows, least = 0, BATCH_ROWS
    for group in range(file.metadata.num_row_groups):
        more, size = file.metadata.row_group(group).num_rows, rows_at_once(file, group, name, limits)
        if together and rows + more > min(least, size):
            yield together, least
            together, rows, least = [], 0, BATCH_ROWS
        together, rows, least = [*together, group], rows + more, min(least, size)
    if together:
        yield together, least


def rows_at_once(file: pq.ParquetFile, group: int, name: str, limits: Limits) -> int:
    """Return how many rows of a row group take at most 64 MiB; at most 65,536.

    Reads the dictionary of each text column, which takes about a millisecond.

    Parameters
    ----------
    file : ParquetFile
        Opened by `shared_texts`.
    group : int
        Number of the row group.
    name : str
        What to call the file in messages.
    limits : Limits

    Raises
    ------
    DataError
        If a cell must be larger than `limits` allow, or a few bytes stand for gigabytes.
    """
    content = file.metadata.row_group(group)
    per_row, most = 0.0, BATCH_ROWS
    for number in range(content.num_columns):
        chunk, column = content.column(number), file.schema.column(number)
        each = chunk.num_values / max(content.num_rows, 1)
        width: float = _WIDTHS.get(chunk.physical_type, column.length)
        if chunk.physical_type == "BYTE_ARRAY":
            width = chunk.total_uncompressed_size / max(chunk.num_values, 1)
            if chunk.has_dictionary_page and chunk.total_uncompressed_size * chunk.num_values > _HARMLESS_BYTES:
                width = max(width, _longest(file, group, chunk.path_in_schema))
            elif _BY_DIFFERENCE in chunk.encodings:
                most = _FEW_ROWS
        if each > 1 and each * width > limits.cell_bytes:
            raise told(
                DataError,
                "refused.lists",
                name=name,
                column=chunk.path_in_schema[:60],
                size=f"{each * width:.0f}",
                most=str(limits.cell_bytes),
            )
        per_row += each * width
    whole = per_row * content.num_rows
    if whole > limits.unpacked_bytes and whole > limits.zip_ratio * max(content.total_byte_size, 1):
        raise told(
            DataError,
            "refused.unpacked_memory",
            name=name,
            why=both("tables.unpacked_from", whole=size_text(int(whole)), size=size_text(content.total_byte_size)),
        )
    return max(1, min(most, int(_MOST_BYTES / max(per_row, 1))))


def coded_texts(file: pq.ParquetFile, names: Sequence[str]) -> list[str]:
    """Return the columns that are dictionary-encoded in every row group, without plain values.

    If a column has too many different texts, its writer changes from a dictionary to plain values; to read such a
    column as a dictionary takes longer.

    Parameters
    ----------
    file : ParquetFile
        Opened by `shared_texts`.
    names : sequence of str
        Columns of text that are not within lists or structs.
    """
    content = file.metadata
    groups = range(content.num_row_groups)
    if content.num_rows < len(groups) * BATCH_ROWS:  # of short row groups each would be a batch of its own
        return []
    paths = [content.schema.column(number).path for number in range(content.num_columns)]
    return [
        name
        for name in names
        if paths.count(name) == 1 and all(_is_coded(file, group, paths.index(name)) for group in groups)
    ]


def _is_coded(file: pq.ParquetFile, group: int, number: int) -> bool:
    """Return whether a column of a row group is dictionary-encoded throughout."""
    chunk = file.metadata.row_group(group).column(number)
    first = next(file.iter_batches(batch_size=1, row_groups=[group], columns=[chunk.path_in_schema]), None)
    shared = None if first is None or not chunk.has_dictionary_page else _dictionary(first.column(0))
    if shared is None or not len(shared):
        return False
    lengths = pc.binary_length(shared)
    held = pc.sum(lengths).as_py() + 4 * len(shared)
    numbers = chunk.num_values * (1 + len(shared).bit_length()) / 8
    return bool(
        held <= _CODED_BYTES
        and pc.max(lengths).as_py() * BATCH_ROWS <= _MOST_BYTES
        and chunk.total_uncompressed_size - held <= _OVERHEAD * numbers + _OVERHEAD_BYTES
    )


def _longest(file: pq.ParquetFile, group: int, column: str) -> int:
    """Return the length of the longest text in the dictionary of a column, bytes."""
    first = next(file.iter_batches(batch_size=1, row_groups=[group], columns=[column]), None)
    shared = None if first is None else _dictionary(first.column(0))
    return int(pc.max(pc.binary_length(shared)).as_py() or 0) if shared is not None else 0


def _dictionary(array: Any) -> pa.Array | None:
    """Return the dictionary of an array, which may be within lists and structs; None if it has none."""
    while not pa.types.is_dictionary(array.type):
        if pa.types.is_struct(array.type):
            array = array.field(0)
        elif pa.types.is_nested(array.type):
            array = array.values
        else:
            return None
    return array.dictionary
