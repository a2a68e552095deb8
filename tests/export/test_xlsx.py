from __future__ import annotations

import datetime
import math
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from clients import sheets
from hostile import hostile
from python_calamine import CalamineWorkbook

from geo.analysis.figures import reported
from geo.analysis.values import figure_words
from geo.atlas.atlas import Atlas
from geo.export import export


@pytest.fixture(scope="module")
def path(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    export(tiny.select(), made)
    return made


def test_one_sheet_per_table_head_frozen(path: Path, tiny: Atlas) -> None:
    book = openpyxl.load_workbook(path)
    assert {"about", "belt", "node", "park", "institution", "facts", "sources", "measures"} <= set(book.sheetnames)
    for sheet in book:
        assert sheet.freeze_panes == "A2"
    for name in ("facts", "sources", "clusters", "derived"):
        table = tiny.table(name)
        shown = table[table["place_id"].isin(tiny.layout.index)] if "place_id" in table else table
        assert book[name].max_row - 1 == len(shown)
        assert [cell.value for cell in book[name][1]] == [*tiny.table(name).columns, "source"]
    assert "核心" in {row["name_zh"] for row in sheets(path)["scopes"]}


def test_the_first_table_is_read_in_words(atlas: Atlas, tmp_path: Path) -> None:
    """The sheet of figures has no ids."""
    view = atlas.select(places=["zhangjiang"])
    export(view, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames[:2] == ["about", "figures"]
    told = sheets(tmp_path / "a.xlsx")["figures"]
    figures = reported(atlas)["zhangjiang"]
    assert [row["figure"] for row in told] == [figure_words(atlas, one, "zh") for one in figures]
    assert {row["place"] for row in told} == {atlas.name("zhangjiang", "zh")}
    assert sum(row["conflict"] is not None for row in told) == sum(one.conflict for one in figures)


PRINTED = {"about", "figures", "institution", "sources", "belt", "zone", "node", "town", "demo_park", "pilot_zone"}


def test_the_whole_prints_on_thirty_pages_in_letters_to_be_read(atlas: Atlas, tmp_path: Path) -> None:
    """In Excel a letter is 1.9 mm wide, a row 5.3 mm high; LibreOffice 7.4 prints fewer pages."""
    export(atlas.select(), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert set(book.sheetnames) >= PRINTED
    pages = 0
    for sheet in book:
        # As wide as one page, which is what a file leaves unsaid, and as long as it needs.
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
        _, first_row, last, last_row = openpyxl.utils.range_boundaries(sheet.print_area.rpartition("!")[2])
        if sheet.title not in PRINTED:
            assert first_row > sheet.max_row
            continue
        assert (first_row, last_row) == (1, sheet.max_row)
        assert sheet.print_title_rows == "$1:$1"
        across = sheet.page_setup.orientation == "landscape"
        columns = map(openpyxl.utils.get_column_letter, range(1, last + 1))
        letters = sum(sheet.column_dimensions[column].width for column in columns)
        scale = min(1.0, (277 if across else 190) / (letters * 1.9))
        assert scale > 0.55, sheet.title
        pages += math.ceil(sheet.max_row / ((180 if across else 265) // (5.3 * scale)))
    assert pages <= 30


def test_numbers_and_dates_are_real(path: Path, tiny: Atlas) -> None:
    found = sheets(path)
    facts = found["facts"]
    assert {type(row["value"]) for row in facts} <= {int, float}
    assert {type(row["headline"]) for row in facts} == {bool}
    assert [row["published"] for row in found["sources"]] == [
        datetime.datetime.fromisoformat(day) for day in tiny.table("sources")["published"]
    ]
    # A year stays text: a date would invent a day.
    assert "2021" in {row["as_of"] for row in facts}


def test_every_row_has_its_source(path: Path) -> None:
    for name, rows in sheets(path).items():
        if name != "about":
            assert all(row["source"] for row in rows), name
    [row] = [row for row in sheets(path)["facts"] if row["source_id"] == "press"]
    assert row["source"].startswith("Tiny council，《Document press》，")


def test_nothing_is_a_formula(tiny: Atlas, tmp_path: Path) -> None:
    export(hostile(tiny, []), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}
    [dangerous, *_] = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith("=cmd")]
    assert dangerous.quotePrefix
    # A second reader, written in Rust, sees the same text.
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name(dangerous.parent.title).to_python()
    assert "=cmd|' /C calc'!A0" in {cell for row in rows for cell in row}


def test_long_text_is_whole_in_pieces(tiny: Atlas, tmp_path: Path) -> None:
    view = hostile(tiny, [])
    whole = "长😀" * 40_000
    places = view.places.assign(note_en=pd.Series(whole, index=view.places.index[:1]).reindex(view.places.index))
    export(type(view)(view.atlas, view.selection, places, view.institutions), tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    pieces = [row for row in found["long_text"] if row["column"] == "note_en"]
    assert "".join(row["text"] for row in sorted(pieces, key=lambda row: row["piece"])) == whole
    [cut] = [row["note_en"] for row in found[pieces[0]["sheet"]] if row["note_en"]]
    assert cut.endswith("…")
    assert whole.startswith(cut[:-1])


def test_about_tells_licence_date_attribution(path: Path) -> None:
    words = "\n".join(str(row["about"]) for row in sheets(path)["about"])
    for part in (
        "2024-06-30",
        "ODbL-1.0",
        "测试",
        "Borders for reference only",
        "node_a: official_bounds, ±100 m, plan",
    ):
        assert part in words
