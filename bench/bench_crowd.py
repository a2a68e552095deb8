"""What other people cost one: a click among fifty visitors, beside five large uploads, and with two processes.

``python -m bench crowd``. The visitors are those of ``bench_load``, without browsers, on the machine of the server.
Each result stands beside one visitor, or the fifty, of the same run: what this machine can is not the question.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import psutil  # type: ignore[import-untyped]

from bench import Result
from bench.bench_load import Load, serve, upload
from bench.visitor import Visitor

__all__ = ["p95_ms", "quiet", "run"]

MANY, UPLOADERS, ROWS = 50, 5, 100_000
THINK_S = 6.0
#: The part of a core from which on a process is full: beyond it clicks queue without end.
FULL = 0.85


def p95_ms(*loads: Load) -> float:
    """Return the 95th percentile of all clicks of some loads, in ms.

    Raises
    ------
    RuntimeError
        If a visitor met an error: what a broken page takes is no measurement.
    """
    errors = {words: times for load in loads for words, times in load.errors.items()}
    if errors:
        raise RuntimeError(f"visitors met errors: {errors}")
    return float(np.percentile([s for load in loads for s in load.clicks()], 95)) * 1000


def quiet(base: str, process: psutil.Process, sessions: int, seconds: float, think_s: float = THINK_S) -> Load:
    """Return a load of visitors who upload nothing, all there from the start: no visit is cut short by an arrival."""
    return Load(base, process, sessions, seconds, think_s, uploads=False)


async def _uploading(base: str, seed: int, done: list[int]) -> None:
    """Upload a large table after the other until this is cancelled."""
    chance = random.Random(seed)
    visitor = Visitor(base)
    try:
        await visitor.open()
        while True:
            await upload(visitor, chance, ROWS)
            done[0] += 1
    finally:
        await visitor.close()


async def _beside(load: Load, uploaders: int) -> int:
    """Run a load beside large uploads; return how many of these were read to the end."""
    done = [0]
    tasks = [asyncio.create_task(_uploading(load.base, number, done)) for number in range(uploaders)]
    try:
        await load.run(lambda _: None)
    finally:
        for task in tasks:
            if task.done() and not task.cancelled() and (problem := task.exception()):
                load.errors[f"upload: {problem}"[:300]] += 1
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
    return done[0]


async def _together(*loads: Load) -> None:
    await asyncio.gather(*(load.run(lambda _: None) for load in loads))


def _cpu_s(load: Load) -> float:
    return load.samples[-1].cpu_s - load.samples[0].cpu_s


def _warm(base: str, process: psutil.Process, seconds: float) -> None:
    """Let the first visitor of a server make what all others find made."""
    asyncio.run(quiet(base, process, 1, seconds, 0.2).run(lambda _: None))


def _split(
    servers: list[tuple[str, psutil.Process]], many: int, seconds: float, think_s: float
) -> tuple[float, float, str]:
    """Return p95 in ms of visitors on one server and on several, taken in turns, and how busy each server was."""
    found: list[list[Load]] = [[], []]
    for _ in range(2):
        for some, loads in zip((servers[:1], servers), found, strict=True):
            loads += (new := [quiet(*server, many // len(some), seconds, think_s) for server in some])
            asyncio.run(_together(*new))
    shares = [sum(map(_cpu_s, loads)) / sum(load.samples[-1].at_s for load in loads) for loads in found]
    note = f"a process took {shares[0]:.0%} of a core, each of two {shares[1]:.0%}; pauses of {think_s:.1f} s"
    return p95_ms(*found[0]), p95_ms(*found[1]), note


def run(quick: bool) -> Iterator[Result]:
    """One visitor, fifty, fifty beside five uploads, fifty on two processes, fifty who fill one on two."""
    many, uploaders, one_s, many_s = (4, 1, 8.0, 12.0) if quick else (MANY, UPLOADERS, 30.0, 50.0)
    think_s = 0.5 if quick else THINK_S
    with ExitStack() as servers:
        base, process, _ = servers.enter_context(serve())
        _warm(base, process, one_s / 4)
        alone = quiet(base, process, 1, one_s, 0.2)
        asyncio.run(alone.run(lambda _: None))
        fifty = quiet(base, process, many, many_s, think_s)
        asyncio.run(fifty.run(lambda _: None))
        one, of_many = p95_ms(alone), p95_ms(fifty)
        yield Result(
            "crowd.many", [of_many], "ms", [one], note=f"{len(fifty.clicks())} and {len(alone.clicks())} clicks"
        )
        busy = quiet(base, process, many, many_s, think_s)
        read = asyncio.run(_beside(busy, uploaders))
        yield Result("crowd.uploads", [p95_ms(busy)], "ms", [of_many], note=f"{read} tables read meanwhile")
        other, another, _ = servers.enter_context(serve())
        _warm(other, another, one_s / 4)
        two = [(base, process), (other, another)]
        single, both, note = _split(two, many, many_s / 3, think_s)
        yield Result("crowd.two", [both], "ms", [single], note=note)
        # A visitor's next click comes after the answer and a pause: so many fill so much of a process.
        actions = sum(map(len, fifty.times.values()))
        full_s = max(many * _cpu_s(fifty) / actions / FULL - float(np.median(fifty.clicks())), 0.1)
        single, both, note = _split(two, many, many_s / 3, full_s)
        yield Result("crowd.full", [both], "ms", [single], note=note)
