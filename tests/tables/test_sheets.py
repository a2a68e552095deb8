"""Columns of a sheet: one type if all cells have it, else text; whole numbers are whole, and none is too large."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from geo.base.messages import text
from geo.errors import UsageError
from geo.tables import Limits, open_table
from geo.tables.sheets import choose_sheet, typed_column

DAY, MOMENT = dt.date(2024, 6, 30), dt.datetime(2024, 6, 30, 12, 30)


def column(*cells: Any) -> pa.ChunkedArray:
    """Write one column beside one of words, and return it as read."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        forms = {dt.date: "yyyy-mm-dd", dt.datetime: "yyyy-mm-dd hh:mm"}
        date = {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}
        sheet.write_row(0, 0, ["word", "value"])
        for number, cell in enumerate(cells, start=1):
            sheet.write(number, 0, f"r{number}")
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, 1, cell, date[type(cell)])
            elif cell is not None:
                sheet.write(number, 1, cell)
    content.seek(0)
    with open_table(content, name="a.xlsx") as table:
        return pa.Table.from_batches([b.replace_schema_metadata(None) for b in table.batches()])["value"]


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ((1, 2.0, None), pa.int64(), [1, 2, None]),
        ((1, 2.5), pa.float64(), [1.0, 2.5]),
        ((2.0**53 - 1, 1), pa.int64(), [2**53 - 1, 1]),
        ((2.0**53, 1), pa.float64(), [2.0**53, 1.0]),  # beyond, a float holds no longer every whole number
        ((1e300, 1), pa.float64(), [1e300, 1.0]),
        ((True, False, None), pa.bool_(), [True, False, None]),
        ((DAY, None), pa.date32(), [DAY, None]),
        ((DAY, MOMENT), pa.timestamp("ms"), [dt.datetime(2024, 6, 30), MOMENT]),
        (("007", "008"), pa.string(), ["007", "008"]),
        ((7, "008"), pa.string(), ["7", "008"]),
        ((7, "1,008", None), pa.float64(), [7.0, 1008.0, None]),
        ((7, "12", " "), pa.int64(), [7, 12, None]),
        ((7, "8.5万", 9), pa.string(), ["7", "8.5万", "9"]),
        (
            (7, "91310000123456789X", "913100001234567890"),
            pa.string(),
            ["7", "91310000123456789X", "913100001234567890"],
        ),
        ((DAY, "2019/3/5", "2019年3月5日"), pa.date32(), [DAY, dt.date(2019, 3, 5), dt.date(2019, 3, 5)]),
        ((DAY, "2019年"), pa.string(), ["2024-06-30", "2019年"]),
        ((7.5, "x", True, DAY), pa.string(), ["7.5", "x", "true", "2024-06-30"]),
    ],
)
def test_a_column_has_the_type_of_its_cells(cells: tuple[Any, ...], kind: pa.DataType, expected: list[Any]) -> None:
    found = column(*cells)
    assert (found.type, found.to_pylist()) == (kind, expected)


def test_the_report_names_words_that_keep_a_column_from_being_one_of_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cell in enumerate(["资本", 1000, "8.5万", 12, "1,200", 5]):
            sheet.write_row(row, 0, [f"r{row}", cell])
    with open_table(path) as table:
        said = [line for line in table.report.lines("zh") if "求和" in line]
    assert said == [text("tables.note.amounts_column", "zh", columns="资本: 8.5万")]


def test_a_cell_merged_over_rows_is_of_each_and_one_of_the_header_is_not(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.xlsx", [["甲", 121.5, 31.25], ["乙", 121.6, 31.25], ["丙", 121.7, 31.25]]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(1, 1, 2, 1, "区")  # the names take two rows, from the second column on
        sheet.merge_range(1, 2, 2, 2, "名称")
        sheet.merge_range(1, 3, 1, 4, "位置")
        sheet.write_row(2, 3, ["经度", "纬度"])
        for row, cells in enumerate(rows, start=3):
            sheet.write_row(row, 2, cells)
        sheet.merge_range(3, 1, 4, 1, "徐汇区")
        sheet.write(5, 1, "闵行区")
    with open_table(path) as table:
        found = [row for batch in table.batches() for row in batch.to_pylist()]
        assert [(row["区"], row["名称"]) for row in found] == [("徐汇区", "甲"), ("徐汇区", "乙"), ("闵行区", "丙")]
        assert "1 个空格属于上下合并的单元格，已填上其中的内容" in table.report.lines("zh")


def test_a_whole_number_that_no_float_holds_stays_text() -> None:
    found = typed_column([10**400, 1.5, ""], "a.json", Limits())
    assert found.to_pylist() == [str(10**400), "1.5", None]


def test_the_sheet_with_coordinates_is_taken_from_a_workbook_that_we_wrote() -> None:
    """Beside the rows it has sheets that speak of columns, ranks (position) and how coordinates were read."""
    sheets: dict[str, list[list[Any]]] = {
        "rows": [["name", "经度", "纬度"], ["a", 116.4, 39.9]],
        "by area": [["area", "rows", "position"], ["x", 3, 1]],
        "columns": [["name", "what"], ["lon_wgs84", "longitude"], ["lat_wgs84", "latitude"]],
        "how": [["2 columns: 经度, 纬度"], ["400 rows read, 3 set aside"]],
        "empty": [["lon", "lat"]],
    }
    assert choose_sheet(sheets, "a.xlsx") == "rows"
    for other in (
        [["地点", "坐标"], ["a", "116.4,39.9"]],
        [["a", "geom"], ["x", "POINT (1 2)"]],
        [["x", "y"], ["1", "2"]],
    ):
        with pytest.raises(UsageError, match="several sheets could be meant: 'rows', 'other'"):
            choose_sheet({**sheets, "other": other}, "a.xlsx")
