"""A user's points on the map while they filter and pan, and ten people at once; in a real browser, in one run."""

from __future__ import annotations

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench import Row
from bench.bench_app import _MAP, BARE, CHROMIUM, FLAGS, OURS, _Clicks, _pan, _rerun_bare, _server
from geo.atlas import Atlas

PEOPLE = 10
ROUNDS = 5
BARS = {5_000: 0.35, 50_000: 0.9}
_PILL = "document.querySelectorAll('section[data-testid=stSidebar] [data-testid=stButtonGroup] button')[0].click()"
_PAINTED = f"(before) => {{ const map = {_MAP}; return map.seq > before ? map.paintedAt : null; }}"


def _table(path: Path, count: int) -> Path:
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


def _with_points(browser: Any, base: str, path: Path) -> tuple[float, int, float]:
    """Return median seconds of a filter on the map page with the points shown, runs and frames a second of a pan."""
    clicks = _Clicks(browser, f"{base}/data")
    page = clicks.page
    page.set_input_files("input[type=file]", path, timeout=60_000)
    page.wait_for_function(
        f"() => {{ const m = {_MAP}; return m && m.state && (m.state.points || []).length; }}", timeout=90_000
    )
    page.wait_for_timeout(2000)
    page.locator("[data-testid=stTopNavLink]").first.click()
    shown = "document.querySelector('iframe').contentWindow.geoPoints"
    page.wait_for_function(
        f"() => {{ try {{ return {shown}.total() > 0; }} catch (e) {{ return false; }} }}", timeout=60_000
    )
    page.wait_for_timeout(3000)
    seconds, _ = clicks.measure(_PILL, _PAINTED, lambda: page.evaluate(f"() => ({_MAP}).seq"))
    runs, fps = _pan(page)
    page.context.close()
    return seconds, runs, fps


def _people(browser: Any, base: str) -> float:
    """Return the 95th percentile of the seconds of a filter when ten people click at the same moment."""
    everyone = [_Clicks(browser, base) for _ in range(PEOPLE)]
    for one in everyone:
        one.page.wait_for_function(OURS, timeout=120_000)
    everyone[0].page.wait_for_timeout(4000)
    seconds = []
    for _ in range(ROUNDS):
        before = [one.page.evaluate(f"() => ({_MAP}).seq") for one in everyone]
        click = f"() => {{ const t = performance.timeOrigin + performance.now(); {_PILL}; return t; }}"
        starts = [one.page.evaluate(click) for one in everyone]
        for one, seq, start in zip(everyone, before, starts, strict=True):
            moment = one.page.wait_for_function(_PAINTED, arg=seq, timeout=60_000, polling=20).json_value()
            seconds.append((moment - start) / 1000)
        everyone[0].page.wait_for_timeout(1500)
    for one in everyone:
        one.page.context.close()
    return statistics.quantiles(seconds, n=20)[-1]


def run() -> list[Row]:
    """Measure filters and panning with 5,000 and 50,000 points, and ten people's filters at once."""
    from playwright.sync_api import sync_playwright

    rows = []
    with ExitStack() as stack:
        ours, bare = stack.enter_context(_server(None)), stack.enter_context(_server(BARE))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        floor, _ = _rerun_bare(browser, bare)
        for count, bar in BARS.items():
            seconds, runs, fps = _with_points(browser, ours, _table(folder / f"{count}.csv", count))
            claim = f"filter → painted with {count:,} own points, median"
            peer = f"{floor:.3f} s (button on a bare page)"
            rows.append(Row(claim, f"{seconds:.3f} s", peer, seconds / floor, f"≤ {bar} s", seconds <= bar))
            told = f"{fps:.0f} frames/s, {runs} reruns"
            good = fps >= 30 and runs == 0
            rows.append(Row(f"pan with {count:,} own points", told, "60 frames/s", None, "≥ 30, 0 reruns", good))
        p95 = _people(browser, ours)
        claim, peer = f"filter → painted, {PEOPLE} people at once, p95", f"{floor:.3f} s (one person, bare page)"
        rows.append(Row(claim, f"{p95:.2f} s", peer, p95 / floor, "≤ 1 s", p95 <= 1))
        browser.close()
    return rows


if __name__ == "__main__":
    from bench.__main__ import main

    raise SystemExit(main(["points"]))
