"""The static site in Chromium: from a folder and below a path of a host, its map, its search, on a phone."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import serious
from playwright.sync_api import Browser, Page, expect

from geo.analysis.search import LONGEST, Index
from geo.atlas.atlas import Atlas
from geo.cli.main import main
from geo.render.map.leaflet import static_folder
from geo.render.site.search import site_index


@pytest.fixture(scope="module")
def site(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host") / "deep" / "map"
    assert main(["site", str(folder), "--layers", str(tiny.folder)]) == 0
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site.parents[1]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/deep/map/"
    server.shutdown()
    server.server_close()


def _watched(browser: Browser, base: str, width: int) -> tuple[Page, list[str]]:
    page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # What was still on its way when the page was left is aborted, and not wrong.
    page.on(
        "requestfailed", lambda request: wrong.append(request.url) if request.failure != "net::ERR_ABORTED" else None
    )
    page.on(
        "request", lambda request: wrong.append(request.url) if not request.url.startswith((base, "data:")) else None
    )
    return page, wrong


@pytest.mark.parametrize("way", ["folder", "host"])
def test_map_and_search_work_from_a_folder_and_below_a_path(browser: Browser, site: Path, host: str, way: str) -> None:
    base = host if way == "host" else f"{site.as_uri()}/"
    page, wrong = _watched(browser, base, 1280)
    page.goto(f"{base}en/index.html#place=node_a")
    expect(page.locator("#panel h3")).to_have_text("Node A")
    page.wait_for_function("window.__geoMap && window.__geoMap.painted > 0")
    page.locator("#st-search input").fill("yiyua")
    expect(page.locator("#st-hits a").first).to_contain_text("Park B")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}en/places/park_b.html")
    expect(page.locator("h1")).to_contain_text("Park B")
    page.locator("#st-search input").fill("lab of nothing at all")
    expect(page.locator("#st-said")).to_have_text("Nothing found")
    page.locator(".st-top a[hreflang='zh-CN']").click()
    page.wait_for_url(f"{base}zh/places/park_b.html")
    _hits_close(page, f"{base}en/firms.html")
    _map_follows(page, f"{base}en/index.html")
    assert wrong == []


def _map_follows(page: Page, address: str) -> None:
    """What the address asks for is gone to, also where the map has been before."""
    here = "window.__geoMap.view[0].toFixed(2)"
    page.goto(f"{address}#at=31.11,121.41,15")
    page.wait_for_function(f"window.__geoMap && window.__geoMap.view && {here} === '31.11'")
    page.evaluate("location.hash = '#place=node_a'")
    page.wait_for_function(f"{here} !== '31.11'")
    page.evaluate("location.hash = '#at=31.11,121.41,15'")
    page.wait_for_function(f"{here} === '31.11'")


def _hits_close(page: Page, address: str) -> None:
    """Choose hits that lead to a line of the page itself, in every way: the list goes away."""
    page.goto(address)
    field, hits = page.locator("#st-search input"), page.locator("#st-hits")

    def closed() -> None:
        expect(hits).to_be_hidden()
        expect(field).to_have_attribute("aria-expanded", "false")

    field.fill("Lab X")
    expect(hits.locator("a").first).to_contain_text("Lab X")
    field.evaluate("one => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true}))")
    assert page.evaluate("location.hash") == ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}#n-lab_x")
    closed()
    field.click()
    expect(field).to_have_attribute("aria-expanded", "true")
    hits.locator("a").first.click()
    closed()
    field.click()
    expect(hits).to_be_visible()
    page.locator("h1").click()
    closed()


def test_axe_finds_no_serious_violation(browser: Browser, site: Path) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 844}).new_page()
    for name in (
        "zh/index.html",
        "en/places/node_a.html",
        "en/measures/firms.html",
        "zh/places.html",
        "en/measures.html",
        "en/policy.html",
        "en/promises.html",
        "en/firms.html",
        "zh/news.html",
        "en/changed.html",
        "en/sources.html",
        "en/downloads.html",
    ):
        page.goto(f"{site.as_uri()}/{name}")
        if name == "en/places/node_a.html":
            page.locator("#st-search input").fill("yiyua")
            expect(page.locator("#st-hits a").first).to_contain_text("Park B")
            page.keyboard.press("ArrowDown")
            expect(page.locator("#st-hits a[aria-selected='true']")).to_have_attribute("id", "st-hit-0")
        assert serious(page) == [], name


def test_no_page_is_wider_than_a_phone(browser: Browser, site: Path) -> None:
    base = f"{site.as_uri()}/"
    page, wrong = _watched(browser, base, 390)
    for name in (
        "en/index.html",
        "en/places/node_a.html",
        "zh/measures/firms.html",
        "en/firms.html",
        "zh/sources.html",
    ):
        page.goto(base + name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    assert wrong == []


def test_the_search_of_the_site_finds_what_the_search_of_the_app_finds(browser: Browser, atlas: Atlas) -> None:
    index, page = Index(atlas), browser.new_context().new_page()
    page.goto("about:blank")
    page.add_script_tag(content=(static_folder() / "site-find.js").read_text(encoding="utf-8"))
    page.add_script_tag(content=site_index(atlas).decode())
    names = [str(one) for one in atlas.layout["name_zh"]][::9] + [str(one) for one in atlas.layout["name_en"]][::11]
    asked = [
        *names,
        *(name[:2] for name in names),
        "zj",
        "zhangj",
        "lg",
        "rgzn",
        "park",
        "s",
        "1",
        "ABC",
        "(",
        "zhong",
        "dzl",
        names[0].ljust(LONGEST) + "x",
    ]
    told = page.evaluate("asked => asked.map(q => geoFind.search(q).map(one => [one.kind, one.id]))", asked)
    assert told == [[[hit.kind, hit.id] for hit in index.search(query)] for query in asked]
    assert sum(map(len, told)) > 100
    wrong = [name[:1] + name[2:] for name in names if len(name) > 5]
    near = page.evaluate("asked => asked.map(q => geoFind.near(q).map(one => [one.kind, one.id]))", wrong)
    assert near == [[[hit.kind, hit.id] for hit in index.near(query)] for query in wrong]
    assert any(near)
