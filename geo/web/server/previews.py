"""Preview pictures for links to the pages: drawn once per data set and place, and kept."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo.atlas.atlas import Atlas
from geo.render.figure.fonts import can_draw
from geo.render.preview import preview_png
from geo.web.server.assets import CHECK_AGAIN, answer, missing
from geo.web.server.current import current_atlas

__all__ = ["PREVIEWS", "preview_path", "route"]

#: Path prefix of the pictures.
PREVIEWS = "/preview/"


def preview_path(atlas: Atlas, place_id: str) -> str:
    """Return the path of a place's picture, or of the whole map's for ""; "" if pictures cannot be drawn."""
    shown = place_id or str(atlas.meta["city_place_id"])
    return f"{PREVIEWS}{shown}.png?{atlas.digest[:16]}" if can_draw() else ""


@lru_cache(maxsize=128)
def _drawn(atlas: Atlas, place_id: str) -> tuple[bytes, str]:
    made = preview_png(atlas, place_id)
    return made, hashlib.sha256(made).hexdigest()[:16]


async def _picture(request: Request) -> Response:
    atlas, place_id = current_atlas(), request.path_params["place_id"]
    if place_id not in atlas.place_rows or not can_draw():
        return missing("such picture")
    made, digest = await anyio.to_thread.run_sync(_drawn, atlas, place_id)
    # Not cached forever: the digest in the address covers the data, not the installed fonts.
    return answer(request, made, b"", digest, "image/png", CHECK_AGAIN)


def route() -> Route:
    """Return the route for `geo.web.server.routes.routes`."""
    return Route(f"{PREVIEWS}{{place_id}}.png", _picture, methods=["GET"])
