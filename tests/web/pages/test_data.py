from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import streamlit as st
from page_driver import Shown

from geo.analysis.user_data.own_table import OwnTable
from geo.analysis.user_data.user_table import Joined, UserTable
from geo.assign.join import COLUMNS, Tally
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.base.told import told
from geo.errors import DataError
from geo.tables import DatumEvidence, Points
from geo.tables.reasons import MISSING, OK
from geo.web.pages import data
from geo.web.pages.blocks import user_table


def held(atlas: Atlas) -> dict[str, object]:
    """What a session holds of a joined table of three rows: two in one district, one set aside."""
    district = str(atlas.districts.index[0])
    evidence = DatumEvidence(None, "", 0.0, "none", 3, 0, 0, {}, (), "no_names")
    reason = np.array([OK, OK, MISSING], np.uint8)
    points = Points(np.array([121.5, 121.5, np.nan]), np.array([31.2, 31.2, np.nan]), reason)
    user = UserTable(
        "mine.csv",
        pa.table({"capital": ["10", "20", None]}),
        points,
        {},
        {"zh": ["读了"], "en": ["read"]},
        {},
        evidence,
    )
    cells = {
        "lon_wgs84": [121.5, 121.5, None], "lat_wgs84": [31.2, 31.2, None], "district_id": [district, district, None],
        "township_id": [None] * 3, "place_ids": [["zhangjiang"], [], []],
        "join_status": ["matched", "matched", "set_aside"], "join_note": [None] * 3,
    }  # fmt: skip
    table = user.table
    for name, kind in COLUMNS.items():
        table = table.append_column(name, pa.array(cells.get(name, [None] * 3), kind))
    joined = Joined(table, Tally(3, 2, 0, 1), "gcj02")
    own = OwnTable(joined, user.name, evidence)
    return {"key": ("f", (), ""), "user": user, "own": own, "datum": ("gcj02", "en"), "points": _points(joined)}


def _points(joined: Joined) -> object:
    from geo.web.server.user_points import publish

    return publish(*joined.points)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_file_the_page_says_what_becomes_of_one(language: str) -> None:
    shown = Shown("data", {"lang": language})
    assert text("data.privacy", language) in shown.text("div.geo-note")
    assert not shown.all("div.geo-tally")


def test_a_held_table_is_counted_by_district_and_place(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(st, "download_button", lambda *_, data, file_name, **__: files.update({file_name: data}))
    shown = Shown("data", {"lang": "en"}, {"user_table": held(atlas)})
    assert [cell.text_content() for cell in shown.all("div.geo-tally b")] == ["3", "2", "0", "1", "0"]
    assert shown.all("table.geo-table strong")[0].text_content() == "2"
    assert str(atlas.districts["name_en"].iloc[0]) in shown.text("table.geo-table th")
    shown.app.selectbox(key="user_how").set_value("sum")
    shown.run()
    shown.app.selectbox(key="user_column").set_value("capital")
    shown.run()
    assert shown.all("table.geo-table strong")[0].text_content() == "30"
    assert "No value (not zero)" in shown.text("p.geo-unknown")
    (first, *rest) = csv.DictReader(io.StringIO(files["measure.csv"]().decode("utf-8-sig")))  # written when asked for
    held_by = str(atlas.districts.index[0])
    assert first["area_id"] == held_by
    assert first["name_zh"] == atlas.name(held_by, "zh")
    assert [value for name, value in first.items() if name.startswith("Sum")] == ["30"]
    assert first["position"] == "1"
    assert {row["position"] for row in rest} == {""}
    assert files["mine_map.pdf"]().startswith(b"%PDF")
    assert {"mine_map.png", "mine_map.svg", "mine_joined.xlsx"} <= set(files)
    drawn = files["mine_map.svg"]().decode()  # in the colours of the measure on the page
    assert text("data.user", "en") in drawn
    assert "capital" in drawn


def test_which_row_holds_the_names_may_be_said_and_all_sheets_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    class File(io.BytesIO):
        file_id, name = "f", "a.xlsx"

    def read(*_: Any, **options: Any) -> UserTable:
        asked.append(options)
        raise told(DataError, "refused.is.pdf", name="a.xlsx")

    monkeypatch.setattr(st, "file_uploader", lambda *_, **__: File())
    monkeypatch.setattr(data, "read", read)
    shown = Shown("data", {"lang": "zh"})
    assert shown.app.expander[0].proto.expanded  # what can be said lies open where a file is refused
    shown.app.number_input(key="user_header_f").set_value(0)
    shown.app.text_input(key="user_sheet_f").set_value("*")
    shown.run()
    assert asked == [{}, {"sheet": "*", "header": 0}]


def test_totals_are_told_beside_the_counts(atlas: Atlas) -> None:
    session = held(atlas)
    own: Any = session["own"]
    at, notes = own.joined.table.column_names.index("join_note"), [None, None, text("tables.reason.total", "en")]
    table = own.joined.table.set_column(at, "join_note", pa.array(notes, pa.string()))
    session["own"] = replace(own, joined=replace(own.joined, table=table))
    shown = Shown("data", {"lang": "en"}, {"user_table": session})
    assert "1 row: looks like a row of totals" in shown.text("p.geo-meta")


def test_points_are_coloured_by_the_column_chosen_and_stay_so_on_the_map_page(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = held(atlas)
    shown = Shown("data", {"lang": "en"}, {"user_table": table})
    points = table["points"]
    assert points.classes_url() == ""
    assert shown.app.selectbox(key="points_colour").options == ["One colour", "capital"]
    shown.app.selectbox(key="points_colour").set_value("capital")
    shown.run()
    assert points.part("classes") == (bytes([0, 1]), "application/octet-stream")
    second = f"{points.rows_url().rpartition('/')[2]}1"
    name, cells = json.loads(points.part(second)[0]).values()
    assert [name, cells] == ["20", []]
    told = user_table_state(table, Selection(language="zh"))
    assert told["points_title"] == "你的数据 · capital"
    assert [one["label"] for one in told["points"][0]["list"]] == ["10（1）", "20（1）"]
    # What is handed on is coloured as the map is.
    monkeypatch.setitem(st.session_state, "user_table", table)
    handed = user_table.own(atlas, "en")
    assert handed is not None
    assert handed.points_style is not None
    assert (handed.points_style.column, handed.points_style.of.tolist()) == ("capital", [0, 1])
    monkeypatch.delitem(st.session_state, "user_table")
    shown.app.selectbox(key="points_colour").set_value("")
    shown.run()
    assert points.classes_url() == ""


def user_table_state(table: dict[str, object], selection: Selection) -> dict[str, Any]:
    """What the map of another page is told of the table."""
    st.session_state["user_table"] = table
    try:
        return user_table.points(selection)
    finally:
        del st.session_state["user_table"]
