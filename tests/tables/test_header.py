"""Which row holds the names of the columns."""

from __future__ import annotations

import time

import pytest

from geo.errors import UsageError
from geo.tables.header import find_header, unique_names


@pytest.mark.parametrize(
    ("rows", "row", "rule"),
    [
        ([["名称", "经度", "纬度"], ["甲", "121.4", "31.2"]], 1, "known"),
        ([["甲", "乙"], ["丙", "1.5"]], 1, "text"),
        ([["指标", "2020", "2021"], ["产值", "10.5", "12.5"]], 1, "text"),  # a year is a name
        ([["甲", "10"], ["乙", "12"]], 0, "none"),
        ([["甲", "2020-01-05"], ["乙", "2020-01-06"]], 0, "none"),  # a date is none
        ([["甲", "31°12′"], ["乙", "31°13′"]], 0, "none"),
        ([["甲", "乙"], ["丙", "丁"]], 1, "convention"),
        # A title above: not even half as wide as the table. Exactly half is a title too.
        ([["某市名单", "", ""], ["名称", "经度", "纬度"], ["甲", "121.4", "31.2"]], 2, "known"),
        ([["名单", "二〇二四", "", ""], ["名", "址", "甲", "乙"], ["a", "b", "1.5", "2.5"]], 2, "text"),
        ([["名单", "二〇二四", "版", ""], ["a", "b", "1.5", "2.5"], ["c", "d", "1.5", "2.5"]], 1, "text"),
        ([["序"], ["1"], ["2"]], 1, "text"),
        ([], 0, "none"),
    ],
)
def test_the_row_of_names(rows: list[list[str]], row: int, rule: str) -> None:
    found = find_header(rows, None, "a.csv")
    assert (found.row, found.rule) == (row, rule)
    if row:
        assert found.names == tuple(name or "column_4" for name in rows[row - 1])


def test_the_row_that_the_caller_says() -> None:
    rows = [["a", "b"], ["c", "c"], ["1", "2"]]
    assert (find_header(rows, 2, "a.csv").names, find_header(rows, 2, "a.csv").rule) == (("c", "c_2"), "option")
    assert find_header(rows, 0, "a.csv").names == ("column_1", "column_2")
    assert find_header(rows, 3, "a.csv").row == 3
    for given in (4, -1):
        with pytest.raises(
            UsageError, match=rf"header={given} was given; the first rows are 1 to 3, 0 means no header"
        ):
            find_header(rows, given, "a.csv")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], ("a", "b")),
        (["a", "a", "a_2"], ("a", "a_3", "a_2")),
        (["", "column_1"], ("column_1_2", "column_1")),
        ([" ", "  "], ("column_1", "column_2")),
    ],
)
def test_names_are_made_different(names: list[str], expected: tuple[str, ...]) -> None:
    unique, renamed = unique_names(names)
    assert unique == expected
    assert renamed == tuple((old, new) for old, new in zip(names, expected, strict=True) if old != new)


@pytest.mark.parametrize("cell", ["1" + " " * 250_000 + "x", "1." * 120_000 + "x", "1" * 250_000 + "x", "%" * 250_000])
def test_a_first_row_of_long_cells_takes_no_time(cell: str) -> None:
    """Two runs of blanks side by side in the pattern of a number took minutes."""
    began = time.process_time()
    assert find_header([[cell, "name"], ["a", "b"]], None, "a.csv").row == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("title", [[], [["某市名单", "", "", "", ""]]])
@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            [["企业", "位置", "", "规模", ""], ["", "经度", "纬度", "人数", "资本"], ["甲", "121.4", "31.2", "3", "5"]],
            ("企业", "经度", "纬度", "规模 人数", "规模 资本"),
        ),
        (
            [["企业", "2020年", "", "2021年", ""], ["", "营收", "人数", "营收", "人数"], ["甲", "1", "2", "3", "4"]],
            ("企业", "2020年 营收", "2020年 人数", "2021年 营收", "2021年 人数"),
        ),
    ],
)
def test_names_in_two_rows(title: list[list[str]], rows: list[list[str]], names: tuple[str, ...]) -> None:
    found = find_header([*title, *rows], None, "a.csv")
    assert (found.names, found.rule) == (names, "two_rows")
    assert (found.row, found.first) == (len(title) + 2, len(title) + 1)


@pytest.mark.parametrize(
    "rows",
    [
        [["名", "", "址"], ["甲", "乙", "丙"], ["丁", "戊", "己"]],  # nothing tells a second row of names from data
        [["名", "经度", "纬度"], ["甲", "", ""], ["乙", "121.4", "31.2"]],
        [["名", "经度", "纬度"], ["甲", "121.4", "31.2"], ["乙", "121.4", "31.2"]],
    ],
)
def test_names_in_one_row_stay_there(rows: list[list[str]]) -> None:
    assert find_header(rows, None, "a.csv").row == 1


def test_thousands_of_columns_of_one_name_are_numbered_on() -> None:
    names, renamed = unique_names(["a", "a_3", *["a"] * 4000])
    assert names[:5] == ("a", "a_3", "a_2", "a_4", "a_5")
    assert len(set(names)) == 4002
    assert (names[-1], len(renamed)) == ("a_4002", 4000)


def test_words_about_the_table_are_no_group_of_columns() -> None:
    rows = [["填报：市经信委", "", "", "单位：万元"], ["企业", "经度", "纬度", "营收"], ["甲", "121.4", "31.2", "5"]]
    found = find_header(rows, None, "t")
    assert (found.row, found.above, found.names) == (2, 0, ("企业", "经度", "纬度", "营收"))
    groups = [["名称", "位置：", "", "营收"], ["", "经度", "纬度", ""], ["甲", "121.4", "31.2", "5"]]
    assert find_header(groups, None, "t").names == ("名称", "经度", "纬度", "营收")


def test_a_remark_beside_a_sheet_does_not_hide_its_names() -> None:
    """All rows of a sheet are as long as the longest."""
    rows = [[*cells, *[""] * 7] for cells in (["企业", "a", "b"], *[["甲", "1.5", "2.5"]] * 20)]
    rows[9][9] = "待核"
    found = find_header(rows, None, "a.xlsx")
    assert (found.row, found.names[:3]) == (1, ("企业", "a", "b"))
