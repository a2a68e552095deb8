"""Old and binary workbooks: read as .xlsx is, and counted before they are."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from least_binary import ole, record, record12, xls, xlsb, xlsb_sheet

from geo.errors import DataError
from geo.tables import Limits, open_table

CELLS = [(0, 0, "名称"), (0, 1, "经度"), (0, 2, "纬度"), (1, 0, "甲"), (1, 1, 121.5), (1, 2, 31.25)]
FAR = [(0, 0, 1.0), (65_535, 255, 2.0)]
LIMITS = Limits(cells=1_000_000)


def refused(path: Path, match: str, limits: Limits = LIMITS) -> None:
    with pytest.raises(DataError, match=match) as said:
        open_table(path, limits=limits)
    assert said.value.translations["zh"]


@pytest.mark.parametrize(("write", "name"), [(xls, "a.xls"), (xls, "a.et"), (xlsb, "a.xlsb")])
def test_a_sheet_is_read_as_that_of_any_workbook(tmp_path: Path, write: object, name: str) -> None:
    with open_table(write(tmp_path / name, CELLS)) as table:  # type: ignore[operator]
        assert [row for batch in table.batches() for row in batch.to_pylist()] == [
            {"名称": "甲", "经度": 121.5, "纬度": 31.25}
        ]
        assert table.report.format == {"et": "xls"}.get(name[2:], name[2:])
        assert not [note for note in table.report.notes if note.id == "kind_differs"]


def test_a_sheet_that_reaches_far_is_not_held(tmp_path: Path) -> None:
    refused(xls(tmp_path / "a.xls", FAR), "rows times columns come to more than the 1000000 cells")
    refused(xlsb(tmp_path / "a.xlsb", FAR), "rows times columns come to more than the 1000000 cells")
    several = record(0x00BD, struct.pack("<HHHIHIH", 9_999, 0, 0, 0, 0, 0, 200))
    path = xls(tmp_path / "several.xls", CELLS)
    raw = path.read_bytes()
    at = raw.index(record(0x0203)[:2] + b"\x0e\0")
    path.write_bytes(raw[:at] + several + raw[at + len(several) :])
    refused(path, "rows times columns")


def test_a_sheet_that_is_listed_often_counts_each_time(tmp_path: Path) -> None:
    cells = [(0, 0, 1.0), (999, 99, 2.0)]
    path = xls(tmp_path / "a.xls", cells, times=11)
    refused(path, "rows times columns")
    refused(path, "11 sheets or layers", replace(LIMITS, layers=10))
    with open_table(xls(tmp_path / "b.xls", cells), limits=LIMITS, sheet="s0") as table:
        assert table.rows == 2  # those between are empty


def test_sheets_that_lie_in_one_another_take_no_quadratic_time(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", [(number, 0, 1.0) for number in range(500)], times=20)
    raw = bytearray(path.read_bytes())
    for number in range(20):  # each begins at another cell of the same sheet
        at = raw.index(f"s{number}".encode()) - 8
        start = struct.unpack_from("<I", raw, at)[0]
        struct.pack_into("<I", raw, at, start + 20 + 18 * number)
    path.write_bytes(raw)
    refused(path, "its sheets lie in one another")


@pytest.mark.parametrize("part", ["folder", "stream"])
def test_sectors_that_follow_themselves_are_refused_before_a_reader_fills_the_memory(tmp_path: Path, part: str) -> None:
    path = xls(tmp_path / "a.xls", [(number, 0, 1.0) for number in range(1000)])
    raw, end = bytearray(path.read_bytes()), struct.pack("<I", 0xFFFFFFFE)
    table = len(raw) - 512  # of which sector comes next, in one sector
    last = raw.index(end, table)
    assert raw[last + 4 : last + 8] == end  # the stream ends there, and beside it the folder, which is one sector
    at = last if part == "stream" else last + 4
    struct.pack_into("<I", raw, at, (at - table) // 4 - (5 if part == "stream" else 0))
    path.write_bytes(raw)
    refused(path, "its sectors follow themselves")


def test_a_password_another_office_file_and_damage_are_named(tmp_path: Path) -> None:
    refused(xls(tmp_path / "a.xls", CELLS, before=record(0x002F, bytes(6))), "has a password")
    (tmp_path / "b.xlsx").write_bytes(ole("EncryptedPackage", bytes(4096)))
    refused(tmp_path / "b.xlsx", "has a password")
    (tmp_path / "c.doc").write_bytes(ole("WordDocument", bytes(4096)))
    refused(tmp_path / "c.doc", r"an old Office file such as \.doc")
    (tmp_path / "d.xls").write_bytes(xls(tmp_path / "e.xls", CELLS).read_bytes()[:1500])
    refused(tmp_path / "d.xls", "not a sound workbook")


def test_records_are_followed_over_the_bounds_of_chunks(tmp_path: Path) -> None:
    """A long record is passed over, however the zip gives it out."""
    long = record12(1000, bytes(3 << 20))
    with open_table(xlsb(tmp_path / "a.xlsb", CELLS, long[:0] + xlsb_sheet(CELLS))) as table:
        assert table.rows == 1
    sheet = record12(129) + long + xlsb_sheet(FAR)
    refused(xlsb(tmp_path / "b.xlsb", CELLS, sheet), "rows times columns")
