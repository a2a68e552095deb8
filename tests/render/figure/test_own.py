from __future__ import annotations

import numpy as np
import pytest

from geo.analysis.user_data.point_styles import PointClass, PointStyle
from geo.atlas.atlas import Atlas
from geo.errors import UsageError
from geo.render.figure import fonts
from geo.render.figure.own import POINT, POINT_ON_CLASSES, OwnPoints, own_points, point_look

CLASSES = (PointClass("实验室", "#228833", 3), PointClass("No value", "", 2))


def style(*of: int) -> PointStyle:
    return PointStyle("kind", np.array(of, np.uint8), CLASSES)


def test_a_spot_has_the_colour_of_most_of_its_points() -> None:
    placed = np.array([[1.0, 1.0], [1.2, 0.9], [0.8, 1.1], [5.0, 5.0], [9.0, 9.0]])
    held = np.array([True, True, True, True, False])
    assert OwnPoints(placed, style(0, 1, 1, 0, 0)).spots(placed, held) == [(1, 1, ""), (5, 5, "#228833")]
    assert OwnPoints(placed).spots(placed, held) == [(1, 1, POINT), (5, 5, POINT)]


def test_points_are_in_metres_and_keep_their_style(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    west, south, _, _ = tiny.meta["bbox"]
    degrees, one = [(west, south), (west + 0.1, south)], style(0, 1)
    assert own_points(None, tiny.select()) is None
    found = own_points(degrees, tiny.select(), one)
    assert found is not None
    assert found.style is one
    assert np.hypot(*(found.metres[1] - found.metres[0])) == pytest.approx(
        111_320 * 0.1 * np.cos(np.radians(south)), rel=0.01
    )
    with pytest.raises(UsageError, match="the style is of 2 points, not of these 1"):
        own_points(degrees[:1], tiny.select(), one)
    # Where no font can write the legend, colours would mean nothing.
    monkeypatch.setattr(fonts, "CHINESE_FONTS", ("No Such Font",))
    plain = own_points(degrees, tiny.select(), one)
    assert plain is not None
    assert plain.style is None


def test_dots_are_seen_on_paper_in_any_colour() -> None:
    assert point_look("") == ("#FFFFFF", "#4B555E")
    assert point_look("#fdd9b5") == ("#fdd9b5", "#4B555E")
    assert point_look("#332288") == ("#332288", "#FFFFFF")


def test_on_areas_that_a_measure_colours_points_have_another_colour(tiny: Atlas) -> None:
    view = tiny.select()
    plain, on_classes = (own_points([(10.1, 50.1)], view, on_classes=on) for on in (False, True))
    assert plain is not None
    assert on_classes is not None
    assert (plain.colour, on_classes.colour) == (POINT, POINT_ON_CLASSES)
    placed = np.array([[5.0, 5.0]])
    assert on_classes.spots(placed, np.array([True])) == [(5, 5, POINT_ON_CLASSES)]
