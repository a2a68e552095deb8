"""A plane in metres around a city: over a few kilometres, distances are right to a few parts in ten thousand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

__all__ = ["Plane"]

Floats = npt.NDArray[np.float64]


class Plane:
    """Transverse Mercator about a centre, WGS 84: degrees to metres east and north of it, and back.

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
        """Return metres east and north, float64, of longitude and latitude in degrees."""
        return self._to.transform(np.asarray(lon, np.float64), np.asarray(lat, np.float64))

    def degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude, degrees, float64, of metres east and north."""
        found = self._to.transform(np.asarray(x, np.float64), np.asarray(y, np.float64), direction="INVERSE")
        return found

    def shape(self, geometry: Any) -> Any:
        """Return a shapely geometry, or an array of them, given in degrees, in metres."""

        def moved(points: Floats) -> Floats:
            return np.column_stack(self.metres(points[:, 0], points[:, 1]))

        return shapely.transform(geometry, moved)
