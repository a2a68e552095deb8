"""Many sessions clicking for minutes: time from click to finished run, errors, and whether the server's memory is flat.

``python -m bench.bench_load --sessions 50 --minutes 10`` starts `geo app` as a process of its own and visits it from
this one, without browsers (`bench.visitor`), so that the server has the machine almost to itself. Visitors filter,
choose places, change page and language, search, upload a table, leave, and others come. Exit 1 on any error, or when
memory grew by more than `GROWTH` between the second and the last quarter of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

from bench import Result
from bench.serving import START, free_port, running
from bench.visitor import Problem, Visitor
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import LANGUAGES
from geo.web.server.housekeeping import EVERY_S

__all__ = ["GROWTH", "Load", "Outcome", "logged", "main", "run", "serve", "upload", "visit"]

#: How much more memory the last quarter may take than the second, as a share.
GROWTH = 0.05
#: Such a line in the server's log is an error though no visitor saw it.
_LOGGED = ("Traceback", "a page failed", "ERROR", "Task exception")
_KEPT_S = 120  # Streamlit keeps what a closed tab held, should the same tab come back

ATLAS = Atlas.load()
PLACES = list(ATLAS.layout.index)


# --- the server, seen from outside ----------------------------------------------------------------------------------


@contextmanager
def serve(
    kept_s: int = _KEPT_S, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, psutil.Process, Path]]:
    """Start the app on a free port; yield its address, its process and its log; stop it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(kept_s), "PYTHONUTF8": "1"}
    settings["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    settings |= environment or {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running([*START, str(port)], Path(folder), f"{base}/_stcore/health", settings) as (process, log),
    ):
        yield base, psutil.Process(process.pid), log


@dataclass(frozen=True)
class Sample:
    """The server at one moment: memory in MB, threads, open files and sockets, CPU seconds so far, sessions here."""

    at_s: float
    rss_mb: float
    threads: int
    files: int
    cpu_s: float
    sessions: int


# --- what visitors do -----------------------------------------------------------------------------------------------


def _options(visitor: Visitor, key: str) -> list[str]:
    found = visitor.find(key)
    if found is None:
        return []
    return [one if isinstance(one, str) else one.content for one in found[1].options]


async def _pick(visitor: Visitor, chance: random.Random, key: str, most: int) -> bool:
    """Choose up to `most` of a widget's options; with 0 just one, as a string."""
    options = _options(visitor, key)
    if not options:
        return False
    if not most:
        return await visitor.choose(key, chance.choice(options))
    return await visitor.choose(key, chance.sample(options, min(chance.randint(0, most), len(options))))


async def _filter(visitor: Visitor, chance: random.Random) -> bool:
    key, most = chance.choice(
        [("w_cluster", 2), ("w_kind", 2), ("w_status", 1), ("w_district", 3), ("w_edition", 0), ("w_measure", 0)]
    )
    return await _pick(visitor, chance, key, most)


async def _impatient(visitor: Visitor, chance: random.Random) -> bool:
    """Click again while the page runs."""
    options = _options(visitor, "w_kind")
    if not options:
        return False
    await visitor.choose("w_kind", [chance.choice(options)], wait=False)
    return await _pick(visitor, chance, "w_kind", 1)


async def _write(visitor: Visitor, chance: random.Random) -> bool:
    return await visitor.choose("w_text", chance.choice(["", ATLAS.name(chance.choice(PLACES), "zh")[:2]]))


async def _reset(visitor: Visitor, chance: random.Random) -> bool:
    return await visitor.press("reset")


async def _map(visitor: Visitor, chance: random.Random) -> bool:
    return await visitor.click_map(chance.choice([*PLACES, ""]))


async def _link(visitor: Visitor, chance: random.Random) -> bool:
    language = chance.choice(LANGUAGES)
    query = Selection(place=chance.choice(PLACES), language=language).to_query()
    await visitor.follow(chance.choice(["", "place"]), "&".join(f"{name}={value}" for name, value in query.items()))
    return True


async def _page(visitor: Visitor, chance: random.Random) -> bool:
    await visitor.follow(chance.choice(list(visitor.pages)))
    return True


async def _language(visitor: Visitor, chance: random.Random) -> bool:
    found = visitor.find("w_lang")
    if found is None:
        return False
    now = list(found[1].raw_values) or [_options(visitor, "w_lang")[0]]
    return await visitor.choose("w_lang", [next(one for one in _options(visitor, "w_lang") if one not in now)])


async def _search(visitor: Visitor, chance: random.Random) -> bool:
    answer = json.loads(await visitor.ask(f"/search?lang=en&q={chance.choice(PLACES)[:4]}"))
    if "hits" not in answer:
        raise Problem(f"search answered {answer}")
    return True


async def upload(visitor: Visitor, chance: random.Random, rows: int = 1000) -> bool:
    """Give a table of points in and around the city, and see that it was joined."""
    await visitor.follow("data")
    west, south, east, north = ATLAS.meta["bbox"]
    lines = [f"r{i},{chance.uniform(west, east):.6f},{chance.uniform(south, north):.6f}" for i in range(rows)]
    if not await visitor.upload("points.csv", "\n".join(["name,lon,lat", *lines]).encode()):
        return False
    found = visitor.find("user_datum")
    if found is None:
        raise Problem(f"the uploaded table was not read: {visitor.said}")
    return await visitor.choose("user_datum", found[1].options[0])


Action = Callable[[Visitor, random.Random], Awaitable[bool]]
ACTIONS: dict[str, tuple[int, Action]] = {
    "filter": (32, _filter),
    "impatient": (2, _impatient),
    "map": (16, _map),
    "page": (14, _page),
    "link": (12, _link),
    "language": (6, _language),
    "search": (8, _search),
    "reset": (4, _reset),
    "text": (4, _write),
    "upload": (2, upload),
}


@dataclass
class Load:
    """Visitors of an app for a time, and what was measured.

    Parameters
    ----------
    base : str
    process : psutil.Process
        The server.
    sessions : int
        How many visitors are there at any moment.
    seconds : float
    think_s : float
        Mean pause of a visitor between the end of a run and the next click.
    life : int
        Mean number of clicks before a visitor leaves and another comes.
    """

    base: str
    process: psutil.Process
    sessions: int
    seconds: float
    think_s: float
    life: int = 25
    uploads: bool = True
    seed: int = 1
    samples: list[Sample] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    maps: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    visitors: int = 0
    requests: int = 0
    received: int = 0
    here: int = 0

    def sample(self, at_s: float) -> Sample:
        """Take and keep a sample of the server."""
        with self.process.oneshot():
            cpu = self.process.cpu_times()
            sockets = self.process.num_fds() if hasattr(self.process, "num_fds") else 0
            rss = self.process.memory_info().rss / 2**20
            found = Sample(at_s, rss, self.process.num_threads(), sockets, cpu.user + cpu.system, self.here)
        self.samples.append(found)
        return found

    async def run(self, say: Callable[[str], None] = print) -> None:
        """Let all visitors in over some seconds, click until the time is over, let all leave."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * self.sessions))
        start = time.monotonic()
        end = start + self.seconds
        self.sample(0)
        tasks = [asyncio.create_task(self._seat(number, end)) for number in range(self.sessions)]
        every = min(60.0, self.seconds / 8)
        told, done_before = 0.0, 0
        while (now := time.monotonic()) < end:
            await asyncio.sleep(min(every / 4, end - now))
            found = self.sample(time.monotonic() - start)
            if found.at_s - told >= every - 0.01:
                done = sum(map(len, self.times.values()))
                rate = (done - done_before) / (found.at_s - told)
                say(
                    f"{found.at_s:5.0f} s  {found.sessions:3} sessions  {rate:5.1f} actions/s"
                    f"  {found.rss_mb:6.1f} MB  {found.threads} threads  {found.files} files"
                    f"  {found.cpu_s:.0f} s CPU  {sum(self.errors.values())} errors"
                )
                told, done_before = found.at_s, done
        await asyncio.gather(*tasks)

    async def _seat(self, number: int, end: float) -> None:
        """One visitor after the other, until the time is over."""
        chance = random.Random(self.seed * 1000 + number)
        # Not all at once: nobody's users come in the same second.
        await asyncio.sleep(chance.uniform(0, min(20, self.seconds / 5)))
        while time.monotonic() < end:
            visitor = Visitor(self.base)
            self.visitors += 1
            try:
                await self._visit(visitor, chance, end)
            except Exception as problem:  # whatever it is, it is counted and the others go on
                self.errors[f"{type(problem).__name__}: {problem}"[:300]] += 1
            finally:
                self.here -= 1
                await visitor.close()
                self.requests += visitor.requests
                self.received += visitor.received

    async def _visit(self, visitor: Visitor, chance: random.Random, end: float) -> None:
        self.here += 1
        await self._timed("open", visitor.open(query=chance.choice(["", "lang=en", f"place={chance.choice(PLACES)}"])))
        names = [name for name in ACTIONS if self.uploads or name != "upload"]
        for _ in range(max(1, round(chance.expovariate(1 / self.life)))):
            await asyncio.sleep(min(chance.uniform(0.5, 1.5) * self.think_s, max(0.0, end - time.monotonic())))
            if time.monotonic() >= end:
                return
            name = chance.choices(names, [ACTIONS[one][0] for one in names])[0]
            before = visitor.map_at
            await self._timed(name, ACTIONS[name][1](visitor, chance))
            if name in ("filter", "map", "reset", "text") and visitor.map_at > before:
                self.maps.append(visitor.map_at - visitor.sent_at)

    async def _timed(self, name: str, action: Awaitable[Any]) -> None:
        start = time.perf_counter()
        if await action is not False:
            self.times[name].append(time.perf_counter() - start)

    # --- what came of it --------------------------------------------------------------------------------------------

    def clicks(self) -> list[float]:
        """Return the seconds of every click; opening, searching and uploading are none."""
        return [s for name, times in self.times.items() if name not in ("open", "search", "upload") for s in times]

    def growth(self) -> float:
        """Return by which share the last quarter's memory is above the second quarter's (medians)."""
        span = self.samples[-1].at_s
        second = [one.rss_mb for one in self.samples if 0.25 <= one.at_s / span < 0.5]
        last = [one.rss_mb for one in self.samples if one.at_s / span >= 0.75]
        return statistics.median(last) / statistics.median(second) - 1

    def slope_mb_per_min(self) -> float:
        """Return the slope of memory over time after the first quarter, by least squares."""
        late = [one for one in self.samples if one.at_s >= self.samples[-1].at_s / 4]
        return float(np.polyfit([one.at_s / 60 for one in late], [one.rss_mb for one in late], 1)[0])

    def report(self) -> str:
        """Return what was measured, as text."""
        lines = [f"{'':9} {'number':>7} {'p50 ms':>7} {'p95 ms':>7} {'p99 ms':>7} {'max ms':>7}"]
        named = [("clicks", self.clicks()), ("to map", self.maps), *sorted(self.times.items())]
        for name, times in named:
            if times:
                p50, p95, p99 = np.percentile(times, [50, 95, 99]) * 1000
                lines.append(f"{name:9} {len(times):7} {p50:7.0f} {p95:7.0f} {p99:7.0f} {max(times) * 1000:7.0f}")
        first, last = self.samples[0], self.samples[-1]
        done = sum(map(len, self.times.values()))
        lines += [
            f"{self.visitors} visitors, {done / last.at_s:.1f} actions/s, {self.requests} HTTP requests,"
            f" {self.received / 2**20:.0f} MB over websockets",
            f"server: {(last.cpu_s - first.cpu_s) / last.at_s:.0%} of one core, {last.threads} threads,"
            f" {last.files} files",
            f"memory: {first.rss_mb:.0f} MB before, {last.rss_mb:.0f} MB at the end, growth {self.growth():+.1%}"
            f" (last quarter over second), slope {self.slope_mb_per_min():+.2f} MB/min",
        ]
        return "\n".join(lines)


def logged(log: Path) -> list[str]:
    """Return the lines of the server's log that tell of an error."""
    return [line for line in log.read_text(encoding="utf-8").splitlines() if any(word in line for word in _LOGGED)]


async def _after(load: Load, wait_s: float) -> Sample:
    """Wait until the server has let go what the visitors held, and sample it."""
    await asyncio.sleep(wait_s)
    return load.sample(load.samples[-1].at_s)


@dataclass(frozen=True)
class Outcome:
    """What a whole run gave: the load itself, memory before anyone came and after all had left, errors in words."""

    load: Load
    before: Sample
    full: Sample
    after: Sample
    problems: list[str]


def visit(sessions: int, seconds: float, think_s: float, kept_s: int, say: Callable[[str], None] = print) -> Outcome:
    """Start the app, visit it, wait until all is let go, stop it."""
    with serve(kept_s) as (base, process, log):
        load = Load(base, process, sessions, seconds, think_s)
        asyncio.run(load.run(say))
        full = load.samples[-1]
        after = asyncio.run(_after(load, kept_s + EVERY_S + 5))
        load.samples.pop()  # it belongs to no visit
        problems = [f"{words} ({times} times)" for words, times in load.errors.most_common()]
        problems += [f"in the server's log: {line}" for line in logged(log)[:20]]
        return Outcome(load, load.samples[0], full, after, problems)


def run(quick: bool) -> Iterator[Result]:
    """Fifty visitors for ten minutes (quick: five for fifteen seconds), as Results."""
    given = (5, 15.0, 0.5, 3) if quick else (50, 600.0, 6.0, _KEPT_S)
    done = visit(*given)
    load = done.load
    p50, p95, p99 = (float(one) * 1000 for one in np.percentile(load.clicks(), [50, 95, 99]))
    rate = sum(map(len, load.times.values())) / load.seconds
    print(load.report())
    yield Result("load.errors", [float(len(done.problems))], "", note="; ".join(done.problems)[:200])
    yield Result("load.p50", [p50], "ms", note=f"{len(load.clicks())} clicks, {rate:.1f} actions/s")
    yield Result("load.p95", [p95], "ms", note=f"p99 {p99:.0f} ms")
    yield Result("load.map_p95", [float(np.percentile(load.maps, 95)) * 1000], "ms")
    yield Result("load.growth", [load.growth() * 100], "%", note=f"slope {load.slope_mb_per_min():+.2f} MB/min")
    before, after = done.before, done.after
    yield Result("load.memory_full", [done.full.rss_mb], "MB", note=f"{before.rss_mb:.0f} MB before the first visit")
    yield Result("load.memory_after", [after.rss_mb], "MB", note=f"{after.threads} threads, {after.files} files")


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and return 1 on any error or growth beyond the limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.bench_load", description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=50, help="visitors at any moment (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: %(default)s)")
    parser.add_argument("--think", type=float, default=6, help="mean pause between clicks, s (default: %(default)s)")
    parser.add_argument("--kept", type=int, default=_KEPT_S, help="seconds the server keeps a session that left")
    parser.add_argument("--growth", type=float, default=GROWTH, help="largest growth, a share (default: %(default)s)")
    given = parser.parse_args(arguments)
    done = visit(given.sessions, given.minutes * 60, given.think, given.kept)
    print(done.load.report())
    print(f"all left: {done.after.rss_mb:.0f} MB, {done.after.threads} threads, {done.after.files} files")
    problems = list(done.problems)
    if (growth := done.load.growth()) > given.growth:
        problems.append(f"memory grew by {growth:.1%}, more than {given.growth:.0%}")
    for words in problems:
        print(f"error: {words}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
