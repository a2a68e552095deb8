"""What a click costs the server: processor time of its process, one visitor at a time; a busy machine hardly matters.

``python -m bench.click [--clicks 30]`` starts `geo app` and visits it as `bench.bench_load` does.
"""

from __future__ import annotations

import argparse
import asyncio
import random

import psutil  # type: ignore[import-untyped]

from bench.bench_load import ACTIONS, serve
from bench.visitor import Visitor

__all__ = ["CLICKS", "costs", "main"]

#: What counts as a click, as `bench.bench_load.Load.clicks` counts it, but for those that need another before.
CLICKS = ("filter", "map", "page", "link", "language", "text")
_WARM = 3


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _visit(base: str, process: psutil.Process, clicks: int, seed: int) -> dict[str, float]:
    chance = random.Random(seed)
    visitor = Visitor(base)
    await visitor.open()
    for name in CLICKS * _WARM:  # what is made once is no click's own
        await ACTIONS[name][1](visitor, chance)
    found = {}
    for name in CLICKS:
        await visitor.follow("")
        before = _cpu_s(process)
        done = [await ACTIONS[name][1](visitor, chance) is not False for _ in range(clicks)]
        found[name] = (_cpu_s(process) - before) / max(1, sum(done))
    await visitor.close()
    return found


def costs(clicks: int, seed: int = 1) -> dict[str, float]:
    """Return the seconds of processor time that a click of each kind costs the server."""
    with serve() as (base, process, _):
        return asyncio.run(_visit(base, process, clicks, seed))


def _mean(found: dict[str, float]) -> float:
    """Return the cost of a click as often as visitors make each kind."""
    weights = {name: ACTIONS[name][0] for name in CLICKS}
    return sum(found[name] * weight for name, weight in weights.items()) / sum(weights.values())


def main(arguments: list[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.click", description=__doc__.split("\n\n")[0])
    parser.add_argument("--clicks", type=int, default=30, help="of each kind (default: %(default)s)")
    given = parser.parse_args(arguments)
    found = costs(given.clicks)
    for name, cost in found.items():
        print(f"{name:9} {cost * 1000:6.1f} ms")
    print(f"{'mean':9} {_mean(found) * 1000:6.1f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
