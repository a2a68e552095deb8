"""Columns of districts, told by their cells; what a row states of itself."""

from __future__ import annotations

import io

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely

from geo.tables import open_table
from geo.tables.areas import Areas
from geo.tables.place_columns import find_place_columns, stated_districts

NAMES = ["甲东区", "甲西区"]
DISTRICTS = gpd.GeoDataFrame(
    {"name_zh": NAMES, "code": ["990101", "990102"]},
    geometry=[shapely.box(116, 39, 116.5, 40), shapely.box(116.5, 39, 117, 40)],
    crs=4326,
)


def found(head: str, *rows: str):
    text = "\n".join([f"{head},lng,lat", *(f"{row},116.4,39.9" for row in rows)])
    with open_table(io.BytesIO(text.encode()), name="a.csv") as table:
        return find_place_columns(table, table.sample(100), Areas.of(DISTRICTS), None)


@pytest.mark.parametrize(
    "cells", [("甲东区", "甲西区"), ("甲东", "甲西"), ("某市甲东区", "甲西区"), ("990101", "990102003")]
)
@pytest.mark.parametrize("name", ["adname", "area", "地区", "dist", "X3"])
def test_districts_by_their_cells(name: str, cells: tuple[str, str]) -> None:
    assert found(f"{name},地址", f"{cells[0]},某路1号", f"{cells[1]},某路2号").districts == [name]


def test_what_is_no_district() -> None:
    columns = found("地址,面积,名称", "甲东区某路1号,100001,甲东区某某公司的分公司之一", "某路2号,100002,另一个公司")
    assert (columns.districts, columns.texts) == ([], ["地址"])


def test_what_rows_state() -> None:
    of = stated_districts(Areas.of(DISTRICTS), ["d1", "d2"], "区")
    cells = ["甲东区", "某市甲西区", None, "乙区", "990102", "甲东区甲西区"]
    assert of(pa.record_batch({"区": cells})).to_pylist() == ["d1", "d2", None, None, "d2", None]
