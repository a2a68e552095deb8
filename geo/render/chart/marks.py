"""Layout of a chart of series with gaps: marks, lines, axes, and where the values can be written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "COLOURS",
    "HEIGHT",
    "NARROW",
    "SHAPES",
    "WIDTH",
    "Axes",
    "Line",
    "Mark",
    "axes",
    "nice_step",
    "panels",
    "sides",
]

#: Okabe and Ito's colours without yellow and black, visible on light and dark; shapes tell series apart in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#8C6BB1", "#7A7A7A")
SHAPES = ("round", "square", "tilted")

#: Sizes for which labels are placed: usual width, width on a phone, height; pixels.
WIDTH, NARROW, HEIGHT = 560.0, 300.0, 230.0
_CHARACTER, _LINE = 7.2, 15.0
#: A line whose largest value is below this part of an axis lies flat on its floor.
_LEAST_PART = 0.1


@dataclass(frozen=True, slots=True)
class Mark:
    """One value.

    Attributes
    ----------
    at, value : float
        Position in time (decimal years), and value in the unit of the axis.
    shown, title : str
        Text beside the mark, and its tooltip.
    hollow : bool
        True if the figure is not exact (about, nearly, over or under).
    joined : bool
        True if a line connects the mark with the previous one.
    """

    at: float
    value: float
    shown: str
    title: str
    hollow: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its colour number and its marks. A target has no line, and a different mark."""

    number: int
    marks: tuple[Mark, ...]
    target: bool = False

    @property
    def largest(self) -> float:
        """Largest value of its marks."""
        return max(mark.value for mark in self.marks)


def panels(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in groups to be drawn one below the other, each on an axis of its own, the largest values first.

    On the axis of a group every line reaches a tenth of the largest value, so that none is flattened by another.

    Parameters
    ----------
    lines : sequence of Line
        Each with a mark or more.

    Returns
    -------
    list of list of Line
        Within a group in the given order; one group if the values are of like size.
    """
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: -one.largest):
        if not found or line.largest < _LEAST_PART * found[-1][0].largest:
            found.append([])
        found[-1].append(line)
    return [[line for line in lines if line in group] for group in found]


def nice_step(largest: float) -> float:
    """Return a round step so that an axis from zero reaches `largest` in three to six steps.

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
    """Ranges of the axes: whole years from `first` to `last`, values from 0 to `top` in steps."""

    first: int
    last: int
    step: float
    top: float

    def x(self, at: float) -> float:
        """Return the position of a moment, in per cent from the left."""
        return 100 * (at - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """Return the position of a value, in per cent from below."""
        return 100 * value / self.top

    @property
    def named_years(self) -> range:
        """The years that are labelled: at most ten."""
        return range(self.first, self.last, math.ceil((self.last - self.first) / 10))

    @property
    def rules(self) -> list[float]:
        """The values that have a grid line."""
        return [self.step * number for number in range(round(self.top / self.step) + 1)]


def axes(lines: Sequence[Line], others: Sequence[Line] = ()) -> Axes:
    """Return axes that contain every mark of `lines`, of which there is at least one, in the years of all lines."""
    moments = [mark.at for line in (*lines, *others) for mark in line.marks]
    first, last = math.floor(min(moments)), math.floor(max(moments)) + 1
    largest = max(line.largest for line in lines)
    step = nice_step(largest)
    return Axes(first, last, step, step * math.ceil(largest / step) or step)


_Box = tuple[float, float, float, float]


def _box(x: float, y: float, width: float, height: float, across: float) -> _Box:
    """Return a box in pixels around a point given in per cent of a chart that is `across` pixels wide."""
    left, bottom = x * across / 100 - width / 2, y * HEIGHT / 100 - height / 2
    return left, bottom, left + width, bottom + height


def sides(places: Sequence[tuple[float, float, str]], across: float) -> list[str]:
    """Return the side of its mark on which each value is written; "" if it would cover a mark or another value."""
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
