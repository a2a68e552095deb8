"""The part of a report about a table of one's own: the map of its points in the colours chosen, its counts."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from geo.analysis.user_data.own_table import OwnTable, own_table
from geo.analysis.user_data.point_styles import PointClass, PointStyle
from geo.atlas.atlas import Atlas, View
from geo.render.figure.sheet import figure
from geo.render.report import own as own_parts
from geo.render.report.context import Context
from geo.render.report.own import own_part


@pytest.fixture(scope="module")
def view(tiny: Atlas) -> View:
    return tiny.select(language="en")


@pytest.fixture(scope="module")
def own(tiny: Atlas, view: View) -> OwnTable:
    points = gpd.GeoDataFrame(geometry=tiny.layout.geometry.representative_point(), crs=4326)
    points = points.set_geometry(points.geometry.where(np.arange(len(points)) > 0))  # the first has no place
    classes = (PointClass("lab", "#228833", 1), PointClass("firm", "#332288", len(points) - 2))
    style = PointStyle("kind", np.arange(len(points)).clip(0, 2).astype(np.uint8) // 2, classes)
    return replace(own_table(points, tiny, language="en"), style=style)


def test_the_map_of_the_points_has_their_colours(own: OwnTable, view: View) -> None:
    assert own.points_style is not None
    assert own.points_style.of.tolist() == [0, *[1] * (len(own.points) - 1)]
    found = str(own_part(Context(view), own))
    [drawn] = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="[^"]+own points', found)
    assert base64.b64decode(drawn) == figure(view, "png", dpi=150, points=own.points, style=own.points_style)
    plain = str(own_part(Context(view), replace(own, style=None)))
    assert drawn not in plain
    assert "data:image/png" in plain


def test_counts_stand_without_a_map_where_none_can_be_drawn(
    own: OwnTable, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_parts, "can_draw", lambda: False)
    found = str(own_part(Context(view), own))
    assert "<img" not in found
    assert "rp-ranking" in found
