"""What the tests of faults share: a disk without room, what stands in a folder, a fresh interpreter."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.serving import PATIENCE_S

ROOT = Path(__file__).parents[2]
FULL = ("the disk is full", "磁盘已满")

#: Points of the tiny city: in both districts, outside, and one row without a point.
ROWS = "".join(f"企业{n},{10.0 + n % 450 / 1000:.3f},{50.0 + n % 190 / 1000:.3f}\n" for n in range(3000))


@contextmanager
def room_for(size_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size; a write fails then as on a full disk, whatever library writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def standing(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too, with its content; empty folders as such."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return found


def points(folder: Path) -> Path:
    """Write a table of 3000 points."""
    path = folder / "in.csv"
    path.write_text(f"名称,lon,lat\n{ROWS},,\n", encoding="utf-8")
    return path


def python(
    code: str,
    *words: object,
    before: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    timeout: float = PATIENCE_S,
) -> subprocess.CompletedProcess[bytes]:
    """Run code in a fresh interpreter; `env` None: that of the tests, else `env` alone."""
    command = [*before, sys.executable, "-c", code, *map(str, words)]
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)])}
    chosen = {**(os.environ if env is None else {"PATH": os.environ["PATH"], **env}), **path}
    return subprocess.run(command, capture_output=True, env=chosen, timeout=timeout, check=False)


def geo(*words: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a fresh interpreter."""
    return python("import sys; from geo.cli.main import main; sys.exit(main())", *words, **options)


def can_mount() -> bool:
    """Return whether this process may mount a small disk of its own."""
    try:
        done = subprocess.run(
            ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def answer(done: subprocess.CompletedProcess[bytes]) -> Any:
    """Return the JSON that an interpreter printed last."""
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return json.loads(done.stdout.decode().splitlines()[-1])
