"""Half a million points of a user's own table on the map while it is dragged, beside the map without them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import Result, versions
from bench.bench_points import with_points, write_points
from bench.browser import RUNS_OURS, chromium, ours, pan, server

POINTS, DRAGS = 500_000, 5


def run(quick: bool = False) -> Iterator[Result]:
    """Drag both pages in turn."""
    with tempfile.TemporaryDirectory() as folder, server(None) as app, chromium() as browser:
        path = write_points(Path(folder, "many.csv"), 500 if quick else POINTS)
        alone, own = ours(browser, app.address), with_points(browser, app.address, path)
        frames: tuple[list[float], list[float]] = ([], [])
        for _ in range(1 if quick else DRAGS):
            for one, into in zip((own, alone), frames, strict=True):
                one.page.bring_to_front()
                into.append(pan(one.page, RUNS_OURS)[0])
        for one in (own, alone):
            one.close()
        yield Result("own.frames", frames[0], "frames/s", frames[1], versions("streamlit"))
