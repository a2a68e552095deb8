"""The report in Chromium, opened from disk with the network off: what a person sees, and what must never happen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import tiny_city
from playwright.sync_api import Browser, Page
from thorough import sample

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.build import build
from geo.render.report.page import report_html

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Page]


@cache
def written(atlas: Atlas, selection: Selection) -> bytes:
    """Return the report of a selection: several tests look at the same."""
    return report_html(atlas.select(selection))


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Return what opens a view's report; at the end no page may have complained or asked for anything but itself."""
    watched: list[tuple[str, list[str], list[str]]] = []
    pages: list[Page] = []

    def make(view: View, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        path = tmp_path / f"report-{len(watched)}.html"
        path.write_bytes(written(view.atlas, view.selection))
        page = browser.new_context(viewport=viewport, offline=True, **options).new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        complaints: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        watched.append((path.as_uri(), complaints, requests))
        pages.append(page)
        page.goto(path.as_uri())
        wait_painted(page, 1)
        return page

    yield make
    for page in pages:
        page.context.close()
    for url, complaints, requests in watched:
        assert complaints == []
        assert requests == [url]


def wait_painted(page: Page, number: int) -> None:
    page.wait_for_function("n => window.__geoMap.seq >= n", arg=number)


def spot_of(page: Page, place_id: str) -> tuple[float, float]:
    """Return where on the screen a place's label point is."""
    x, y = page.evaluate(
        """id => {
          const place = JSON.parse(document.getElementById("geo-layout").textContent).places.find((p) => p.id === id);
          const box = document.getElementById("map_div").getBoundingClientRect();
          const [lat, lon, zoom] = window.__geoMap.view;
          const at = (a, o) => L.CRS.EPSG3857.latLngToPoint(L.latLng(a, o), zoom);
          const p = at(...place.at).subtract(at(lat, lon));
          return [box.left + box.width / 2 + p.x, box.top + box.height / 2 + p.y];
        }""",
        place_id,
    )
    return x, y


def show_map(page: Page) -> None:
    page.evaluate("document.getElementById('map').scrollIntoView({ behavior: 'instant' })")


def click_place(page: Page, place_id: str) -> None:
    show_map(page)
    page.mouse.click(*spot_of(page, place_id))
    page.wait_for_function("id => window.__geoMap.state.selected === id", arg=place_id)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_map_is_live_and_a_click_shows_the_place(open_report: Open, tiny: Atlas, language: str) -> None:
    page = open_report(tiny.select(Selection(language=language)))
    assert page.evaluate("[window.__geoMap.layers, window.__geoMap.error]") == [3, None]
    assert page.evaluate("window.__geoMap.labels") > 0
    notice = page.locator(".geo-notice").inner_text()
    assert tiny.meta[f"border_notice_{language}"] in notice
    assert text("map.legend", language) in page.locator(".geo-legend").inner_text()
    click_place(page, "node_a")
    panel = page.locator("#panel")
    assert panel.locator("h3").inner_text() == tiny.name("node_a", language)
    assert "140" in panel.inner_text()
    panel.get_by_role("link", name=text("report.card.more", language)).click()
    assert page.url.endswith("#p-node_a")
    show_map(page)
    panel.get_by_role("button").click()
    assert text("report.card.hint", language) in panel.inner_text()
    page.wait_for_function("window.__geoMap.state.selected === ''")


def test_map_zooms_pans_and_comes_home(open_report: Open, tiny: Atlas) -> None:
    page = open_report(tiny.select())
    show_map(page)
    start = page.evaluate("window.__geoMap.view")
    page.get_by_role("button", name=text("map.zoom_in", "zh")).click()
    page.wait_for_function("z => window.__geoMap.view[2] > z", arg=start[2])
    box = page.locator("#map_div").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 420, box["y"] + 200, steps=4)
    page.mouse.up()
    page.wait_for_function("x => window.__geoMap.view[1] < x - 0.001", arg=start[1])
    page.get_by_role("button", name=text("map.home", "zh")).click()
    page.wait_for_function("z => window.__geoMap.view[2] === z", arg=start[2])
    assert page.get_by_role("button", name=text("map.copy_link", "zh")).count() == 0


def test_wheel_zooms_the_map_but_does_not_catch_a_scrolling_page(open_report: Open, tiny: Atlas) -> None:
    page = open_report(tiny.select())
    show_map(page)
    zoom = page.evaluate("window.__geoMap.view[2]")
    page.mouse.move(*spot_of(page, "node_a"))
    page.mouse.wheel(0, -240)
    page.wait_for_function("z => window.__geoMap.view[2] > z", arg=zoom)
    page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_timeout(600)
    zoom = page.evaluate("window.__geoMap.view[2]")
    page.mouse.move(640, 40)
    for _ in range(12):
        page.mouse.wheel(0, 90)
    page.wait_for_function("window.scrollY > 700")
    assert page.evaluate("window.__geoMap.view[2]") == zoom


def test_what_the_map_does_can_be_done_by_keyboard(open_report: Open, tiny: Atlas) -> None:
    page = open_report(tiny.select())
    link = page.locator("#p-park_b a[data-place]")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("window.__geoMap.state.selected === 'park_b'")
    assert page.locator("#panel h3").inner_text() == "乙园"
    assert page.url.endswith("#map")


def test_place_in_focus_and_measure_are_shown_from_the_start(open_report: Open, tiny: Atlas) -> None:
    page = open_report(tiny.select(Selection(measure="firms", place="node_a", language="en")))
    assert page.locator("#panel h3").inner_text() == "Node A"
    assert "firms" in page.locator(".geo-legend").inner_text()
    assert page.evaluate("window.__geoMap.state.classes.values") == {"node_a": 0}


SCREENS = {"zh-desktop": DESKTOP, "en-desktop": DESKTOP, "zh-phone": PHONE, "en-phone": PHONE}


@pytest.mark.parametrize("screen", sample(SCREENS, 2))
def test_layout_fits_the_screen(open_report: Open, atlas: Atlas, screen: str) -> None:
    language, viewport = screen[:2], SCREENS[screen]
    page = open_report(atlas.select(Selection(language=language)), viewport)
    assert page.evaluate("window.__geoMap.layers") == len(atlas.layout)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    height = page.locator("#map_div").bounding_box()["height"]  # type: ignore[index]
    assert 300 < height < viewport["height"]
    hidden = page.evaluate(
        """() => [...document.querySelectorAll("main tbody td, main tbody th, main dd")]
          .filter((n) => n.scrollWidth > n.clientWidth + 2).map((n) => n.textContent.slice(0, 60))"""
    )
    assert hidden == []


def test_print_gives_the_map_its_size_on_paper_and_the_screen_its_own_back(open_report: Open, tiny: Atlas) -> None:
    page = open_report(tiny.select())
    before = page.evaluate("[window.__geoMap.view, document.getElementById('map_div').clientWidth]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    millimetres = page.evaluate("document.getElementById('map_div').getBoundingClientRect().width") / 96 * 25.4
    assert millimetres == pytest.approx(182, abs=0.5)
    # Each canvas on paper is a fresh copy that has something on it.
    drawn = page.evaluate(
        """() => [...document.querySelectorAll("#map_div canvas.leaflet-zoom-animated:not([hidden])")].map((c) =>
          c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v) => v))"""
    )
    assert drawn == [True, True]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    after = page.evaluate("[window.__geoMap.view, document.getElementById('map_div').clientWidth]")
    assert after[0] == pytest.approx(before[0], abs=0.002)
    assert after[1] == before[1]
    assert page.locator("#map_div canvas.leaflet-zoom-animated").count() == 2
    printed = page.pdf(prefer_css_page_size=True)
    assert set(re.findall(rb"/MediaBox \[0 0 (\d+)\S* (\d+)", printed)) == {(b"594", b"841")}
    assert 2 < len(re.findall(rb"/Type /Page\b", printed)) < 12
    # On paper too: contents that lead to the parts, and the number of the page, which a browser that knows it keeps.
    page.emulate_media(media="print")
    parts = page.locator(".rp-contents a")
    assert parts.first.is_visible()
    assert printed.count(b"/Subtype /Link") >= parts.count()
    rules = page.evaluate("[...document.styleSheets].flatMap((s) => [...s.cssRules]).map((rule) => rule.cssText)")
    assert any(rule.startswith("@page") and "counter(page)" in rule for rule in rules)


NAMES = {
    "甲带": "{{7*7}}{% raise %}{# c #}<img src=x onerror=window.__owned=1></script><script>window.__owned=2</script>",
    "甲点": "`${window.__owned=3}`'\"\\&lt;b&gt;<!--",
    "乙园": "\u202egnorw\u202c\u200f\u2066" + "长" * 100_000,
    "目标": "javascript:window.__owned=4 <svg/onload=window.__owned=5>",
    "某实验室": "<style>*{display:none}</style><iframe src=//example.org></iframe>",
    "Document plan": "</title></style></template><base href=//example.org><meta http-equiv=refresh content=0>",
}


def test_names_are_text_whatever_they_say(open_report: Open, tmp_path: Path) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    for path in seeds.glob("*.csv"):
        content = path.read_text(encoding="utf-8")
        for name, hostile in NAMES.items():
            quoted = '"' + hostile.replace('"', '""') + '"'
            content = re.sub(rf"(?<=,){name}(?=,)", lambda _, q=quoted: q, content)
        path.write_text(content, encoding="utf-8")
    build(seeds, tmp_path / "layers")
    atlas = Atlas.load(tmp_path / "layers")
    for language, viewport in (("zh", DESKTOP), ("en", PHONE)):
        page = open_report(atlas.select(Selection(language=language)), viewport)
        assert page.evaluate("[window.__geoMap.layers, window.__geoMap.error]") == [3, None]
        click_place(page, "node_a")
        shown = page.evaluate("document.body.textContent")
        for original, name in NAMES.items():
            # Of a policy item only the text of the page's own language stands in it.
            assert name in shown or (language, original) == ("en", "目标"), name[:40]
        assert page.evaluate("window.__owned") is None
        assert (
            page.evaluate("document.querySelectorAll('img, iframe, base, svg[onload], main style, main script').length")
            == 0
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        if language == "zh":
            assert page.locator("#panel h3").evaluate("n => n.textContent") == NAMES["甲点"]


@pytest.fixture(scope="module")
def hostile(hostile_layers: Path) -> Atlas:
    return Atlas.load(hostile_layers)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_payload_in_every_text_of_the_real_layout_stays_text(open_report: Open, hostile: Atlas, language: str) -> None:
    view = hostile.select(Selection(language=language, kinds=("node", "demo_park"), measure="ai_firms"))
    page = open_report(view)
    assert page.evaluate("[window.__geoMap.layers, window.__geoMap.error]") == [len(view.places), None]
    page.locator("a[data-place]").first.click()
    page.wait_for_function("window.__geoMap.state.selected")
    assert page.evaluate("window.__owned") is None
    assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0
    assert "{{ 7*7 }}" in page.locator("h1").inner_text() or language == "en"


def test_policy_lets_no_other_script_run_and_nothing_load(browser: Browser, tiny: Atlas, tmp_path: Path) -> None:
    """Even if text ever became markup, the page's own policy would stop it."""
    content = written(tiny, Selection()).decode()
    injected = "<script>window.__owned=1</script><img src='data:,x' onerror='window.__owned=2'><img src='http://127.0.0.1:9/x'>"
    path = tmp_path / "report.html"
    path.write_text(content.replace("<h1>", f"{injected}<h1>", 1), encoding="utf-8")
    page = browser.new_context(offline=True).new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(path.as_uri())
    wait_painted(page, 1)
    assert page.evaluate("window.__owned") is None
    assert sum("Content Security Policy" in message for message in refused) >= 3
    page.context.close()


def test_without_scripts_everything_but_the_map_is_there(browser: Browser, tiny: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(written(tiny, Selection()))
    page = browser.new_context(offline=True, java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.get_by_text(text("report.noscript", "zh")).is_visible()
    assert page.locator("#p-node_a").is_visible()
    page.context.close()


LABELS = """() => { const map = document.querySelector(".leaflet-container").getBoundingClientRect();
  return [map.width, map.height, [...document.querySelectorAll(".geo-label[data-place]")].map((node) => {
    const box = node.getBoundingClientRect(), x = map.left, y = map.top;
    return [node.dataset.place, box.left - x, box.top - y, box.right - x, box.bottom - y]; })]; }"""


def test_no_label_of_a_place_stands_on_another(open_report: Open, atlas: Atlas) -> None:
    """But for those around it, from zoom 9 to 12."""
    page = open_report(atlas.select(Selection(view=(121.45, 31.2, 9))))
    page.wait_for_function("__geoMap.painted > 0 && __geoMap.labelled === __geoMap.seq && __geoMap.labels > 0")
    for zoom in range(9, 13):
        if zoom > 9:
            page.get_by_role("button", name=text("map.zoom_in", "zh")).click()
            page.wait_for_function("zoom => __geoMap.view[2] === zoom", arg=zoom)
        width, height, labels = page.evaluate(LABELS)
        lat, lon, _ = page.evaluate("__geoMap.view")
        assert len(labels) > 8
        found = standing_on(atlas, labels, (lon, lat, zoom), (width, height))
        assert {key: others for key, others in found.items() if others not in ([], [key])} == {}, zoom


def standing_on(
    atlas: Atlas, labels: list[Any], view: tuple[float, float, int], size: tuple[float, float]
) -> dict[str, list[str]]:
    """Return the places below each label. The pixels are computed here: Web Mercator, 256 to a tile."""
    scale = 256 * 2 ** view[2] / 360

    def pixels(points: np.ndarray) -> np.ndarray:
        north = np.degrees(np.log(np.tan(np.radians(45 + points[:, 1] / 2))))
        return np.column_stack([points[:, 0] * scale, -north * scale])

    left, top = pixels(np.array([view[:2]]))[0] - (size[0] / 2, size[1] / 2)
    shapes = {key: shapely.transform(shape, pixels) for key, shape in atlas.layout.geometry.items()}
    found = {}
    for key, *box in labels:
        row = atlas.layout.loc[key]
        own = shapely.Point(pixels(np.array([[row["label_lon"], row["label_lat"]]]))[0])
        # Letters are less high than their line.
        shown = shapely.box(box[0] + left + 2, box[1] + top + 3, box[2] + left - 2, box[3] + top - 3)
        found[key] = [other for other, shape in shapes.items() if shape.intersects(shown) and not shape.contains(own)]
    return found
