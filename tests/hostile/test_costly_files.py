"""Files made to cost their reader: read or refused in words, and what is said of them is short; nothing is changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from costly_files import FILES
from thorough import sample

from bench.serving import PATIENCE_S

#: What is tried, of every format something.
TRIED = sample(FILES, 16, kind=lambda name: name.partition(".")[2])
#: A page of a terminal or two: who names forty columns of 90 kB would say megabytes.
MOST_SAID = 20_000


@pytest.fixture(scope="module")
def outcomes(city: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return by file what `geo assign` did; one that takes a minute of processor time ends the list."""
    folder, here = tmp_path_factory.mktemp("costly"), Path(__file__).parent
    for name in TRIED:
        FILES[name](folder / name)
    before = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in TRIED}
    command = [sys.executable, "-X", "faulthandler", str(here / "hostile_child.py"), str(city)]
    command += [str(folder / "joined.csv"), *(str(folder / name) for name in TRIED)]
    around = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (here.parent, here.parents[1])))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=5 * PATIENCE_S, env=around)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    changed = [name for name in TRIED if hashlib.sha256((folder / name).read_bytes()).hexdigest() != before[name]]
    assert changed == []
    return {Path(line["path"]).name: line for line in lines if "path" in line}


@pytest.mark.parametrize("name", TRIED)
def test_read_or_refused_in_a_few_words(outcomes: dict[str, dict[str, Any]], name: str) -> None:
    outcome = outcomes[name]
    assert outcome["code"] in (0, 2), outcome["said"][-2000:]
    assert "Traceback" not in outcome["said"]
    assert len(outcome["said"]) < MOST_SAID
    assert outcome["more_mib"] < 1000
