"""The static site beside the app, the same home page of both, in a real browser with nothing in its cache."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import Result, turns
from bench.browser import PAINTED, chromium, first_open, server
from bench.serving import free_port, running
from geo.cli.main import main

OPENINGS = 7

#: When something of the page is first seen, and when its map is painted, in milliseconds since navigation began.
FIRST = """() => { const seen = performance.getEntriesByName("first-contentful-paint")[0];
  return seen ? seen.startTime : null; }"""
DRAWN = """() => window.__geoMap && window.__geoMap.paintedAt
  ? window.__geoMap.paintedAt - performance.timeOrigin : null"""


def run(quick: bool = False) -> Iterator[Result]:
    """Measure the first paint and the painted map."""
    openings = 1 if quick else OPENINGS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if main(["site", str(folder / "map")]) != 0:
            raise RuntimeError("geo site failed: see above")
        port = free_port()
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        home = f"http://127.0.0.1:{port}/map/zh/index.html"
        stack.enter_context(running(command, folder, home))
        app = stack.enter_context(server(None)).address
        browser = stack.enter_context(chromium())
        opens = [lambda a=address, d=done: first_open(browser, a, d)
                 for address, done in ((home, FIRST), (app, FIRST), (home, DRAWN), (app, PAINTED))]  # fmt: skip
        turns(1, *opens)  # makes the servers warm
        found = turns(openings, *opens)
        yield Result("site.first", found[0], "s", found[1])
        yield Result("site.map", found[2], "s", found[3])
