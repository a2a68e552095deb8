"""A plane in metres around a city, in which distances of a few kilometres are right to a few parts in ten thousand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

__all__ = ["Plane"]

Floats = npt.NDArray[np.float64]


class Plane:
    """Degrees, WGS 84, to metres east and north of a centre and back (transverse Mercator).

    Parameters
    ----------
    lon, lat : float
        The centre, degrees, WGS 84.
    """

    def __init__(self, lon: float, lat: float) -> None:
        self.centre = (lon, lat)
        crs = f"+proj=tmerc +k=1 +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m"
        self._to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def metres(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return metres east and north, of the shape given."""
        return self._to.transform(np.asarray(lon, np.float64), np.asarray(lat, np.float64))

    def degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude, degrees, WGS 84."""
        found = self._to.transform(np.asarray(x, np.float64), np.asarray(y, np.float64), direction="INVERSE")
        return found

    def shape(self, geometry: Any) -> Any:
        """Return geometry, or an array of it, in metres."""

        def moved(points: Floats) -> Floats:
            return np.column_stack(self.metres(points[:, 0], points[:, 1]))

        return shapely.transform(geometry, moved)
