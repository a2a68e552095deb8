"""The static site: its weight, and the same home page beside the app's, in a real browser with an empty cache."""

from __future__ import annotations

import sys
import tarfile
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


def packed_megabytes(folder: Path, out: Path) -> float:
    """Return the size of a folder as a tar in the order of names, packed by xz as it does unless told otherwise."""
    with tarfile.open(out, "w:xz", preset=6) as packed:
        for path in sorted(folder.rglob("*")):
            packed.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=_of_nobody)
    return out.stat().st_size / 1e6


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member without owner and time: they are not of the site."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def run(quick: bool = False) -> Iterator[Result]:
    """Measure the archive, the first paint and the painted map."""
    openings = 1 if quick else OPENINGS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if main(["site", str(folder / "map")]) != 0:
            raise RuntimeError("geo site failed: see above")
        yield Result("site.archive", [packed_megabytes(folder / "map", folder / "map.tar.xz")], "MB")
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
