"""What the tests of the writers share."""

from __future__ import annotations

import pytest
import shapely

from geo.render.figure.marks import Sheet


@pytest.fixture
def made_sheet() -> Sheet:
    """A sheet of 200 by 100 points with a mark of every type."""
    sheet = Sheet(200, 100)
    sheet.area(shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60)), "#FF0000")
    sheet.area(shapely.box(100, 0, 200, 100), "#0000FF", 0.5)
    sheet.line(shapely.LineString([(0, 90), (200, 90)]), "#00FF00", 4, (6, 3))
    sheet.circle(150, 50, 10, "#FFFFFF", "#000000", 1)
    sheet.words(100, 20, "张江 <AI> & $x$", 9, halo=2.0, anchor="middle", bold=True)
    sheet.words(10, 60, "31°30′N", 6, upwards=True)
    return sheet
