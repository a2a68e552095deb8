"""What other people cost one: a click among fifty visitors, and beside five large uploads.

``python -m bench crowd``. The visitors are those of ``bench_load``, without browsers, on the machine of the server.
Each result stands beside one visitor, or the fifty, of the same run: what this machine can is not the question.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator

import numpy as np
import psutil  # type: ignore[import-untyped]

from bench import Result
from bench.bench_load import Load, serve, upload
from bench.visitor import Visitor

__all__ = ["MANY", "THINK_S", "p95_ms", "quiet", "run", "warm"]

MANY, UPLOADERS, ROWS = 50, 5, 100_000
THINK_S = 6.0


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


def warm(base: str, process: psutil.Process, seconds: float) -> None:
    """Let the first visitor of a server make what all others find made."""
    asyncio.run(quiet(base, process, 1, seconds, 0.2).run(lambda _: None))


def run(quick: bool) -> Iterator[Result]:
    """One visitor, fifty, fifty beside five uploads."""
    many, uploaders, one_s, many_s = (4, 1, 8.0, 12.0) if quick else (MANY, UPLOADERS, 30.0, 50.0)
    think_s = 0.5 if quick else THINK_S
    with serve() as (base, process, _):
        warm(base, process, one_s / 4)
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
