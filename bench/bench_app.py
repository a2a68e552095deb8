"""The app in a real browser, beside a bare Streamlit page and the usual folium page, taken in turn.

The bare page is the floor: its scripts are compressed as ours are, all else is as Streamlit serves it. *Warm*: the
server has been asked before, the browser has nothing in its cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from bench import Result, turns, versions
from bench.browser import (
    PAINTED,
    PATHS,
    RUNS_OURS,
    RUNS_PEER,
    TEXT,
    bare,
    chromium,
    first_open,
    opener,
    ours,
    pan,
    server,
    usual,
)

OPENINGS, CLICKS, PANS = 7, 9, 3


def run(quick: bool = False) -> Iterator[Result]:
    """Measure loading, filtering, bytes and panning."""
    openings, clicks, pans = (1, 2, 1) if quick else (OPENINGS, CLICKS, PANS)
    page, folium = versions("streamlit"), versions("streamlit", "folium", "streamlit-folium")
    with ExitStack() as stack:
        app, floor, peer = (stack.enter_context(server(name)).address for name in (None, "bare", "usual"))
        browser = stack.enter_context(chromium())
        kinds = ((app, PAINTED), (floor, TEXT), (peer, PATHS))
        opens = [lambda a=address, d=done: first_open(browser, a, d) for address, done in kinds]
        turns(1, *opens)  # makes the servers warm
        first = turns(openings, *opens)
        yield Result("app.first_bare", first[0], "s", first[1], page)
        yield Result("app.first_usual", first[0], "s", first[2], folium)
        kept = turns(openings, *(opener(browser, address, done) for address, done in kinds))
        yield Result("app.again_bare", kept[0], "s", kept[1], page)
        yield Result("app.again_usual", kept[0], "s", kept[2], folium)

        pages = ours(browser, app), bare(browser, floor), usual(browser, peer)
        pages[0].page.wait_for_timeout(3000)
        found = turns(clicks, *(one.once for one in pages))
        yield Result("app.filter_usual", found[0], "s", found[2], folium)
        yield Result("app.filter_bare", found[0], "s", found[1], page)
        yield Result("app.kilobytes_usual", pages[0].kilobytes, "KB", pages[2].kilobytes, folium)
        panned = [(pan(pages[0].page, RUNS_OURS), pan(pages[2].page, RUNS_PEER)) for _ in range(pans)]
        ours_fps, peer_fps = ([both[side][0] for both in panned] for side in (0, 1))
        ours_runs, peer_runs = ([both[side][1] for both in panned] for side in (0, 1))
        yield Result("app.pan_frames", ours_fps, "frames/s", peer_fps, folium)
        yield Result("app.pan_runs", ours_runs, "runs", peer_runs, folium)
