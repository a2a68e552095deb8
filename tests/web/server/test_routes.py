"""What the server adds: our files by URL, packed once and kept; headers that hold the page to its origin."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path

import pytest
from asked import Asked
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

import geo.web
from geo.atlas.atlas import Atlas
from geo.errors import UsageError
from geo.render.map.basemaps import tile_hosts
from geo.web.pages import pages
from geo.web.server import assets, middleware, routes
from geo.web.server.current import current_atlas, current_mapdata


async def _index(request: object) -> HTMLResponse:
    return HTMLResponse("<html><head><title>x</title></head><body>page</body></html>", headers={"ETag": '"old"'})


APP = Starlette(routes=[*routes.routes(), Route("/{path:path}", _index)], middleware=middleware.middleware())


get = Asked(APP)


def test_every_answer_carries_the_policy() -> None:
    for path in ("/", assets.asset_path("map.js"), "/map/nothing.js"):
        policy = get(path).headers["content-security-policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == "'self'"
        assert "http" not in policy.replace(rules["img-src"], "")
        assert {word.removeprefix("https://") for word in rules["img-src"].split() if "//" in word} == set(tile_hosts())
        assert get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["leaflet.bundle.js", "leaflet.js", "leaflet.css", "map.js", "map.css", "app.css", "watch.js"]
)
def test_our_scripts_are_packed_and_kept(name: str) -> None:
    path = assets.asset_path(name)
    plain, packed = get(path), get(path, accept_encoding="gzip")
    assert plain.status == packed.status == 200
    assert gzip.decompress(packed.body) == plain.body
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-type"].startswith(("text/javascript", "text/css"))
    for one, asked in ((plain, {}), (packed, {"accept_encoding": "gzip"})):
        again = get(path, if_none_match=one.headers["etag"], **asked)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", one.headers["etag"])


def test_the_bundle_is_leaflet_and_then_ours() -> None:
    script = get(assets.asset_path("leaflet.bundle.js")).body.decode()
    assert script.index("Leaflet") < script.index("window.geoMap = ")


def test_streamlits_own_scripts_are_packed() -> None:
    folder = assets.streamlit_folder() / "static" / "static"
    script = max((folder / "js").glob("*.js"), key=lambda path: path.stat().st_size)
    answer = get(f"/static/js/{script.name}", accept_encoding="gzip, br")
    assert gzip.decompress(answer.body) == script.read_bytes()
    assert len(answer.body) < script.stat().st_size / 2
    assert "immutable" in answer.headers["cache-control"]


def test_the_maps_data() -> None:
    path = current_mapdata().urls("wgs84")["layout"]
    packed = get(path, accept_encoding="gzip")
    assert packed.headers["content-type"].startswith("application/json")
    assert len(json.loads(gzip.decompress(packed.body))["places"]) == len(current_atlas().places)
    assert get(path).body == gzip.decompress(packed.body)
    wrong = get("/map/data/layout.wgs84.0123456789abcdef.json")
    assert wrong.status == 404
    assert b"reload" in wrong.body


@pytest.mark.parametrize(
    "path",
    ["/map/../routes.py", "/map/%2e%2e/routes.py", "/layers/../pyproject.toml", "/layers/", "/vendor/../__init__.py"],
)
def test_nothing_outside_the_folders(path: str) -> None:
    assert get(path).status in (404, 200)
    assert b"import" not in get(path).body
    assert b"[project]" not in get(path).body


def test_the_published_files_are_served_as_they_are() -> None:
    folder = current_atlas().folder
    answer = get("/layers/datapackage.json")
    assert answer.body == (folder / "datapackage.json").read_bytes()
    layer = next(folder.glob("*.geojson"))
    assert get(f"/layers/{layer.name}").headers["content-type"] == "application/geo+json"


def test_the_head_of_every_page_gets_our_style_and_asks_early() -> None:
    answer = get("/place", if_none_match='"old"', range="bytes=0-10")
    page = answer.body.decode()
    assert page.count("</head>") == 1
    for sheet in Path(geo.web.__file__).with_name("static").glob("*.css"):
        assert sheet.read_text(encoding="utf-8") in page
    assert '<link rel="stylesheet"' not in page
    assert f'<link rel="prefetch" href="{current_mapdata().urls("wgs84")["layout"]}">' in page
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["etag"] != '"old"'


def test_the_page_is_kept_by_browsers_as_they_got_it() -> None:
    plain, packed = get("/"), get("/", accept_encoding="gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["etag"] != packed.headers["etag"]
    assert get("/", accept_encoding="gzip", if_none_match=packed.headers["etag"]).status == 304
    assert get("/", if_none_match=packed.headers["etag"]).status == 200


@pytest.mark.parametrize("path", ["/wfs", "/robots.tx", "/any/page", "/place/maqiao", "/_stcore/x", "/static/js/x.js"])
def test_an_address_of_nothing_says_so_in_both_languages(path: str) -> None:
    answer = get(path)
    assert answer.status == 404
    assert "There is nothing" in answer.body.decode()
    assert "什么也没有" in answer.body.decode()
    assert 'href="/"' in answer.body.decode()
    assert answer.headers["cache-control"] == "no-store"


def test_every_page_has_its_address() -> None:
    for page in pages():
        assert get(f"/{page.PATH}").status == (404 if page is pages()[0] else 200)
    assert get("/").status == 200


def test_a_script_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match=r"no script or style 'none\.js'"):
        assets.asset_path("none.js")


def test_the_data_are_read_again_when_built_again(tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import shutil

    folder = tmp_path / "layers"
    shutil.copytree(tiny.folder, folder)
    monkeypatch.setenv("GEO_LAYERS", str(folder))
    first = current_atlas()
    assert first is current_atlas()
    os.utime(folder / "datapackage.json", ns=(1, 1))
    assert current_atlas() is not first


def test_both_ways_to_start_have_the_same_settings() -> None:
    root = Path(__file__).parents[3]
    mine = (root / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert mine == (root / "geo" / "web" / "config.toml").read_text(encoding="utf-8")
    settings = tomllib.loads(mine)
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"] == {"showErrorDetails": "none", "toolbarMode": "minimal"}


def test_libraries_are_taken_out_of_the_collection_that_follows_every_run() -> None:
    import gc

    gc.unfreeze()
    assert gc.get_freeze_count() == 0
    routes.routes()
    assert gc.get_freeze_count() > 100_000


def test_what_comes_late_and_large_is_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dictionary of pypinyin is 200 000 lists; after the first search each run would walk them."""
    asked: list[str] = []
    monkeypatch.setattr(routes.importlib, "import_module", asked.append)
    routes._spare_libraries()
    assert "pypinyin" in asked


def test_a_name_of_a_script_is_that_of_one_file() -> None:
    """The first folder that has it is taken: a second of the name would never be sent."""
    names = [path.name for folder in assets.asset_folders().values() for path in folder.iterdir() if path.is_file()]
    assert len(names) == len(set(names)), sorted(name for name in set(names) if names.count(name) > 1)
