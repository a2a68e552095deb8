"""Drawing primitives of a sheet, in points from its upper left corner, independent of the file format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["INK", "MUTED", "RULE", "Area", "Circle", "Line", "Mark", "Sheet", "Words"]

INK, MUTED, RULE = "#1F2933", "#6B7480", "#9AA5B1"

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A filled area: its outer ring, then its holes."""

    rings: tuple[Points, ...]
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `dash` is (dash length, gap length) in points."""

    points: Points
    colour: str
    width: float
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """A disc with an edge."""

    x: float
    y: float
    radius: float
    fill: str
    edge: str
    width: float


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text that starts, is centred or ends at x, on the baseline y; `halo` is its outline's width."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False
    anchor: str = "start"
    halo: float = 0.0
    upwards: bool = False


Mark = Area | Line | Circle | Words


@dataclass(slots=True)
class Sheet:
    """A sheet of paper and its marks, in drawing order."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def area(self, shape: BaseGeometry, fill: str, opacity: float = 1.0) -> None:
        """Fill a geometry in points."""
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon" and not part.is_empty:
                rings = tuple(_points(ring) for ring in (part.exterior, *part.interiors))
                self.marks.append(Area(rings, fill, opacity))

    def line(self, shape: BaseGeometry, colour: str, width: float, dash: tuple[float, float] | None = None) -> None:
        """Draw the lines of a geometry in points; of an area, its edge."""
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                self.line(part.boundary, colour, width, dash)
            elif part.geom_type in ("LineString", "LinearRing") and not part.is_empty:
                self.marks.append(Line(_points(part), colour, width, dash))

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str, width: float) -> None:
        """Draw a disc with an edge."""
        self.marks.append(Circle(round(float(x), 2), round(float(y), 2), radius, fill, edge, width))

    def words(self, x: float, y: float, text: str, size: float, **look: object) -> None:
        """Write a line of text; `look` are attributes of `Words`."""
        self.marks.append(Words(round(float(x), 2), round(float(y), 2), text, size, **look))  # type: ignore[arg-type]

    def lines(self, x: float, y: float, lines: Iterable[str], size: float, spacing: float, **look: object) -> float:
        """Write lines of text, the top of the first one at y; return where the next line would begin."""
        for one in lines:
            self.words(x, y + size * 0.88, one, size, **look)
            y += spacing
        return y


def _points(ring: BaseGeometry) -> Points:
    return tuple((round(x, 2), round(y, 2)) for x, y in shapely.get_coordinates(ring).tolist())
