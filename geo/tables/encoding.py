"""The encoding of a text file, determined from the whole file, and the file as UTF-8.

The rules, in order: the caller's option, byte order mark, UTF-16 recognised by zero bytes, strict UTF-8, GB18030.
Decoding is always strict: a file is read correctly or refused. (For ``.cpg`` and LDID see `geo.tables.dbf`.)
"""

from __future__ import annotations

import codecs
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.base.told import told
from geo.errors import DataError, UsageError

__all__ = ["TextFile", "as_utf8", "codec_name", "looks_chinese"]

_CHUNK = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# Python's gbk and gb2312 lack characters that files so labelled hold; GB18030 contains both.
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf-8-sig": "utf-8", "ascii": "utf-8"}
#: Python codecs that are not encodings of tables; some take quadratic time or raise other errors.
_NO_ENCODINGS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
_ZERO_SHARE = 0.1
_COMMON_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file as UTF-8 on disk.

    Attributes
    ----------
    path : Path
        The file itself if it is UTF-8, otherwise a transcoded copy.
    start : int
        Length of the byte order mark, bytes.
    encoding, rule : str
        Encoding of the original, and the rule that decided: ``option``, ``bom``, ``zeros``, ``utf8``, ``gb18030``.
    quotes : bool
        Whether it contains a ``"``.
    """

    path: Path
    start: int
    encoding: str
    rule: str
    quotes: bool


class _Broken(Exception):  # noqa: N818
    """Decoding failed; the message holds byte offset, line and the bytes that cannot be decoded."""

    def __init__(self, offset: int, line: int, bad: bytes, extra: int) -> None:
        self.offset, self.extra = offset, extra  # extra: bytes beyond one per character in what did decode
        super().__init__(f"byte {offset} (line {line}): {bad.hex(' ').upper()}")


def codec_name(encoding: str) -> str:
    """Return Python's name of a text encoding, or of its superset (``gbk`` → ``gb18030``).

    Raises
    ------
    UsageError
        If Python has no such text encoding.
    """
    try:
        info = codecs.lookup(encoding)
        "a".encode(encoding).decode(encoding)
    except (LookupError, ValueError, TypeError):
        info = None
    if info is None or info.name in _NO_ENCODINGS:
        raise told(UsageError, "refused.encoding", given=encoding)
    return _WIDER.get(info.name, info.name)


def as_utf8(path: Path, folder: Path, name: str, *, encoding: str | None = None) -> TextFile:
    """Determine the encoding of a whole file and return it as UTF-8.

    A UTF-8 file is read once (about 0.2 s per 100 MB); any other is copied to `folder` as UTF-8 (about 0.6 s per 100
    MB).

    Parameters
    ----------
    path, folder : Path
        The file, and a private folder for the copy.
    name : str
        What to call the file in messages.
    encoding : str or None
        The encoding that the caller states.

    Raises
    ------
    DataError
        If no rule gives a text that decodes strictly and looks like text; the message names the place.
    UsageError
        If `encoding` is unknown or contradicts the byte order mark.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    mark, marked = next(((m, e) for m, e in _BOMS if head.startswith(m)), (b"", ""))
    if encoding is not None:
        chosen = codec_name(encoding)
        if marked and chosen not in (marked, marked[:-3], "utf-8" if marked == "utf-8" else marked):
            raise told(UsageError, "refused.bom", name=name, given=encoding, marked=marked)
        return _convert(path, folder, name, marked or chosen, len(mark), "option")
    if marked:
        return _convert(path, folder, name, marked, len(mark), "bom")
    zeros = _utf16_by_zeros(head)
    if zeros and looks_chinese(head.decode(zeros, "replace")):
        return _convert(path, folder, name, zeros, 0, "zeros")
    try:
        quotes = _walk(path, "utf-8", 0, None, name)
        return TextFile(path, 0, "utf-8", "utf8", quotes)
    except _Broken as error:
        utf8 = error
    if _is_broken_utf8(path, utf8):
        raise told(DataError, "refused.utf8", name=name, where=utf8)
    copy = folder / "utf8.txt"
    try:
        quotes = _walk(path, "gb18030", 0, copy, name)
    except _Broken as error:
        raise told(DataError, "refused.encoding_neither", name=name, utf8=utf8, gb=error) from None
    if not looks_chinese(_text_sample(copy)):
        raise told(DataError, "refused.encoding_third", name=name, utf8=utf8)
    return TextFile(copy, 0, "gb18030", "gb18030", quotes)


def looks_chinese(text: str) -> bool:
    """Return whether most non-ASCII characters of `text` are common in Chinese text.

    In real GB18030 text 90 % and more of the characters are symbols or first-level characters of GB 2312; other
    encodings read as GB18030 give mostly rare characters.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    wide = points[points > 0x7F]
    if wide.size == 0:
        return True
    common = _common()[np.minimum(wide, 0xFFFF)]
    return bool(common.mean() >= _COMMON_SHARE)


@cache
def _common() -> npt.NDArray[np.bool_]:
    """Return a mask, by code point, of the symbols (rows 1–3) and first-level characters (rows 16–55) of GB 2312."""
    table = np.zeros(0x10000, dtype=np.bool_)
    for row in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)):
        for text in (bytes([row, cell]).decode("gb2312", "ignore") for cell in range(0xA1, 0xFF)):
            if text:
                table[ord(text)] = True
    return table


def _convert(path: Path, folder: Path, name: str, encoding: str, skip: int, rule: str) -> TextFile:
    """Return the file as UTF-8: itself if it is, else a copy in `folder`."""
    plain = encoding == "utf-8"
    copy = None if plain else folder / "utf8.txt"
    try:
        quotes = _walk(path, encoding, skip, copy, name)
    except _Broken as error:
        raise told(DataError, "refused.decode", name=name, encoding=encoding, rule=rule, where=error) from None
    return TextFile(path if copy is None else copy, skip if plain else 0, encoding, rule, quotes)


def _walk(path: Path, encoding: str, skip: int, copy: Path | None, name: str) -> bool:
    """Decode the whole file strictly, writing UTF-8 to `copy` if given; return whether it contains a quote mark."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position, extra, line, quotes = skip, 0, 1, False
    with path.open("rb") as file, nullcontext() if copy is None else copy.open("wb") as out:
        file.seek(skip)
        while True:
            chunk = file.read(_CHUNK)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                extra += len(before) - len(before.decode(encoding))
                start = position - held + error.start
                line = _line_at(path, start) if out is None else line + before.count(b"\n")
                bad = error.object[error.start : error.end + 2]
                raise _Broken(start, line, bad, extra) from None
            data = chunk if out is None else text.encode("utf-8")
            zero = data.find(b"\0")
            if zero >= 0:
                line = _line_at(path, position + zero) if out is None else line + data.count(b"\n", 0, zero)
                raise told(DataError, "refused.zero_byte", name=name, line=str(line))
            quotes = quotes or b'"' in data
            extra += len(chunk) - len(text)
            position += len(chunk)
            if out is not None:
                line += data.count(b"\n")
                out.write(data)
            if not chunk:
                return quotes


def _line_at(path: Path, offset: int) -> int:
    """Return the number of the line, from 1, that contains a byte."""
    lines = 1
    with path.open("rb") as file:
        while offset > 0 and (chunk := file.read(min(_CHUNK, offset))):
            lines += chunk.count(b"\n")
            offset -= len(chunk)
    return lines


def _utf16_by_zeros(head: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` if the positions of zero bytes show it, else ""."""
    units = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2) == 0
    if not units.size:
        return ""
    low, high = (float(share) for share in units.mean(axis=0))
    if high >= _ZERO_SHARE and low < high / 5:
        return "utf-16-le"
    return "utf-16-be" if low >= _ZERO_SHARE and high < low / 5 else ""


def _is_broken_utf8(path: Path, error: _Broken) -> bool:
    """Return whether a file is damaged UTF-8: most multi-byte sequences around the error are valid.

    Chinese text in GB18030, read as UTF-8, gives about eight invalid sequences for each that is valid by chance.
    """
    with path.open("rb") as file:
        file.seek(error.offset)
        after = file.read(_CHUNK)
    text = after.decode("utf-8", "replace")
    failures = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - failures
    return whole + error.extra / 2 > 2 * failures


def _text_sample(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(16 * _CHUNK).decode("utf-8", "ignore")
