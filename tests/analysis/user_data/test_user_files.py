"""What the page hands on: numbers as numbers, a workbook with counts and how it was read, a layer for GIS."""

from __future__ import annotations

import io

import geopandas as gpd
import openpyxl
import pytest

from geo.analysis.user_data.user_files import FILE_ENDINGS, user_file
from geo.analysis.user_data.user_table import join, read_user_table

CSV = "名称,资本,lon,lat\n甲,1200,10.12,50.1\n乙,800,10.3,50.1\n丙,,,\n"


@pytest.fixture(scope="module")
def user(tiny):
    return read_user_table(io.BytesIO(CSV.encode()), "in.csv", tiny)


def test_a_workbook_to_sum_with_its_counts_and_how_it_was_read(tiny, user):
    raw = user_file(join(user, "wgs84", tiny), user, tiny, ".xlsx", "zh")
    book = openpyxl.load_workbook(io.BytesIO(raw))
    data = list(book["数据"].values)
    assert [row[1] for row in data[1:]] == [1200, 800, None]
    counts = {row[1]: row[3] for row in list(book["各区域行数"].values)[1:] if row[1]}
    assert (counts["west"], counts["east"]) == (1, 1)
    assert "wgs84" in " ".join(str(row[0]) for row in book["读取说明"].values)


def test_every_format_that_is_offered_has_every_row(tiny, user, tmp_path):
    joined = join(user, "wgs84", tiny)
    for ending in FILE_ENDINGS:
        assert user_file(joined, user, tiny, ending, "en")
    path = tmp_path / "a.gpkg"
    path.write_bytes(user_file(joined, user, tiny, ".gpkg", "en"))
    frame = gpd.read_file(path, layer="rows")
    assert frame["资本"].fillna(-1).to_list() == [1200, 800, -1]
    assert frame.geometry.isna().to_list() == [False, False, True]


def test_numbers_beside_words_are_numbers_in_the_workbook_of_the_page(tiny):
    rows = "".join(f"甲,10.12,50.1,{n if n != 3 else '8.5万'}\n" for n in range(8))
    given = read_user_table(io.BytesIO(f"名称,lon,lat,资本\n{rows}".encode()), "in.csv", tiny)
    raw = user_file(join(given, "wgs84", tiny), given, tiny, ".xlsx", "zh")
    cells = [row[3] for row in openpyxl.load_workbook(io.BytesIO(raw))["数据"].values]
    assert cells == ["资本", 0, 1, 2, "8.5万", 4, 5, 6, 7]
