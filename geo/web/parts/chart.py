"""A chart of series that break, as HTML: it follows the theme and the width, and every word is escaped text.

Lines are gradients across boxes: the half-way colour of a gradient towards a corner runs from the one to the other
of the two corners beside it, at any size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geo.analysis.units import format_number
from geo.render.markup import Markup, join, tag

__all__ = ["COLOURS", "SHAPES", "Line", "Mark", "chart", "nice_step", "swatch"]

#: Okabe and Ito's colours without yellow and black, to hold on light and dark; shape tells them apart in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#8C6BB1", "#7A7A7A")
SHAPES = ("round", "square", "tilted")

#: The sizes for which labels are placed: usual, and on a phone.
_WIDTH, _NARROW, _HEIGHT = 560.0, 300.0, 230.0
_CHARACTER, _LINE = 7.2, 15.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One value.

    Attributes
    ----------
    at, value : float
        Where in time, and how much in the unit of the axis.
    shown, title : str
        What is written beside the mark, and what pointing at it says.
    hollow : bool
        The document says about, nearly, over or under.
    joined : bool
        A line joins it to the one before.
    """

    at: float
    value: float
    shown: str
    title: str
    hollow: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its place in the palette and its marks; a target has no line and a mark of its own."""

    number: int
    marks: tuple[Mark, ...]
    target: bool = False


def nice_step(largest: float) -> float:
    """Return a round step by which an axis from zero reaches `largest` in three to six steps.

    Examples
    --------
    >>> nice_step(4500.0), nice_step(1149.0), nice_step(37.2), nice_step(0.0)
    (1000.0, 250.0, 10.0, 1.0)
    """
    if largest <= 0:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(largest))
    return next(step * scale for step in (0.2, 0.25, 0.5, 1.0, 2.0) if largest <= 5 * step * scale)


def swatch(number: int, *, target: bool = False, hollow: bool = False) -> Markup:
    """Return the mark of a series for the legend."""
    return tag("i", class_=_classes(number, target, hollow), style=_colour(number), aria_hidden="true")


def _colour(number: int) -> str:
    return f"--c:{COLOURS[number % len(COLOURS)]}"


def _classes(number: int, target: bool, hollow: bool) -> str:
    shape = "target" if target else SHAPES[number % len(SHAPES)]
    return f"geo-dot {shape}{' hollow' if hollow else ''}"


def chart(lines: Sequence[Line], label: str) -> Markup:
    """Return the chart as HTML: axes, lines, marks with their values.

    Parameters
    ----------
    lines : sequence of Line
        Drawn in this order; at least one mark.
    label : str
        What it is, for those who do not see it; the figures belong into a table beside it.
    """
    marks = [mark for line in lines for mark in line.marks]
    first = math.floor(min(mark.at for mark in marks))
    last = math.floor(max(mark.at for mark in marks)) + 1
    step = nice_step(max(mark.value for mark in marks))
    top = step * math.ceil(max(mark.value for mark in marks) / step) or step

    def x(at: float) -> float:
        return 100 * (at - first) / (last - first)

    def y(value: float) -> float:
        return 100 * value / top

    drawn = [_grid(step, top), _years(first, last)]
    for line in lines:
        for before, mark in zip(line.marks, line.marks[1:], strict=False):
            if mark.joined:
                drawn.append(_segment(x(before.at), y(before.value), x(mark.at), y(mark.value), line.number))
    places = [(x(mark.at), y(mark.value), mark.shown) for mark in marks]
    sides = iter(zip(places, _sides(places, _WIDTH), _sides(places, _NARROW), strict=True))
    for line in lines:
        for mark in line.marks:
            drawn.append(
                tag(
                    "span",
                    swatch(line.number, target=line.target, hollow=mark.hollow),
                    _value(*next(sides)),
                    class_="geo-mark",
                    style=f"left:{x(mark.at):.2f}%;bottom:{y(mark.value):.2f}%",
                    title=mark.title,
                )
            )
    return tag("div", tag("div", *drawn, class_="geo-plot", aria_hidden="true"), class_="geo-chart", role="img",
               aria_label=label)  # fmt: skip


def _grid(step: float, top: float) -> Markup:
    rules = []
    for number in range(round(top / step) + 1):
        value = format_number(step * number)
        rules.append(tag("span", tag("em", value), class_="geo-rule", style=f"bottom:{100 * step * number / top:.2f}%"))
    return join(rules)


def _years(first: int, last: int) -> Markup:
    every = math.ceil((last - first) / 10)
    shown = []
    for year in range(first, last):
        middle = 100 * (year + 0.5 - first) / (last - first)
        edge = 100 * (year - first) / (last - first)
        name = tag("em", str(year)) if (year - first) % every == 0 else ""
        shown.append(tag("span", class_="geo-year", style=f"left:{edge:.2f}%"))
        shown.append(tag("span", name, class_="geo-year-name", style=f"left:{middle:.2f}%"))
    return join(shown)


def _segment(x0: float, y0: float, x1: float, y1: float, number: int) -> Markup:
    low, high = sorted((y0, y1))
    rising = "up" if y1 > y0 else "down"
    if high - low < 0.8:
        rising = "flat"
    style = f"left:{x0:.2f}%;width:{x1 - x0:.2f}%;bottom:{low:.2f}%;height:{high - low:.2f}%;{_colour(number)}"
    return tag("span", class_=f"geo-seg {rising}", style=style)


_Box = tuple[float, float, float, float]


def _box(x: float, y: float, width: float, height: float, across: float) -> _Box:
    """Return a box of pixels around a point given in per cent of a chart that is `across` wide."""
    left, bottom = x * across / 100 - width / 2, y * _HEIGHT / 100 - height / 2
    return left, bottom, left + width, bottom + height


def _sides(places: Sequence[tuple[float, float, str]], across: float) -> list[str]:
    """Return on which side of its mark each value is written, "" where it would cover a mark or another value."""
    taken = [_box(x, y, 10, 10, across) for x, y, _ in places]
    found = []
    for x, y, shown in places:
        width = len(shown) * _CHARACTER
        moves = {
            "above": (0.0, 15.0),
            "right": (width / 2 + 9, 0.0),
            "left": (-width / 2 - 9, 0.0),
            "below": (0.0, -15.0),
        }
        side = ""
        for name, (dx, dy) in moves.items():
            box = _box(x + 100 * dx / across, y + 100 * dy / _HEIGHT, width, _LINE, across)
            outside = box[0] < -8 or box[2] > across + 8 or box[1] < 0
            if not outside and not any(
                box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken
            ):
                side = name
                taken.append(box)
                break
        found.append(side)
    return found


def _value(place: tuple[float, float, str], side: str, narrow: str) -> Markup:
    """Return a value to stand beside its mark where there is room; all stand in the table and behind the mark."""
    if not side and not narrow:
        return Markup()
    only = "" if side == narrow else " narrow" if not side else " wide"
    shown = tag("b", place[2], class_=f"geo-val {side or narrow}{only}")
    if only == " wide" and narrow:
        shown += tag("b", place[2], class_=f"geo-val {narrow} narrow")
    return shown
