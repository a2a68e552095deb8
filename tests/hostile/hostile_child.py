"""Runs `geo assign` on one file after the other and tells of each: exit code, words, peak memory.

A file that takes more than a minute of processor time ends the process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from pathlib import Path

import warm

from geo.atlas.atlas import Atlas
from geo.cli.main import main

MOST_CPU_S = 60


def peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def used_s() -> float:
    """Return the processor time of this process and of those it had read for it."""
    return sum(os.times()[:4]) + warm.Child.used_s


warm.Warm().__enter__()
city = Atlas.load(sys.argv[1])
Atlas.load = lambda layers: city  # type: ignore[method-assign]
for path in sys.argv[3:]:
    print(json.dumps({"start": path}), flush=True)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    signal.setitimer(signal.ITIMER_PROF, MOST_CPU_S)
    said, before, held = io.StringIO(), used_s(), peak_mib()
    with contextlib.redirect_stderr(said):
        code = main(["assign", path, "-o", sys.argv[2], "--datum", "wgs84", "--overwrite", "--layers", sys.argv[1]])
    told = {"path": path, "code": code, "said": said.getvalue(), "seconds": used_s() - before}
    print(json.dumps(told | {"more_mib": peak_mib() - held}), flush=True)
