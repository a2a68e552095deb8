from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.render.figure.frame import framed
from geo.render.figure.marks import Circle, Line, Sheet, Words
from geo.render.figure.own import POINT, OwnPoints
from geo.render.figure.plate import DASHES, Plate, draw_hatch
from geo.render.figure.scene import scene


@pytest.fixture(scope="module")
def whole(atlas: Atlas) -> Plate:
    view = atlas.select(Selection(place="lingang"))
    bounds = shapely.total_bounds([scene(atlas).shapes[key] for key in view])
    frame = framed((0, 0, 900, 800), tuple(bounds))
    plate = Plate(view, Sheet(900, 800), frame, list(view), focus="lingang")
    here = scene(atlas).shapes["lingang"].centroid
    plate.whole(None, OwnPoints(np.array([[here.x, here.y], [here.x + 1, here.y], [0.0, 0.0]])))
    return plate


def test_points_of_one_spot_are_drawn_once_and_only_in_the_frame(whole: Plate) -> None:
    own = [one for one in whole.sheet.marks if isinstance(one, Circle) and one.fill == POINT]
    assert len(own) == 1
    placed = [one for one in whole.sheet.marks if isinstance(one, Circle) and one.fill == "#FFFFFF"]
    assert len(placed) == whole.view.institutions.geometry.notna().sum()


def test_few_points_are_larger_dots(atlas: Atlas) -> None:
    def radius(rows: int) -> float:
        frame = framed((0, 0, 900, 800), (0, 0, 40_000, 40_000))
        plate = Plate(atlas.select(places=["lingang"]), Sheet(900, 800), frame, [])
        plate._points(OwnPoints(np.random.default_rng(1).uniform(0, 40_000, (rows, 2))))
        (found,) = {one.radius for one in plate.sheet.marks if isinstance(one, Circle)}
        return found

    assert radius(3) > radius(3000)


def test_points_do_not_push_the_name_of_a_district_onto_another(atlas: Atlas) -> None:
    view = atlas.select(kinds=["district"])
    bounds = tuple(shapely.total_bounds([scene(atlas).shapes[key] for key in view]))
    spots = np.random.default_rng(1).uniform(bounds[:2], bounds[2:], (3000, 2))
    named = []
    for points in (None, OwnPoints(spots)):
        plate = Plate(view, Sheet(900, 800), framed((0, 0, 900, 800), bounds), list(view))
        plate.whole(None, points)
        named.append({key: (spot.x, spot.y) for key, spot in plate.named.items()})
    assert named[0] == named[1]


def test_small_places_are_squares_and_lines_say_the_method(atlas: Atlas, whole: Plate) -> None:
    areas = {key: scene(atlas).shapes[key].area for key in whole.view}
    assert whole.small
    assert max(areas[key] for key in whole.small) < min(areas[key] for key in whole.view if key not in whole.small)
    dashes = {one.dash for one in whole.sheet.marks if isinstance(one, Line)}
    assert dashes == set(DASHES.values())


def test_the_scale_is_written_as_a_number_with_a_bar_as_long(whole: Plate) -> None:
    told = next(one for one in whole.sheet.marks if isinstance(one, Words) and " · 1:" in one.text)
    length, scale = told.text.split(" · 1:")
    assert float(scale.replace(",", "")) == whole.frame.scale
    metres = float(length.removesuffix(" km")) * 1000
    bars = [
        one.points for one in whole.sheet.marks if isinstance(one, Line) and one.width == 2.0 and len(one.points) == 2
    ]
    assert any(abs(b[0] - a[0] - metres / whole.frame.metres) < 0.05 for a, b in bars)
    told_marks = {one.text for one in whole.sheet.marks if isinstance(one, Words)}
    assert {"北", "121°30′E", "31°N"} <= told_marks


def test_hatching_stays_in_its_area() -> None:
    sheet = Sheet(100, 100)
    shape = shapely.Point(50, 50).buffer(30)
    draw_hatch(sheet, shape, "#FF0000", crossed=True)
    assert sheet.marks
    lines = [shapely.LineString(one.points) for one in sheet.marks if isinstance(one, Line)]
    assert all(shape.buffer(0.1).contains(line) for line in lines)
    draw_hatch(sheet, shapely.Polygon(), "#FF0000")
    assert len(sheet.marks) == len(lines)
