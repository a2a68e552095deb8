from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.analysis.user_data import user_table
from geo.analysis.user_data.user_table import datum_evidence, join, read_user_table
from geo.assign.join import COLUMNS
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.crs.datums import from_wgs84
from geo.errors import DataError, UsageError
from geo.tables import evidence, open_table, points


def companies(atlas: Atlas, datum: str, rows: int = 60) -> pd.DataFrame:
    """Rows in every district, in a datum, with the district they lie in."""
    rng = np.random.default_rng(7)
    frames = []
    for row in atlas.districts.itertuples():
        west, south, east, north = row.geometry.bounds
        lon, lat = rng.uniform(west, east, rows * 4), rng.uniform(south, north, rows * 4)
        inside = shapely.contains_xy(row.geometry, lon, lat)
        x, y = from_wgs84(lon[inside][:rows], lat[inside][:rows], datum)
        frames.append(pd.DataFrame({"代码": "007", "区": row.name_zh, "经度": x.round(7), "纬度": y.round(7)}))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_datum_is_found_and_every_row_falls_where_it_says(atlas: Atlas, datum: str) -> None:
    frame = companies(atlas, datum)
    user = read_user_table(io.BytesIO(frame.to_csv(index=False).encode("gb18030")), "企业.csv", atlas)
    assert user.evidence is not None
    assert user.evidence.datum == datum
    joined = join(user, datum, atlas)
    names = atlas.districts["name_zh"]
    found = joined.table["district_id"].to_pandas().map(names)
    assert (found == frame["区"]).mean() > 0.999
    assert joined.table["代码"].to_pylist() == ["007"] * len(frame)
    tally = joined.tally
    assert tally.rows == len(frame) == tally.matched + tally.outside + tally.set_aside
    lon, lat = joined.points
    assert np.isfinite(lon).all()
    assert ((lat > 30) & (lat < 32)).all()


def test_rows_without_points_stay_and_say_why(atlas: Atlas) -> None:
    text = "name,lng,lat,place_ids\na,121.6,31.2,x\nb,,31.2,y\nc,0,0,z\n"
    user = read_user_table(io.BytesIO(text.encode()), "t.csv", atlas)
    joined = join(user, "wgs84", atlas, "en")
    assert joined.table.column_names == ["name", "lng", "lat", "place_ids_input", *COLUMNS]
    assert joined.user_columns == ["name", "lng", "lat", "place_ids_input"]
    assert joined.table["join_status"].to_pylist() == ["matched", "set_aside", "set_aside"]
    assert all(joined.table["join_note"].to_pylist()[1:])
    assert (joined.tally.matched, joined.tally.set_aside) == (1, 2)


def test_the_basemap_is_parsed_once_for_many_tables_and_that_of_the_last_city_kept(
    atlas: Atlas, tiny: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(
        Atlas, "basemap", lambda self, name, real=Atlas.basemap: (parsed.append(name), real(self, name))[1]
    )
    counts = []
    user_table._areas_of.cache_clear()
    for city in (atlas, atlas, tiny, atlas):
        with open_table(io.BytesIO(b"lon,lat\n10.1,50.1\n"), name="a.csv") as table:
            assert datum_evidence(table, city).datum is None
        counts.append(len(parsed))
    assert 0 < counts[0] == counts[1] == counts[2] < counts[3]


def test_hypotheses_are_the_same_points_some_hundred_metres_apart(atlas: Atlas) -> None:
    user = read_user_table(io.BytesIO(companies(atlas, "gcj02").to_csv(index=False).encode()), "t.csv", atlas)
    three = user.hypotheses(100)
    assert {datum: len(lon) for datum, (lon, _) in three.items()} == {"wgs84": 100, "gcj02": 100, "bd09": 100}
    # Spread over the whole table, its ends with it.
    assert [three["gcj02"][0][i] for i in (0, -1)] != [three["wgs84"][0][i] for i in (0, -1)]
    assert [three["wgs84"][0][i] for i in (0, -1)] == [user.lon[i] for i in (0, -1)]
    shift_m = np.hypot(*(np.subtract(a, b) * 1e5 for a, b in zip(three["wgs84"], three["gcj02"], strict=True)))
    assert (shift_m > 200).all()
    assert (shift_m < 1000).all()


def test_without_coordinates_the_question_is_put(atlas: Atlas) -> None:
    user = read_user_table(io.BytesIO(b"a,b\n1,2\n"), "t.csv", atlas)
    assert user.question["zh"]
    assert user.question["en"]
    assert user.evidence is None
    assert user.table.num_rows == 1


def test_a_file_that_is_no_table_is_refused(atlas: Atlas) -> None:
    with pytest.raises(DataError, match=r"t\.xlsx"):
        read_user_table(io.BytesIO(b"PK\x03\x04" + b"\0" * 200), "t.xlsx", atlas)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("datum", [None, "wgs84"])
def test_which_columns_name_places_is_asked_once(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, named: bool, datum: str | None
) -> None:
    """It is dear in a table of thousands of columns, and was asked three times."""
    asked: list[int] = []

    def found(*given: object) -> object:
        asked.append(1)
        return real(*given)

    real = user_table.find_place_columns
    monkeypatch.setattr(user_table, "find_place_columns", found)
    monkeypatch.setattr(evidence, "find_place_columns", found)
    frame = companies(atlas, "wgs84")[["区", "经度", "纬度"] if named else ["代码", "经度", "纬度"]]
    with open_table(io.BytesIO(frame.to_csv(index=False).encode())) as table:
        weighed = datum_evidence(table, atlas, datum)
        of = user_table.stated_in(table, atlas, weighed)
        assert (of is not None) is named
        if of is not None:
            ids = of(next(table.batches())).to_pylist()
            assert [atlas.districts["name_zh"][one] for one in ids] == list(frame["区"])
    assert len(asked) == 1


def test_a_geometry_is_read_once_to_know_it_and_once_for_its_point(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal ones but once, and none to see how coordinates are rounded: it was read four times, each row anew."""
    read: list[int] = []

    def counted(cells: list[object], *more: object) -> object:
        read.append(sum(cell is not None for cell in cells))
        return real(cells, *more)

    real = points._any_geometry
    monkeypatch.setattr(points, "_any_geometry", counted)
    west, south, east, north = atlas.meta["bbox"]
    corners = (f"{west:.9f} {south:.9f},{east - n / 99:.9f} {south:.9f},{west:.9f} {north:.9f}" for n in range(3))
    shapes = [f"POLYGON(({three},{three.split(chr(44))[0]}))" for three in corners]
    text = "name|wkt\n" + "".join(f"a|{shapes[n % 3]}\na|\n" for n in range(30))
    with open_table(io.BytesIO(text.encode()), bbox=tuple(atlas.meta["bbox"]), name="a.csv") as table:
        assert user_table.rounding_of(table) == 0.0
        (batch,) = table.batches()
        lon = table.points(batch).lon
    assert read == [3, 3]
    assert np.isnan(lon[1::2]).all()
    inner = [shapely.point_on_surface(shapely.from_wkt(shape)).x for shape in shapes]
    assert lon[::2].tolist() == inner * 10


def test_rounding_is_told_by_points_written_as_geometries(atlas: Atlas) -> None:
    for step, decimals in ((0.01, 2), (0.0, 5)):
        text = "wkt\n" + "".join(f"POINT({121 + n / 7:.{decimals}f} {31 + n / 9:.{decimals}f})\n" for n in range(40))
        with open_table(io.BytesIO(text.encode()), name="a.csv") as table:
            assert user_table.rounding_of(table) == step


def test_a_column_of_districts_locates_where_it_is_said_to(atlas: Atlas) -> None:
    """A statistic by district has neither coordinates nor addresses; its total is no district."""
    rows = "区,家数,地址,lon,lat\n黄浦区,5,x,121.5,31.2\n徐汇,7,y,121.5,31.2\n全市,12,,,\n"
    user = read_user_table(io.BytesIO(rows.encode()), "a.csv", atlas, address="区")
    assert user.by_address
    assert not user.question
    joined = join(user, "wgs84", atlas, "zh").table
    assert joined["district"].to_pylist() == ["黄浦区", "徐汇区", None]
    assert joined["located_by"].to_pylist() == ["district", "district", "none"]
    assert joined["join_note"][2].as_py() == text("tables.reason.total", "zh")
    with pytest.raises(UsageError, match="no column '县'"):
        read_user_table(io.BytesIO(rows.encode()), "a.csv", atlas, address="县")
