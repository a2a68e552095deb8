"""What a chart of series that break shows: marks, lines, its axes, and where the values have room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["COLOURS", "HEIGHT", "NARROW", "SHAPES", "WIDTH", "Axes", "Line", "Mark", "axes", "nice_step", "sides"]

#: Okabe and Ito's colours without yellow and black, to hold on light and dark; shape tells them apart in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#8C6BB1", "#7A7A7A")
SHAPES = ("round", "square", "tilted")

#: The sizes for which labels are placed: usual, and on a phone.
WIDTH, NARROW, HEIGHT = 560.0, 300.0, 230.0
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


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes reach: whole years from `first` up to `last`, values from 0 up to `top` in steps."""

    first: int
    last: int
    step: float
    top: float

    def x(self, at: float) -> float:
        """Return where a moment lies, in per cent from the left."""
        return 100 * (at - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """Return where a value lies, in per cent from below."""
        return 100 * value / self.top

    @property
    def named_years(self) -> range:
        """The years that are written: at most ten."""
        return range(self.first, self.last, math.ceil((self.last - self.first) / 10))

    @property
    def rules(self) -> list[float]:
        """The values at which a line goes across."""
        return [self.step * number for number in range(round(self.top / self.step) + 1)]


def axes(lines: Sequence[Line]) -> Axes:
    """Return the axes that hold every mark; there is at least one."""
    marks = [mark for line in lines for mark in line.marks]
    first = math.floor(min(mark.at for mark in marks))
    last = math.floor(max(mark.at for mark in marks)) + 1
    largest = max(mark.value for mark in marks)
    step = nice_step(largest)
    return Axes(first, last, step, step * math.ceil(largest / step) or step)


_Box = tuple[float, float, float, float]


def _box(x: float, y: float, width: float, height: float, across: float) -> _Box:
    """Return a box of pixels around a point given in per cent of a chart that is `across` wide."""
    left, bottom = x * across / 100 - width / 2, y * HEIGHT / 100 - height / 2
    return left, bottom, left + width, bottom + height


def sides(places: Sequence[tuple[float, float, str]], across: float) -> list[str]:
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
            box = _box(x + 100 * dx / across, y + 100 * dy / HEIGHT, width, _LINE, across)
            outside = box[0] < -8 or box[2] > across + 8 or box[1] < 0
            if not outside and not any(
                box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken
            ):
                side = name
                taken.append(box)
                break
        found.append(side)
    return found
