"""Traditional characters: every one of the table is one that simplified names do not have."""

from __future__ import annotations

import json
from pathlib import Path

from geo.base.traditional import simplified, traditional_table

LAYERS = Path(__file__).parents[2] / "layers"


def test_names_are_written_in_one_way() -> None:
    assert simplified("上海市浦東新區張江鎮靜安寺楊樹浦路８號") == "上海市浦东新区张江镇静安寺杨树浦路８号"
    assert simplified("台北") == simplified("臺北")
    assert simplified("plain") == "plain"


def test_the_table_goes_one_way_and_in_one_step() -> None:
    table = traditional_table()
    assert len(table) > 400
    assert not {ord(simple) for simple in table.values()} & table.keys()
    assert all(len(simple) == 1 for simple in table.values())


def test_no_name_of_the_layers_changes() -> None:
    for name in ("districts", "townships", "metro_stations"):
        features = json.loads((LAYERS / "basemap" / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
        names = [feature["properties"]["name_zh"] for feature in features]
        assert [simplified(one) for one in names] == names
