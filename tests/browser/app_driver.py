"""Drives the app in Chromium: starts it, opens pages, reads the map's report, keeps what the browser complained of."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from shapely import Point

from bench.serving import CHROMIUM, FLAGS, PATIENCE_S, START, free_port, running
from geo.atlas.atlas import Atlas

#: The map's own report, found in whichever frame holds it.
MAP = """(() => [...document.querySelectorAll("iframe")].map((frame) => {
  try { return frame.contentWindow.__geoMap; } catch (problem) { return null; } }).find(Boolean))()"""

#: To optimise code that runs once or twice costs more than it saves, here.
PLAIN_CODE = "--js-flags=--no-opt,--no-maglev"

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
Scheme = Literal["light", "dark"]

#: How often what is waited for is looked at; as often as a frame is drawn, which is usual, costs a sixth of all work.
LOOK_MS = 100

#: Cumulative layout shift that a page may have: half of what people do not notice (web.dev/articles/cls).
STILL = 0.05

#: What Chromium says of every Streamlit page, and has nothing to do with ours.
_NOISE = ("Unrecognized feature", "allow-scripts and allow-same-origin")


class AppPage:
    """A page of the app: opens it, reads the map's report, keeps what the browser complained of."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.problems: list[str] = []
        self.foreign: list[str] = []
        self._heard: list[tuple[str, Callable[[Any], Any]]] = []
        self.listen("pageerror", self._error)
        self.listen("console", self._console)
        self.listen("request", self._request)

    def listen(self, event: str, hear: Callable[[Any], Any]) -> None:
        """Hear of an event of the tab until the page is left."""
        self.page.on(event, hear)  # type: ignore[call-overload]
        self._heard.append((event, hear))

    def leave(self) -> None:
        """Hear no more: the tab is another test's."""
        for event, hear in self._heard:
            self.page.remove_listener(event, hear)

    def _error(self, error: Any) -> None:
        self.problems.append(f"pageerror: {error}")

    def _console(self, message: Any) -> None:
        # A test may end its server before its page, which then looks for it.
        url = message.location.get("url", "")
        ended = "/_stcore/" in url and "ERR_CONNECTION" in message.text
        if message.type == "error" and not ended and not any(noise in message.text for noise in _NOISE):
            self.problems.append(f"console: {message.text} ({url})")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws"))):
            self.foreign.append(request.url)

    def open(self, path: str = "/", *, wait: bool = True) -> AppPage:
        """Go to a path and wait until the map is painted."""
        self.page.goto(self.base + path)
        if wait:
            self.wait_map("map.painted > 0 && map.labelled === map.seq")
            self.settle()
        return self

    def map(self, expression: str) -> Any:
        """Return a value of the map's report, such as ``map.layers``."""
        return self.page.evaluate(f"() => {{ const map = {MAP}; return {expression}; }}")

    def wait_map(self, condition: str, argument: Any = None) -> None:
        """Wait until a condition on ``map`` (and ``given``) holds."""
        self.page.wait_for_function(
            f"(given) => {{ const map = {MAP}; return map && ({condition}); }}",
            arg=argument,
            timeout=PATIENCE_S * 1000,
            polling=LOOK_MS,
        )

    def settle(self) -> None:
        """Wait until Streamlit has finished its run."""
        self.page.wait_for_function(
            "() => document.querySelector('.stApp')?.dataset.testScriptState !== 'running'"
            " && !document.querySelector('[data-testid=stStatusWidget]')",
            timeout=PATIENCE_S * 1000,
            polling=LOOK_MS,
        )

    def do(self, action: Callable[[], Any]) -> None:
        """Act and wait until the map has painted the state that came of it."""
        before = self.map("map.seq")
        action()
        self.wait_map("map.seq > given && map.labelled === map.seq", before)
        self.settle()

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where on the page a position of the map is."""
        frame = next(frame for frame in self.page.frames if "map.frame" in frame.url)
        x, y = frame.evaluate(
            "([lat, lon]) => { const p = window.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }",
            [lat, lon],
        )
        box = self.page.locator("iframe").first.bounding_box()
        assert box is not None
        return box["x"] + x, box["y"] + y

    def click_at(self, lat: float, lon: float) -> None:
        """Click the map itself at a position: its labels, which are clicked as the place they name, let it through."""
        self._through_labels()
        self.page.mouse.click(*self.at(lat, lon))

    def hover_at(self, lat: float, lon: float) -> None:
        """Move the mouse over a position of the map."""
        self._through_labels()
        x, y = self.at(lat, lon)
        self.page.mouse.move(x + 2, y + 2)
        self.page.mouse.move(x, y)

    def _through_labels(self) -> None:
        frame = next(frame for frame in self.page.frames if "map.frame" in frame.url)
        frame.add_style_tag(content=".geo-label { pointer-events: none !important; }")

    def labels(self) -> list[str]:
        """Return the labels on the map."""
        frame = next(frame for frame in self.page.frames if "map.frame" in frame.url)
        return frame.locator(".geo-label").all_inner_texts()


_WATCH = """if (!window.__shifts) {
  window.__shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (!one.hadRecentInput) window.__shifts.push([one.startTime, one.value]); }))
    .observe({ type: "layout-shift", buffered: true }); }"""


def watch_layout(page: Page) -> None:
    """Let every page that is opened from now on note what moves by itself."""
    page.add_init_script(_WATCH)


def layout_shift(page: Page) -> float:
    """Return how much has moved since the first paint: the cumulative layout shift of the page's whole life."""
    return float(
        page.evaluate(
            """() => { const first = performance.getEntriesByName("first-contentful-paint")[0];
            return window.__shifts.filter(([at]) => at > first.startTime).reduce((sum, one) => sum + one[1], 0); }"""
        )
    )


class Chromium:
    """One browser and its windows, for tests of several files."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._browser: Browser | None = None
        #: The windows that are open, by their options.
        self.windows: dict[str, Window] = {}

    def browser(self, *flags: str) -> Browser:
        """Return the browser, started if it is not there or has broken down."""
        if self._browser is None or not self._browser.is_connected():
            self.end()
            playwright = self._ends.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
            self._ends.callback(self._browser.close)
        return self._browser

    def end(self) -> None:
        """End it: while Playwright is open, its event loop runs in this thread and no other may."""
        self._browser = None
        self.windows.clear()
        self._ends.close()


class Window:
    """Tabs of the same options. A tab is used again: what it has compiled is a third of the work of a page.

    Parameters
    ----------
    browser : Browser
    options : dict
        Those of a context; size and colours are each tab's own.
    """

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self._free: list[Page] = []

    def tab(self, viewport: ViewportSize, color_scheme: Scheme) -> Page:
        """Return a tab that nobody uses, like a new one."""
        tab = self._free.pop() if self._free else self.context.new_page()
        tab.set_viewport_size(viewport)
        tab.emulate_media(media="null", color_scheme=color_scheme)
        return tab

    def give_back(self, tab: Page) -> None:
        """Leave a tab to whoever comes next."""
        if tab.is_closed():
            return
        tab.unroute_all()
        tab.goto("about:blank")
        tab.mouse.move(0, 0)
        self._free.append(tab)


def picture(app: AppPage, name: str) -> None:
    """Leave a picture of the page where ``GEO_PICTURES`` says, if it does (``tools/screenshots.py``)."""
    if folder := os.environ.get("GEO_PICTURES"):
        app.page.wait_for_timeout(1500)  # the last movement of the map, and the table's own painting
        app.page.screenshot(path=Path(folder) / name)


def serve(layers: Path, folder: Path, *options: str) -> Iterator[str]:
    """Start `geo app` on a free port, yield its address, stop it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with running([*START, str(port), "--layers", str(layers), *options], folder, f"{base}/_stcore/health"):
        yield base


def shown(app: AppPage, path: str, *, with_map: bool = True) -> AppPage:
    """Open a page and wait until all of it is there."""
    app.open(path, wait=with_map)
    app.page.wait_for_selector(".geo-footer")
    app.settle()
    return app


def lone_site(atlas: Atlas) -> str:
    """Return a place that no smaller one covers at its label point, so that a click there means it."""
    layout = atlas.layout
    for place_id, row in layout[layout["method"] != "schematic"].iterrows():
        point = Point(row["label_lon"], row["label_lat"])
        others = layout[(layout.index != place_id) & layout.contains(point)]
        if (
            (others["area_km2"].fillna(math.inf) > row["area_km2"]).all()
            and row.geometry.contains(point)
            and row["area_km2"] > 8
        ):
            return str(place_id)
    raise AssertionError("no such place")
