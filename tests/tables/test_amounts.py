"""Columns whose numbers are written as words are told of, with an example; words, names and codes are not."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pytest

from geo.base.messages import text
from geo.tables import open_table
from geo.tables.amounts import amount_notes, rounded_notes


def told(*cells: str | None) -> list[str]:
    notes, columns = amount_notes(pa.table({"列": pa.array(cells, pa.string())}), ["列"])
    assert columns == ("列",) * len(notes)
    return [one.id for one in notes]


@pytest.mark.parametrize(
    "cells",
    [
        ["1000万", "8.5万", "1.2亿"],
        ["(300)", "1,200", "（5）"],
        ["12.5%", "0%", None],
        ["￥1.00", "¥ 2,000.50", "3"],
        ["500万元人民币", "约20万元", "3000万"],
        ["1000", "8.5万", "12"],
        ["１２．５％", "8％"],
        ["１２", "8"],
    ],
)
def test_amounts(cells: list[str | None]) -> None:
    assert told(*cells) == ["amounts_column"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2", "3", "4", "5", "无数据"], ["mixed_column"]),
        (["1", "2", "x", "y"], []),
        (["1", "1,200", " 3 "], []),
        (["甲", "乙"], []),
        (["2楼", "3楼", "12号"], []),
        (["2019年", "2020年"], []),
        (["E5", "W3"], []),
        (["001", "002", "003", "004", "005", "甲"], []),
        (["万", "亿"], []),
        ([None, None], []),
        (["5万"], []),
    ],
)
def test_few_words_among_numbers_and_what_is_no_number(cells: list[str | None], expected: list[str]) -> None:
    assert told(*cells) == expected


def test_the_report_of_a_text_file_says_what_to_do() -> None:
    rows = "".join(f"甲,121.4{n},31.2,{n}.5万,{n},{n if n else '万元'},0{n}\n" for n in range(9))
    with open_table(io.BytesIO(f"名称,lon,lat,资本,人数,营收,代码\n{rows}".encode())) as table:
        said = table.report.lines("zh")
        assert text("tables.note.amounts_column", "zh", columns="资本: 0.5万") in said
        assert text("tables.note.mixed_column", "zh", columns="营收: 万元") in said
    assert "85000 for 8.5 wan" in text("tables.note.amounts_column", "en", columns="")


def test_of_many_columns_ten_are_named() -> None:
    sample = pa.table({f"c{n}": ["1万", "2万"] for n in range(30)})
    (one,), columns = amount_notes(sample, sample.column_names)
    assert columns == tuple(sample.column_names)
    assert dict(one.values)["columns"] == "; ".join(f"c{n}: 1万" for n in range(10))


def test_long_codes_of_a_workbook_have_lost_their_last_digits(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["名称", "信用代码", "营收", "编号", "经度", "纬度"])
    book.active.append(["甲", 310101199001011234, 1e14, "310101199001011234", 121.47, 31.23])
    book.save(path := tmp_path / "ids.xlsx")
    with open_table(path) as table:
        (told,) = [one for one in table.report.notes if one.id == "rounded_column"]
    assert dict(told.values)["columns"] == "信用代码"
    assert rounded_notes(pa.table({"x": [1e15 + 0.5, None, float("inf")], "n": [10**16] * 3})) == []
