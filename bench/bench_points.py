"""A user's points on the map while they filter and pan, and ten people at once, beside the usual folium page."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench import Result, turns, versions
from bench.browser import (
    MAP,
    PATHS,
    RUNS_OURS,
    RUNS_PEER,
    TIMEOUT_MS,
    Clicks,
    bare,
    chromium,
    first_open,
    ours,
    pan,
    processor_seconds,
    server,
    usual,
    wait,
)
from geo.atlas.atlas import Atlas

PEOPLE, ROUNDS = 10, 5
#: Points, clicks of ours, clicks of the usual page (each takes it seconds).
SIZES = ((5_000, 7, 3), (50_000, 7, 1))


def write_points(path: Path, count: int) -> Path:
    """Write points inside the districts as CSV, with the district each lies in."""
    rng = np.random.default_rng(0)
    lines = ["district,lng,lat"]
    districts = Atlas.load().districts
    for row in districts.itertuples():
        west, south, east, north = row.geometry.bounds
        wanted = count // len(districts) + 1
        lon, lat = rng.uniform(west, east, wanted * 6), rng.uniform(south, north, wanted * 6)
        inside = shapely.contains_xy(row.geometry, lon, lat)
        pairs = zip(lon[inside][:wanted], lat[inside][:wanted], strict=True)
        lines += [f"{row.name_zh},{x:.6f},{y:.6f}" for x, y in pairs]
    path.write_text("\n".join(lines[: count + 1]) + "\n", encoding="utf-8")
    return path


def with_points(browser: Any, address: str, path: Path) -> Clicks:
    """Open our page of the user's table, upload, and go to the map on which its points are shown."""
    clicks = ours(browser, f"{address}/data", "() => document.querySelector('input[type=file]')")
    page = clicks.page
    page.set_input_files("input[type=file]", path, timeout=TIMEOUT_MS)
    wait(page, f"() => {{ const m = {MAP}; return m && m.state && (m.state.points || []).length; }}")
    page.wait_for_timeout(2000)
    page.locator("[data-testid=stTopNavLink]").first.click()
    shown = "document.querySelector('iframe').contentWindow.geoPoints"
    wait(page, f"() => {{ try {{ return {shown}.total() > 0; }} catch (e) {{ return false; }} }}")
    page.wait_for_timeout(3000)
    return clicks


def crowd(everyone: list[Clicks], rounds: int, root: int) -> tuple[list[float], float, float]:
    """Let everybody click at the same moment, again and again.

    Returns
    -------
    seconds : list of float
        Of every click of every person.
    server, others : float
        Seconds of CPU of the server (`root` and below), and of this process and its browser, over all rounds.
    """
    found: list[float] = []
    before = processor_seconds(root), processor_seconds(os.getpid())
    for _ in range(rounds):
        started = [one.start() for one in everyone]
        found += [one.finish(moment) for one, moment in zip(everyone, started, strict=True)]
        everyone[0].page.wait_for_timeout(1500)
    server_s = processor_seconds(root) - before[0]
    # The server is a child of this process.
    return found, server_s, processor_seconds(os.getpid()) - before[1] - server_s


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def run(quick: bool = False) -> Iterator[Result]:
    """Measure filters and panning with points, and many people's filters at once."""
    page, folium = versions("streamlit"), versions("streamlit", "folium", "streamlit-folium")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        app, floor = stack.enter_context(server(None)), stack.enter_context(server("bare"))
        browser = stack.enter_context(chromium())
        for count, times, peer_times in ((500, 2, 1),) if quick else SIZES:
            path = write_points(folder / f"{count}.csv", count)
            claim = f"points.{SIZES[0][0] if quick else count}"
            with server("usual", {"GEO_BENCH_POINTS": str(path)}) as peer:
                pages = with_points(browser, app.address, path), bare(browser, floor.address)
                found = turns(times, *(one.once for one in pages))
                yield Result(f"{claim}_bare", found[0], "s", found[1], page)
                first_open(browser, peer.address, PATHS)
                other = usual(browser, peer.address, every_ms=50)
                both = turns(peer_times, pages[0].once, other.once)
                yield Result(f"{claim}_usual", both[0], "s", both[1], folium)
                sent = pages[0].kilobytes[-peer_times:]
                yield Result(f"{claim}_kilobytes", sent, "KB", other.kilobytes, folium)
                mine, theirs = pan(pages[0].page, RUNS_OURS), pan(other.page, RUNS_PEER)
                yield Result(f"{claim}_frames", [mine[0]], "frames/s", [theirs[0]], folium)
                yield Result(f"{claim}_runs", [mine[1]], "runs", [theirs[1]], folium)
                for one in (*pages, other):
                    one.close()
        people, rounds = (2, 1) if quick else (PEOPLE, ROUNDS)
        with server("usual") as peer:
            first_open(browser, peer.address, PATHS)
            crowds = []
            for served, opened in ((app, ours), (floor, bare), (peer, usual)):
                everyone = [opened(browser, served.address) for _ in range(people)]
                everyone[0].page.wait_for_timeout(4000)
                crowds.append(crowd(everyone, rounds, served.pid))
                for one in everyone:
                    one.close()
        shares = [f"CPU: server {s:.1f} s, browsers {b:.1f} s" for _, s, b in crowds]
        tails = [[p95(seconds)] for seconds, _, _ in crowds]
        note = f"{shares[0]}; usual page {shares[2]}"
        yield Result("points.people_usual", tails[0], "s", tails[2], folium, note)
        yield Result("points.people_bare", tails[0], "s", tails[1], page, f"bare page {shares[1]}")
        clicks = people * rounds
        yield Result(
            "points.people_server",
            [crowds[0][1] / clicks * 1000],
            "ms of CPU",
            [crowds[2][1] / clicks * 1000],
            folium,
            f"{crowds[0][1] / (crowds[0][1] + crowds[0][2]):.0%} of all CPU, the browsers' is the rest",
        )
