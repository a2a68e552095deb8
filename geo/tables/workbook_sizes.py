"""Size checks of .xlsx workbooks before a reader opens them: cells, shared texts and how often each is used, entities.

The XML is searched in chunks by regular expressions, so that no parser has to be trusted with it. For a file that
evades them, the limit on the memory of the reading process still holds.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from pathlib import Path

import numpy as np

from geo.base.told import told
from geo.errors import DataError
from geo.tables.archive import check_zip, open_zip
from geo.tables.limits import Limits, size_text

__all__ = ["check_workbook", "refuse_entities"]

_PLAIN_CELL = re.compile(rb' r="([A-Z]{1,3})(\d{1,8})"')  # as every usual writer has it, ten times faster than _CELL
_CELL = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})(\d{1,8})["\']')
_ROW = re.compile(rb'<(?:\w+:)?row\b([^>]{0,200}?\br\s*=\s*["\'](\d{1,8})["\'])?')
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED_TEXT = re.compile(rb"<(?:\w{1,20}:)?si[\s>]")
_CLAIMED = re.compile(rb"<(?:\w{1,20}:)?sst\b[^>]{0,900}?\buniqueCount\s{0,9}=\s{0,9}[\"'](\d{1,30})")
_USES = (b't="s"', b"t='s'")
_USED = re.compile(rb"\bt=[\"']s[\"'][^>]{0,200}>\s{0,9}<(?:\w{1,20}:)?v>(\d{1,9})<")
_OVERLAP = 256
_CHUNK = 1 << 20
_SPARE_TEXTS = 1000


def check_workbook(path: Path, name: str, limits: Limits) -> int:
    """Unpack a workbook without keeping it and count its cells and texts.

    Returns
    -------
    int
        Number of cells that all sheets span, each from its first to its last: an upper bound for any reader.

    Raises
    ------
    DataError
        If the sheets span too many cells, the texts of all cells are too large, a cell refers to a shared text that
        does not exist, or entities are declared; or as `check_zip`.
    """
    with open_zip(path, name, limits) as archive:
        sizes = _Sizes(name, limits)
        check_zip(archive, path, name, limits, sizes.look)
        sizes.end()
        if sizes.uses * sizes.longest() > limits.unpacked_bytes:
            _check_texts(archive, sizes.lengths(), name, limits)
        return sizes.cells


def refuse_entities(name: str, entry: str, data: bytes) -> None:
    """Raise `DataError` if a part of a workbook declares entities, or is in UTF-16, in which they would not be found.

    Parameters
    ----------
    name, entry : str
        Name of the file, and of the part in it.
    data : bytes
        A chunk of the part, preceded by the end of the chunk before.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise told(DataError, "refused.workbook_utf16", name=name, entry=entry)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise told(DataError, "refused.workbook_entities", name=name, entry=entry)


def _check_texts(archive: zipfile.ZipFile, lengths: list[np.ndarray], name: str, limits: Limits) -> None:
    """Add up the texts of all cells, by the longest list of shared texts in the workbook; raise if too large."""
    texts = max(lengths, key=len, default=np.zeros(0, np.int64))
    total = 0
    for entry in archive.namelist():
        with archive.open(entry) as file:
            tail = b""
            while chunk := file.read(_CHUNK):
                found = [int(m[1]) for m in _USED.finditer(tail + chunk) if m.end() > len(tail)]
                places = np.array(found, np.int64)
                total += int(texts[places[places < len(texts)]].sum())
                tail = chunk[-_OVERLAP:]
                if total > limits.unpacked_bytes:
                    raise told(DataError, "refused.workbook_texts", name=name, most=size_text(limits.unpacked_bytes))


class _Sizes:
    """A counter that is shown the XML of a workbook chunk by chunk."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._entry, self._tail, self._read = "", b"", 0
        self._rows = self._columns = self._in_row = self.cells = 0
        self._starts = array("q")  # of the shared texts of an entry, and where it ends
        self._texts: list[array[int]] = []
        self._claimed = 0
        self.uses = 0

    def longest(self) -> int:
        """Return the length of the longest shared text, bytes, with its tags."""
        return max((int(found.max()) for found in self.lengths() if found.size), default=0)

    def lengths(self) -> list[np.ndarray]:
        """Return the lengths of the shared texts, for each entry that has some."""
        return [np.diff(np.frombuffer(starts, np.int64)) for starts in self._texts]

    def look(self, entry: str, chunk: bytes) -> None:
        """Take the next chunk of an entry."""
        if entry != self._entry:
            self.end()
            self._entry = entry
        data = self._tail + chunk
        if entry.lower().endswith((".xml", ".rels")):
            refuse_entities(self._name, entry, data)
        self._count_cells(data, chunk)
        self._count_texts(data)
        self._read += len(chunk)
        self._tail = data[-_OVERLAP:]

    def end(self) -> None:
        """Complete the counts of an entry."""
        texts = len(self._starts)
        if self._claimed > texts + _SPARE_TEXTS:
            raise told(
                DataError,
                "refused.workbook_claims",
                name=self._name,
                entry=self._entry,
                n=str(self._claimed),
                texts=str(texts),
            )
        if texts:
            self._starts.append(self._read)
            self._texts.append(self._starts)
        self.cells += self._rows * self._columns
        self._tail, self._read, self._starts, self._claimed = b"", 0, array("q"), 0
        self._rows = self._columns = self._in_row = 0

    def _count_cells(self, data: bytes, chunk: bytes) -> None:
        # Any entry may be a sheet, whatever it is called. Cells and rows may state where they are or just follow on.
        cells = _PLAIN_CELL.findall(data)
        if sum(map(data.count, (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/", b"<c\t", b"<c\n"))) > len(cells) + 1:
            cells = _CELL.findall(data)
            self._count_implicit(data, chunk)
        for letters in {letters for letters, _ in cells}:
            number = 0
            for letter in letters:
                number = number * 26 + letter - 64
            self._columns = max(self._columns, number)
        self._rows = max(self._rows, max((int(row) for row in {row for _, row in cells}), default=0))
        if self.cells + self._rows * self._columns > self._limits.cells:
            raise told(
                DataError,
                "refused.workbook_reach",
                name=self._name,
                entry=self._entry,
                row=str(self._rows),
                column=str(self._columns),
                most=str(self._limits.cells),
            )

    def _count_implicit(self, data: bytes, chunk: bytes) -> None:
        for _, row in _ROW.findall(data):
            self._rows = max(self._rows, int(row)) if row else self._rows + 1
        for k, part in enumerate(_ROW_TAG.split(chunk)):
            self._in_row = len(_CELL_TAG.findall(part)) + (self._in_row if k == 0 else 0)
            self._columns = max(self._columns, self._in_row)

    def _count_texts(self, data: bytes) -> None:
        before, known = self._read - len(self._tail), self._starts[-1] if self._starts else -1
        if b"si" in data:
            for found in _SHARED_TEXT.finditer(data):
                if before + found.start() > known:
                    self._starts.append(before + found.start())
        if not self._claimed and (claimed := _CLAIMED.search(data)):
            self._claimed = int(claimed[1])
        fresh = data[max(len(self._tail) - len(_USES[0]) + 1, 0) :]
        self.uses += sum(map(fresh.count, _USES))
