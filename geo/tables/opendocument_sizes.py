"""Size checks of OpenDocument spreadsheets (.ods) before a reader opens them; cells and rows may be repeated."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from geo.base.told import told
from geo.errors import DataError
from geo.tables.archive import check_zip, open_zip
from geo.tables.limits import Limits, size_text
from geo.tables.workbook_sizes import refuse_entities

__all__ = ["check_ods"]

_CONTENT = "content.xml"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_VALUE = ("office:value-type", "office:value", "office:string-value", "calcext:value-type")
_KIND = b"opendocument.spreadsheet"


def check_ods(path: Path, name: str, limits: Limits) -> None:
    """Unpack an OpenDocument spreadsheet without keeping it and count the cells of its sheets.

    Raises
    ------
    DataError
        If it is not a spreadsheet, has a password, spans too many cells, has too much text in all cells, declares
        entities, or is not well-formed XML; or as `check_zip`.
    """
    with open_zip(path, name, limits) as archive:
        if _KIND not in archive.read("mimetype")[:200]:
            raise told(DataError, "refused.is.opendocument", name=name)
        if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in _some(archive):
            raise told(DataError, "refused.is.locked_workbook", name=name)
        check_zip(archive, path, name, limits, _Cells(name, limits).look)


def _some(archive: object) -> bytes:
    with archive.open("META-INF/manifest.xml") as file:  # type: ignore[attr-defined]
        return bytes(file.read(1 << 20))


class _Cells:
    """The handlers of the XML parser, which count the cells of all sheets and the bytes of their texts."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._tail, self._entry = b"", ""
        self._cells = self._text = 0
        self._row = self._rows = self._columns = self._column = self._last = 0
        self._repeated, self._times, self._filled, self._length = 1, 1, False, 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words

    def look(self, entry: str, chunk: bytes) -> None:
        """Take the next chunk of an entry."""
        self._tail = self._tail if entry == self._entry else b""
        self._entry = entry
        if entry.lower().endswith(".xml"):
            refuse_entities(self._name, entry, self._tail + chunk)
        self._tail = chunk[-16:]
        if entry == _CONTENT:
            try:
                self._parser.Parse(chunk, False)
            except expat.ExpatError as error:
                raise told(DataError, "refused.unsound_workbook", name=self._name, why=error) from None

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._row = self._rows = self._columns = 0
        elif tag == "table:table-row":
            self._column = self._last = 0
            self._repeated = _times(attributes.get("table:number-rows-repeated"))
        elif tag in _CELLS:
            self._times = _times(attributes.get("table:number-columns-repeated"))
            self._filled = any(attribute in attributes for attribute in _VALUE)
            self._length = sum(map(len, attributes.values())) if self._filled else 0

    def _words(self, words: str) -> None:
        self._filled = True
        self._length += len(words)

    def _end(self, tag: str) -> None:
        if tag in _CELLS:
            self._column += self._times
            if self._filled:
                self._last = self._column
                self._text += self._length * self._times * self._repeated
            if self._text > self._limits.unpacked_bytes:
                raise told(DataError, "refused.unpacked", name=self._name, most=size_text(self._limits.unpacked_bytes))
        elif tag == "table:table-row":
            self._row += self._repeated
            if self._last:
                self._rows, self._columns = self._row, max(self._columns, self._last)
            self._limits.check_cells(self._cells + self._rows * self._columns, self._name)
        elif tag == "table:table":
            self._cells += self._rows * self._columns
            self._row = self._rows = self._columns = 0


def _times(stated: str | None) -> int:
    """Return a declared number of repetitions, 1 if there is none."""
    digits = (stated or "").strip()[:9]
    return max(int(digits), 1) if digits.isdecimal() else 1
