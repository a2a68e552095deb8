"""Measure the parts named on the command line, or the usual ones, and write docs/benchmarks.md.

Exit 1 when a part fails or a result lies beyond its bar.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path
from typing import NamedTuple

from bench import store, writer

ROOT = Path(__file__).resolve().parents[1]


class Part(NamedTuple):
    """One row of the table of parts: ``bench/bench_<name>.py``."""

    name: str
    usual: bool  #: whether `make bench` runs it; the others by name only
    minutes: float  #: about how long it takes on two quiet cores


#: In the order of running: what needs a quiet machine most comes first.
PARTS = (
    Part("app", True, 2),
    Part("points", True, 2.5),
    Part("own", True, 1.5),
    Part("crowd", True, 2.5),
    Part("two", True, 2.5),
    Part("import", True, 0.5),
    Part("assign", True, 1.5),
    Part("addresses", True, 0.5),
    Part("read", True, 0.5),
    Part("export", True, 1),
    Part("report", True, 0.5),
    Part("scale", True, 3),
    Part("big", True, 1.5),
    Part("parcels", False, 4),
    Part("site", False, 2),
    Part("doors", False, 1.5),
    Part("hostile", False, 8),
    Part("load", False, 11),
    Part("setup", False, 4),
)


def measure(part: str, folder: Path, quick: bool) -> bool:
    """Run a part and keep what it found in ``<folder>/<part>.json``; return whether it ended well.

    Results that were there before it broke are kept; a claim it did not reach keeps its last result and date.
    """
    start, found = time.perf_counter(), []
    machine = store.machine()
    whole = False
    try:
        for result in importlib.import_module(f"bench.bench_{part}").run(quick):
            found.append(result)
            print(f"    {writer.line(result)}", flush=True)
        whole = True
    except Exception:
        # One broken measurement must not hide the others.
        traceback.print_exc()
    finally:
        store.keep(folder, part, found, machine, whole, time.perf_counter() - start)
    return whole


def main(arguments: list[str] | None = None) -> int:
    """Measure, write, and say what is beyond its bar."""
    names = [part.name for part in PARTS]
    usual = [part.name for part in PARTS if part.usual]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of: {' '.join(names)} (default: {' '.join(usual)})")
    parser.add_argument("--quick", action="store_true", help="a smoke test: small sizes, nothing but build/ is written")
    parser.add_argument(
        "--write-only", action="store_true", help="measure nothing, write the documents from build/bench"
    )
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in names]:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(names)}")
    folder = ROOT / "build" / ("bench-quick" if given.quick else "bench")
    wanted = [] if given.write_only else given.parts or usual
    print(f"bench: {', '.join(wanted) or 'nothing to measure'}; {store.busy()}", flush=True)
    start, failed = time.perf_counter(), []
    for number, part in enumerate(wanted, 1):
        print(f"bench: {part} ({number}/{len(wanted)}), {time.perf_counter() - start:.0f} s so far", flush=True)
        if not measure(part, folder, given.quick):
            failed.append(part)
    target = folder / "documents" if given.quick else ROOT
    kept = store.read(folder, target / writer.DATA)
    written = writer.write(kept, target)
    print(f"bench: {time.perf_counter() - start:.0f} s; wrote {', '.join(written)}")
    beyond = writer.beyond(kept, wanted)
    for text in beyond:
        print(f"bench: beyond its bar: {text}", file=sys.stderr)
    for part in failed:
        print(f"bench: failed: {part}", file=sys.stderr)
    return 1 if beyond or failed else 0


if __name__ == "__main__":
    sys.exit(main())
