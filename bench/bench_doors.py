"""Fifty programs that ask the open door for features, without a pause, and one visitor of the app beside them.

``python -m bench doors``. The clients live in this process and take their share of the machine; what they ask for is
what GIS programs ask: pages of every collection, a box, a filter, another CRS.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

import numpy as np

from bench import Result
from bench.bench_crowd import p95_ms
from bench.bench_load import Load, serve

__all__ = ["addresses", "run"]

CLIENTS, PAUSE_S = 50, 1.0
_BOX = "bbox=121.3,31.0,121.7,31.4"
_FILTER = "filter-lang=cql2-text&filter=" + quote("area_km2 > 1")
_GRID = "crs=" + quote("http://www.opengis.net/def/crs/EPSG/0/4549", safe="")


def addresses(base: str) -> list[str]:
    """Return what the clients ask for: four kinds of pages of each collection, as far as it has what they name."""
    with urllib.request.urlopen(f"{base}/ogc/collections?f=json", timeout=60) as answer:
        names = [one["id"] for one in json.load(answer)["collections"]]
    found = []
    for name in names:
        with urllib.request.urlopen(f"{base}/ogc/collections/{name}/queryables?f=json", timeout=60) as answer:
            fields = json.load(answer)["properties"]
        asked = ["limit=10", f"limit=100&{_GRID}", _BOX, *([_FILTER] if "area_km2" in fields else ())]
        found += [f"/ogc/collections/{name}/items?f=json&{one}" for one in asked]
    return found


async def _client(base: str, asked: list[str], start: int, end: float, times: list[float], pause_s: float) -> None:
    """Ask for one page after the other over one connection, and keep how long each took, in seconds."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    for path in itertools.islice(itertools.cycle(asked), start, None):
        if (now := time.perf_counter()) > end:
            break
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
        if " 200 " not in head.split("\r\n")[0]:
            raise RuntimeError(f"{path} gave {head.splitlines()[0]}")
        times.append(time.perf_counter() - now)
        if pause_s:
            await asyncio.sleep(pause_s)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _clients(base: str, asked: list[str], seconds: float, pause_s: float = 0.0) -> list[float]:
    times: list[float] = []
    end = time.perf_counter() + seconds
    step = max(1, len(asked) // CLIENTS)
    await asyncio.gather(*(_client(base, asked, one * step, end, times, pause_s) for one in range(CLIENTS)))
    return times


async def _beside(load: Load, asked: list[str]) -> None:
    await asyncio.gather(load.run(lambda _: None), _clients(load.base, asked, load.seconds, PAUSE_S))


def run(quick: bool = False) -> Iterator[Result]:
    """Ask without a pause; then let one visitor click alone, and beside clients that ask once a second each."""
    seconds = 2.0 if quick else 20.0
    with serve() as (base, process, _):
        asked = addresses(base)
        asyncio.run(_clients(base, asked, seconds / 4))  # each page is made once
        before = sum(process.cpu_times()[:2])
        times = asyncio.run(_clients(base, asked, seconds))
        each = (sum(process.cpu_times()[:2]) - before) / len(times) * 1000
        p50, p95 = (float(one) * 1000 for one in np.percentile(times, [50, 95]))
        note = f"median {p50:.1f} ms, {len(times) / seconds:.0f} pages/s, {each:.2f} ms of CPU each"
        yield Result("doors.items", [p95], "ms", note=note)

        def visitor() -> Load:
            return Load(base, process, 1, seconds, 0.2, uploads=False)

        asyncio.run(visitor().run(lambda _: None))
        alone, beside = visitor(), visitor()
        asyncio.run(alone.run(lambda _: None))
        asyncio.run(_beside(beside, asked))
        yield Result("doors.app", [p95_ms(beside)], "ms", [p95_ms(alone)], note=f"{len(beside.clicks())} clicks")
