from __future__ import annotations

import shapely

from geo.render.figure.marks import Area, Circle, Line, Sheet, Words


def test_a_sheet_holds_what_is_drawn_in_its_order() -> None:
    sheet = Sheet(100, 50)
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4))
    sheet.area(shapely.GeometryCollection([ring, shapely.Point(1, 1)]), "#112233", 0.5)
    sheet.line(shapely.box(0, 0, 1, 1), "#000000", 0.5, (1, 2))
    sheet.circle(1.234, 2, 3, "#FFFFFF", "#000000", 0.5)
    end = sheet.lines(5, 10, ["a", "b"], 10, 12, bold=True)
    area, line, circle, first, second = sheet.marks
    assert isinstance(area, Area)
    assert (len(area.rings), area.fill, area.opacity) == (2, "#112233", 0.5)
    assert isinstance(line, Line)
    assert (len(line.points), line.dash) == (5, (1, 2))
    assert circle == Circle(1.23, 2, 3, "#FFFFFF", "#000000", 0.5)
    assert [first, second] == [Words(5, 18.8, "a", 10, bold=True), Words(5, 30.8, "b", 10, bold=True)]
    assert end == 34


def test_nothing_is_drawn_of_what_is_empty() -> None:
    sheet = Sheet(100, 50)
    sheet.area(shapely.Polygon(), "#000000")
    sheet.line(shapely.LineString(), "#000000", 1)
    sheet.area(shapely.LineString([(0, 0), (1, 1)]), "#000000")
    assert sheet.marks == []
