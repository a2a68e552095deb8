"""Pages in a real browser: serve ours or a peer's, open, click, pan, and count what the browser receives."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.serving import CHROMIUM, FLAGS, START, free_port, running

ROOT = Path(__file__).resolve().parents[1]
WINDOW = {"width": 1440, "height": 900}
TIMEOUT_MS = 90_000

#: The peers get their scripts compressed as ours are, and Leaflet; all else is as Streamlit serves it.
LAUNCHER = """
import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from geo.render.map.leaflet import vendor_folder
from geo.web.server import middleware
leaflet = Mount("/vendor", StaticFiles(directory=vendor_folder()))
app = st.App("page.py", routes=[leaflet], middleware=[Middleware(middleware.PackedAssets)])
"""

#: What the address of the frame with the map holds: ours, the usual page's.
MAP_FRAMES = ("map.frame", "streamlit_folium")
#: The map of our page.
MAP = "[...document.querySelectorAll('iframe')].map((f) => f.contentWindow.__geoMap).find(Boolean)"
#: The moment each page is done, in milliseconds since its navigation began; null while it is not.
PAINTED = """() => { for (const f of document.querySelectorAll("iframe")) {
  const map = f.contentWindow && f.contentWindow.__geoMap;
  if (map && map.paintedAt) return map.paintedAt - performance.timeOrigin; } return null; }"""
TEXT = """() => document.getElementById("done") ? performance.now() : null"""
PATHS = """() => { for (const f of document.querySelectorAll("iframe")) {
  const page = f.contentDocument;
  if (page && page.querySelectorAll("path.leaflet-interactive").length > 20) return performance.now(); }
  return null; }"""
_COUNT = """[...document.querySelectorAll("iframe")].map((f) => f.contentDocument
  ? f.contentDocument.querySelectorAll("path.leaflet-interactive").length : 0).reduce((a, b) => a + b, 0)"""
_RUN = "document.getElementById('done').dataset.n"
_NOW = "performance.timeOrigin + performance.now()"


class Server(NamedTuple):
    """A page that is served: its address and the process that serves it."""

    address: str
    pid: int


@contextmanager
def server(page: str | None, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve our app, or ``bench/peers/<page>.py`` by the same server, on loopback."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [*START, str(port)]
        if page is not None:
            shutil.copy(ROOT / "bench" / "peers" / f"{page}.py", Path(folder, "page.py"))
            Path(folder, "app.py").write_text(LAUNCHER, encoding="utf-8")
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
            command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
            command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
        settings = {"PYTHONPATH": str(ROOT), **(environment or {})}
        with running(command, Path(folder), f"{address}/_stcore/health", settings) as (process, _):
            yield Server(address, process.pid)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser with nothing in its cache, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def wait(page: Any, script: str, polling: int = 10) -> Any:
    """Wait until a script gives something on a page, and return it."""
    from playwright.sync_api import TimeoutError as TooLong

    try:
        return page.wait_for_function(script, timeout=TIMEOUT_MS, polling=polling).json_value()
    except TooLong:
        shown = " ".join(page.inner_text("body").split())[:300]
        raise RuntimeError(f"{page.url} shows after {TIMEOUT_MS / 1000:.0f} s only: {shown!r}, not {script}") from None


def first_open(browser: Any, address: str, done: str) -> float:
    """Open a page with nothing in the cache and return seconds from navigation to done."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    moment = wait(page, done)
    context.close()
    return float(moment) / 1000


def opener(browser: Any, address: str, done: str) -> Callable[[], float]:
    """Return an action that opens a page again with what the browser has kept, and gives its seconds."""
    page = browser.new_context(viewport=WINDOW).new_page()

    def open_again() -> float:
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        moment = wait(page, done)
        page.wait_for_timeout(800)
        return float(moment) / 1000

    open_again()
    return open_again


class Clicks:
    """One page on which a filter is clicked again and again.

    Parameters
    ----------
    browser : playwright browser
    address : str
    click : str
        JavaScript that clicks.
    before : str
        Expression for the state before the click.
    done : str
        Function of that state: the moment of the new one (milliseconds since 1970), or null.
    ready : str
        Function that is true once the page can be used.
    every_ms : int
        How often the page looks for the new state.
    """

    def __init__(
        self, browser: Any, address: str, click: str, before: str, done: str, ready: str, every_ms: int = 5
    ) -> None:
        self.page = browser.new_context(viewport=WINDOW).new_page()
        self.click, self.before, self.done, self.every_ms = click, before, done, every_ms
        self.received = 0
        self.kilobytes: list[float] = []
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        self.page.goto(address)
        wait(self.page, ready)

    def _count(self, payload: Any) -> None:
        self.received += len(payload if isinstance(payload, (bytes, str)) else payload.body)

    def start(self) -> float:
        """Click, and return the moment of it; the page itself then watches for the new state."""
        self.received = 0
        script = f"""() => {{
          const before = {self.before}, done = {self.done};
          window.__moment = null;
          const watch = () => {{ window.__moment = done(before);
            if (!window.__moment) setTimeout(watch, {self.every_ms}); }};
          setTimeout(watch, {self.every_ms});
          const t = {_NOW}; {self.click}; return t; }}"""
        return float(self.page.evaluate(script))

    def finish(self, start: float) -> float:
        """Wait for the new state and return the seconds since the click."""
        moment = wait(self.page, "() => window.__moment", polling=20)
        return (float(moment) - start) / 1000

    def once(self) -> float:
        """Click and wait; return seconds, and keep the kilobytes received until nothing more came for half a second."""
        found = self.finish(self.start())
        for _ in range(20):
            before = self.received
            self.page.wait_for_timeout(500)
            if self.received == before:
                break
        self.kilobytes.append(self.received / 1000)
        return found

    def close(self) -> None:
        """Close the page and all that belongs to it."""
        self.page.context.close()


def ours(browser: Any, address: str, ready: str = PAINTED) -> Clicks:
    """Open our app, or another page of it: a click on the first pill of the sidebar is painted."""
    pill = "document.querySelectorAll('section[data-testid=stSidebar] [data-testid=stButtonGroup] button')[0].click()"
    done = f"(before) => {{ const map = {MAP}; return map.seq > before ? map.paintedAt : null; }}"
    return Clicks(browser, address, pill, f"({MAP}).seq", done, ready)


def usual(browser: Any, address: str, every_ms: int = 10) -> Clicks:
    """Open the usual folium page: a click on a pill has changed the number of shapes (counting many takes it time)."""
    click = "document.querySelectorAll('[data-testid=stButtonGroup] button')[3].click()"
    done = f"(before) => {{ const n = {_COUNT}; return n > 0 && n !== before ? {_NOW} : null; }}"
    return Clicks(browser, address, click, _COUNT, done, PATHS, every_ms)


def bare(browser: Any, address: str) -> Clicks:
    """Open the bare page: a click on its button has changed its text."""
    click = "document.querySelector('[data-testid=stButton] button').click()"
    return Clicks(browser, address, click, _RUN, f"(before) => {_RUN} !== before ? {_NOW} : null", TEXT)


def pan(page: Any, runs: str) -> tuple[float, float]:
    """Drag the map for about a second.

    Parameters
    ----------
    page : playwright page
    runs : str
        Expression that counts the runs of the script.

    Returns
    -------
    frames : float
        Frames a second of the map's frame.
    caused : float
        Runs of the script that the drag caused.
    """
    before = page.evaluate(f"() => {runs}")
    frame = next(frame for frame in page.frames if any(part in frame.url for part in MAP_FRAMES))
    frame.evaluate(
        """() => { const first = window.__f === undefined; window.__f = 0;
          const tick = () => { window.__f += 1; requestAnimationFrame(tick); }; if (first) tick(); }"""
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
    page.wait_for_timeout(1500)
    return frames / seconds, float(page.evaluate(f"() => {runs}")) - float(before)


#: Counts runs of the script: on our page by the states that the map got, on the peers' by their own counter.
RUNS_OURS, RUNS_PEER = f"({MAP}).seq", f"Number({_RUN})"


def processor_seconds(root: int) -> float:
    """Return the seconds of CPU that a process and all below it have used."""
    import psutil

    total = 0.0
    try:
        parent = psutil.Process(root)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in family:
        try:
            used = process.cpu_times()
            total += used.user + used.system
        except psutil.NoSuchProcess:
            continue
    return total
