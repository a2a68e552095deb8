"""What a second process takes away: clicks of fifty visitors on one and on two, at their ease and filling one.

``python -m bench two``. The visitors are those of ``bench_load``, without browsers, on the machine of the servers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import psutil  # type: ignore[import-untyped]

from bench import Result
from bench.bench_crowd import MANY, THINK_S, p95_ms, quiet, warm
from bench.bench_load import Load, serve

__all__ = ["run"]

#: The part of a core from which on a process is full: beyond it clicks queue without end.
FULL = 0.85
_TURNS = 2


async def _together(*loads: Load) -> None:
    await asyncio.gather(*(load.run(lambda _: None) for load in loads))


def _cpu_s(load: Load) -> float:
    return load.samples[-1].cpu_s - load.samples[0].cpu_s


def _in_turns(servers: list[tuple[str, psutil.Process]], many: int, seconds: float, think_s: float) -> list[list[Load]]:
    """Return the loads of visitors on the first of some servers, and on all, measured in turns."""
    found: list[list[Load]] = [[], []]
    for _ in range(_TURNS):
        for some, loads in zip((servers[:1], servers), found, strict=True):
            loads += (new := [quiet(*server, many // len(some), seconds, think_s) for server in some])
            asyncio.run(_together(*new))
    return found


def _result(claim: str, found: list[list[Load]], think_s: float) -> Result:
    one, two = (sum(map(_cpu_s, loads)) / sum(load.samples[-1].at_s for load in loads) for loads in found)
    note = f"one process took {one:.0%} of a core, each of two {two:.0%}; pauses of {think_s:.1f} s"
    return Result(claim, [p95_ms(*found[1])], "ms", [p95_ms(*found[0])], note=note)


def run(quick: bool) -> Iterator[Result]:
    """Fifty visitors on one process and on two; so many clicks of them that they fill one."""
    many, seconds, warm_s = (4, 5.0, 2.0) if quick else (MANY, 15.0, 8.0)
    think_s = 0.5 if quick else THINK_S
    with serve() as (base, process, _), serve() as (other, another, _):
        servers = [(base, process), (other, another)]
        for server in servers:
            warm(*server, warm_s)
        found = _in_turns(servers, many, seconds, think_s)
        yield _result("two.fifty", found, think_s)
        # A visitor's next click comes after the answer and a pause: so many fill so much of a process.
        actions = sum(len(times) for load in found[0] for times in load.times.values())
        answer_s = float(np.median([s for load in found[0] for s in load.clicks()]))
        full_s = max(many * sum(map(_cpu_s, found[0])) / actions / FULL - answer_s, 0.1)
        yield _result("two.full", _in_turns(servers, many, seconds, full_s), full_s)
