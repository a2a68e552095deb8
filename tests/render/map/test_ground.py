"""The ground outside the districts: sea on the other side of the coast, land everywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, box

from geo.atlas.atlas import Atlas
from geo.render.map.data import MapData
from geo.render.map.ground import sea


@dataclass(eq=False)
class Coastal:
    """What `sea` asks of an atlas: one square district in a frame of two degrees, and a coast."""

    coast: list[Any]
    meta: dict[str, Any] = field(default_factory=lambda: {"bbox": [10.0, 40.0, 12.0, 42.0]})

    @property
    def districts(self) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(geometry=[box(10.2, 40.5, 10.9, 41.5)], crs=4326)

    def table(self, _: str) -> pd.DataFrame:
        return pd.DataFrame({"layer_id": ["shore"] if self.coast else [], "role": ["coast"] if self.coast else []})

    def basemap(self, _: str) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(geometry=self.coast, crs=4326)


SHORE = LineString([(11.0, 40.0), (11.1, 41.0), (11.0, 42.0)])
ISLAND = Point(11.5, 41.0).buffer(0.1).exterior
FAR_SHORE = LineString([(11.8, 42.0), (11.8, 40.0)])


@pytest.mark.parametrize("turned", [False, True])
def test_sea_lies_beyond_the_coast_whichever_way_it_was_drawn(turned: bool) -> None:
    lines = [SHORE, ISLAND, FAR_SHORE]
    found = sea(Coastal([line.reverse() for line in lines] if turned else lines))  # type: ignore[arg-type]
    assert found is not None
    assert found.contains(Point(11.3, 41.0))
    for land in (Point(10.5, 41.0), Point(10.05, 41.9), Point(11.5, 41.0), Point(11.9, 41.0)):
        assert not found.contains(land)
    # The coast goes on beyond the frame, so a wide window shows no edge.
    assert found.contains(Point(11.4, 43.5))
    assert not found.contains(Point(10.5, 43.5))


def test_an_island_that_the_frame_cuts_leaves_no_strip_of_land_behind() -> None:
    cut = LineString([(11.4, 40.0), (11.45, 40.05), (11.5, 40.0)])
    found = sea(Coastal([SHORE, cut]))  # type: ignore[arg-type]
    assert found is not None
    assert found.contains(Point(11.45, 39.5))
    assert not found.contains(Point(11.45, 40.02))


@pytest.mark.parametrize("coast", [[], [LineString([(11.2, 40.8), (11.3, 41.2)])]], ids=["none", "parts nothing"])
def test_without_a_coast_that_parts_it_all_is_land(coast: list[Any]) -> None:
    assert sea(Coastal(coast)) is None  # type: ignore[arg-type]


def test_the_map_gets_the_sea_first_and_the_real_one_is_where_it_should_be(atlas: Atlas) -> None:
    import json

    drawn = MapData(atlas)
    layers = json.loads(json.dumps(drawn.makers["basemap"]("wgs84")))["layers"]
    assert [layer["role"] for layer in layers].index("sea") == 0
    found = sea(atlas)
    assert found is not None
    own = atlas.districts.union_all()
    west, south, east, _ = atlas.meta["bbox"]
    assert found.contains(Point(east - 0.02, south + 0.3))  # the sea in the east
    assert not found.contains(Point(west + 0.02, 31.4))  # the neighbour in the west
    # A district may hold water of its own, most of it is land.
    assert found.intersection(own).area < 0.2 * own.area
