"""Gzip or plain, GET or its head: settled once, so that every answer keeps to it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from asked import Asked
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from geo.web.server import assets, middleware, routes
from geo.web.server.current import current_mapdata
from geo.web.server.negotiation import Negotiation, accepts_gzip, is_known

PATHS = [
    "/",
    "/place",
    "/wfs",
    "/healthz",
    "/search?q=a",
    "/layers/datapackage.json",
    "/points/x/wgs84",
    "/page/app.css",
]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("GZIP;q=0.001", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("gzip ; q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("br", False),
        ("x-gzipped", False),
        ("", False),
    ],
)
def test_a_header_says_whether_gzip_is_wanted(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted


def test_a_tag_is_known_by_any_way_to_write_it() -> None:
    assert is_known('"a", W/"b"', '"b"')
    assert is_known("*", '"b"')
    assert not is_known('"bb"', '"b"')
    assert not is_known("", '"b"')


async def _index(request: object) -> HTMLResponse:
    return HTMLResponse("<html><head><title>x</title></head><body>page</body></html>")


def served() -> Asked:
    return Asked(
        Starlette(routes=[*routes.routes(), Route("/{path:path}", _index)], middleware=middleware.middleware())
    )


def every_path() -> list[str]:
    script = next((assets.streamlit_folder() / "static" / "static" / "js").glob("index.*.js"))
    maps = [assets.asset_path("leaflet.bundle.js"), assets.asset_path("map.frame.html"), f"/static/js/{script.name}"]
    return [*PATHS, *maps, *current_mapdata().urls("wgs84").values()]


def test_head_has_the_headers_of_get_for_every_address() -> None:
    asked = served()
    for path in every_path():
        for encoding in ("gzip", "identity"):
            whole, head = (asked(path, method, accept_encoding=encoding) for method in ("GET", "HEAD"))
            assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b""), path
            assert int(whole.headers["content-length"]) == len(whole.body), path


def test_plain_and_packed_have_tags_of_their_own_and_none_is_packed_that_was_not_asked_for() -> None:
    asked = served()
    tagged = 0
    for path in every_path():
        plain, packed, refused = (asked(path, accept_encoding=one) for one in ("identity", "gzip", "gzip;q=0"))
        assert "content-encoding" not in plain.headers, path
        assert (refused.headers, refused.body) == (plain.headers, plain.body), path
        if "content-encoding" in packed.headers:
            tagged += 1
            assert gzip.decompress(packed.body) == plain.body, path
            assert packed.headers["etag"] != plain.headers["etag"], path
            assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert tagged > 8


def test_what_others_pack_has_a_weak_tag() -> None:
    async def long(request: object) -> PlainTextResponse:
        return PlainTextResponse("x" * 5000, headers={"ETag": '"one"'})

    layers = [Middleware(Negotiation), Middleware(GZipMiddleware)]
    asked = Asked(Starlette(routes=[Route("/", long)], middleware=layers))
    assert asked("/", accept_encoding="gzip").headers["etag"] == 'W/"one"'
    assert asked("/").headers["etag"] == '"one"'
    assert "content-encoding" not in asked("/", accept_encoding="gzip;q=0").headers


def test_websockets_pass_as_they_are() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    Asked(Negotiation(app)).websocket("/", accept_encoding="br")
    assert (b"accept-encoding", b"br") in seen[0]["headers"]
