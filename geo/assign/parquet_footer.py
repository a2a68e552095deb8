"""The footer of a Parquet file, so that row groups encoded separately can be joined into one file.

Threads encode each row group as a Parquet file of its own. Its row group is appended to the output, and its entry in
the footer is moved: the offsets are increased by where the bytes now lie. A footer is a structure in the compact
protocol of Thrift. All fields are kept as they are, known here or not, except offsets and the numbers of rows and row
groups.

Source: parquet.thrift of the Apache Parquet format, and the compact protocol of Apache Thrift.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from geo.base.told import told
from geo.errors import OutputError

__all__ = ["MAGIC", "JoinedFooter", "footer_of"]

#: What a Parquet file begins and ends with.
MAGIC: Final = b"PAR1"

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
#: Numbers of fields in parquet.thrift: of FileMetaData, RowGroup, ColumnChunk and ColumnMetaData.
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSETS, _META_DATA = (2, 4, 6), 3
_PAGE_OFFSETS = (9, 10, 11, 14)

#: A structure: number, type and value of each field.
Fields = list[list[Any]]


def footer_of(file: memoryview) -> memoryview:
    """Return the footer of a Parquet file that is held in memory, without its length and the magic bytes."""
    (length,) = struct.unpack("<i", file[-8:-4])
    return file[-8 - length : -8]


class JoinedFooter:
    """The footer of a file to which row groups are appended one after the other.

    Parameters
    ----------
    footer : memoryview
        The footer of the first file; all others must have the same columns.
    """

    def __init__(self, footer: memoryview) -> None:
        self._file = _Reader(footer).fields()
        self._groups: list[Fields] = []
        self._rows, self._end = 0, len(MAGIC)

    def add(self, footer: memoryview, size: int) -> None:
        """Add the row groups of a file that is appended to the output.

        Parameters
        ----------
        footer : memoryview
            The footer of that file.
        size : int
            Number of its bytes that are appended: those between the magic bytes and the footer.
        """
        own = _Reader(footer).fields()
        shift = self._end - len(MAGIC)
        for group in _get(own, _ROW_GROUPS):
            _shift(group, (_GROUP_OFFSET,), shift)
            for column in _get(group, _COLUMNS):
                _shift(column, _CHUNK_OFFSETS, shift)
                _shift(_get(column, _META_DATA), _PAGE_OFFSETS, shift)
            for field in group:
                if field[0] == _ORDINAL:
                    field[2] = len(self._groups)
            self._groups.append(group)
        self._rows += int(_get(own, _NUM_ROWS))
        self._end += size

    def end(self) -> bytes:
        """Return the bytes that end the output: footer, its length, magic bytes.

        Raises
        ------
        OutputError
            If pyarrow, reading the footer back, finds other numbers of rows or row groups, or a gap between column
            chunks.
        """
        for field in self._file:
            if field[0] == _NUM_ROWS:
                field[2] = self._rows
            elif field[0] == _ROW_GROUPS:
                field[2] = (_STRUCT, self._groups)
        written = bytearray()
        _write_fields(written, self._file)
        whole = bytes(written) + struct.pack("<i", len(written)) + MAGIC
        self._check(whole)
        return whole

    def _check(self, whole: bytes) -> None:
        """Read the footer back with pyarrow and compare it; see `end`."""
        read = pq.ParquetFile(pa.BufferReader(MAGIC + whole)).metadata
        at = len(MAGIC)
        for number in range(read.num_row_groups):
            group = read.row_group(number)
            for column in map(group.column, range(group.num_columns)):
                start = column.dictionary_page_offset or column.data_page_offset
                at = at + column.total_compressed_size if start == at else -1
        if (read.num_rows, read.num_row_groups, at) != (self._rows, len(self._groups), self._end):
            raise told(OutputError, "assign.refused.lost", written=read.num_rows, rows=self._rows)


def _get(fields: Fields, number: int) -> Any:
    """Return the value of a field; for a list, its items."""
    kind, value = next((one[1], one[2]) for one in fields if one[0] == number)
    return value[1] if kind == _LIST else value


def _shift(fields: Fields, numbers: tuple[int, ...], shift: int) -> None:
    """Increase those of the given offsets that are set in a structure; an offset of 0 means that there is none."""
    for field in fields:
        if field[0] in numbers and field[2]:
            field[2] += shift


class _Reader:
    """A reader of structures in Thrift's compact protocol, from the start of the bytes on."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = bytes(data), 0

    def fields(self) -> Fields:
        """Read a structure: a list of [number, type, value] of its fields."""
        found: Fields = []
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            found.append([number, kind, kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)])
        return found

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _size(self) -> int:
        """Read an unsigned integer of variable length (ULEB128)."""
        size = shift = 0
        while (byte := self._byte()) & 128:
            size |= (byte & 127) << shift
            shift += 7
        return size | byte << shift

    def _integer(self) -> int:
        """Read a signed integer of variable length (zigzag)."""
        coded = self._size()
        return coded >> 1 ^ -(coded & 1)

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _value(self, kind: int) -> Any:
        if kind == _STRUCT:
            return self.fields()
        if kind == _BINARY:
            return self._bytes(self._size())
        if kind in (_LIST, _SET):
            head = self._byte()
            size, inner = head >> 4, head & 15
            return inner, [self._value(inner) for _ in range(self._size() if size == 15 else size)]
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind in (_TRUE, _FALSE, _BYTE):  # a boolean within a list is a byte
            return self._byte()
        if kind == _MAP:
            raise ValueError("a map in the footer of a Parquet file, which the format has none of")
        return self._integer()


def _write_fields(out: bytearray, fields: Fields) -> None:
    """Append a structure to `out`."""
    before = 0
    for number, kind, value in fields:
        kind = (_TRUE if value else _FALSE) if kind in (_TRUE, _FALSE) else kind
        if 0 < number - before < 16:
            out.append((number - before) << 4 | kind)
        else:
            out.append(kind)
            _write_integer(out, number)
        before = number
        if kind not in (_TRUE, _FALSE):
            _write_value(out, kind, value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Any) -> None:
    if kind == _STRUCT:
        _write_fields(out, value)
    elif kind == _BINARY:
        out += bytes(_sized(len(value))) + value
    elif kind in (_LIST, _SET):
        inner, items = value
        out += bytes([len(items) << 4 | inner]) if len(items) < 15 else bytes([0xF0 | inner, *_sized(len(items))])
        for item in items:
            _write_value(out, inner, item)
    elif kind == _DOUBLE:
        out += value
    elif kind in (_TRUE, _FALSE, _BYTE):
        out.append(value)
    else:
        _write_integer(out, value)


def _write_integer(out: bytearray, value: int) -> None:
    """Append a signed integer of variable length (zigzag) to `out`."""
    out += bytes(_sized(value << 1 if value >= 0 else ~(value << 1)))


def _sized(size: int) -> Iterator[int]:
    """Yield the bytes of an unsigned integer of variable length (ULEB128)."""
    while size > 127:
        yield size & 127 | 128
        size >>= 7
    yield size
