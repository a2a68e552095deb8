"""The least .xls and .xlsb that a reader takes, record by record, so that each record can be made wrong."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

from least_workbook import RELATIONS

Cells = Sequence[tuple[int, int, float | str]]
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def biff_sheet(cells: Cells) -> bytes:
    """Return the records of a sheet of .xls: row, column, number or text."""
    parts = [record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))]
    for row, column, value in cells:
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            parts.append(record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text))
        else:
            parts.append(record(0x0203, struct.pack("<HHHd", row, column, 0, value)))
    return b"".join([*parts, record(0x000A)])


def xls(path: Path, cells: Cells, *, times: int = 1, before: bytes = b"", stream: str = "Workbook") -> Path:
    """Write an old workbook whose list names one sheet so many `times`; `before` are more records of its head."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + before
    names = [f"s{number}".encode() for number in range(times)]
    start = len(begin) + sum(4 + 8 + len(name) for name in names) + 4
    listed = [record(0x0085, struct.pack("<IHBB", start, 0, len(name), 0) + name) for name in names]
    content = begin + b"".join(listed) + record(0x000A) + biff_sheet(cells)
    path.write_bytes(ole(stream, content.ljust(4096, b"\0")))
    return path


def ole(stream: str, content: bytes) -> bytes:
    """Return an OLE file of one stream of 4 KiB or more."""
    sectors = -(-len(content) // _SECTOR)
    used = sectors + 1
    fats = -(-(used + used // 100 + 2) // (_SECTOR // 4))
    chain = [*range(1, sectors), _END, _END, *[_FAT] * fats]
    chain += [_FREE] * (fats * _SECTOR // 4 - len(chain))
    assert fats <= 109
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, fats, sectors, 0, 4096, _END, 0, _END, 0)
    head += b"".join(struct.pack("<I", used + one if one < fats else _FREE) for one in range(109))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, _FREE, _FREE, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, _END, 0) + entry(stream, 2, _FREE, 0, len(content)) + bytes(256)
    table = struct.pack(f"<{len(chain)}I", *chain)
    return head + content.ljust(sectors * _SECTOR, b"\0") + folder + table


def record12(kind: int, body: bytes = b"") -> bytes:
    """Return a record of .xlsb."""
    out = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    while length > 127:
        out, length = out + bytes([length & 0x7F | 0x80]), length >> 7
    return out + bytes([length]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_sheet(cells: Cells) -> bytes:
    rows = max(row for row, _, _ in cells)
    columns = max(column for _, column, _ in cells)
    parts = [record12(129), record12(148, struct.pack("<IIII", 0, rows, 0, columns)), record12(145)]
    last = -1
    for row, column, value in cells:
        if row != last:
            parts.append(record12(0, struct.pack("<III", row, 0, 0) + bytes(5)))
            last = row
        head = struct.pack("<II", column, 0)
        is_text = isinstance(value, str)
        parts.append(record12(6, head + wide(value)) if is_text else record12(5, head + struct.pack("<d", value)))
    return b"".join([*parts, record12(146), record12(130)])


def xlsb(path: Path, cells: Cells, sheet: bytes | None = None) -> Path:
    """Write a binary workbook of one sheet; `sheet` are its records, if not those of `cells`."""
    bundle = struct.pack("<II", 0, 1) + wide("r1") + wide("S")
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.bin": record12(131) + record12(143) + record12(156, bundle) + record12(144) + record12(132),
        "xl/_rels/workbook.bin.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.bin": xlsb_sheet(cells) if sheet is None else sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path
