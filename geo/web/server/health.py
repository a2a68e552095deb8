"""``/healthz`` for proxies, containers and monitoring: whether this process can serve, and its data version."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo.atlas.layers import default_layers, read_layers
from geo.errors import GeoError, distribution
from geo.web.server.current import current_atlas

__all__ = ["ROUTE", "answer", "route", "state"]

ROUTE = "/healthz"


def state() -> tuple[int, dict[str, Any]]:
    """Return HTTP status and body: 200 with program and data version, or 503 with why the layers cannot be read.

    Reads and hashes every file of the layers, some 7 ms: damage on the disk is reported although the process still
    serves what it loaded before.
    """
    known: dict[str, Any] = {"version": _version()}
    try:
        read_layers(default_layers())
        atlas = current_atlas()
    except GeoError as error:
        return 503, {"status": "damaged layers", **known, "reason": str(error)}
    known |= {"atlas_id": atlas.meta["atlas_id"], "data_version": atlas.meta["version"]}
    return 200, {"status": "ok", **known, "data_date": atlas.meta["data_date"], "digest": atlas.digest}


@cache
def _version() -> str:
    return metadata.version(distribution())


async def answer(request: Request) -> Response:
    """Answer with `state` as JSON, never cached."""
    status, words = await anyio.to_thread.run_sync(state)
    return JSONResponse(words, status_code=status, headers={"Cache-Control": "no-store"})


def route() -> Route:
    """Return the route for `geo.web.server.routes.routes`."""
    return Route(ROUTE, answer, methods=["GET"])
