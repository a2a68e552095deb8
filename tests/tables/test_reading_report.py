"""The reading report, the rows set aside, and the sample."""

from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path

import pyarrow as pa
import pytest

from geo.base.messages import LANGUAGES
from geo.errors import OutputError, UsageError
from geo.tables import REASONS, SET_ASIDE_FROM, open_table, stacked
from geo.tables.column_names import match_name
from geo.tables.header import unique_names
from geo.tables.reading_report import describe_columns

LINES = ["名称,经度,纬度", "甲,121.4,31.2", "=cmd|x,,", "乙", "丙,0,0", "丁,-5,x"]


def table_of(lines: list[str], **options: object):
    return open_table(io.BytesIO("\n".join(lines).encode()), name="in.csv", bbox=(120.8, 30.6, 122.3, 31.9), **options)


def test_lines_say_what_was_found_in_both_languages() -> None:
    with table_of(LINES) as table:
        for batch in table.batches():
            table.points(batch)
        chinese, english = (" ".join(table.report.lines(language)) for language in LANGUAGES)
    for part in (
        "in.csv",
        "'经度'" if False else "经度, 纬度",
        "第 2 行",
        "坐标缺失",
        "字段数与表头不符",
        "整个文件是严格的 UTF-8",
    ):
        assert part in chinese
    for part in ("the whole file is strict UTF-8", "5 rows read: 1 with a point, 4 set aside", "coordinates are 0"):
        assert part in english


def test_to_dict_is_plain_json() -> None:
    with table_of(LINES) as table:
        for batch in table.batches():
            table.points(batch)
        report = json.loads(json.dumps(table.report.to_dict(), ensure_ascii=False))
    assert report["reasons"] == {"missing": 1, "malformed": 1, "zero": 1, "not_a_number": 1}
    assert report["coordinates"] == {"kind": "pair", "columns": ["经度", "纬度"], "rule": "name", "swapped": False}
    assert (report["rows"], report["complete"], report["question"]) == (5, True, None)
    assert [c["role"] for c in report["columns"]] == ["", "lon", "lat"]


KINDS = {
    "code": ["001", "17", None],
    "code_alike": ["310115", "310101", "310104"],
    "one_long": ["310115", None, " "],
    "integer": ["12", "-3", " 7 "],
    "number": ["1.5", "2", ""],
    "date": ["2020-01-02", "2021年3月4日", None],
    "text": ["1.5", "x", None],
    "blank": [" ", "", None],
    "empty": [None, None, None],
    "行政区划代码": ["a", "b", "c"],
}
TYPES = ("code", "code", "integer", "integer", "number", "date", "text", "text", "empty", "code")


@pytest.mark.parametrize("cells", [1, 8, 1 << 17])
def test_columns_are_described_together_as_each_alone(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(stacked, "_CELLS", cells)
    columns = {name: pa.array(values, pa.string()) for name, values in KINDS.items()}
    columns |= {
        "whole": pa.array([1, 2, None]),
        "yes": pa.array([True, None, False]),
        "list": pa.array([[1], [], None]),
    }
    columns |= {"coded": columns["integer"].dictionary_encode()}
    whole = describe_columns(pa.table(columns), {"text": "address"}, [("old", "text")], "")
    alone = [
        describe_columns(pa.table({name: column}), {"text": "address"}, [("old", "text")], "")[0]
        for name, column in columns.items()
    ]
    assert list(whole) == alone
    assert [one.type for one in whole] == [*TYPES, "integer", "boolean", "list<item: int64>", "integer"]
    assert [one.filled_percent for one in whole[:3]] == [66.7, 100.0, 66.7]
    assert (whole[0].examples, whole[6].original, whole[6].role) == (("001", "17"), "old", "address")


def test_of_a_very_long_name_a_line_has_the_beginning() -> None:
    with table_of([f"{'名' * 5000},经度,纬度", "甲,121.4,31.2"]) as table:
        said = "\n".join(table.report.lines("zh"))
    assert "名" * 50 in said
    assert len(said) < 1000


def test_reading_again_starts_the_counts_afresh() -> None:
    with table_of(LINES) as table:
        for _ in range(2):
            for batch in table.batches():
                table.points(batch)
        assert (table.report.rows, table.report.placed, table.report.set_aside) == (5, 1, 4)


def test_rows_set_aside_can_be_written(tmp_path: Path) -> None:
    with table_of(LINES) as table:
        assert table.write_set_aside(tmp_path / "aside.csv") == 4
        raw = (tmp_path / "aside.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
        assert rows[0] == ["row", "reason", "名称", "经度", "纬度"]
        assert rows[1:] == [
            ["2", "missing", "'=cmd|x", "", ""],
            ["3", "malformed: 乙", "", "", ""],
            ["4", "zero", "丙", "0", "0"],
            ["5", "not_a_number", "丁", "-5", "x"],
        ]
        with pytest.raises(OutputError, match=r"cannot write .*a\.csv: there is no such folder"):
            table.write_set_aside(tmp_path / "none" / "a.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["aside.csv"]


def test_half_written_rows_do_not_stay(tmp_path: Path) -> None:
    with table_of(["n,age", "a,5"]) as table, pytest.raises(UsageError, match="no coordinate columns"):
        table.write_set_aside(tmp_path / "aside.csv")
    assert list(tmp_path.iterdir()) == []


def test_sample_from_the_head_and_from_the_whole() -> None:
    lines = ["name,lon,lat", *(f"r{i},121,31" for i in range(5000))]
    with table_of(lines) as table:
        assert table.sample(10).column("name").to_pylist() == [f"r{i}" for i in range(10)]
        spread = [int(name[1:]) for name in table.sample(100, spread=True).column("name").to_pylist()]
        assert len(spread) == 100
        assert spread == sorted(set(spread))
        assert (spread[0], max(b - a for a, b in itertools.pairwise(spread))) == (
            0,
            pytest.approx(50, abs=25),
        )
        assert spread[-1] > 4900
        assert table.report.rows == 0
        assert table.sample(9999, spread=True).num_rows == 5000


def test_types_are_told_though_the_columns_stay_text() -> None:
    lines = ["代码,企业编号,n,x,日期,文,空", "0101,1,1,1.5,2020-01-02,甲,", "0202,2,-20,2,2020/1/3,2,"]
    with table_of(lines) as table:
        assert [c.type for c in table.report.columns] == ["code", "code", "integer", "number", "date", "text", "empty"]
        assert {str(t) for t in table.schema.types} == {"string"}


def test_every_reason_has_a_text_in_both_languages() -> None:
    from geo.base.messages import text

    for code, reason in REASONS.items():
        if code:
            assert all(text(f"tables.reason.{reason}", language) for language in LANGUAGES)
    assert REASONS[SET_ASIDE_FROM] == "missing"


@pytest.mark.parametrize(
    ("name", "role", "rest", "datum"),
    [
        ("经度", "lon", "", ""),
        ("LONGITUDE", "lon", "", ""),
        ("start_lng", "lon", "start", ""),
        ("起点纬度", "lat", "起点", ""),
        ("gcj02_lng", "lon", "", "gcj02"),
        ("百度经度", "lon", "", "bd09"),
        ("经度(WGS84)", "lon", "", "wgs84"),
        ("X坐标", "x", "", ""),
        ("统一社会信用代码", "code", "", ""),
        ("addr:district", "district", "addr", ""),
        ("企业注册地址", "address", "企业", ""),
        ("所属街镇", "township", "", ""),
    ],
)
def test_column_names(name: str, role: str, rest: str, datum: str) -> None:
    found = match_name(name)
    assert [(m.role, m.rest, m.datum) for m in found] == [(role, rest, datum)]


@pytest.mark.parametrize("name", ["plan", "belong", "flat", "tax", "platform", "along", "备注"])
def test_words_that_only_contain_such_names(name: str) -> None:
    assert match_name(name) == ()


def test_unique_names_never_collide() -> None:
    names, renamed = unique_names(["a", "a_2", "a", "", "column_4", " "])
    assert len(set(names)) == 6
    assert names[0] == "a"
    assert names[4] == "column_4"
    assert len(renamed) == 3
