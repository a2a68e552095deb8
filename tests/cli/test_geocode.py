"""``geo geocode`` and ``geo gazetteer``: a table in, the same rows out with spots; what is learned is found again."""

from __future__ import annotations

import csv
import io
import json
import socket
from pathlib import Path

import numpy as np
import openpyxl
import osm_extract
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from thorough import THOROUGH

import geo
from geo.analysis.user_data.geocoding import atlas_geocoder
from geo.assign.join import COLUMNS
from geo.atlas import Atlas
from geo.cli.main import main
from geo.crs import from_wgs84

ROWS = [
    ("甲公司", "上海市黄浦区南京东路635号", "12.50"),
    ("乙公司", "", "=1+1"),
    ("丙公司", "上海市闵行区某某不知名路9号", "7"),
    ("丁公司", "静安区南京西路1686号３楼", ""),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "companies.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("名称", "注册地址", "营收"), *ROWS])
    return path


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.mark.usefixtures("parsed_once")
def test_every_row_once_in_order_with_the_contract_behind_its_own_columns(table: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out.csv"
    assert main(["geocode", str(table), "-o", str(out), "--report", str(tmp_path / "r.json")]) == 0
    rows = read(out)
    assert list(rows[0]) == ["名称", "注册地址", "营收", *COLUMNS]
    assert [row["名称"] for row in rows] == [row[0] for row in ROWS]
    assert [row["located_by"] for row in rows] == ["house_number", "none", "district", "house_number"]
    assert [row["join_status"] for row in rows] == ["matched", "set_aside", "matched", "matched"]
    assert (rows[0]["district"], rows[0]["township"]) == ("黄浦区", "南京东路街道")
    assert rows[1]["lon_wgs84"] == rows[1]["accuracy_m"] == ""
    assert rows[1]["join_note"] == "没有地址"
    assert "某某不知名路" in rows[2]["join_note"]
    assert rows[1]["营收"] == "'=1+1"
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert told["located"] == {
        "rows": 4,
        "located_by": {"district": 1, "house_number": 2, "none": 1},
        "status": {"matched": 3, "set_aside": 1},
        "no_data": {},
        "perhaps_in_a_place": told["located"]["perhaps_in_a_place"],
        "accuracy_within_m": {
            str(limit): sum(row["accuracy_m"] != "" and float(row["accuracy_m"]) <= limit for row in rows)
            for limit in (200, 1000, 5000)
        },
    }
    said = capsys.readouterr().err
    assert "注册地址" in said
    assert "门牌 2" in said
    assert "200 米以内 2 行" in said


@pytest.mark.usefixtures("parsed_once")
def test_other_formats_and_languages(table: Path, tmp_path: Path) -> None:
    assert main(["geocode", str(table), "-o", str(tmp_path / "o.parquet"), "--language", "en"]) == 0
    found = pq.read_table(tmp_path / "o.parquet")
    assert {name: found.schema.field(name).type for name in COLUMNS} == COLUMNS
    assert found["district"][0].as_py() == "Huangpu District"
    assert found["join_note"][1].as_py() == "no address"
    assert main(["geocode", str(table), "-o", str(tmp_path / "o.xlsx")]) == 0
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
    assert sheet.max_row == 5
    assert isinstance(sheet.cell(2, 4).value, float)


def test_no_request_is_made(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    atlas_geocoder.cache_clear()  # what it reads is read again
    assert main(["geocode", str(table), "-o", str(tmp_path / "o.csv")]) == 0


@pytest.mark.usefixtures("parsed_once")
def test_what_cannot_be_done_is_told(table: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "o.csv")
    assert main(["geocode", str(table), "-o", out, "--address", "住址"]) == 2
    assert "住址" in capsys.readouterr().err
    plain = tmp_path / "plain.csv"
    plain.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["geocode", str(plain), "-o", out]) == 2
    assert "no column looks like addresses" in capsys.readouterr().err
    assert main(["geocode", str(table), "-o", out, "--gazetteer", str(tmp_path / "none.gpkg")]) == 2
    assert "geo gazetteer" in capsys.readouterr().err
    (tmp_path / "false.gpkg").write_bytes(b"no database")
    assert main(["geocode", str(table), "-o", out, "--gazetteer", str(tmp_path / "false.gpkg")]) == 2
    assert "is no gazetteer" in capsys.readouterr().err
    assert main(["geocode", str(table), "-o", str(table)]) == 2
    assert not (tmp_path / "o.csv").exists()
    assert main(["gazetteer", str(tmp_path / "g.gpkg")]) == 2
    assert main(["gazetteer", str(tmp_path / "g.csv"), "--points", str(table)]) == 2


def learnable(atlas: Atlas, seed: int = 4) -> pd.DataFrame:
    """Made-up roads in one district, whose numbers rise by two metres; every second address is kept to be asked."""
    chance = np.random.default_rng(seed)
    middle = atlas.districts.geometry.loc["district_310118"].representative_point()
    rows = []
    for road in range(40):
        x, y = chance.uniform(-0.015, 0.015, 2)
        name = f"新学{'甲乙丙丁戊己庚辛壬癸'[road % 10]}{'东西南北'[road // 10]}路"
        for number in chance.choice(np.arange(1, 400), 60, replace=False):
            lon = middle.x + x + number * 2.1e-5
            side = 2e-4 if number % 2 else -2e-4
            rows.append((f"上海市青浦区{name}{number}号", lon, middle.y + y + side))
    return pd.DataFrame(rows, columns=["地址", "经度", "纬度"]).sample(frac=1, random_state=1, ignore_index=True)


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.parametrize("datum", ["gcj02", "wgs84"] if THOROUGH else ["gcj02"])
def test_what_is_learned_is_found_and_its_accuracy_is_honest(atlas: Atlas, tmp_path: Path, datum: str) -> None:
    frame = learnable(atlas)
    known, asked = frame.iloc[::2].copy(), frame.iloc[1::2].reset_index(drop=True)
    known["经度"], known["纬度"] = from_wgs84(known["经度"].to_numpy(), known["纬度"].to_numpy(), datum)
    known.to_csv(tmp_path / "known.csv", index=False)
    gazetteer = tmp_path / "mine.gpkg"
    assert main(["gazetteer", str(gazetteer), "--points", str(tmp_path / "known.csv"), "--datum", datum]) == 0
    before = geo.geocode(asked[["地址"]], atlas=atlas)
    assert set(before["located_by"]) == {"district"}
    found = geo.geocode(asked[["地址"]], gazetteer=gazetteer, atlas=atlas)
    assert (found["located_by"] == "house_number").mean() > 0.95
    off = np.hypot((found["lon_wgs84"] - asked["经度"]) * 95_500, (found["lat_wgs84"] - asked["纬度"]) * 111_000)
    assert off.median() < 25
    assert (off <= found["accuracy_m"]).mean() >= 0.9
    assert found["accuracy_m"].median() <= max(3 * off.median(), 30)
    assert set(pyogrio.list_layers(gazetteer)[:, 0]) == {"roads", "house_numbers", "points", "accuracy", "about"}
    assert main(["gazetteer", str(gazetteer), "--points", str(tmp_path / "known.csv")]) == 2  # it is there already


@pytest.mark.usefixtures("parsed_once")
def test_assign_locates_by_address_what_has_no_coordinates(table: Path, tmp_path: Path, capsys) -> None:
    out, counts = tmp_path / "joined.csv", tmp_path / "counts.csv"
    assert main(["assign", str(table), "-o", str(out), "--counts", str(counts)]) == 0
    located = tmp_path / "located.csv"
    assert main(["geocode", str(table), "-o", str(located)]) == 0
    joined = read(out)
    assert [{name: row[name] for name in COLUMNS if name != "join_note"} for row in joined] == [
        {name: row[name] for name in COLUMNS if name != "join_note"} for row in read(located)
    ]
    assert "matched" in counts.read_text(encoding="utf-8-sig") or "黄浦区" in counts.read_text(encoding="utf-8-sig")
    said = capsys.readouterr().err
    assert "搁置 1" in said
    assert main(["assign", str(table), "-o", str(out), "--overwrite", "--set-aside", str(tmp_path / "a.csv")]) == 2


@pytest.mark.usefixtures("parsed_once")
def test_columns_of_addresses_that_are_not_used_are_named(tmp_path: Path, capsys) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("名称,通讯地址,注册地址\n甲,不详,北京东路2号\n乙,不详,北京东路3号\n", encoding="utf-8")
    assert main(["geocode", str(path), "-o", str(tmp_path / "o.csv"), "--language", "en"]) == 0
    said = capsys.readouterr().err
    assert "by the columns: 注册地址" in said
    assert "other columns of addresses, not used: 通讯地址" in said
    assert main(["geocode", str(path), "-o", str(tmp_path / "p.csv"), "--language", "en", "--address", "注册地址"]) == 0
    assert "not used" not in capsys.readouterr().err


@pytest.mark.usefixtures("parsed_once")
def test_a_column_of_districts_is_found_by_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("地址,归口\n某某新路1号,青浦\n另一新路2号,青浦\n", encoding="utf-8")
    assert main(["geocode", str(path), "-o", str(tmp_path / "o.csv")]) == 0
    assert [row["district"] for row in read(tmp_path / "o.csv")] == ["青浦区", "青浦区"]


def test_an_extract_makes_a_gazetteer(tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """In the tiny city, which has neither roads nor house numbers of its own."""
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    number = {"addr:street": "小路", "addr:housenumber": "12", "name": "小屋楼", "building": "yes"}
    monkeypatch.setitem(osm_extract.NODE_TAGS, 20, number)
    extract = osm_extract.write(tmp_path / "small.osm")
    path = tmp_path / "rows.csv"
    path.write_text("地址\n西区小路12号\n小路\n小屋楼\n西区大路3号\n", encoding="utf-8")
    assert main(["gazetteer", str(tmp_path / "g.gpkg"), "--osm", str(extract)]) == 0
    assert "g.gpkg" in capsys.readouterr().err
    assert main(["geocode", str(path), "-o", str(tmp_path / "o.csv"), "--gazetteer", str(tmp_path / "g.gpkg")]) == 0
    rows = read(tmp_path / "o.csv")
    assert [row["located_by"] for row in rows] == ["house_number", "road", "poi", "district"]
    assert (float(rows[0]["lon_wgs84"]), float(rows[0]["lat_wgs84"])) == (pytest.approx(10.05), pytest.approx(50.1))


@pytest.mark.usefixtures("parsed_once")
def test_what_is_handed_on_is_as_of_assign(tmp_path: Path, capsys) -> None:
    """Numbers as numbers, dates as dates, codes as text; the sheets behind say how many rows and how they were read."""
    path, out = tmp_path / "firms.csv", tmp_path / "out.xlsx"
    rows = [("甲", "上海市黄浦区南京东路635号", "1,200", "2020年1月5日", "021"), ("合计", "", "1,200", "", "")]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("名称", "地址", "资本", "成立", "区号代码"), *rows])
    assert main(["geocode", str(path), "-o", str(out)]) == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["数据", "各区域行数", "列的含义", "读取说明"]
    first = [cell.value for cell in book["数据"][2]]
    assert first[2] == 1200
    assert first[3].year == 2020
    assert first[4] == "021"
    counts = {row[1]: row[3] for row in list(book["各区域行数"].values)[1:] if row[1]}
    assert counts["district_310101"] == 1
    read = [str(row[0]) for row in book["读取说明"].values]
    assert any("求和前请先筛去" in line for line in read)
    said = capsys.readouterr().err
    assert "firms.csv" in said
    assert "请用 lon" not in said  # it is located by address: nothing is asked
