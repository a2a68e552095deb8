"""The text encoding of a dBASE table of a Shapefile, by the first rule that fits: ``.cpg``, LDID, UTF-8, GB18030."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.encoding import codec_name, looks_chinese
from geo.tables.notes import Note, note

__all__ = ["DbfEncoding", "dbf_encoding"]

# Language driver ids of dBASE and the code pages they stand for; those that only say "not set" are left out.
_LDID = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x13: "cp932", 0x26: "cp866", 0x4D: "gb18030",
    0x4E: "cp949", 0x4F: "cp950", 0x57: "cp1252", 0x58: "cp1252", 0x7A: "gb18030", 0x79: "cp949", 0x78: "cp950",
    0x7B: "cp932", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DbfEncoding:
    """The encoding, the rule that decided (``option``, ``cpg``, ``ldid``, ``utf8``, ``gb18030``), and notes."""

    encoding: str
    rule: str
    warnings: tuple[Note, ...]


def dbf_encoding(dbf: Path, cpg: Path, name: str, given: str | None) -> DbfEncoding:
    """Determine the encoding from all texts of the table; one that is declared but does not decode them is noted.

    Raises
    ------
    DataError
        If no rule decodes every text, or the table is damaged.
    """
    values, widths = _texts(dbf, name)
    warnings: list[Note] = []
    tried: list[str] = []
    for codec, rule in _rules(dbf, cpg, given, warnings):
        cut, bad = _decode(values, widths, codec)
        if bad is not None:
            tried.append(f"{codec} ({rule}): fails on {bad!r}")
            if rule == "option":
                break
            continue
        if rule == "gb18030" and not looks_chinese(b"\n".join(values).decode(codec, "ignore")):
            tried.append("gb18030: gives mostly rare characters")
            continue
        if tried and rule in ("utf8", "gb18030") and not tried[0].startswith("utf-8 (utf8)"):
            warnings.append(note("encoding_passed_over", tried="; ".join(tried)))
        if cut:
            warnings.append(note("cut_texts", count=cut))
        return DbfEncoding(codec, rule, tuple(warnings))
    raise told(DataError, "refused.dbf_encoding", tried, name=name)


def _rules(dbf: Path, cpg: Path, given: str | None, warnings: list[Note]) -> list[tuple[str, str]]:
    """Return the encodings to try, each with its rule, in order; add notes to `warnings`."""
    if given is not None:
        return [(codec_name(given), "option")]
    rules = []
    if cpg.exists():
        label = cpg.read_bytes()[:64].decode("ascii", "replace").strip().lower()
        digits = label.removeprefix("oem").removeprefix("ansi").removeprefix("cp").strip(" -")
        try:
            rules.append((codec_name({"65001": "utf-8", "88591": "latin-1"}.get(digits, digits)), "cpg"))
        except UsageError:
            try:
                rules.append((codec_name(f"cp{digits}"), "cpg"))
            except UsageError:
                warnings.append(note("unknown_cpg", label=label[:40]))
    with dbf.open("rb") as file:
        ldid = file.read(32)[29:30]
    if not rules and ldid and ldid[0] in _LDID:
        rules.append((_LDID[ldid[0]], "ldid"))
    return [*rules, ("utf-8", "utf8"), ("gb18030", "gb18030")]


def _texts(dbf: Path, name: str) -> tuple[list[bytes], list[int]]:
    """Return every text of the table that is not ASCII, field names included, and the length of its field in bytes."""
    data = np.memmap(dbf, dtype=np.uint8, mode="r") if dbf.stat().st_size else np.empty(0, np.uint8)
    head = data[:32].tobytes()
    start, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    count = int.from_bytes(head[4:8], "little")
    if len(head) < 32 or start < 33 or width < 1 or start + count * width > data.size + 1:
        raise told(DataError, "refused.dbf", name=name)
    records = data[start : start + count * width]
    records = records[: records.size // width * width].reshape(-1, width)
    values: list[bytes] = []
    widths: list[int] = []
    offset = 1
    for at in range(32, start - 31, 32):
        field = data[at : at + 32].tobytes()
        if field[:1] == b"\r":
            break
        title = field[:11].split(b"\0")[0]
        if not title.isascii():
            values.append(title)
            widths.append(10)
        size = field[16]
        if field[11:12] == b"C" and offset + size <= width and size:
            cells = np.ascontiguousarray(records[:, offset : offset + size])
            wide = np.unique(cells[(cells > 0x7F).any(axis=1)], axis=0)
            found = [row.tobytes().rstrip(b" \0") for row in wide]
            values += found
            widths += [size] * len(found)
        offset += size
    return values, widths


def _decode(values: list[bytes], widths: list[int], codec: str) -> tuple[int, str | None]:
    """Return how many texts are cut within their last character, and the first that cannot be decoded, or None."""
    cut = 0
    for value, width in zip(values, widths, strict=True):
        try:
            value.decode(codec)
        except UnicodeDecodeError as error:
            if len(value) >= width - 1 and error.start >= len(value) - 3 and error.start > 0:
                cut += 1
                continue
            return cut, value[:40].hex(" ")
    return cut, None
