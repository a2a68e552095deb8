"""The frame of a map on a sheet: its extent, a round scale, and the graticule at its edge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["Frame", "Tick", "framed", "round_scale", "ticks"]

#: Length of a point on paper, metres.
_POINT_M = 0.0254 / 72

#: Leading digits of a round scale.
_ROUND = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 9.0)

#: Spacing of meridians and parallels, arc minutes.
_STEPS_MIN = (0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300)

#: Smallest distance between two of them on paper, points.
_APART_PT = 90.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on a sheet (left, top, width, height in points), centred on x, y in metres, at 1:`scale`."""

    left: float
    top: float
    width: float
    height: float
    x: float
    y: float
    scale: float

    @property
    def metres(self) -> float:
        """Metres on the ground per point on paper."""
        return self.scale * _POINT_M

    @property
    def box(self) -> shapely.Polygon:
        """The rectangle on the sheet, in points."""
        return shapely.box(self.left, self.top, self.left + self.width, self.top + self.height)

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the map, metres."""
        half_x, half_y = self.width * self.metres / 2, self.height * self.metres / 2
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def place(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project points from metres to the sheet, in points; shape (n, 2)."""
        right = self.left + self.width / 2 + (metres[:, 0] - self.x) / self.metres
        down = self.top + self.height / 2 - (metres[:, 1] - self.y) / self.metres
        return np.column_stack([right, down])

    def holds(self, metres: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points lie within the frame; shape (n,)."""
        west, south, east, north = self.ground
        x, y = metres[:, 0], metres[:, 1]
        inside: NDArray[np.bool_] = (x > west) & (x < east) & (y > south) & (y < north)
        return inside

    def drawn(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the part of a geometry within the frame, in points; details too fine to see are removed."""
        parts = shapely.clip_by_rect(shapely.get_parts(shape), *self.ground)
        placed = shapely.transform(parts[~shapely.is_empty(parts)], self.place)
        seen = shapely.make_valid(shapely.simplify(placed, 0.12))
        return seen[0] if len(seen) == 1 else _together(seen)


def _together(parts: NDArray[np.object_]) -> BaseGeometry:
    """Combine parts into one geometry without merging adjacent areas, so that the edge of each can be drawn."""
    flat = shapely.get_parts(parts)
    kinds = {part.geom_type for part in flat}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(list(flat))
    return shapely.MultiLineString(list(flat)) if kinds == {"LineString"} else shapely.GeometryCollection(list(flat))


def round_scale(least: float) -> float:
    """Return the next larger round scale: 230,001 becomes 250,000."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in _ROUND if step * power >= least * (1 - 1e-9)), 10 * power)


def framed(
    rect: tuple[float, float, float, float],
    bounds: tuple[float, float, float, float],
    *,
    margin: float = 0.06,
    least_m: float = 2000.0,
    rounded: bool = True,
) -> Frame:
    """Return the frame that shows the bounds completely, at the largest round scale.

    Parameters
    ----------
    rect : tuple of float
        Left, top, width and height on the sheet, in points.
    bounds : tuple of float
        West, south, east and north, metres.
    margin : float
        Free margin on every side, as a share of the length.
    least_m : float
        Smallest extent of the map, metres.
    rounded : bool
        Whether the scale is round; a picture that does not state its scale needs no round one.
    """
    left, top, width, height = rect
    west, south, east, north = bounds
    free = 1 + 2 * margin
    wide, high = max(east - west, least_m) * free, max(north - south, least_m) * free
    needed = max(wide / width, high / height) / _POINT_M
    scale = round_scale(needed) if rounded else needed
    return Frame(left, top, width, height, (west + east) / 2, (south + north) / 2, scale)


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a meridian or parallel meets the frame: side ("bottom" or "left"), position in points, label."""

    edge: str
    at: float
    label: str


@lru_cache(maxsize=4)
def _ways(crs: str) -> tuple[pyproj.Transformer, pyproj.Transformer]:
    return (
        pyproj.Transformer.from_crs(crs, 4326, always_xy=True),
        pyproj.Transformer.from_crs(4326, crs, always_xy=True),
    )


def ticks(frame: Frame, crs: str) -> list[Tick]:
    """Return the labels of the graticule for the lower and the left edge of a frame.

    Parameters
    ----------
    frame : Frame
    crs : str
        CRS of the frame's metres.
    """
    back, forth = _ways(crs)
    west, south, east, north = frame.ground
    lon, lat = back.transform([west, east], [south, south])[0], back.transform([west, west], [south, north])[1]
    apart = _APART_PT * frame.metres
    step = next((one for one in _STEPS_MIN if one / 60 * 111_000 * math.cos(math.radians(lat[0])) >= apart), 600) / 60
    found = []
    for value in _multiples(lon[0], lon[1], step):
        x = forth.transform(value, lat[0])[0]
        found.append(Tick("bottom", float(frame.place(np.array([[x, south]]))[0, 0]), _degrees(value, "EW")))
    for value in _multiples(lat[0], lat[1], step):
        y = forth.transform(lon[0], value)[1]
        found.append(Tick("left", float(frame.place(np.array([[west, y]]))[0, 1]), _degrees(value, "NS")))
    return found


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, sides: str) -> str:
    """Return degrees, with minutes and seconds if they are not zero.

    Examples
    --------
    >>> _degrees(10.5, "EW"), _degrees(-50.0, "NS"), _degrees(10.5041666666, "EW")
    ('10°30′E', '50°S', '10°30′15″E')
    """
    seconds = round(abs(value) * 3600)
    degrees, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    told = f"{degrees}°" + (f"{minutes:02}′" if minutes or rest else "") + (f"{rest:02}″" if rest else "")
    return told + sides[0 if value >= 0 else 1]
