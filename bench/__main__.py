"""Run the measurements named on the command line, or all; exit 1 when a bar is broken or a measurement fails."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench import Row

HERE = Path(__file__).parent


def available() -> list[str]:
    """Return the names of the measurements: ``bench_<name>.py`` without the prefix."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def collect(names: Iterable[str]) -> tuple[list[tuple[str, Row]], list[str]]:
    """Run measurements one after the other; return their rows and the names of those that failed."""
    rows: list[tuple[str, Row]] = []
    failed = []
    for name in names:
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        try:
            found = importlib.import_module(f"bench.bench_{name}").run()
            rows += [(name, Row(**row) if isinstance(row, Mapping) else Row(*row)) for row in found]
        except Exception:
            # One broken measurement must not hide the others.
            traceback.print_exc()
            failed.append(name)
    return rows, failed


def table(rows: Iterable[tuple[str, Row]]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| bench | claim | ours | peer | ratio | bar | held |", "|---|---|---|---|---|---|---|"]
    for name, row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:.3g}"
        held = {True: "yes", False: "**NO**", None: "–"}[row.held]
        cells = (name, row.claim, row.ours, row.peer, ratio, row.bar or "–", held)
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print one table; return 1 when a bar is broken or a measurement failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of: {', '.join(available())} (default: all)")
    names = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in available()]:
        parser.error(f"no measurement {', '.join(unknown)}; there are {', '.join(available())}")
    rows, failed = collect(names or available())
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs\n")
    print(table(rows))
    broken = [row.claim for _, row in rows if row.held is False]
    for claim in broken:
        print(f"bench: bar broken: {claim}", file=sys.stderr)
    for name in failed:
        print(f"bench: failed: {name}", file=sys.stderr)
    return 1 if broken or failed else 0


if __name__ == "__main__":
    sys.exit(main())
