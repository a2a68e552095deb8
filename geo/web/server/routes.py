"""Our routes beside Streamlit's: files by URL, compression, caching, security headers.

Streamlit serves its scripts (2.7 MB) uncompressed; here each is compressed once and kept. Every answer has a
Content-Security-Policy that restricts the page to its own origin. Images may also come from the tile servers of the
basemap registry; they are requested only after a user has chosen an online basemap.
"""

from __future__ import annotations

import gc
import gzip
import importlib
import threading
from contextlib import suppress

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geo.analysis.coverage import coverage
from geo.analysis.place_sheet import place_sheet
from geo.base.messages import LANGUAGES
from geo.base.sealed import seal
from geo.errors import GeoError
from geo.web.server import doors, firstpaint, health, previews, search_route, user_points
from geo.web.server.assets import (
    BUNDLE,
    CHECK_AGAIN,
    FRAME,
    KEEP_FOREVER,
    answer,
    asset,
    asset_folders,
    bundle_answer,
    file_answer,
    frame_answer,
    missing,
    path_inside,
)
from geo.web.server.connections import QUEUE, Http, Websocket
from geo.web.server.current import current_atlas, current_mapdata
from geo.web.server.negotiation import accepts_gzip
from geo.web.server.page_head import addresses, page_head
from geo.web.server.streamlit_internals import hold_uploads, send_at_once, server_settings
from geo.web.server.uploads import UploadStore

__all__ = ["routes"]


async def _map_data(request: Request) -> Response:
    name = request.path_params["name"]
    body = await anyio.to_thread.run_sync(lambda: current_mapdata().body(name))
    if body is None:
        return missing("such layer; reload the page: the data may have been built again")
    raw = b"" if accepts_gzip(request.headers.get("accept-encoding", "")) else gzip.decompress(body)
    return answer(request, raw, body, name.split(".")[2], "application/json", KEEP_FOREVER)


async def _layer(request: Request) -> Response:
    path = path_inside(current_atlas().folder, request.path_params["path"])
    found = missing("such layer") if path is None else await file_answer(request, path, CHECK_AGAIN)
    found.headers.update(doors.OPEN)
    return found


def _warm() -> None:
    """Make everything that the first visitor would otherwise wait for."""
    with suppress(GeoError):  # without layers the page itself shows the error
        current_mapdata().urls("wgs84")
        page_head()
        addresses()  # imports the page modules
        atlas = current_atlas()
        atlas.select()
        coverage(atlas)
        for place_id in atlas.places.index:
            place_sheet(atlas, str(place_id))
        search_route.found(atlas, atlas.meta["atlas_id"], LANGUAGES[0])


def _spare_libraries() -> None:
    """Exclude imported libraries from garbage collection, which would otherwise traverse them each time.

    Traversing them took half of the server's time for a filter, most of it for pypinyin, which would otherwise be
    imported at the first search. Call this before the first session: objects of a session, such as a user's table,
    would never be collected if they were frozen.
    """
    for name in ("folium", "pyarrow", "pypinyin"):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def routes() -> list[BaseRoute]:
    """Return the routes: Leaflet under ``/vendor``, our files under ``/map`` and ``/page``, search, data, crawlers."""
    seal()
    send_at_once()
    server_settings(http=Http, ws=Websocket, backlog=QUEUE)
    hold_uploads(UploadStore)
    _spare_libraries()
    threading.Thread(target=_warm, daemon=True).start()
    return [
        Route("/map/data/{name}", _map_data, methods=["GET"]),
        Route(f"/map/{BUNDLE}", bundle_answer, methods=["GET"]),
        Route(f"/map/{FRAME}", frame_answer, methods=["GET"]),
        firstpaint.route(),
        previews.route(),
        search_route.route(),
        user_points.route(),
        health.route(),
        *(Route(f"{prefix}/{{name:path}}", asset, methods=["GET"]) for prefix in asset_folders()),
        *doors.routes(),
        Route("/layers/{path:path}", _layer, methods=["GET"]),
    ]
