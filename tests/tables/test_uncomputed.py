"""Formulas without a value: counted, told of, and no other formula with them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from least_workbook import NS, workbook

from geo.tables import open_table, uncomputed
from geo.tables.uncomputed import uncomputed_formulas

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ('<c r="A2"><f>B2*2</f><v></v></c>', 1),
        ('<c r="A2"><f>B2*2</f><v/></c>', 1),
        ('<c r="A2" s="1"><f>B2*2</f></c>', 1),
        ('<c r="A2"><f t="shared" si="0"/></c>', 1),
        ('<c r="A2"><f>B2*2</f><v>14</v></c>', 0),
        ('<c r="A2" t="str"><f>B2</f><v></v></c>', 0),
        ('<c r="A2"/>', 0),
    ],
)
def test_one_cell(tmp_path: Path, cell: str, count: int) -> None:
    rows = f'{HEAD}<row r="2">{cell}<c r="B2"><v>7</v></c></row>'
    path = workbook(tmp_path / "a.xlsx", f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>")
    assert uncomputed_formulas(path) == count
    with open_table(path) as table:
        assert ("formula has no computed value" in " ".join(table.report.lines("en"))) is bool(count)


@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_cells_over_the_bounds_of_what_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    for row in range(2, 302):
        book.active.append([row, f"=A{row}*2"])
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(uncomputed, "_CHUNK", chunk)
    assert uncomputed_formulas(tmp_path / "a.xlsx") == 300


def test_a_tag_ends_before_the_next_one_begins() -> None:
    """Else each of many that are never closed would be searched as far as the longest may reach."""
    found = uncomputed._CELL.search(b'<c <c r="A2" <c r="A3"><f>B3</f></c>')
    assert found is not None
    assert found[0] == b'<c r="A3"><f>B3</f></c>'
    assert uncomputed._CELL.search(b'<c r="A3"><f <f>B3</f></c>') is None
