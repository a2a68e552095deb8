"""`/healthz`, Streamlit's own health check, and the base path, asked of the app's own stack of routes and layers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked import Asked
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from geo.atlas.atlas import Atlas
from geo.web.pages.blocks import user_table
from geo.web.parts import mapview
from geo.web.server import assets, middleware, paths, routes
from geo.web.server.user_points import PointSet


async def _page(request: object) -> HTMLResponse:
    return HTMLResponse("<html><head></head><body></body></html>")


async def _streamlit_health(request: object) -> PlainTextResponse:
    return PlainTextResponse("ok")


def get(path: str, base: str = "") -> tuple[int, bytes]:
    streamlit = [Route(f"{base}/_stcore/health", _streamlit_health), Route(f"{base}/{{path:path}}", _page)]
    app = Starlette(routes=[*routes.routes(), *streamlit], middleware=middleware.middleware())
    answer = Asked(app)(path)
    return answer.status, answer.body


def test_a_sound_process_says_what_it_serves(layers: Path, tiny: Atlas) -> None:
    status, body = get("/healthz")
    told = json.loads(body)
    assert (status, told["status"]) == (200, "ok")
    assert (told["digest"], told["data_date"]) == (tiny.digest, tiny.meta["data_date"])
    assert told["version"][0].isdigit()
    assert get("/_stcore/health") == (200, b"ok")


def test_damage_after_the_start_is_named(layers: Path) -> None:
    assert get("/healthz")[0] == 200
    layer = next(iter(sorted(layers.glob("*.geojson"))))
    layer.write_bytes(layer.read_bytes().replace(b'"', b"'", 1))
    status, body = get("/healthz")
    told = json.loads(body)
    assert (status, told["status"]) == (503, "damaged layers")
    assert f"{layer.name}: differs from its hash" in told["reason"]


def test_layers_that_are_gone(layers: Path) -> None:
    (layers / "datapackage.json").unlink()
    status, body = get("/healthz")
    assert status == 503
    assert "run `geo build`" in json.loads(body)["reason"]


@pytest.fixture(params=["cities/map", "/cities/map/"])
def under_a_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    known = paths.st.get_option
    monkeypatch.setattr(
        paths.st, "get_option", lambda name: request.param if name == "server.baseUrlPath" else known(name)
    )
    return "/cities/map"


def test_every_address_of_a_page_is_under_the_base_path(under_a_path: str, atlas: Atlas) -> None:
    status, page = get("/cities/map/place", under_a_path)
    asked = [part.split('"')[0] for part in page.decode().replace(' src="', ' href="').split(' href="')[1:]]
    assert status == 200
    assert len(asked) > 6
    assert [path for path in asked if not path.startswith(f"{under_a_path}/")] == []
    assert {path: get(path, under_a_path)[0] for path in asked} == dict.fromkeys(asked, 200)
    for path in ("/healthz", "/search?q=a", "/layers/datapackage.json", "/_stcore/health"):
        assert get(under_a_path + path, under_a_path)[0] == 200
    assert get(under_a_path + "/points/nobody/wgs84", under_a_path)[0] == 404


def test_the_map_is_told_addresses_under_the_base_path(
    under_a_path: str, atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo.atlas.selection import Selection

    told: dict[str, Any] = {}
    scripts: list[str] = []

    class StopError(Exception):
        pass

    def component(address: str) -> Any:
        scripts.append(address)

        def show(state: dict[str, Any], **_: object) -> None:
            told.update(state)
            raise StopError

        return show

    monkeypatch.setattr(mapview.st, "session_state", {})
    monkeypatch.setattr(mapview.firstpaint, "token", lambda: "word")
    monkeypatch.setattr(mapview, "_component", component)
    points = PointSet(np.array([121.4]), np.array([31.2]))
    monkeypatch.setattr(user_table, "held", lambda: {"points": points, "columns": [], "style": (("", "zh"), None)})
    extra = user_table.points(Selection())
    with pytest.raises(StopError):
        mapview.show_map(atlas, atlas.select(Selection()), extra=extra)
    addresses = [*told["urls"].values(), told["say"], *scripts, extra["points"][0]["url"]]
    assert len(addresses) > 5
    addresses += re.findall(r'(?:src|href)="([^"]*)"', assets._read_frame()[0].decode())
    assert [path for path in addresses if not path.startswith(f"{under_a_path}/")] == []


def test_a_path_that_only_begins_alike_is_not_ours(under_a_path: str) -> None:
    assert paths.inner("/cities/mapping/healthz") == "/cities/mapping/healthz"
    assert paths.inner("/cities/map/healthz") == "/healthz"
    assert paths.href("/healthz") == "/cities/map/healthz"


def test_a_run_that_breaks_off_leaves_no_map_waited_for(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click while the page runs ends the run in the middle; what it leaves would be kept for ever."""
    from geo.atlas.selection import Selection
    from geo.web.server import firstpaint

    class ClickError(BaseException):
        pass

    def waited_for() -> int:
        return len(firstpaint._words)

    seen: list[int] = []

    def component(*_: object, **__: object) -> None:
        seen.append(waited_for())
        raise ClickError

    before = waited_for()
    monkeypatch.setattr(mapview.st, "session_state", {})
    monkeypatch.setattr(firstpaint, "has_browser", lambda: True)
    monkeypatch.setattr(mapview, "_component", lambda address: component)
    firstpaint.route()
    with pytest.raises(ClickError):
        mapview.show_map(atlas, atlas.select(Selection()))
    assert seen == [before + 1]
    assert waited_for() == before
