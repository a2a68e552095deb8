"""Size checks of binary workbooks before a reader opens them: .xls in its OLE file, .xlsb in its zip.

An OLE file is not compressed, so its size bounds its texts. But a reader holds a sheet from its first to its last used
cell, and the list of sheets may name one sheet a thousand times, so the cells are counted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from geo.base.optional import needs
from geo.base.told import told
from geo.errors import DataError, GeoError
from geo.tables.archive import check_zip, open_zip
from geo.tables.limits import Limits
from geo.tables.workbook_sizes import refuse_entities

__all__ = ["check_xls", "check_xlsb"]

# Records of .xls ([MS-XLS] 2.3) that hold a value; each begins with its row and column. Empty cells are not held.
_XLS_CELLS = {0x0006, 0x0406, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E}
_XLS_SEVERAL = 0x00BD  # cells of a row, the last column at its end
_XLS_BEGIN, _XLS_END, _XLS_SHEET, _XLS_LOCKED = 0x0809, 0x000A, 0x0085, 0x002F
_STREAMS = ("Workbook", "Book")
# Records of .xlsb ([MS-XLSB] 2.3.1): a row, then its cells, each beginning with its column.
_XLSB_ROW, _XLSB_CELLS = 0, range(2, 12)
_XLSB_HEAD_BYTES = 6
_XLSB_BEGIN = b"\x81\x01"  # of a sheet, as every writer has it


def check_xls(path: Path, name: str, limits: Limits) -> None:
    """Read the records of an .xls workbook and count the cells of its sheets.

    Raises
    ------
    DataError
        If it has a password, is not a workbook, is damaged, or its sheets span too many cells.
    """
    with needs("needs.reading_old_workbook", "olefile", "tables"):
        import olefile
    try:
        with olefile.OleFileIO(str(path)) as ole:
            if ole.exists("EncryptedPackage"):
                raise told(DataError, "refused.is.locked_workbook", name=name)
            stream = next((one for one in _STREAMS if ole.exists(one)), "")
            if not stream:
                raise told(DataError, "refused.is.ole_other", name=name)
            if _goes_round(ole):
                raise told(DataError, "refused.unsound_workbook", name=name, why="its sectors follow themselves")
            content = ole.openstream(stream).read()
    except GeoError:
        raise
    except Exception as error:  # whatever its reader meets in a damaged file
        raise told(DataError, "refused.unsound_workbook", name=name, why=error) from None
    starts = []
    for kind, body in _records(content, 0):
        if kind == _XLS_LOCKED:
            raise told(DataError, "refused.is.locked_workbook", name=name)
        if kind == _XLS_SHEET and len(body) >= 4:
            starts.append(int.from_bytes(body[:4], "little"))
    limits.check_layers(len(starts), name)
    cells = left = 0
    sizes: dict[int, int] = {}
    for start in starts:
        if start not in sizes:
            sizes[start], read = _size(content, start)
            left += read
            if left > 2 * len(content):
                raise told(DataError, "refused.unsound_workbook", name=name, why="its sheets lie in one another")
        cells += sizes[start]
        limits.check_cells(cells, name)


def _goes_round(ole: Any) -> bool:
    """Return whether the folder or a stream of an OLE file never ends: a reader would take memory until none is left.

    Which sector comes next is taken twice as far with each step; after the last, all that end have ended.
    """
    count = len(ole.fat)
    following = np.append(np.asarray(ole.fat, np.int64), count)
    following[(following < 0) | (following > count)] = count
    for _ in range(count.bit_length()):
        following = following[following]
    first = [ole.first_dir_sector, ole.first_mini_fat_sector, ole.root.isectStart]
    first += [one.isectStart for one in ole.direntries if one and one.size >= ole.minisectorcutoff]
    return any(following[one] != count for one in first if 0 <= one < count)


def _records(content: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the records of a substream of an .xls workbook, from its start to its end."""
    deep = 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + length]
        at += 4 + length
        deep += (kind == _XLS_BEGIN) - (kind == _XLS_END)
        if kind == _XLS_END and deep <= 0:
            return


def _size(content: bytes, start: int) -> tuple[int, int]:
    """Return the cells (rows times columns) that the sheet at `start` spans, and its length in bytes."""
    rows = columns = read = 0
    for kind, body in _records(content, start):
        read += 4 + len(body)
        if kind in _XLS_CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if kind == _XLS_SEVERAL:
                column = int.from_bytes(body[-2:], "little")
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows * columns, read


def check_xlsb(path: Path, name: str, limits: Limits) -> int:
    """Unpack an .xlsb workbook without keeping it and count the cells of its sheets.

    Returns
    -------
    int
        Number of cells that all sheets span, each from its first to its last: an upper bound for any reader.

    Raises
    ------
    DataError
        If the sheets span too many cells; or as `check_zip`.
    """
    with open_zip(path, name, limits) as archive:
        records = _Records(name, limits)
        check_zip(archive, path, name, limits, records.look)
        return records.cells()


class _Records:
    """A counter of cells that is shown the records of an .xlsb workbook; any entry of the zip may be a sheet."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._entry, self._rest, self._skip, self._is_sheet = "", b"", 0, False
        self._row = self._rows = self._columns = self._cells = 0

    def cells(self) -> int:
        """Return how many cells all sheets so far span."""
        return self._cells + self._rows * self._columns

    def look(self, entry: str, chunk: bytes) -> None:
        """Take the next chunk of an entry."""
        if entry != self._entry:
            self._cells = self.cells()
            self._entry, self._rest, self._skip = entry, b"", 0
            self._row = self._rows = self._columns = 0
            self._is_sheet = chunk.startswith(_XLSB_BEGIN)
        if not self._is_sheet:
            if entry.lower().endswith((".xml", ".rels")):
                refuse_entities(self._name, entry, self._rest + chunk)
            self._rest = chunk[-16:]
            return
        data, at = self._rest + chunk, 0
        if self._skip:
            at = min(self._skip, len(data))
            self._skip -= at
        while at + _XLSB_HEAD_BYTES + 4 <= len(data):
            kind, length, body = _head(data, at)
            if kind == _XLSB_ROW:
                self._row = int.from_bytes(data[body : body + 4], "little")
            elif kind in _XLSB_CELLS:
                self._rows = max(self._rows, self._row + 1)
                self._columns = max(self._columns, int.from_bytes(data[body : body + 4], "little") + 1)
            at = body + length
        if at > len(data):
            self._skip, at = at - len(data), len(data)
        self._rest = data[at:]
        self._limits.check_cells(self.cells(), self._name)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return type, length and start of the content of the record at a position; type and length have 7 bits a byte."""
    kind, at = data[at], at + 1
    if kind & 0x80:
        kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
    length = shift = 0
    for _ in range(4):
        byte, at = data[at], at + 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return kind, length, at
