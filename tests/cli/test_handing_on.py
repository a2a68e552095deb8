"""What is handed on with a joined table: types, counts, a workbook a planner can sum and filter."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
import re
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import geo
from geo.base.messages import text
from geo.cli import handing_on
from geo.cli.assign import arguments
from geo.cli.main import main

ROWS = [
    ("甲", "0012", "1,200.5", "2020年1月5日", "10.12", "50.1"),
    ("乙", "0013", "300", "2020/12/31", "10.3", "50.1"),
    ("丙", "0014", "", "", "10.12", "50.1"),
    ("丁", "0015", "7", "2021-03-04", "", ""),
]


@pytest.fixture
def table(tmp_path, layers):
    path = tmp_path / "in.csv"
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("名称", "代码", "注册资本", "成立日期", "经度", "纬度"), *ROWS])
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def assign(table, name, *more):
    output = table.parent / name
    assert main(["assign", str(table), "-o", str(output), "--datum", "wgs84", *more]) == 0
    return output


@pytest.mark.parametrize("name", ["o.parquet", "o.geoparquet", "o.arrow"])
def test_numbers_and_dates_are_numbers_and_dates(table, name):
    path = assign(table, name)
    found = pq.read_table(path) if name != "o.arrow" else pa.ipc.open_file(path).read_all()
    assert found.column_names[:6] == ["名称", "代码", "注册资本", "成立日期", "经度", "纬度"]
    assert found["注册资本"].to_pylist() == [1200.5, 300.0, None, 7.0]
    assert found["成立日期"].to_pylist() == [dt.date(2020, 1, 5), dt.date(2020, 12, 31), None, dt.date(2021, 3, 4)]
    assert found["代码"].to_pylist() == ["0012", "0013", "0014", "0015"]
    assert found["名称"].to_pylist() == [row[0] for row in ROWS]


def test_a_text_file_keeps_every_cell_as_it_is(table):
    rows = list(csv.DictReader(io.StringIO(assign(table, "o.csv").read_bytes().decode("utf-8-sig"))))
    assert [tuple(row.values())[:6] for row in rows] == ROWS


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("zh", ["数据", "各区域行数", "列的含义", "读取说明"]),
        ("en", ["data", "rows by area", "columns", "how it was read"]),
    ],
)
def test_a_workbook_for_a_planner(table, language, names):
    book = openpyxl.load_workbook(assign(table, "o.xlsx", "--language", language))
    assert book.sheetnames == names
    sheet = book[names[0]]
    head = [cell.value for cell in sheet[1]]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:{sheet.cell(5, len(head)).coordinate}")
    amount = [sheet.cell(row, head.index("注册资本") + 1) for row in range(2, 6)]
    assert [cell.data_type for cell in amount] == ["n"] * 4
    assert sum(cell.value or 0 for cell in amount) == 1507.5
    assert sheet.cell(2, head.index("成立日期") + 1).is_date
    assert sheet.cell(2, head.index("district") + 1).value is not None
    counts = list(book[names[1]].values)
    assert sum(row[3] for row in counts[1:] if row[0] == counts[1][0]) == 3
    columns = {row[0]: row[1:] for row in list(book[names[2]].values)[1:]}
    assert list(columns) == head[-12:]
    assert text("data.tally.matched", language) in columns["join_status"][1]
    assert text("addresses.level.coordinates", language) in columns["located_by"][1]
    read = [row[0] for row in book[names[3]].values]
    assert text("assign.report.rows", language, rows=4, matched=3, outside=0, set_aside=1) in read
    assert read[-1].startswith(text("web.data_date", language, date="", version="")[:4])
    blank = sheet.cell(5, head.index("places") + 1)
    assert blank.value is None  # no empty text, which a spreadsheet counts as filled


def test_a_text_file_says_what_a_spreadsheet_would_do_to_its_codes(table, capsys):
    assign(table, "o.csv")
    assert text("assign.report.codes", "zh", columns="代码") in capsys.readouterr().err
    assign(table, "o.xlsx")
    assert text("assign.report.codes", "zh", columns="代码") not in capsys.readouterr().err


def test_counts(table):
    assign(table, "o.csv", "--counts", str(table.parent / "counts.parquet"))
    found = pq.read_table(table.parent / "counts.parquet").to_pylist()
    by_id = {row["area_id"]: row for row in found}
    assert (by_id["west"]["rows"], by_id["west"]["position"]) == (2, 1)
    assert by_id["east"]["rows"] == 1
    assert [row["rows"] for row in found[-2:]] == [0, 1]  # outside, set aside
    assert by_id["west"]["area"] != "west"
    schematic = [row for row in found if row["why_not"]]
    assert all(row["position"] is None for row in schematic)


def test_nothing_is_counted_that_nobody_reads(table, monkeypatch):
    """Of a million parcels it would take as long as to assign them."""
    asked = []
    counted = handing_on.area_counts
    monkeypatch.setattr(handing_on, "area_counts", lambda *given: asked.append(1) or counted(*given))
    assign(table, "out.csv")
    assert not asked
    assign(table, "out.xlsx")
    assign(table, "again.csv", "--counts", str(table.with_name("counts.csv")))
    assert len(asked) == 2


def test_counts_are_refused_where_they_cannot_be_written(table, capsys):
    refused = {"a.docx": "the ending of the output decides its format", "a.gpkg": "a.gpkg: this table has no points"}
    for name, words in refused.items():
        assert main(["assign", str(table), "-o", str(table.parent / "o.csv"), "--counts", name]) == 2
        assert words in capsys.readouterr().err
    assert not (table.parent / "o.csv").exists()


def test_areas_of_the_users_own(table, capsys):
    areas = table.parent / "areas.geojson"
    box = {
        "type": "Polygon",
        "coordinates": [[[10.1, 50.05], [10.15, 50.05], [10.15, 50.15], [10.1, 50.15], [10.1, 50.05]]],
    }
    feature = {"type": "Feature", "properties": {"code": "s1", "名称": "南片"}, "geometry": box}
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    counts = table.parent / "c.parquet"
    found = pq.read_table(assign(table, "o.parquet", "--areas", str(areas), "--counts", str(counts)))
    assert found["place_ids"].to_pylist() == [["s1"], [], ["s1"], []]
    assert text("assign.areas.datum", "zh", name="areas.geojson") in capsys.readouterr().err
    assign(table, "q.parquet", "--areas", str(areas), "--areas-datum", "wgs84")
    assert "--areas-datum" not in capsys.readouterr().err
    assert main(["assign", str(table), "-o", str(table.parent / "p.csv"), "--areas-datum", "gcj02"]) == 2
    assert "are for a file of areas" in capsys.readouterr().err
    assert found["places"].to_pylist()[0] == ["南片"]
    assert found["district_id"].null_count == 4
    first = pq.read_table(counts).to_pylist()[0]
    assert (first["area"], first["rows"]) == ("南片", 2)
    assert main(["assign", str(table), "-o", str(table.parent / "p.csv"), "--areas", "none.gpkg"]) == 2
    assert "there is no such file, and it is none of all, layout" in capsys.readouterr().err


def test_what_a_message_says_to_pass_is_an_option_of_the_command():
    parser = argparse.ArgumentParser()
    arguments(parser)
    options = {
        name.removeprefix("--").replace("-", "_") for action in parser._actions for name in action.option_strings
    }
    folder = Path(geo.__file__).parent
    texts = [path.read_text("utf-8") for path in (*(folder / "tables").glob("*.py"), folder / "data" / "messages.csv")]
    told = {name for text in texts for name in re.findall(r"(?:pass|and|or) ([a-z_]+)=(?![=\"']*\w*\))", text)}
    assert told >= {"crs", "lon", "sheet"}
    assert told <= options


@pytest.mark.parametrize("verb", ["assign", "geocode"])
def test_numbers_beside_words_are_numbers_in_a_workbook(table, verb):
    """A sum has them, as in the workbook that was given; codes, and what is no plain number, stay text."""
    path, out = table.parent / "w.xlsx", table.parent / "o.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["名称", "地址", "lon", "lat", "资本", "代号", "places"])
    for n in range(8):
        money, code = "8.5万" if n == 3 else 100 + n, f"00{n}" if n else "甲"
        book.active.append([f"甲{n}", "x", 10.12, 50.1, money, code, n or "?"])
    book.save(path)
    options = ["--datum", "wgs84"] if verb == "assign" else []
    assert main([verb, str(path), "-o", str(out), *options]) == 0
    head, *rows = openpyxl.load_workbook(out).worksheets[0].values
    assert [row[head.index("资本")] for row in rows] == [100, 101, 102, "8.5万", 104, 105, 106, 107]
    assert [row[head.index("代号")] for row in rows] == ["甲", *(f"00{n}" for n in range(1, 8))]
    assert [row[head.index("places_input")] for row in rows] == ["?", *range(1, 8)]
