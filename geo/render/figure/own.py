"""A user's points in a figure: positions, classes, and texts for the legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.analysis.compare import Ranking
from geo.atlas.atlas import View
from geo.base.told import told
from geo.errors import UsageError
from geo.render.figure.fonts import chinese_font

if TYPE_CHECKING:
    from geo.analysis.user_data.point_styles import PointStyle

__all__ = ["POINT", "POINT_ON_CLASSES", "OwnMeasure", "OwnPoints", "own_points", "point_look"]

#: Colour of points without a class; no kind and no class uses it.
POINT = "#0B7A75"
#: The same where a measure colours the areas, in blues; it is that of the map of the app.
POINT_ON_CLASSES = "#C2410C"
#: Edge colour of dots that would be invisible on white paper.
_RIM = "#4B555E"


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """A measure of a user's own table by area: its ranking, heading and unit."""

    found: Ranking
    heading: str
    unit: str = ""


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """Points in metres, shape (n, 2), and their colour classes; None if all have one `colour`."""

    metres: NDArray[np.float64]
    style: PointStyle | None = None
    colour: str = POINT

    def spots(self, placed: NDArray[np.float64], held: NDArray[np.bool_]) -> list[tuple[float, float, str]]:
        """Return each occupied position on paper once, with the colour of most of its points ("" for no value).

        Parameters
        ----------
        placed : ndarray of float64, shape (n, 2)
            Positions of the points on the sheet, in points.
        held : ndarray of bool, shape (n,)
            Which points lie within the frame.
        """
        kinds = np.zeros(len(placed)) if self.style is None else self.style.of
        rows, often = np.unique(np.column_stack([np.round(placed), kinds])[held], axis=0, return_counts=True)
        rows = rows[np.argsort(-often, kind="stable")]
        first = np.unique(rows[:, :2], axis=0, return_index=True)[1]
        colours = [self.colour] if self.style is None else [one.colour for one in self.style.classes]
        return [(x, y, colours[int(kind)]) for x, y, kind in rows[first].tolist()]


def own_points(
    points: ArrayLike | None, view: View, style: PointStyle | None = None, *, on_classes: bool = False
) -> OwnPoints | None:
    """Project a user's points to the metric CRS of a view.

    Parameters
    ----------
    points : array_like of float, shape (n, 2), optional
        Longitude and latitude in degrees (WGS 84).
    view : View
    style : PointStyle, optional
        Style of these points; ignored if no font can show its legend.
    on_classes : bool
        Whether a measure colours the areas that they lie on.

    Raises
    ------
    UsageError
        If `points` is not an (n, 2) array of finite numbers, or the style belongs to other points.
    """
    if points is None:
        return None
    table = np.asarray(points, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 2 or not np.isfinite(table).all():
        raise told(UsageError, "wrong.points_shape", shape=table.shape)
    if style is not None:
        if len(style.of) != len(table):
            raise told(UsageError, "wrong.points_style", count=len(style.of), own=len(table))
        said = "".join([style.column, *(one.label for one in style.classes)])
        style = style if chinese_font() is not None or said.isascii() else None
    transform = pyproj.Transformer.from_crs(4326, view.atlas.meta["metric_crs"], always_xy=True)
    metres = np.column_stack(transform.transform(table[:, 0], table[:, 1]))
    return OwnPoints(metres, style, POINT_ON_CLASSES if on_classes else POINT)


def point_look(colour: str) -> tuple[str, str]:
    """Return fill and edge colour of a dot, visible on paper; a dot without a value is hollow."""
    if not colour:
        return "#FFFFFF", _RIM
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return colour, _RIM if 0.3 * red + 0.59 * green + 0.11 * blue > 150 else "#FFFFFF"
