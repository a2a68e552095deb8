"""Rows of a join without coordinates are located by their address; no others change, and all are counted."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest

from geo.analysis.user_data import address_fallback
from geo.analysis.user_data.address_fallback import AddressFallback, NoPoints, fallback
from geo.analysis.user_data.geocoded import WholeTable
from geo.analysis.user_data.user_table import join, read_user_table
from geo.assign.join import COLUMNS, Joiner
from geo.assign.stream import stream
from geo.atlas import Atlas
from geo.base.messages import text
from geo.cli.main import main
from geo.tables import open_table

ROWS = [
    ("甲", "上海市黄浦区南京东路635号", 121.60, 31.20),
    ("乙", "上海市黄浦区南京东路635号", None, None),
    ("丙", "某地", None, None),
    ("丁", None, 121.60, 31.20),
    ("戊", "浦东新区张江人工智能岛", None, None),
]
ROLES = [{"name": "名称", "role": ""}, {"name": "地址", "role": "address"}]


def batch() -> pa.RecordBatch:
    names, addresses, _, _ = zip(*ROWS, strict=True)
    return pa.RecordBatch.from_pydict({"名称": list(names), "地址": list(addresses)})


def whole(roles: list[dict[str, str]] = ROLES) -> WholeTable:
    return WholeTable("firms", pa.Table.from_batches([batch()]), roles)


class Given:
    """The points of `ROWS`."""

    def __init__(self) -> None:
        nan = float("nan")
        self.lon, self.lat = ([nan if row[at] is None else row[at] for row in ROWS] for at in (2, 3))
        self.set_aside = [row[2] is None for row in ROWS]

    def notes(self, language: str) -> pa.Array:
        return pa.array(["缺失" if aside else None for aside in self.set_aside])


@pytest.mark.parametrize("areas", ["all", "districts", "layout"])
def test_only_rows_without_coordinates_are_located_by_address(atlas: Atlas, areas: str) -> None:
    import numpy as np

    joiner = Joiner.from_atlas(atlas, areas)
    given, fill = Given(), fallback(whole(), atlas, joiner)
    given.lon, given.lat = np.array(given.lon), np.array(given.lat)
    given.set_aside = np.array(given.set_aside)
    assert isinstance(fill, AddressFallback)
    written: list[pa.RecordBatch] = []
    tally = stream([batch()], batch().schema, lambda _: given, joiner, written.append, None, fill)
    found = written[0].to_pydict()
    assert found["located_by"] == ["coordinates", "house_number", "none", "coordinates", "poi"]
    assert found["join_status"][2] == "set_aside"
    assert [one is None for one in found["lon_wgs84"]] == [False, False, True, False, False]
    assert found["accuracy_m"][0] is None
    assert found["accuracy_m"][1] >= 30
    expected = "district_310101" if areas != "layout" else None
    assert found["district_id"][1] == expected
    assert found["district"][1] == (expected and "黄浦区")
    assert ("zhangjiang_ai_island" in (found["place_ids"][4] or [])) is (areas != "districts")
    assert found["join_note"][2].startswith("缺失")
    assert (tally.rows, tally.set_aside, fill.located) == (5, 1, 2)
    if areas == "all":
        assert tally.districts == {"district_310115": 3, "district_310101": 1}
        assert tally.places["zhangjiang_ai_island"] == 1


def test_a_table_with_addresses_alone(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    lines = ["名称,注册地址,营收", *(f"{row[0]},{row[1] or ''},1" for row in ROWS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    user = read_user_table(path, "firms.csv", atlas)
    assert user.by_address
    assert user.question
    joined = join(user, "wgs84", atlas, "en")
    assert joined.table.column_names == ["名称", "注册地址", "营收", *COLUMNS]
    assert joined.table["located_by"].to_pylist() == ["house_number", "house_number", "none", "none", "poi"]
    assert joined.table["district"][0].as_py() == "Huangpu District"
    assert joined.tally.rows == 5
    assert joined.tally.set_aside == 2
    lon, _ = joined.points
    assert (lon[:2] > 121).all()


def test_of_two_columns_of_addresses_the_page_takes_the_one_that_the_command_line_takes(
    atlas: Atlas, tmp_path: Path
) -> None:
    path = tmp_path / "firms.csv"
    lines = ["名称,通讯地址,注册地址", *(f"{row[0]},见附件,{row[1] or ''}" for row in ROWS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    located = join(read_user_table(path, "firms.csv", atlas), "wgs84", atlas, "en").table["located_by"].to_pylist()
    assert located == ["house_number", "house_number", "none", "none", "poi"]
    assert main(["assign", str(path), "-o", str(tmp_path / "out.csv")]) == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        assert [row["located_by"] for row in csv.DictReader(file)] == located


@pytest.mark.parametrize("cell", ["", "0"])
def test_columns_of_coordinates_that_are_still_to_be_filled_in(atlas: Atlas, tmp_path: Path, cell: str) -> None:
    path = tmp_path / "firms.csv"
    lines = ["名称,注册地址,经度,纬度", *(f"{row[0]},{row[1] or ''},{cell},{cell}" for row in ROWS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    user = read_user_table(path, "firms.csv", atlas)
    assert user.by_address
    assert not user.question
    joined = join(user, "wgs84", atlas, "en")
    assert joined.table["located_by"].to_pylist() == ["house_number", "house_number", "none", "none", "poi"]
    assert joined.tally.set_aside == 2


def test_without_addresses_there_is_nothing_to_fall_back_on(atlas: Atlas, tmp_path: Path) -> None:
    assert fallback(whole(ROLES[:1]), atlas, Joiner.from_atlas(atlas)) is None
    path = tmp_path / "plain.csv"
    path.write_text("名称,数\n甲,1\n乙,2\n", encoding="utf-8")
    assert not read_user_table(path, "plain.csv", atlas).by_address
    assert NoPoints(3).set_aside.tolist() == [True] * 3


def test_the_geocoder_is_made_for_the_first_row_in_want_of_it(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as to start the program, and most tables with addresses have coordinates in every row."""
    made: list[int] = []

    def geocoder(one: Atlas) -> object:
        made.append(1)
        return real(one)

    real = address_fallback.atlas_geocoder
    monkeypatch.setattr(address_fallback, "atlas_geocoder", geocoder)
    joiner = Joiner.from_atlas(atlas)
    for rows, expected in ((["121.60,31.20"], 0), (["121.60,31.20", ","], 1)):
        text = "地址,lon,lat\n" + "".join(f"上海市黄浦区南京东路635号,{row}\n" for row in rows)
        with open_table(io.BytesIO(text.encode()), name="a.csv") as table:
            fill, written = fallback(table, atlas, joiner), []
            stream(table.batches(), table.schema, table.points, joiner, written.append, None, fill)
        assert fill is not None
        assert (fill.located, len(made)) == (expected, expected)
        assert written[0]["located_by"].to_pylist() == ["coordinates", "house_number"][: len(rows)]


ODD = """名称,区,注册地址,营收
甲,黄浦区,上海市黄浦区南京东路635号,5
乙,黄浦区,上海市黄浦区南京东路635号,2楼,6
黄浦区小计,黄浦区,,11
合计,,,11
"""


def test_totals_of_a_district_are_no_firm_in_it_and_rows_that_do_not_fit_keep_their_text(
    atlas: Atlas, tmp_path: Path
) -> None:
    path, out = tmp_path / "firms.csv", tmp_path / "out.csv"
    path.write_text(ODD, encoding="utf-8")
    page = join(read_user_table(path, "firms.csv", atlas), "wgs84", atlas, "zh").table
    for verb in ("assign", "geocode"):
        main(
            [verb, str(path), "-o", str(out), "--overwrite", "--report", str(tmp_path / f"{verb}.json"), "--overwrite"]
        )
        with out.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["join_status"] for row in rows] == ["matched", "set_aside", "set_aside", "set_aside"]
        assert "乙,黄浦区,上海市黄浦区南京东路635号,2楼,6" in rows[1]["join_note"]
        assert [row["join_note"] for row in rows[2:]] == [text("tables.reason.total", "zh")] * 2
        assert page["join_status"].to_pylist() == [row["join_status"] for row in rows]
    assert "2楼" in page["join_note"][1].as_py()
    assert page["join_note"].to_pylist()[2:] == [text("tables.reason.total", "zh")] * 2
    tally = json.loads((tmp_path / "geocode.json").read_text(encoding="utf-8"))["located"]
    assert tally["no_data"] == {"malformed": 1, "total": 2}


def test_unclear_coordinates_are_asked_of_though_there_are_addresses(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    rows = [f"{name},{address or ''},121.4{n},31.2,121.5{n},31.1\n" for n, (name, address, _, _) in enumerate(ROWS)]
    path.write_text("名称,地址,起点经度,起点纬度,终点经度,终点纬度\n" + "".join(rows), encoding="utf-8")
    assert main(["assign", str(path), "-o", str(tmp_path / "o.csv")]) == 2
    user = read_user_table(path, "trips.csv", atlas)
    assert not user.by_address
    assert "起点经度" in user.question["zh"]


def test_where_the_address_says_total_nothing_is_located(atlas: Atlas, tmp_path: Path) -> None:
    path, out = tmp_path / "d.csv", tmp_path / "o.csv"
    path.write_text("区,家数\n黄浦区,5\n徐汇区,7\n全市,12\n", encoding="utf-8")
    assert main(["geocode", str(path), "-o", str(out), "--address", "区"]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["district"] for row in rows] == ["黄浦区", "徐汇区", ""]
    assert rows[2]["join_note"] == text("tables.reason.total", "zh")
