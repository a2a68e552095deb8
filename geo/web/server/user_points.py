"""Serve a user's points to that user's map only, at a secret address that ends with the session.

`publish` returns an object that the session keeps; the server has only a weak reference to it. When the user takes
another table, the points are freed and the address answers 204, because the map of that page may still request them
until it gets its new state. Once the session's page is closed it answers 404, although Streamlit keeps the session for
a while in case the page reconnects. Below the address are the coordinates in each datum, the colour classes of the
points, and the texts of one row at a time, for tooltips.
"""

from __future__ import annotations

import json
import re
import secrets
import weakref
from collections.abc import Callable, Sequence

import anyio.to_thread
import numpy as np
import numpy.typing as npt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo.analysis.user_data.point_styles import on_map
from geo.crs.datums import DATUMS, from_wgs84
from geo.web.server.streamlit_internals import is_open, session_id

__all__ = ["ROUTE", "PointSet", "publish", "route"]

ROUTE = "/points"

#: Row → its name, and pairs of column and value.
Words = Callable[[int], tuple[str, Sequence[tuple[str, str]]]]

_BYTES = "application/octet-stream"
_ROW = re.compile(r"row-([1-9]\d{0,8})-\d{1,9}", re.ASCII)

_known: weakref.WeakValueDictionary[str, PointSet] = weakref.WeakValueDictionary()
#: Token → session of points that were taken away; only the latest ones.
_gone: dict[str, str] = {}
_MOST_GONE = 1000


class PointSet:
    """Points shown by one session.

    Parameters
    ----------
    lon, lat : ndarray of float64
        Degrees, WGS 84; only those that are `on_map` are kept.

    Attributes
    ----------
    session : str
        Session of the page that published them.
    token : str
        Secret part of their address.
    """

    def __init__(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> None:
        self.session = session_id()
        self._rows = np.flatnonzero(on_map(lon, lat))
        self.lon, self.lat = lon[self._rows], lat[self._rows]
        self.token = secrets.token_urlsafe(32)
        self._classes: npt.NDArray[np.uint8] | None = None
        self._said: Words | None = None
        self._version = self._telling = 0

    def colour(self, classes: npt.NDArray[np.uint8] | None) -> None:
        """Set the class of every row, including rows without a point; None if all points have one colour."""
        self._classes = None if classes is None else classes[self._rows]
        self._version += 1

    def describe(self, said: Words) -> None:
        """Set the function that returns the texts of a row: its name, and pairs of column and value."""
        self._said = said
        self._telling += 1

    def is_shown(self) -> bool:
        """Return whether the page of the session that published them is open."""
        return is_open(self.session)

    def __len__(self) -> int:
        return len(self.lon)

    def url(self, datum: str = "wgs84") -> str:
        """Return the path of the points in a datum."""
        return f"{ROUTE}/{self.token}/{datum}"

    def classes_url(self) -> str:
        """Return the path of the classes, a new one after each `colour`; "" if there are none."""
        return "" if self._classes is None else f"{ROUTE}/{self.token}/classes?{self._version}"

    def rows_url(self) -> str:
        """Return the path prefix of the texts of a row, to be completed by its number; a new one after each `describe`.

        "" if there are no texts.
        """
        return "" if self._said is None else f"{ROUTE}/{self.token}/row-{self._telling}-"

    def part(self, name: str) -> tuple[bytes, str] | None:
        """Return the content at a path below the address, and its media type; None if there is nothing."""
        if name in DATUMS:
            return self.body(name), _BYTES
        if name == "classes" and self._classes is not None:
            return self._classes.tobytes(), _BYTES
        number = name.removeprefix(f"row-{self._telling}-")
        if self._said is None or number == name or not (number.isascii() and number.isdecimal() and len(number) < 10):
            return None
        if int(number) >= len(self):
            return None
        title, cells = self._said(int(self._rows[int(number)]))
        return json.dumps({"name": title, "cells": cells}, ensure_ascii=False).encode(), "application/json"

    def had(self, name: str) -> bool:
        """Return whether a path below the address belonged to earlier classes or texts."""
        before = _ROW.fullmatch(name)
        if name == "classes":
            return self._version > 0
        return before is not None and int(before[1]) < self._telling

    def body(self, datum: str) -> bytes:
        """Return the points as little-endian int32 pairs of longitude and latitude in units of 1e-6 degree."""
        lon, lat = from_wgs84(self.lon, self.lat, datum)
        return np.rint(np.column_stack([lon, lat]) * 1e6).astype("<i4").tobytes()


def publish(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> PointSet:
    """Publish points at a secret address, for as long as the caller keeps the returned object."""
    points = PointSet(lon, lat)
    _known[points.token] = points
    weakref.finalize(points, _taken_away, points.token, points.session).atexit = False
    return points


def _taken_away(token: str, session: str) -> None:
    _gone[token] = session
    while len(_gone) > _MOST_GONE:
        _gone.pop(next(iter(_gone)), None)


async def _points(request: Request) -> Response:
    token, part = request.path_params["token"], request.path_params["part"]
    points, headers = _known.get(token), {"Cache-Control": "no-store"}
    found, before = None, False
    if points is None:
        session = _gone.get(token)
        before = session is not None and is_open(session)
    elif points.is_shown():
        found, before = await anyio.to_thread.run_sync(points.part, part), points.had(part)
    if found is not None:
        return Response(found[0], media_type=found[1], headers=headers)
    if before:
        return Response(status_code=204, headers=headers)
    return Response("no such points", status_code=404, media_type="text/plain", headers=headers)


def route() -> Route:
    """Return the route that hands points to the map of the session that owns them."""
    return Route(f"{ROUTE}/{{token}}/{{part}}", _points, methods=["GET"])
