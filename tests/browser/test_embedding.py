"""The app in a frame of another site: shown where it was named, with its height told; refused elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from bench.serving import PATIENCE_S

OUTER = """<!doctype html><title>news</title><iframe id="app" width="900" height="500"></iframe><script>
document.getElementById("app").src = new URLSearchParams(location.search).get("u");
window.heights = [];
addEventListener("message", (event) => event.data.geo === "height" && window.heights.push(event.data.height));
</script>"""


@pytest.fixture(scope="module")
def served(app_url: str, other_site: tuple[Path, int]) -> tuple[str, int]:
    """Return the address of the app and the port of a site that it was opened for."""
    folder, port = other_site
    (folder / "index.html").write_text(OUTER, encoding="utf-8")
    return app_url, port


def opened(browser: Browser, host: str, port: int, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(f"http://{host}:{port}/?u={quote(address, safe='')}")
    return page


def test_a_site_that_was_named_shows_a_table_and_is_told_its_height(browser: Browser, served: tuple[str, int]) -> None:
    app, port = served
    page = opened(browser, "127.0.0.1", port, f"{app}/?embed=table&kind=town")
    frame = page.frame_locator("#app")
    frame.locator("[data-testid=stDataFrame]").wait_for()
    frame.locator(".geo-footer").wait_for()  # credit and notices stay
    page.wait_for_function("window.heights.length > 0")
    for hidden in ("[data-testid=stHeader]", ".st-key-head", ".st-key-mapbox"):
        assert frame.locator(hidden).first.is_hidden()


def test_a_map_fills_its_frame_and_a_link_opens_beside_it(browser: Browser, served: tuple[str, int]) -> None:
    app, port = served
    page = opened(browser, "127.0.0.1", port, f"{app}/?embed=map")
    box = page.frame_locator("#app").locator(".st-key-mapbox iframe")
    box.wait_for()
    page.wait_for_function("document.title === 'news'")
    height = box.bounding_box()
    assert height is not None
    assert 350 < height["height"] < 500
    place = opened(browser, "127.0.0.1", port, f"{app}/place?place=maqiao&embed=place")
    link = place.frame_locator("#app").locator("a.geo-nav:visible").first
    with place.context.expect_page() as beside:
        link.click()
    assert "embed" not in beside.value.url


def test_another_site_is_refused(browser: Browser, served: tuple[str, int]) -> None:
    app, port = served
    page = opened(browser, "localhost", port, f"{app}/?embed=map")
    page.wait_for_timeout(500)
    page.wait_for_function("document.readyState === 'complete'")
    assert all(not frame.url.startswith(app) for frame in page.frames)
