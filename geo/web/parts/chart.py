"""A chart of series with gaps as HTML: it adapts to theme and width, and every text is escaped.

A line segment is a gradient across a box: at a gradient towards a corner, the half-way colour runs along the
diagonal between the two other corners, at any size of the box.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.analysis.units import format_number
from geo.render.chart.marks import COLOURS, NARROW, SHAPES, WIDTH, Axes, Line, axes, panels, sides
from geo.render.markup import Markup, join, tag

__all__ = ["chart", "swatch"]


def swatch(number: int, *, target: bool = False, hollow: bool = False) -> Markup:
    """Return the symbol of a series for the legend."""
    return tag("i", class_=_classes(number, target, hollow), style=_colour(number), aria_hidden="true")


def _colour(number: int) -> str:
    return f"--c:{COLOURS[number % len(COLOURS)]}"


def _classes(number: int, target: bool, hollow: bool) -> str:
    shape = "target" if target else SHAPES[number % len(SHAPES)]
    return f"geo-dot {shape}{' hollow' if hollow else ''}"


def chart(lines: Sequence[Line], label: str) -> Markup:
    """Return the chart as HTML: panels with axes, lines, marks with their values.

    Parameters
    ----------
    lines : sequence of Line
        Drawn in this order; at least one mark.
    label : str
        Alternative text; the figures themselves belong in a table beside the chart.
    """
    plots = [_plot(part, axes(part, lines)) for part in panels(lines)]
    return tag("div", *plots, class_="geo-chart", role="img", aria_label=label)


def _plot(lines: Sequence[Line], scale: Axes) -> Markup:
    x, y = scale.x, scale.y
    drawn = [_grid(scale), _years(scale)]
    for line in lines:
        for before, mark in zip(line.marks, line.marks[1:], strict=False):
            if mark.joined:
                drawn.append(_segment(x(before.at), y(before.value), x(mark.at), y(mark.value), line.number))
    places = [(x(mark.at), y(mark.value), mark.shown) for line in lines for mark in line.marks]
    written = iter(zip(places, sides(places, WIDTH), sides(places, NARROW), strict=True))
    for line in lines:
        for mark in line.marks:
            drawn.append(
                tag(
                    "span",
                    swatch(line.number, target=line.target, hollow=mark.hollow),
                    _value(*next(written)),
                    class_="geo-mark",
                    style=f"left:{x(mark.at):.2f}%;bottom:{y(mark.value):.2f}%",
                    title=mark.title,
                )
            )
    return tag("div", *drawn, class_="geo-plot", aria_hidden="true")


def _grid(scale: Axes) -> Markup:
    return join(
        tag("span", tag("em", format_number(value)), class_="geo-rule", style=f"bottom:{scale.y(value):.2f}%")
        for value in scale.rules
    )


def _years(scale: Axes) -> Markup:
    shown = []
    for year in range(scale.first, scale.last):
        name = tag("em", str(year)) if year in scale.named_years else ""
        shown.append(tag("span", class_="geo-year", style=f"left:{scale.x(year):.2f}%"))
        shown.append(tag("span", name, class_="geo-year-name", style=f"left:{scale.x(year + 0.5):.2f}%"))
    return join(shown)


def _segment(x0: float, y0: float, x1: float, y1: float, number: int) -> Markup:
    low, high = sorted((y0, y1))
    rising = "up" if y1 > y0 else "down"
    if high - low < 0.8:
        rising = "flat"
    style = f"left:{x0:.2f}%;width:{x1 - x0:.2f}%;bottom:{low:.2f}%;height:{high - low:.2f}%;{_colour(number)}"
    return tag("span", class_=f"geo-seg {rising}", style=style)


def _value(place: tuple[float, float, str], side: str, narrow: str) -> Markup:
    """Return a value beside its mark, if there is room; every value is also in the table and in the tooltip."""
    if not side and not narrow:
        return Markup()
    only = "" if side == narrow else " narrow" if not side else " wide"
    shown = tag("b", place[2], class_=f"geo-val {side or narrow}{only}")
    if only == " wide" and narrow:
        shown += tag("b", place[2], class_=f"geo-val {narrow} narrow")
    return shown
