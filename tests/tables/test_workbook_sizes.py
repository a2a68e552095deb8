"""Workbooks are counted before a reader unpacks them: it would abort the process, or take any memory."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from least_workbook import NS, SHEET, workbook

from geo.errors import DataError
from geo.tables import Limits, open_table
from geo.tables.workbook_sizes import check_workbook

LIMITS = replace(Limits(), unpacked_bytes=20 << 20)


def sheet(rows: int, cell: str = '<c t="s"><v>0</v></c>', columns: int = 3) -> str:
    head = '<row r="1">' + "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABC") + "</row>"
    return f"<worksheet {NS}><sheetData>{head}{('<row>' + cell * columns + '</row>') * rows}</sheetData></worksheet>"


def texts(*words: str, claims: object = None) -> str:
    claimed = len(words) if claims is None else claims
    items = "".join(f"<si><t>{word}</t></si>" for word in words)
    return f'<?xml version="1.0"?><sst {NS} count="1" uniqueCount="{claimed}">{items}</sst>'


def test_a_false_count_of_texts_is_refused_before_room_is_made_for_them(tmp_path: Path) -> None:
    """It aborted the process: there is no error for what Rust cannot allocate."""
    path = workbook(tmp_path / "a.xlsx", sheet(2), texts=texts("a", claims=10**17))
    with pytest.raises(DataError, match=r"a\.xlsx: 'xl/sharedStrings\.xml' claims 1\d+ texts and has 1; refused"):
        open_table(path)
    path = workbook(tmp_path / "b.xlsx", sheet(2), texts=f'<sst {NS}\n  uniqueCount = "99999999999"\n/>')
    with pytest.raises(DataError, match="claims 99999999999 texts and has 0"):
        check_workbook(path, "b.xlsx", LIMITS)


def test_a_count_that_is_a_little_off_is_let_pass(tmp_path: Path) -> None:
    """Some writers count wrongly."""
    check_workbook(workbook(tmp_path / "a.xlsx", sheet(2), texts=texts("a", claims=900)), "a.xlsx", LIMITS)


@pytest.mark.parametrize(
    "cell", ['<c t="s"><v>1</v></c>', "<c t='s'><v>1</v></c>", '<x:c r="A2" t="s" >\n<x:v>1</x:v></x:c>']
)
def test_texts_that_cells_share_are_added_up(tmp_path: Path, cell: str) -> None:
    """A few hundred kilobytes reached 11.5 GB: each cell gets a copy of its text."""
    shared = texts("short", "a" * 100_000)
    check_workbook(workbook(tmp_path / "a.xlsx", sheet(60, cell), texts=shared), "a.xlsx", LIMITS)
    path = workbook(tmp_path / "b.xlsx", sheet(80, cell), texts=shared)
    with pytest.raises(DataError, match=r"share come to more than the 20\.0 MiB allowed"):
        check_workbook(path, "b.xlsx", LIMITS)
    assert path.stat().st_size < 10_000


def test_one_long_text_that_is_used_once_harms_nobody(tmp_path: Path) -> None:
    """The bound is on what cells come to, not on the longest text times the number of cells."""
    path = workbook(tmp_path / "a.xlsx", sheet(50_000), texts=texts("short", "a" * 100_000))
    check_workbook(path, "a.xlsx", LIMITS)


def test_an_honest_workbook_counts_as_what_it_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "lon", "lat"])
    for number in range(2_000):
        book.active.append([f"company {number % 7}", 10.1, 50.1])
    book.save(tmp_path / "a.xlsx")
    assert check_workbook(tmp_path / "a.xlsx", "a.xlsx", replace(LIMITS, cells=6_003)) == 6_003
    with pytest.raises(DataError, match="reaches to row 2001 and column 3, more than the 6002 cells"):
        check_workbook(tmp_path / "a.xlsx", "a.xlsx", replace(LIMITS, cells=6_002))
    with open_table(tmp_path / "a.xlsx") as table:
        assert sum(batch.num_rows for batch in table.batches()) == 2_000


def test_the_cells_of_all_sheets_count_together(tmp_path: Path) -> None:
    """Each of a thousand sheets may reach as far as is just allowed."""
    far = f'<worksheet {NS}><sheetData><row r="900"><c r="CV900"><v>1</v></c></row></sheetData></worksheet>'
    path = workbook(tmp_path / "a.xlsx", far)
    check_workbook(path, "a.xlsx", replace(LIMITS, cells=100_000))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.replace("1", "2"), far)
    with pytest.raises(
        DataError, match="reaches to row 900 and column 100, more than the 100000 cells allowed for all"
    ):
        check_workbook(path, "a.xlsx", replace(LIMITS, cells=100_000))


def test_texts_are_counted_across_the_pieces_that_the_zip_is_read_in(tmp_path: Path) -> None:
    words = [f"text {number} " + "x" * (number % 301) for number in range(40_000)]
    path = workbook(tmp_path / "a.xlsx", sheet(1), texts=texts(*words))
    check_workbook(path, "a.xlsx", LIMITS)  # claims as many as it has, and two megabytes of them
