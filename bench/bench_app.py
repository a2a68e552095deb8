"""The app in a real browser, beside a bare Streamlit page and the usual folium page, in one run.

The bare page is the floor: one line of text, its scripts served compressed as ours are. The usual page draws the same
places with a folium object and a popup each and reruns whole. *Warm*: the server has been asked before, the browser has
nothing in its cache. All three are opened in turn, so that what else the machine does hits them alike.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import Row, at_most

OPENINGS = 7
CLICKS = 15
CHROMIUM = os.environ.get("GEO_CHROMIUM", "/usr/bin/chromium")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"

BARE = """
import streamlit as st
st.button("click", key="b")
st.session_state["n"] = st.session_state.get("n", 0) + 1
st.html(f'<p id="done" data-n="{st.session_state["n"]}">bare</p>')
"""

USUAL = """
import folium, streamlit as st
from streamlit_folium import st_folium
from geo import Atlas, Selection
from geo.web.server import asset_path
atlas = st.cache_resource(Atlas.load)()
kinds = st.pills("kind", list(atlas.allowed["kind"]), selection_mode="multi", key="kind")
view = atlas.select(Selection(kinds=tuple(kinds)))
m = folium.Map(tiles=None, location=[31.1, 121.5], zoom_start=9)
m.options["max_zoom"] = 18
m.default_js = [("l", asset_path("leaflet.js"))]
m.default_css = [("l", asset_path("leaflet.css"))]
for layer in ("districts", "metro_lines"):
    if layer in set(atlas.table("basemap")["layer_id"]):
        folium.GeoJson(atlas.basemap(layer)[["geometry"]].to_json()).add_to(m)
for place in view.places.itertuples():
    feature = folium.GeoJson(place.geometry.__geo_interface__)
    feature.add_child(folium.Tooltip(place.place_id))
    feature.add_to(m)
st_folium(m, key="map", height=640, use_container_width=True)
st.session_state["n"] = st.session_state.get("n", 0) + 1
st.html(f'<p id="done" data-n="{st.session_state["n"]}" data-places="{len(view.places)}">usual</p>')
"""

#: The peers get our compressed scripts and, for Leaflet, our routes, but not what we add to a page.
LAUNCHER = """
import streamlit as st
from starlette.middleware import Middleware
from geo.web import server
app = st.App("page.py", routes=server.routes(), middleware=[Middleware(server.PackedAssets)])
"""

#: The moment each page is done, in milliseconds since its navigation began; null while it is not.
OURS = """() => { for (const f of document.querySelectorAll("iframe")) {
  const map = f.contentWindow && f.contentWindow.__geoMap;
  if (map && map.paintedAt) return map.paintedAt - performance.timeOrigin; } return null; }"""
TEXT = """() => document.getElementById("done") ? performance.now() : null"""
PATHS = """() => { for (const f of document.querySelectorAll("iframe")) {
  const page = f.contentDocument;
  if (page && page.querySelectorAll("path.leaflet-interactive").length > 20) return performance.now(); }
  return null; }"""


_NOW = "performance.timeOrigin + performance.now()"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(script: str | None) -> Iterator[str]:
    """Serve our app, or a page given as text under the same server, and yield its address."""
    port = _free_port()
    root = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory() as folder:
        if script is None:
            command = [sys.executable, "-c", "import sys; from geo.cli import main; sys.exit(main())", "app"]
            command += ["--port", str(port), "--no-browser"]
        else:
            Path(folder, "page.py").write_text(script, encoding="utf-8")
            Path(folder, "app.py").write_text(LAUNCHER, encoding="utf-8")
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
            command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
            command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": root},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                try:
                    with urllib.request.urlopen(f"{base}/_stcore/health", timeout=1):
                        break
                except OSError:
                    if process.poll() is not None:
                        raise RuntimeError(f"the server ended: {' '.join(command)}") from None
                    time.sleep(0.25)
            yield base
        finally:
            process.terminate()
            process.wait(timeout=20)


def _open(browser: Any, base: str, done: str) -> float:
    """Open a page in an empty browser and return seconds from navigation to done."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(base, wait_until="commit")
    moment = page.wait_for_function(done, timeout=60_000, polling=10).json_value()
    context.close()
    return float(moment) / 1000


def _reload(browser: Any, base: str, done: str, times: int) -> float:
    """Return the median seconds of opening a page again with what the browser has kept."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    seconds = []
    for _ in range(times + 1):
        page.goto("about:blank")
        page.goto(base, wait_until="commit")
        seconds.append(float(page.wait_for_function(done, timeout=60_000, polling=10).json_value()) / 1000)
        page.wait_for_timeout(800)
    context.close()
    return statistics.median(seconds[1:])


class _Clicks:
    """One page on which a filter is clicked again and again: seconds to the new state, bytes received."""

    def __init__(self, browser: Any, base: str) -> None:
        self.page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        self.received = 0
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        self.page.goto(base)

    def _count(self, payload: Any) -> None:
        self.received += len(payload if isinstance(payload, (bytes, str)) else payload.body)

    def measure(self, click: str, done: str, reset: Callable[[], Any], times: int = CLICKS) -> tuple[float, float]:
        """Return median seconds and median kilobytes; `done` is told the state before and returns its moment."""
        seconds, kilobytes = [], []
        for _ in range(times):
            before = reset()
            self.received = 0
            start = self.page.evaluate(f"() => {{ const t = {_NOW}; {click}; return t; }}")
            moment = self.page.wait_for_function(done, arg=before, timeout=60_000, polling=5).json_value()
            self.page.wait_for_timeout(500)  # the rest of the run belongs to what is sent
            seconds.append((moment - start) / 1000)
            kilobytes.append(self.received / 1000)
        return statistics.median(seconds), statistics.median(kilobytes)


_MAP = "[...document.querySelectorAll('iframe')].map((f) => f.contentWindow.__geoMap).find(Boolean)"
_PILLS = "document.querySelectorAll('[data-testid=stButtonGroup] button')"


def _filter_ours(browser: Any, base: str) -> tuple[_Clicks, tuple[float, float]]:
    clicks = _Clicks(browser, base)
    clicks.page.wait_for_function(OURS, timeout=60_000)
    clicks.page.wait_for_timeout(3000)
    pill = "document.querySelectorAll('section[data-testid=stSidebar] [data-testid=stButtonGroup] button')[0].click()"
    found = clicks.measure(
        pill,
        f"(before) => {{ const map = {_MAP}; return map.seq > before ? map.paintedAt : null; }}",
        lambda: clicks.page.evaluate(f"() => ({_MAP}).seq"),
    )
    return clicks, found


def _filter_usual(browser: Any, base: str) -> tuple[float, float]:
    clicks = _Clicks(browser, base)
    clicks.page.wait_for_function(PATHS, timeout=60_000)
    clicks.page.wait_for_timeout(3000)
    count = """[...document.querySelectorAll("iframe")].map((f) => f.contentDocument
      ? f.contentDocument.querySelectorAll("path.leaflet-interactive").length : 0).reduce((a, b) => a + b, 0)"""
    return clicks.measure(
        f"{_PILLS}[3].click()",
        f"(before) => {{ const n = {count}; return n > 0 && n !== before ? {_NOW} : null; }}",
        lambda: clicks.page.evaluate(f"() => {count}"),
        times=5,
    )


def _rerun_bare(browser: Any, base: str) -> tuple[float, float]:
    clicks = _Clicks(browser, base)
    clicks.page.wait_for_selector("#done")
    clicks.page.wait_for_timeout(2000)
    number = "document.getElementById('done').dataset.n"
    return clicks.measure(
        "document.querySelector('[data-testid=stButton] button').click()",
        f"(before) => {number} !== before ? {_NOW} : null",
        lambda: clicks.page.evaluate(f"() => {number}"),
    )


def _pan(page: Any) -> tuple[int, float]:
    """Drag the map for about a second; return the runs it caused and the frames per second."""
    before = page.evaluate(f"() => ({_MAP}).seq")
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    frame.evaluate(
        "() => { window.__f = 0; const tick = () => { window.__f += 1; requestAnimationFrame(tick); }; tick(); }"
    )
    box = page.locator("iframe").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.down()
    counted, start = frame.evaluate("() => window.__f"), time.perf_counter()
    for step in range(60):
        page.mouse.move(x - 2 * step, y + step)
    seconds = time.perf_counter() - start
    frames = frame.evaluate("() => window.__f") - counted
    page.mouse.up()
    page.wait_for_timeout(1000)
    return page.evaluate(f"() => ({_MAP}).seq") - before, frames / seconds


def run() -> list[Row]:
    """Measure loading, filtering and panning; medians."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        ours, bare, usual = (stack.enter_context(_server(script)) for script in (None, BARE, USUAL))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        kinds = ((ours, OURS), (bare, TEXT), (usual, PATHS))
        loads: list[list[float]] = [[], [], []]
        for turn in range(OPENINGS + 1):
            for number, (base, done) in enumerate(kinds):
                seconds = _open(browser, base, done)
                if turn:  # the first makes the servers warm
                    loads[number].append(seconds)
        load_ours, load_bare, load_usual = (statistics.median(found) for found in loads)
        kept_ours, kept_bare = (_reload(browser, base, done, OPENINGS) for base, done in kinds[:2])
        clicks, (filter_ours, kb_ours) = _filter_ours(browser, ours)
        reruns, fps = _pan(clicks.page)
        floor, _ = _rerun_bare(browser, bare)
        filter_usual, kb_usual = _filter_usual(browser, usual)
        browser.close()
    return [
        at_most(
            "navigation → polygons painted, warm server, empty browser",
            f"{load_ours:.2f} s",
            f"{load_bare:.2f} s (bare Streamlit page, compressed too)",
            load_ours / load_bare,
            1.4,
        ),
        Row(
            "navigation → painted, beside the usual folium page",
            f"{load_ours:.2f} s",
            f"{load_usual:.2f} s (folium, an object and a popup each)",
            load_ours / load_usual,
            "",
            None,
        ),
        Row(
            "navigation → painted, browser has it in its cache",
            f"{kept_ours:.2f} s",
            f"{kept_bare:.2f} s (bare Streamlit page)",
            kept_ours / kept_bare,
            "",
            None,
        ),
        Row(
            "filter click → map painted, median",
            f"{filter_ours:.3f} s",
            f"{filter_usual:.3f} s (usual folium page); bare rerun {floor:.3f} s",
            filter_ours,
            "≤ 0.25 s",
            filter_ours <= 0.25,
        ),
        Row(
            "filter click → map painted, over a bare rerun",
            f"{filter_ours:.3f} s",
            f"{floor:.3f} s (button on a bare page)",
            filter_ours / floor,
            "",
            None,
        ),
        Row(
            "filter click, received by the browser",
            f"{kb_ours:.1f} KB",
            f"{kb_usual:.1f} KB (usual folium page)",
            kb_ours,
            "≤ 20 KB",
            kb_ours <= 20,
        ),
        Row("runs of the script caused by a pan", str(reruns), "–", float(reruns), "0", reruns == 0),
        Row("frames a second while panning", f"{fps:.0f}", "–", fps, "≥ 30", fps >= 30),
    ]


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["app"]))
