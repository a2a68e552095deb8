"""Files made to harm, through the command in a watched process: refused, or read, in bounded time and memory."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hostile_files import FILES

from bench.serving import PATIENCE_S
from geo.errors import DataError
from geo.tables import UPLOAD_LIMITS, open_upload

#: More than any of these needs that is read; a flood is ended by the bound on the process.
MOST_MIB = 1500
#: Address space of the process: the memory of a small machine.
BOUND = 4 << 30


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, (make, _) in FILES.items():
        make(folder / name)
    return folder


@pytest.fixture(scope="module")
def outcomes(made: Path, city: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return by file what `geo assign` did; a crash ends the list, and so does a file that takes very long."""
    out = tmp_path_factory.mktemp("out") / "joined.csv"
    here = Path(__file__).parent
    paths = os.pathsep.join(map(str, (here.parent, here.parents[1])))
    command = [sys.executable, "-X", "faulthandler", str(Path(__file__).with_name("hostile_child.py"))]
    command += [str(city), str(out), *(str(made / name) for name in FILES)]
    bound = partial(resource.setrlimit, resource.RLIMIT_AS, (BOUND, BOUND))
    around = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run(command, capture_output=True, text=True, timeout=5 * PATIENCE_S, preexec_fn=bound, env=around)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines[-1], done.stderr[-2000:])
    return {Path(line["path"]).name: line for line in lines if "path" in line}


@pytest.mark.parametrize("name", FILES)
def test_refused_or_read_within_bounds(outcomes: dict[str, dict[str, Any]], name: str) -> None:
    outcome, pattern = outcomes[name], FILES[name][1]
    assert outcome["code"] == (2 if pattern else 0), outcome["said"]
    assert re.search(pattern, outcome["said"]), outcome["said"]
    assert "Traceback" not in outcome["said"]
    assert outcome["more_mib"] < MOST_MIB or "more than memory holds" in outcome["said"]
    if pattern:
        first, *rest = outcome["said"].strip().splitlines()
        assert first.startswith("geo: ")
        # What columns there are is a question and no refusal.
        assert "no coordinate columns" in first or any(re.search("[一-鿿]", line) for line in rest)


@pytest.mark.parametrize("name", ["cells.parquet", "bomb.xlsx"])
def test_an_upload_floods_nobody(made: Path, name: str) -> None:
    """The app reads in a process of its own, under a bound of its own."""
    limits = replace(UPLOAD_LIMITS, memory_bytes=2 << 30)
    with pytest.raises(DataError, match=FILES[name][1]):
        open_upload(made / name, limits=limits)
