from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.analysis import user_table
from geo.analysis.user_table import datum_evidence, join, read_user_table
from geo.assign.join import COLUMNS
from geo.atlas.atlas import Atlas
from geo.crs.datums import from_wgs84
from geo.errors import DataError
from geo.tables import open_table


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
