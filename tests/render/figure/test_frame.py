from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geo.render.figure.frame import Frame, framed, round_scale, ticks


def test_the_scale_is_round_and_true_on_paper() -> None:
    found = framed((10, 20, 500, 400), (0, 0, 60_000, 90_000), margin=0)
    assert found.scale == round_scale(90_000 / (400 / 72 * 0.0254)) == 650_000 or found.scale == 700_000
    # 10 km are as long on paper as the scale says.
    ends = found.place(np.array([[0.0, 0.0], [10_000.0, 0.0]]))
    assert (ends[1, 0] - ends[0, 0]) / 72 * 25.4 == pytest.approx(10_000_000 / found.scale)
    assert [round_scale(value) for value in (1, 230_001, 9.5, 200_000)] == [1, 250_000, 10, 200_000]


def test_what_is_drawn_lies_in_the_frame_and_is_valid() -> None:
    found = Frame(0, 0, 100, 100, 0, 0, 72 / 0.0254)  # a metre a point
    assert found.ground == (-50, -50, 50, 50)
    assert found.drawn(shapely.box(-10, -10, 100, 10)).bounds == (40, 40, 100, 60)
    assert found.drawn(shapely.box(60, 60, 70, 70)).is_empty
    two = found.drawn(shapely.GeometryCollection([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]))
    assert (two.geom_type, len(two.geoms)) == ("MultiPolygon", 2)
    line = found.drawn(shapely.LineString([(-99, 0), (99, 0)]))
    assert line.bounds == (0, 50, 100, 50)


def test_degrees_stand_where_the_projection_puts_them() -> None:
    crs = "EPSG:4549"
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(121.5, 31.2)
    frame = Frame(0, 0, 800, 600, x, y, 400_000)
    found = ticks(frame, crs)
    middle = next(one for one in found if one.label == "121°30′E")
    assert middle.edge == "bottom"
    assert middle.at == pytest.approx(400, abs=6)  # a meridian leans a little by the lower edge
    left = [one for one in found if one.edge == "left"]
    assert left
    assert all(one.label.endswith("N") and 0 <= one.at <= 600 for one in left)
    assert all(right.at - one.at > 60 for one, right in zip(left[1:], left, strict=False))
