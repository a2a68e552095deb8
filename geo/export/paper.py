"""Paper sheets: sizes, positions of map, title, legend and notes, and the scale at which a map fits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.base.told import told
from geo.errors import UsageError

__all__ = ["SHEETS", "Bounds", "Box", "Sheet", "fitting_scale", "plot_scales", "sheet_for"]

#: Landscape sheets: width and height in millimetres, the smallest first.
SHEETS = {"A4": (297, 210), "A3": (420, 297), "A2": (594, 420), "A1": (841, 594), "A0": (1189, 841)}
_MARGIN_MM, _TITLE_MM, _NOTES_MM, _LEGEND_SHARE = 10, 14, 16, 0.245
#: Leading digits of the map scales.
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
#: Smallest extent of a map in metres; share by which its extent is enlarged as a margin.
_LEAST_M, _ROOM = 2000.0, 1.06

#: West, south, east, north, metres.
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, in millimetres from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a size in `SHEETS` and its layout: the legend beside the map, the notes below both."""

    size: str

    @property
    def paper(self) -> tuple[int, int]:
        """Width and height, millimetres."""
        return SHEETS[self.size]

    @property
    def map(self) -> Box:
        """Rectangle of the map."""
        width, height = self.paper
        wide = width - 3 * _MARGIN_MM - width * _LEGEND_SHARE
        return Box(_MARGIN_MM, _MARGIN_MM + _TITLE_MM, wide, height - 2 * _MARGIN_MM - _TITLE_MM - _NOTES_MM)

    @property
    def title(self) -> Box:
        """Rectangle of the title."""
        return Box(_MARGIN_MM, _MARGIN_MM - 2, self.map.width, _TITLE_MM)

    @property
    def side(self) -> Box:
        """Rectangle of legend, scale and north arrow."""
        width, _ = self.paper
        wide = width * _LEGEND_SHARE
        return Box(width - _MARGIN_MM - wide, self.map.y, wide, self.map.height)

    @property
    def notes(self) -> Box:
        """Rectangle of credit and notices."""
        width, height = self.paper
        below = height - _MARGIN_MM - _NOTES_MM + 2
        return Box(_MARGIN_MM, below, width - 2 * _MARGIN_MM, _NOTES_MM - 2)

    def ground(self, bounds: Bounds, scale: int) -> Bounds:
        """Return the bounds that the map shows at a scale, in metres, centred on the given bounds."""
        west, south, east, north = bounds
        x, y = (west + east) / 2, (south + north) / 2
        wide, high = self.map.width * scale / 2000, self.map.height * scale / 2000
        return x - wide, y - high, x + wide, y + high


def fitting_scale(bounds: Bounds, sheet: Sheet) -> int:
    """Return the denominator of the largest round scale at which the bounds fit the map of a sheet.

    Examples
    --------
    >>> fitting_scale((0, 0, 98_000, 68_000), Sheet("A3")), fitting_scale((0, 0, 98_000, 68_000), Sheet("A4"))
    (400000, 600000)
    """
    needed = _needed(bounds, sheet)
    power: float = 10 ** math.floor(math.log10(needed))
    return round(next(step * power for step in _STEPS if step * power >= needed * (1 - 1e-9)))


def plot_scales(bounds: Bounds) -> dict[int, str]:
    """Return the largest round scale of every sheet → its size, the smallest sheet first.

    Examples
    --------
    >>> list(plot_scales((0, 0, 98_000, 68_000)).items())[:2]
    [(600000, 'A4'), (400000, 'A3')]
    """
    scales = [fitting_scale(bounds, Sheet(size)) for size in SHEETS]
    return {scale: sheet_for(bounds, scale).size for scale in scales}


def sheet_for(bounds: Bounds, scale: int) -> Sheet:
    """Return the smallest sheet on which the bounds fit at a scale.

    Raises
    ------
    UsageError
        If the scale is not positive, or even the largest sheet is too small.
    """
    if scale < 1:
        raise told(UsageError, "wrong.plot_scale", given=str(scale))
    for size in SHEETS:
        if _needed(bounds, Sheet(size)) <= scale:
            return Sheet(size)
    least = fitting_scale(bounds, Sheet(size))
    raise told(UsageError, "wrong.plot_size", scale=str(scale), size=size, least=str(least))


def _needed(bounds: Bounds, sheet: Sheet) -> float:
    west, south, east, north = bounds
    wide, high = max(east - west, _LEAST_M), max(north - south, _LEAST_M)
    return max(wide / sheet.map.width, high / sheet.map.height) * _ROOM * 1000
