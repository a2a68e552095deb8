"""A user's gazetteer in a file: what is written is read."""

from __future__ import annotations

from pathlib import Path

import pyogrio
import pytest

from geo.addresses.accuracy import Accuracy
from geo.addresses.gazetteer import Sources
from geo.addresses.runs import Anchor
from geo.analysis.user_data.gazetteer_file import read_gazetteer, write_gazetteer
from geo.analysis.user_data.geocoding import area_plane
from geo.atlas import Atlas


def test_a_lane_is_still_one_and_a_file_that_does_not_say_has_none(atlas: Atlas, tmp_path: Path) -> None:
    x, y = area_plane(atlas).metres(*atlas.districts.geometry.iloc[0].representative_point().coords[0])
    given = [Anchor(7, float(x), float(y)), Anchor(7, float(x) + 80, float(y), is_lane=True)]
    path = tmp_path / "mine.gpkg"
    write_gazetteer(path, atlas, Sources(anchors={"黄河路": given}), Accuracy({"exact": [(30.0, 2.0)]}))
    sources, accuracy = read_gazetteer(path, atlas)
    told = sorted(sources.anchors["黄河路"], key=lambda one: one.x)
    assert [(one.number, one.is_lane) for one in told] == [(7, False), (7, True)]
    assert told[1].x - told[0].x == pytest.approx(80, abs=0.01)
    assert told[0].district == 0
    assert accuracy.steps == {"exact": [(30.0, 2.0)]}
    older = pyogrio.read_dataframe(path, layer="house_numbers").drop(columns="lane")
    pyogrio.write_dataframe(older, path, layer="house_numbers", driver="GPKG")
    assert [one.is_lane for one in read_gazetteer(path, atlas)[0].anchors["黄河路"]] == [False, False]
