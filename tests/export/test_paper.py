from __future__ import annotations

import pytest

from geo.errors import UsageError
from geo.export.paper import SHEETS, Sheet, fitting_scale, plot_scales, sheet_for


@pytest.mark.parametrize("size", SHEETS)
def test_things_lie_on_the_sheet_and_not_on_one_another(size: str) -> None:
    sheet = Sheet(size)
    width, height = sheet.paper
    boxes = [sheet.title, sheet.map, sheet.side, sheet.notes]
    for box in boxes:
        assert 0 <= box.x < box.x + box.width <= width - 5
        assert 0 <= box.y < box.y + box.height <= height - 5
    title, drawn, side, notes = boxes
    assert title.y + title.height <= drawn.y
    assert drawn.x + drawn.width <= side.x
    assert drawn.y + drawn.height <= notes.y


def test_the_ground_of_a_fitting_scale_holds_everything_and_half_of_it_does_not() -> None:
    bounds = (500_000.0, 3_400_000.0, 598_700.0, 3_467_700.0)
    for size in SHEETS:
        sheet = Sheet(size)
        scale = fitting_scale(bounds, sheet)
        west, south, east, north = sheet.ground(bounds, scale)
        assert (east - west) / (north - south) == pytest.approx(sheet.map.width / sheet.map.height)
        assert (east - west) / scale == pytest.approx(sheet.map.width / 1000)
        assert west <= bounds[0] < bounds[2] <= east
        assert south <= bounds[1] < bounds[3] <= north
        west, south, east, north = sheet.ground(bounds, scale // 2)
        assert west > bounds[0] or south > bounds[1]


def test_the_smallest_sheet_that_holds_the_map_is_taken() -> None:
    bounds = (0.0, 0.0, 20_000.0, 10_000.0)
    assert [sheet_for(bounds, scale).size for scale in (25_000, 50_000, 80_000, 120_000)] == ["A0", "A1", "A3", "A4"]
    with pytest.raises(UsageError, match="at 1:10000 the map is larger than A0: give a plot scale of 25000 or more"):
        sheet_for(bounds, 10_000)
    with pytest.raises(UsageError, match="plot scale 0: give the denominator, such as 10000 for 1:10000"):
        sheet_for(bounds, 0)


def test_every_scale_offered_is_the_largest_of_its_sheet() -> None:
    offered = plot_scales((0.0, 0.0, 20_000.0, 10_000.0))
    assert list(offered) == sorted(offered, reverse=True)
    for scale, size in offered.items():
        assert fitting_scale((0.0, 0.0, 20_000.0, 10_000.0), Sheet(size)) == scale
