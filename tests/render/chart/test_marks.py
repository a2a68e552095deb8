"""What a chart shows before it is drawn: axes that hold all marks, and on which side a value has room."""

from __future__ import annotations

import pytest

from geo.render.chart.marks import Line, Mark, axes, nice_step, panels, sides


@pytest.mark.parametrize("largest", [0.3, 1.0, 7.0, 37.2, 999.0, 1149.0, 4500.0, 300000.0])
def test_the_axis_has_three_to_six_round_steps(largest: float) -> None:
    step = nice_step(largest)
    assert 2 <= largest / step <= 5 + 1e-9
    assert f"{step:e}"[:4] in ("1.00", "2.00", "2.50", "5.00")


def test_axes_hold_whole_years_and_begin_at_zero() -> None:
    scale = axes([Line(0, (Mark(2018.9, 10.0, "", ""), Mark(2024.5, 41.0, "", "")))])
    assert (scale.first, scale.last, scale.rules) == (2018, 2025, [0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    assert (scale.x(2018), scale.x(2021.5), scale.y(25.0)) == (0.0, 50.0, 50.0)
    assert list(scale.named_years) == list(range(2018, 2025))
    long = axes([Line(0, (Mark(1990.5, 1.0, "", ""), Mark(2025.5, 2.0, "", "")))])
    assert len(long.named_years) <= 10


def line(number: int, *values: float) -> Line:
    return Line(number, tuple(Mark(2020.5 + at, value, "", "") for at, value in enumerate(values)))


def test_lines_more_than_ten_times_apart_have_panels_of_their_own() -> None:
    lines = [line(0, 1149.0, 30.0), line(1, 46.0), line(2, 360000.0), line(3, 394.0, 383.0), line(4, 36000.0, 1.0)]
    assert [[one.number for one in part] for part in panels(lines)] == [[2, 4], [0, 3], [1]]
    for part in panels(lines):
        scale = axes(part, lines)
        assert (scale.first, scale.last) == (2020, 2022)
        assert all(scale.y(one.largest) > 5 for one in part)
    assert panels(lines[:1]) == [lines[:1]]
    assert panels([line(0, 0.0), line(1, 0.0)]) == [[line(0, 0.0), line(1, 0.0)]]


def test_a_value_that_has_no_room_is_not_written() -> None:
    alone = sides([(50.0, 50.0, "10")], 560.0)
    heaped = sides([(50.0, 50.0, "1,000")] * 6, 560.0)
    assert alone == ["above"]
    assert "" in heaped
    assert len(set(filter(None, heaped))) == len(list(filter(None, heaped)))
