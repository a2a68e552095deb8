"""A report of one's own table: counts worked out a second way, all places and districts, nothing of the rows."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.analysis.compare import level_of
from geo.analysis.user_data.own_counts import own_counts, own_words
from geo.analysis.user_data.own_table import OwnTable, own_table
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import UsageError
from geo.render.report.context import Context
from geo.render.report.own import own_part

SECRET = "secret-company"


@pytest.fixture(scope="module")
def frame(atlas: Atlas) -> pd.DataFrame:
    """A row in every place, some in districts, one in the sea, two nowhere."""
    spots = [*atlas.layout.geometry.representative_point(), *atlas.districts.geometry.representative_point()]
    lon, lat = [*(one.x for one in spots), 125.0, np.nan, np.nan], [*(one.y for one in spots), 31.0, np.nan, np.nan]
    return pd.DataFrame({"firm": SECRET, "lon": np.round(lon, 6), "lat": np.round(lat, 6)})


@pytest.fixture(scope="module")
def path(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "firms.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def own(path: Path, atlas: Atlas) -> OwnTable:
    return own_table(path, atlas, datum="wgs84", language="en")


def test_every_place_and_district_is_counted_as_shapely_counts_it(
    own: OwnTable, frame: pd.DataFrame, atlas: Atlas
) -> None:
    view = atlas.select(kinds=("node", "zone", "belt"), language="en")
    points = shapely.points(frame["lon"].dropna(), frame["lat"].dropna())
    place, district = own_counts(own, view)[:2]
    shown = [one for one in view if level_of(atlas, one) == "layout"]
    for level, areas in ((place, shown), (district, list(atlas.districts.index))):
        counted = {one.area_id: one.rows for one in (*level.rows, *level.none, *level.unclear)}
        assert counted == {area: int(shapely.covers(atlas.places.geometry[area], points).sum()) for area in areas}
        ranked = [one for one in level.rows if one.position]
        assert [one.rows for one in ranked] == sorted((one.rows for one in ranked), reverse=True)
        assert not any(one.rows for one in (*level.none, *level.unclear))
    schematic = {one for one in shown if atlas.place_rows[one]["method"] == "schematic"}
    assert schematic
    assert {one.area_id for one in (*place.rows, *place.unclear) if one.position is None} == schematic
    assert all(one.why for one in place.rows if one.position is None)
    inside = shapely.covers(shapely.union_all(atlas.places.geometry[shown].to_numpy()), points).sum()
    assert text("report.own.total.place", "en", count=int(inside)) == place.total


def test_how_it_was_read_is_said_and_unknown_is_not_zero(own: OwnTable, frame: pd.DataFrame) -> None:
    said = own_words(own, "en")
    assert said[0].startswith(f"firms.csv: rows {len(frame)} = matched {len(frame) - 3} + outside 1 + set aside 2")
    assert text("report.own.set_aside", "en", count=2) in said
    assert text("assign.report.datum", "en", datum=text("data.datum.wgs84", "en")) in said
    assert len(own.points) == len(frame) - 2


def test_the_part_of_the_report_has_counts_and_no_row(own: OwnTable, path: Path, atlas: Atlas) -> None:
    view = atlas.select(kinds=("node",), language="en")
    part = own_part(Context(view), own)
    assert SECRET not in part
    assert part == own_part(Context(view), own_table(path, atlas, datum="wgs84", language="en"))
    tree = lxml.html.fromstring(f"<div>{part}</div>")
    found = own_counts(own, view)
    for table, level in zip(tree.xpath(".//table"), found, strict=True):
        rows = table.xpath("./tbody/tr[td]")
        assert [row.xpath("string(./td[last()])") for row in rows] == [str(one.rows) for one in level.rows]
        assert all(one.name in row.text_content() for row, one in zip(rows, level.rows, strict=True))
    assert [one.text for one in tree.xpath(".//h3")] == ["By place", "By district"]  # too many townships to list


def test_a_frame_counts_as_its_file_does(own: OwnTable, frame: pd.DataFrame, atlas: Atlas) -> None:
    view = atlas.select(kinds=("node",), language="en")
    joined = frame.rename(columns={"lon": "lon_wgs84", "lat": "lat_wgs84"})
    assert own_counts(own_table(joined, atlas, language="en"), view) == own_counts(own, view)
    few = own_counts(own_table(joined.iloc[:3], atlas, language="en"), view)
    assert [one.level for one in few] == ["place", "district", "township"]
    assert sum(one.rows for one in few[2].rows) == 3


def test_what_is_no_table_of_points_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"t\.csv"):
        own_table(path, atlas)
    path.write_text("lon,lat\n121.5,31.2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="which coordinates these are"):
        own_table(path, atlas)
    with pytest.raises(UsageError, match="datum 'itrf' is not known"):
        own_table(path, atlas, datum="itrf")
    assert own_table(path, atlas, datum="GCJ-02").joined.datum == "gcj02"
    frame = pd.DataFrame({"lon_wgs84": [121.5], "lat_wgs84": [31.2]})
    with pytest.raises(UsageError, match="does not apply to a frame"):
        own_table(frame, atlas, datum="gcj02")


def test_rows_without_coordinates_are_located_by_their_address(atlas: Atlas, tmp_path: Path) -> None:
    road = atlas.institutions["address"].dropna().iloc[0]
    path = tmp_path / "addresses.csv"
    path.write_text(f"名称,地址\n甲,{road}\n乙,{road}\n丙,无\n合计,\n", encoding="utf-8")
    own = own_table(path, atlas, language="zh")
    with pytest.raises(UsageError, match="have addresses and no coordinates"):
        own_table(path, atlas, datum="gcj02")
    said = own_words(own, "zh")
    (line,) = (one for one in said if "按地址定位" in one)
    level, metres = (own.joined.table[name][0].as_py() for name in ("located_by", "accuracy_m"))
    levels = f"{text(f'addresses.level.{level}', 'zh')} 2"
    assert line == text("report.own.by_address", "zh", count=2, levels=levels, metres=f"{metres:,.0f}")
    assert any(text("tables.reason.total", "zh") in one for one in said)
    assert text("report.own.set_aside", "zh", count=2) in said
    assert not any("WGS 84" in one for one in said)  # no coordinates, no datum
    assert len(own.points) == 2
