"""Serve a user's points to that user's map only: at an address nobody can guess, which ends with the session.

`publish` returns an object that the session keeps; the server itself holds it only weakly. When the user takes another
table, the points are gone from memory and the address answers 404. It does so too as soon as the page of the session is
closed, though Streamlit keeps a session for a while in case its page comes back.
"""

from __future__ import annotations

import secrets
import weakref

import anyio.to_thread
import numpy as np
import numpy.typing as npt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo.crs.datums import DATUMS, from_wgs84
from geo.web.server.streamlit_internals import is_open, session_id

__all__ = ["ROUTE", "PointSet", "publish", "route"]

ROUTE = "/points"

_known: weakref.WeakValueDictionary[str, PointSet] = weakref.WeakValueDictionary()


class PointSet:
    """Points that one session shows.

    Parameters
    ----------
    lon, lat : ndarray of float64
        Degrees, WGS 84; only finite ones are kept.
    """

    def __init__(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> None:
        self._session_id = session_id()
        good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) < 85)
        self.lon, self.lat = lon[good], lat[good]
        self.token = secrets.token_urlsafe(32)

    def is_shown(self) -> bool:
        """Return whether the page of the session that made them is open."""
        return is_open(self._session_id)

    def __len__(self) -> int:
        return len(self.lon)

    def url(self, datum: str = "wgs84") -> str:
        """Return the path of the points in the datum of a basemap."""
        return f"{ROUTE}/{self.token}/{datum}"

    def body(self, datum: str) -> bytes:
        """Return the points as little-endian int32 pairs of longitude and latitude in 1e-6 degree."""
        lon, lat = from_wgs84(self.lon, self.lat, datum)
        return np.rint(np.column_stack([lon, lat]) * 1e6).astype("<i4").tobytes()


def publish(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> PointSet:
    """Make points reachable by an address of their own for as long as the caller keeps the returned object."""
    points = PointSet(lon, lat)
    _known[points.token] = points
    return points


async def _points(request: Request) -> Response:
    points = _known.get(request.path_params["token"])
    datum = request.path_params["datum"]
    headers = {"Cache-Control": "no-store"}
    if points is None or datum not in DATUMS or not points.is_shown():
        return Response("no such points", status_code=404, media_type="text/plain", headers=headers)
    body = await anyio.to_thread.run_sync(points.body, datum)
    return Response(body, media_type="application/octet-stream", headers=headers)


def route() -> Route:
    """Return the route that hands points to the map of the session that owns them."""
    return Route(f"{ROUTE}/{{token}}/{{datum}}", _points, methods=["GET"])
