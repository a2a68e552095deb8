"""Static files: ours, Leaflet's and the map's document, each compressed once and addressed by its digest."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from importlib import resources
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from geo.base.optional import package_folder
from geo.base.told import told
from geo.errors import UsageError
from geo.render.map.leaflet import FRAME_SCRIPTS, frame, static_folder, vendor_folder
from geo.web.server.negotiation import accepts_gzip, is_known, tag_of
from geo.web.server.paths import href

__all__ = ["asset_path"]

KEEP_FOREVER = "public, max-age=31536000, immutable"


CHECK_AGAIN = "no-cache"


_COMPRESSIBLE = (".js", ".css", ".json", ".geojson", ".csv", ".svg", ".html", ".map")


BUNDLE = "leaflet.bundle.js"


FRAME = "map.frame.html"


_ASSETS = {".js", ".css", ".png", ".svg"}


@lru_cache(maxsize=256)
def _file(path: Path, _modified: int) -> tuple[bytes, bytes, str]:
    """Return content, gzipped content (empty if gzip does not pay off) and digest of a file."""
    raw = path.read_bytes()
    packed = gzip.compress(raw, compresslevel=6, mtime=0) if path.suffix in _COMPRESSIBLE else b""
    return raw, packed if len(packed) < len(raw) else b"", hashlib.sha256(raw).hexdigest()[:16]


def read_asset(path: Path) -> tuple[bytes, bytes, str]:
    return _file(path, path.stat().st_mtime_ns)


def asset_folders() -> dict[str, Path]:
    """Return URL prefix → folder of the scripts and styles that we serve."""
    return {"/vendor": vendor_folder(), "/map": static_folder(), "/page": static_folder_of_pages()}


@lru_cache(maxsize=2)
def _bundle(_modified: tuple[int, ...]) -> tuple[bytes, bytes, str]:
    """Return Leaflet and our scripts in one file (raw, gzipped, digest), so that one request replaces three."""
    raw = b"\n;\n".join(path.read_bytes() for path in _bundled())
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]


def _bundled() -> list[Path]:
    return [vendor_folder() / "leaflet.js", *(static_folder() / name for name in FRAME_SCRIPTS)]


def _read_bundle() -> tuple[bytes, bytes, str]:
    return _bundle(tuple(path.stat().st_mtime_ns for path in _bundled()))


async def bundle_answer(request: Request) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(_read_bundle)
    return answer(request, raw, packed, digest, "text/javascript", KEEP_FOREVER if request.url.query else CHECK_AGAIN)


def _read_frame() -> tuple[bytes, bytes, str]:
    return _frame(asset_path(BUNDLE), asset_path("leaflet.css"), asset_path("map.css"))


@lru_cache(maxsize=2)
def _frame(script: str, *styles: str) -> tuple[bytes, bytes, str]:
    raw = frame([script], styles).encode()
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]


async def frame_answer(request: Request) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(_read_frame)
    return answer(
        request, raw, packed, digest, "text/html", KEEP_FOREVER if digest in request.url.query else CHECK_AGAIN
    )


def asset_path(name: str) -> str:
    """Return the URL path of a script or style, such as "map.css", with a digest of its content.

    "leaflet.bundle.js" is Leaflet and the map's scripts in one file, "map.frame.html" the document of the map.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    return href(_asset_path(name))


@lru_cache(maxsize=32)
def _asset_path(name: str) -> str:
    if name in (BUNDLE, FRAME):
        return f"/map/{name}?{(_read_bundle if name == BUNDLE else _read_frame)()[2]}"
    for prefix, folder in asset_folders().items():
        if (folder / name).is_file():
            return f"{prefix}/{name}?{read_asset(folder / name)[2]}"
    raise told(UsageError, "wrong.script", given=name, folders=", ".join(asset_folders()))


def answer(request: Request, raw: bytes, packed: bytes, digest: str, media_type: str, cache: str) -> Response:
    gzipped = bool(packed) and accepts_gzip(request.headers.get("accept-encoding", ""))
    tag = tag_of(digest, packed=gzipped)
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if gzipped:
        # Compressed once, here: Streamlit's gzip layer does not touch an answer with a Content-Encoding.
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(raw, headers=headers, media_type=media_type)


async def file_answer(request: Request, path: Path, cache: str) -> Response:
    raw, packed, digest = await anyio.to_thread.run_sync(read_asset, path)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix in (".js", ".geojson"):
        media_type = {".js": "text/javascript", ".geojson": "application/geo+json"}[path.suffix]
    return answer(request, raw, packed, digest, media_type, cache)


def path_inside(folder: Path, name: str) -> Path | None:
    """Return the file `name` in `folder`; None if it is not a file inside the folder."""
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None


def missing(what: str) -> Response:
    return Response(f"no {what} here", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})


async def asset(request: Request) -> Response:
    prefix = "/" + request.url.path.split("/")[1]
    path = path_inside(asset_folders()[prefix], request.path_params["name"])
    if path is None or path.suffix not in _ASSETS:
        return missing("such script or style")
    return await file_answer(request, path, KEEP_FOREVER if request.url.query else CHECK_AGAIN)


def static_folder_of_pages() -> Path:
    return Path(str(resources.files("geo.web").joinpath("static")))


def streamlit_folder() -> Path:
    # Not imported: a component that is declared before the server runs is never registered with it.
    return package_folder("streamlit", "needs.app", "streamlit", "app")
