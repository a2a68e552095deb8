"""The chart as HTML: marks where the values are, lines only where joined, labels apart, words escaped."""

from __future__ import annotations

import re

import lxml.html
import pytest

from geo.render.chart.marks import COLOURS, SHAPES, Line, Mark
from geo.web.parts.chart import chart


def drawn(*lines: Line) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(chart(lines, "What it is"))


def style(element: lxml.html.HtmlElement) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"([a-z]+):([\d.]+)%", element.get("style"))}


def test_marks_lie_at_time_and_value() -> None:
    found = drawn(Line(0, (Mark(2020.5, 50.0, "50", "a"), Mark(2021.5, 100.0, ">100", "b", hollow=True, joined=True))))
    first, second = (style(mark) for mark in found.xpath("//span[@class='geo-mark']"))
    assert first == {"left": 25.0, "bottom": 50.0}
    assert second == {"left": 75.0, "bottom": 100.0}
    (line,) = found.xpath("//span[starts-with(@class, 'geo-seg')]")
    assert line.get("class") == "geo-seg up"
    assert style(line) == {"left": 25.0, "width": 50.0, "bottom": 50.0, "height": 50.0}
    assert found.xpath("//b/text()") == ["50", ">100"]
    assert [("hollow" in mark.get("class")) for mark in found.xpath("//span/i")] == [False, True]


def test_an_outlier_flattens_no_other_line() -> None:
    """It has a panel of its own, in the same years, above that of the others."""
    small = Line(0, (Mark(2020.5, 50.0, "50", "a"), Mark(2022.5, 100.0, "100", "b", joined=True)))
    found = drawn(small, Line(1, (Mark(2024.5, 360000.0, "360,000", "c"),)))
    assert found.get("role") == "img"
    large, usual = found.xpath("div[@class='geo-plot']")
    assert [style(mark)["bottom"] for mark in large.xpath("span[@class='geo-mark']")] == [90.0]
    assert [style(mark)["bottom"] for mark in usual.xpath("span[@class='geo-mark']")] == [50.0, 100.0]
    years = [part.xpath("span[@class='geo-year-name']/em/text()") for part in (large, usual)]
    assert years[0] == years[1] == ["2020", "2021", "2022", "2023", "2024"]


@pytest.mark.parametrize(("after", "way"), [(80.0, "up"), (20.0, "down"), (50.0, "flat")])
def test_lines_rise_fall_or_lie_flat(after: float, way: str) -> None:
    found = drawn(Line(0, (Mark(2020.5, 50.0, "10", ""), Mark(2021.5, after, "10", "", joined=True))))
    assert found.xpath("//span[starts-with(@class, 'geo-seg')]/@class") == [f"geo-seg {way}"]


def test_nothing_is_joined_unless_told() -> None:
    found = drawn(Line(0, tuple(Mark(2018.5 + i, 10.0, "10", "") for i in range(4))))
    assert not found.xpath("//span[starts-with(@class, 'geo-seg')]")


def test_a_value_alone_is_written_above_its_mark() -> None:
    found = drawn(Line(0, (Mark(2020.5, 50.0, "10", ""), Mark(2024.5, 50.0, "10", ""))))
    assert [value.split()[1] for value in found.xpath("//b/@class")] == ["above", "above"]


def test_values_near_each_other_are_written_on_different_sides() -> None:
    near = (
        Line(0, (Mark(2020.4, 872.0, "10", ""),)),
        Line(1, (Mark(2020.5, 1000.0, ">1,000", "", hollow=True),), target=True),
    )
    found = drawn(*near, Line(2, (Mark(2024.5, 4500.0, "10", ""),)))
    sides = [value.split()[1] for value in found.xpath("//b/@class")[:2]]
    assert len(set(sides)) == 2


def test_a_value_without_room_is_left_to_the_table() -> None:
    """Six values of one month beside a large one: those that would cover another are not written; phones have less."""
    heap = Line(0, tuple(Mark(2024.5 + i / 100, 100.0 + i, f"{100 + i},000", "") for i in range(6)))
    found = drawn(heap, Line(1, (Mark(2020.5, 400000.0, ">400,000", ""),)))
    written = found.xpath("//b[not(contains(@class, 'narrow'))]/text()")
    assert ">400,000" in written
    assert 1 < len(written) < 7
    assert len(found.xpath("//span[@class='geo-mark']/i")) == 7
    spread = drawn(Line(0, tuple(Mark(2016.5 + i, 10.0, "1,000,000", "") for i in range(7))))
    assert len(spread.xpath("//b[not(contains(@class, 'narrow'))]")) == 7
    assert len(spread.xpath("//b[not(contains(@class, 'wide'))]")) < 7


def test_series_differ_by_colour_and_shape_and_targets_are_marked() -> None:
    found = drawn(*(Line(i, (Mark(2020.5 + i, 10.0, "10", ""),), target=i == 3) for i in range(4)))
    marks = found.xpath("//span[@class='geo-mark']/i")
    assert len({mark.get("style") for mark in marks}) == 4
    assert [mark.get("class").split()[1] for mark in marks] == [*SHAPES, "target"]
    assert len(set(COLOURS)) == len(COLOURS)


def test_words_are_escaped_and_the_chart_has_a_name() -> None:
    html = chart([Line(0, (Mark(2020.5, 1.0, "10", '"><script>'),))], "<b>label")
    assert "<script>" not in html
    found = lxml.html.fromstring(html)
    assert found.get("role") == "img"
    assert found.get("aria-label") == "<b>label"
