"""`geo.choose`: the frame says what the choice says, with types; points come in as frames; mistakes are named."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geo
from geo.analysis.site_choice.choice_frame import spots_of
from geo.analysis.site_choice.choose import choose
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import Atlas
from geo.errors import UsageError

ASKED = ["stations_1km >= 3", "centre_km = -1", "resident_firms = 0.5"]


def test_the_frame_is_the_choice(atlas: Atlas) -> None:
    frame = geo.choose(atlas, ASKED, language="en")
    choice = choose(atlas, Criteria.parse(ASKED, atlas), atlas.layout_ids)
    assert list(frame.index) == [one.place_id for one in choice.candidates]
    assert frame.index.name == "place_id"
    assert (str(frame["rank"].dtype), str(frame["score"].dtype), str(frame["name"].dtype)) == (
        "Int64",
        "float64",
        "str",
    )
    for one in choice.candidates:
        row = frame.loc[one.place_id]
        assert row["score"] == one.score
        assert (None if pd.isna(row["rank_high"]) else row["rank_high"]) == one.rank_high
        cell = one.cells["resident_firms"]
        assert (not np.isnan(row["resident_firms"])) == cell.comparable
    assert frame.attrs["criteria"] == "stations_1km>=3;centre_km=-1;resident_firms=0.5"
    assert frame.attrs["swing"] == 0.2
    assert json.loads(json.dumps(dict(frame.attrs)))["ranges"]["centre_km"] == list(choice.ranges["centre_km"] or ())
    assert len(frame.attrs["records"]) == len(frame)


def test_places_and_points_are_the_users_own(atlas: Atlas) -> None:
    spots = atlas.layout.geometry.representative_point()
    own = pd.DataFrame({"lon_wgs84": spots.x, "lat_wgs84": spots.y})
    few = ["张江", "caohejing", "jinqiao"]
    frame = geo.choose(atlas, "points_inside=1", places=few, points=own)
    assert set(frame.index) == {"zhangjiang", "caohejing", "jinqiao"}
    inside = [atlas.layout.geometry[place].covers(spots).sum() for place in frame.index]
    assert frame["points_inside"].to_list() == inside
    assert frame["rank"].iloc[0] == 1
    as_metres = gpd.GeoDataFrame(geometry=spots.to_crs(atlas.meta["metric_crs"]))
    assert geo.choose(atlas, "points_inside=1", places=few, points=as_metres)["points_inside"].equals(
        frame["points_inside"]
    )


def test_mistakes_are_named(atlas: Atlas) -> None:
    with pytest.raises(UsageError, match="points_inside counts your own points"):
        geo.choose(atlas, "points_inside=1")
    with pytest.raises(UsageError, match="no criterion is given"):
        geo.choose(atlas, [])
    with pytest.raises(UsageError, match="language 'fr'"):
        geo.choose(atlas, "tax=1", language="fr")
    with pytest.raises(UsageError, match="zhangjiang"):
        geo.choose(atlas, "tax=1", places=["zhangjiangg"])
    for wrong in (pd.DataFrame({"x": [1]}), gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [2]))):
        with pytest.raises(UsageError, match="lon_wgs84"):
            spots_of(wrong)
