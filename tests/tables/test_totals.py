"""Totals and remarks among the rows of a table: told apart from rows whose coordinates are wanting."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest

from geo.base.messages import text
from geo.tables import open_table
from geo.tables.totals import remark_rows, total_rows

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
