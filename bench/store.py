"""What was measured, kept as JSON: one file a part under build/bench, all of them in docs/benchmarks.json."""

from __future__ import annotations

import csv
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from bench import Result

HERE = Path(__file__).resolve().parent
LIBRARIES = ("numpy", "pandas", "shapely", "geopandas", "pyogrio", "pyarrow", "numba", "streamlit", "folium")


def claims() -> dict[str, dict[str, str]]:
    """Return the rows of claims.csv by claim id, in the order of the file."""
    with (HERE / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["claim_id"]: row for row in csv.DictReader(file)}


def now() -> str:
    """Return the time in UTC, to the minute."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def busy() -> str:
    """Say how busy the machine is before a measurement: the load average of one minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "load unknown"


def machine() -> dict[str, Any]:
    """Describe this machine: cores, memory, system, versions; no host name and no path."""
    import psutil
    import pyogrio
    import shapely

    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        system = f"{platform.system()} {platform.release()}"
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": system,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES}
        | {"GEOS": shapely.geos_version_string, "GDAL": pyogrio.__gdal_version_string__},
        "browser": _browser(),
        "busy": busy(),
    }


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def _browser() -> str:
    from bench.serving import CHROMIUM

    try:
        said = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, timeout=60).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return " ".join(said[:2])


def keep(
    folder: Path, part: str, found: Iterable[Result], about: Mapping[str, Any], whole: bool, seconds: float
) -> None:
    """Write a part's file; results of an earlier run that this one did not reach stay, with their date."""
    path = folder / f"{part}.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else {}
    date = now()
    for result in found:
        results[result.claim] = {
            "ours": [round(value, 6) for value in result.ours],
            "peer": [round(value, 6) for value in result.peer],
            "unit": result.unit,
            "versions": dict(result.versions),
            "note": result.note,
            "date": date,
        }
    kept = {"date": date, "seconds": round(seconds), "whole": whole, "machine": dict(about), "results": results}
    write(path, kept)


def read(folder: Path, published: Path | None = None) -> dict[str, Any]:
    """Return the parts: those published, replaced by those measured here since."""
    kept: dict[str, Any] = {}
    if published is not None and published.exists():
        kept = json.loads(published.read_text(encoding="utf-8"))
    for path in sorted(folder.glob("*.json")):
        part = json.loads(path.read_text(encoding="utf-8"))
        before = kept.get(path.stem)
        if before is None or before["date"] <= part["date"]:
            kept[path.stem] = part | {"results": (before or {"results": {}})["results"] | part["results"]}
    return kept


def write(path: Path, content: Any) -> None:
    """Write JSON whole or not at all, each list of numbers on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    text = re.sub(r"\[[^\[\]{}\"]*\]", lambda found: " ".join(found[0].split()), text)
    beside = path.with_suffix(".part")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
