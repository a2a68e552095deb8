"""The picture of figures over time shows what the page shows, where the values lie, and whose they are."""

from __future__ import annotations

import pytest

from geo.analysis.series import Chart, charts
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.chart.marks import HEIGHT, axes, panels
from geo.render.chart.series import series_sheet
from geo.render.chart.words import chart_lines, chart_title, series_label, target_label
from geo.render.figure.marks import RULE, Circle, Line, Sheet, Words


@pytest.fixture(scope="module")
def firms(atlas: Atlas) -> Chart:
    return next(one for one in charts(atlas, "district_310115") if one.topic == "firms")


@pytest.fixture(scope="module")
def drawn(atlas: Atlas, firms: Chart) -> Sheet:
    return series_sheet(atlas, firms, "en")


def words(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def test_title_legend_sources_and_version_stand_in_the_picture(atlas: Atlas, firms: Chart, drawn: Sheet) -> None:
    said = words(drawn)
    assert said[0] == chart_title(atlas, firms, "en")
    assert {series_label(atlas, one, "en") for one in firms.series} <= set(said)
    assert {target_label(one, "en") for one in firms.targets} <= set(said)
    used = {point.source_id for one in firms.series for point in one.points} | {one.source_id for one in firms.targets}
    assert sum(line.split(".")[0].isdigit() and "[" in line for line in said) == len(used)
    assert any(atlas.meta["version"] in line and atlas.meta["data_date"] in line for line in said)
    assert text("time.series.targets", "en") in said


def test_marks_lie_at_their_values(atlas: Atlas, firms: Chart, drawn: Sheet) -> None:
    """The heights of the discs above the floor of their panel, in the same proportion as the values."""
    lines = chart_lines(atlas, firms, "en")
    parts = panels(lines)
    assert len(parts) == 2
    floors = sorted(
        mark.points[0][1] for mark in drawn.marks if isinstance(mark, Line) and mark.width == 0.7
        and mark.points[0][1] == mark.points[1][1] and mark.colour == RULE
    )  # fmt: skip
    assert len(floors) == len(parts)
    discs = [mark for mark in drawn.marks if isinstance(mark, Circle) and mark.y < floors[-1]]
    expected = [
        (floor - mark.value / axes(part).top * HEIGHT, mark.hollow)
        for part, floor in zip(parts, floors, strict=True)
        for line in part
        if line.number % 3 == 0 and not line.target
        for mark in line.marks
    ]
    assert [one.y for one in discs] == pytest.approx([y for y, _ in expected], abs=0.1)
    assert [one.fill == "#FFFFFF" for one in discs] == [hollow for _, hollow in expected]


def test_panels_are_told_of_where_there_are_several(atlas: Atlas, firms: Chart, drawn: Sheet) -> None:
    told = text("time.series.panels", "en")[:40]
    assert told in " ".join(words(drawn))
    every = (one for place_id in atlas for one in charts(atlas, place_id))
    alike = next(one for one in every if len(panels(chart_lines(atlas, one, "en"))) == 1)
    assert told not in " ".join(words(series_sheet(atlas, alike, "en")))


def test_nothing_stands_outside_of_the_sheet(atlas: Atlas) -> None:
    """The fullest charts, and those of the largest numbers."""
    for one in charts(atlas, str(atlas.meta["city_place_id"])):
        sheet = series_sheet(atlas, one, "zh")
        for mark in sheet.marks:
            if isinstance(mark, Words):
                assert 0 < mark.x < sheet.width, mark
                assert 0 < mark.y < sheet.height, mark
