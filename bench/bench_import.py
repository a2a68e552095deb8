"""What `import geo` costs on top of `import geopandas`: fresh interpreters, taken in turn, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench import Row

ROUNDS = 7
LIMIT_S = 0.3


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def run() -> list[Row]:
    """Measure whole processes, so that nothing an interpreter does at start or end is left out."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        peer.append(_seconds("import geopandas"))
        ours.append(_seconds("import geo"))
    extra = statistics.median(ours) - statistics.median(peer)
    import geopandas

    return [
        Row(
            "import geo after import geopandas, extra seconds",
            f"{statistics.median(ours):.3f} s",
            f"{statistics.median(peer):.3f} s (geopandas {geopandas.__version__})",
            extra,
            f"≤ {LIMIT_S} s",
            extra <= LIMIT_S,
        )
    ]
