"""Start-up: what an import, `--help` and a list cost, each in a fresh interpreter, taken in turn with the peer's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import Result, seconds, turns, versions

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9
GEO = (sys.executable, "-m", "geo.cli")
LAYER = str(ROOT / "layers" / "node.geojson")
PANDAS = f"import geopandas; print(geopandas.read_file({LAYER!r}).drop(columns='geometry').to_string())"


def command(*words: str) -> float:
    """Return the seconds of a whole process."""
    return seconds(
        lambda: subprocess.run(
            words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd=ROOT
        )
    )


def code(text: str) -> float:
    """Return the seconds of an interpreter that runs a line."""
    return command(sys.executable, "-c", text)


def run(quick: bool = False) -> Iterator[Result]:
    """Measure whole processes, so that nothing an interpreter does at start or end is left out."""
    rounds = 1 if quick else ROUNDS
    geopandas = versions("geopandas")
    ours, peer = turns(rounds, lambda: code("from geo import Atlas"), lambda: code("import geopandas"))
    yield Result("import.geo", ours, "s", peer, geopandas)
    yield Result("import.extra", [a - b for a, b in zip(ours, peer, strict=True)], "s")
    ours, peer = turns(rounds, lambda: command(*GEO, "--help"), lambda: code("pass"))
    yield Result("import.help", ours, "s", peer, {"Python": sys.version.split()[0]})
    ours, peer = turns(rounds, lambda: command(*GEO, "places", "--kind", "node"), lambda: code(PANDAS))
    yield Result("import.places_geopandas", ours, "s", peer, geopandas)
    if ogrinfo := shutil.which("ogrinfo"):
        words: Sequence[str] = (ogrinfo, "-al", "-geom=NO", LAYER)
        version = subprocess.run([ogrinfo, "--version"], capture_output=True, text=True, timeout=60).stdout
        ours, peer = turns(rounds, lambda: command(*GEO, "places", "--kind", "node"), lambda: command(*words))
        yield Result("import.places_gdal", ours, "s", peer, {"GDAL": version.split(",")[0].removeprefix("GDAL ")})
