"""Totals and remarks among the rows of a table: told apart from rows whose coordinates are wanting."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from geo.base.messages import text
from geo.cli.main import main
from geo.tables import open_table
from geo.tables.totals import names_again, remark_rows, total_rows

TOTALS = [
    "合计",
    "小 计",
    "合　　计",
    "黄浦区小计",
    "本页合计：",
    "合计：120家",
    "总计（万元）",
    "TOTAL",
    "Sub-total",
    "全市",
]
NAMES = ["上海合计信息技术有限公司", "小计算机公司", "统计局", "total care ltd", "设计院", "", "共计划三期", "Totally"]


@pytest.mark.parametrize(("cell", "expected"), [*((one, True) for one in TOTALS), *((one, False) for one in NAMES)])
def test_a_total_is_called_one_in_any_cell(cell: str, expected: bool) -> None:
    batch = pa.record_batch({"n": [1, 2], "a": ["甲", "乙"], "b": pa.array([None, cell]).dictionary_encode()})
    assert total_rows(batch, np.array([0, 1])).tolist() == [False, expected]


def test_a_remark_stands_alone() -> None:
    cells = ["注：截至2024年", "资料来源：年报", "Note: as of 2024", "备注1. 略", "注册资本", "注：有数", "说明书"]
    batch = pa.record_batch({"a": cells, "n": [None, None, None, None, None, 5, None]})
    assert remark_rows(batch, np.arange(7)).tolist() == [True] * 4 + [False] * 3


def test_they_are_set_aside_with_a_word_and_no_row_with_coordinates_is() -> None:
    rows = "区,lon,lat,万元\n黄浦区,121.48,31.23,5\n小计,,,5\n徐汇区,,,7\n合计,121.5,31.2,12\n注：略,,,\n"
    with open_table(io.BytesIO(rows.encode())) as table:
        (batch,) = table.batches()
        points = table.points(batch)
        assert points.notes().to_pylist() == [None, "total", "missing", None, "remark"]
        assert points.set_aside.tolist() == [False, True, True, False, True]
        assert table.report.examples["total"] == [(2, "小计 | 5")]
        lines = "\n".join(table.report.lines("zh"))
    assert text("tables.reason.total", "zh") in lines
    assert "求和前请先筛去" in lines


def test_names_of_columns_and_units_among_the_rows() -> None:
    batch = pa.record_batch(
        {"lon": ["lng", "度", "经度", "东经", None, "121"], "lat": ["lat", "度", "甲", "纬度", "lat", "31"]}
    )
    assert names_again(batch, ["lon", "lat"], np.arange(6)).tolist() == [True, True, False, True, False, False]
    assert names_again(batch, ["lon", "lat"], np.array([], np.intp)).tolist() == []


def test_a_header_in_two_languages_is_set_aside_and_the_numbers_stay_numbers(tmp_path: Path) -> None:
    rows = "".join(f"甲,黄浦区,121.4{n},31.2,{n}\n" for n in range(9))
    path, out = tmp_path / "a.csv", tmp_path / "o.xlsx"
    path.write_text(f"企业,区,经度,纬度,营收\nname,district,lng,lat,revenue\n{rows}", encoding="utf-8")
    with open_table(path) as table:
        notes = [note for batch in table.batches() for note in table.points(batch).notes().to_pylist()]
        assert notes == ["names_again", *[None] * 9]
    assert main(["assign", str(path), "-o", str(out), "--datum", "gcj02"]) == 0
    _, first, *rest = openpyxl.load_workbook(out).worksheets[0].values
    assert first[2:5] == ("lng", "lat", "revenue")
    assert [row[4] for row in rest] == list(range(9))
    assert rest[0][2:4] == (121.4, 31.2)
