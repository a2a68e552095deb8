"""What files made to harm cost: the processor time of the dearest one, and the clicks of others while they are read.

``python -m bench hostile``. The files are those of ``tests/hostile/costly_files.py``: few bytes of which each heading,
CRS, cell, layer or page is a long calculation.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench import Result
from bench.bench_crowd import p95_ms, quiet, warm
from bench.bench_load import Load, serve
from bench.visitor import Visitor

__all__ = ["cpu_s", "run"]

TESTS = Path(__file__).resolve().parents[1] / "tests"
#: A table of one row, beside which the others stand: what the start of the program takes.
SMALL = "lon,lat,name\n121.4,31.2,a\n"
#: What the visitor with the files uploads: the dearest to read of each kind that the app takes.
UPLOADED = (
    *("faces.csv", "half.csv", "rings.csv", "many_parts.csv", "deep_json.csv", "ragged.csv", "districts.csv"),
    *("days.csv", "latin.csv", "rows.csv.gz", "far.xlsx", "rows.xlsx", "squares.parquet", "groups.parquet"),
    *("batches.arrow", "crs_short.geojson", "crs_short_ids.gpkg", "keys.jsonl"),
)
#: A gzip of 100 kB with hundreds of thousands of rows costs what so many rows cost (`bench_scale`), and no more.
MANY_ROWS = ("rows.csv.gz", "stated.csv.gz")
_WARM_S = 8.0


def corpus() -> Mapping[str, Callable[[Path], object]]:
    """Return the files made to cost their reader: name → what writes it."""
    for folder in (TESTS, TESTS / "hostile"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    files: Mapping[str, Callable[[Path], object]] = importlib.import_module("costly_files").FILES
    return files


def cpu_s(path: Path, out: Path) -> float:
    """Return the processor time of ``geo assign`` on a file, user and system, with that of its child processes.

    Raises
    ------
    RuntimeError
        If it ended otherwise than by reading the file or refusing it.
    """
    command = [sys.executable, "-c", "import sys; from geo.cli.main import main; sys.exit(main())", "assign", str(path)]
    command += ["-o", str(out), "--overwrite", "--datum", "wgs84"]
    with Path(os.devnull).open("wb") as nothing:
        actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), number) for number in (1, 2)]
        pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 2):
        raise RuntimeError(f"geo assign {path.name} ended with {code}")
    return used.ru_utime + used.ru_stime


def _costs(folder: Path, names: list[str]) -> Iterator[Result]:
    """Find the dearest file; the five dearest are measured again, in turn with a table of one row."""
    files, out = corpus(), folder / "joined.csv"
    small = folder / "small.csv"
    small.write_text(SMALL, encoding="utf-8")
    found = {}
    for name in names:
        files[name](folder / name)
        found[name] = cpu_s(folder / name, out)
    dear = sorted(names, key=lambda name: -found[name])[:5]
    start = []
    for name in dear:
        start.append(cpu_s(small, out))
        found[name] = min(found[name], cpu_s(folder / name, out))
    dear.sort(key=lambda name: -found[name])
    note = f"of {len(names)} files; {', '.join(f'{name} {found[name]:.1f}' for name in dear)}"
    yield Result("hostile.cost", [found[dear[0]]], "s", [min(start)], note=note)


async def _uploading(base: str, contents: Mapping[str, bytes], done: list[str]) -> None:
    """Upload one file after the other until this is cancelled."""
    visitor = Visitor(base)
    try:
        await visitor.open()
        for name, content in itertools.cycle(contents.items()):
            await visitor.follow("data")
            await visitor.upload(name, content)
            done.append(name)
    finally:
        await visitor.close()


def _beside(
    base: str, process: psutil.Process, sessions: int, seconds: float, contents: Mapping[str, bytes]
) -> Iterator[Result]:
    """Measure the clicks of some visitors by themselves and beside one who uploads such files, in turns."""
    alone, busy, done = list[Load](), list[Load](), list[str]()
    think_s = 2.0

    async def both() -> None:
        task = asyncio.create_task(_uploading(base, contents, done))
        try:
            await busy[-1].run(lambda _: None)
        finally:
            if task.done() and not task.cancelled() and (problem := task.exception()):
                busy[-1].errors[f"upload: {problem}"[:300]] += 1
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    for _ in range(2):
        alone.append(quiet(base, process, sessions, seconds, think_s))
        asyncio.run(alone[-1].run(lambda _: None))
        busy.append(quiet(base, process, sessions, seconds, think_s))
        asyncio.run(both())
    clicks = sum(len(load.clicks()) for load in busy)
    yield Result(
        "hostile.visitors", [p95_ms(*busy)], "ms", [p95_ms(*alone)], note=f"{len(done)} files read, {clicks} clicks"
    )


def run(quick: bool) -> Iterator[Result]:
    """Measure the clicks of eight visitors beside the dearest files, then the processor time of every file."""
    files = corpus()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        uploaded = UPLOADED[:2] if quick else UPLOADED
        for name in uploaded:
            files[name](folder / name)
        contents = {name: (folder / name).read_bytes() for name in uploaded}
        with serve() as (base, process, _):
            warm(base, process, _WARM_S / (4 if quick else 1))
            yield from _beside(base, process, *((2, 5.0) if quick else (8, 45.0)), contents)
        yield from _costs(
            folder, ["half.csv", "digits.json"] if quick else [one for one in files if one not in MANY_ROWS]
        )
