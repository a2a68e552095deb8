"""The first minute: the set-up of a fresh clone, by uv and by pip, each with nothing kept from before.

Every set-up has a copy of the project of its own, without `.venv`, and an empty cache of its own. uv is not on the path
then: the time in which pip fetches it is ours. It needs the package index and some 4 GB of disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import Result, seconds
from bench.serving import free_port, running

ROOT = Path(__file__).resolve().parents[1]
#: The files of pins that `make app` and `make setup` install.
APP = ("requirements.txt",)
ALL = ("requirements.txt", "requirements-dev.txt")
_COPIED = ("geo", "layers", "tools", "pyproject.toml", "requirements*.txt", "README.md", "LICENSE", "NOTICE")


def fresh(folder: Path) -> Path:
    """Copy what a set-up reads to a folder that is not there yet."""
    folder.mkdir(parents=True)
    for path in (path for pattern in _COPIED for path in ROOT.glob(pattern)):
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)
    return folder


def environment(way: str, caches: Path) -> dict[str, str]:
    """Return the variables of a machine that has neither uv nor anything of an earlier set-up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV", "GEO_"))}
    path = [part for part in os.get_exec_path() if not (Path(part) / "uv").exists()]
    own = {"PIP_CACHE_DIR": str(caches / "pip"), "UV_CACHE_DIR": str(caches / "uv"), "GEO_SETUP": way}
    return {**kept, **own, "PATH": os.pathsep.join(path)}


def set_up(way: str, files: Sequence[str], folder: Path) -> float:
    """Return the seconds from the copy of a clone to packages in its `.venv`; raise where the other way did it."""
    project, log = fresh(folder / "project"), folder / "log"
    command, settings = ("sh", "tools/setup.sh", *files), environment(way, folder / "caches")

    def run() -> None:
        with log.open("wb") as out:
            subprocess.run(command, cwd=project, env=settings, stdout=out, stderr=out, check=True)

    took, said = seconds(run), log.read_text(encoding="utf-8")
    if ("with pip" in said) != (way == "pip"):
        raise RuntimeError(f"not by {way}:\n{said}")
    return took


def first_app(folder: Path) -> float:
    """Return the seconds until the app of a fresh clone answers: its set-up, then its first start."""
    took = set_up("uv", APP, folder)
    port, start = free_port(), time.perf_counter()
    command = [str(folder / "project" / ".venv" / "bin" / "geo"), "app", "--no-browser", "--port", str(port)]
    with running(command, folder, f"http://127.0.0.1:{port}/_stcore/health"):
        return took + time.perf_counter() - start


def run(quick: bool = False) -> Iterator[Result]:
    """Measure ours and pip's in turn; quick: only what the app needs, by uv."""
    with tempfile.TemporaryDirectory(prefix="geo-setup-") as name:
        folder = Path(name)
        yield Result("setup.app", [first_app(folder / "app")], "s")
        shutil.rmtree(folder / "app")
        if quick:
            return
        ours = set_up("uv", ALL, folder / "uv")
        peer = set_up("pip", ALL, folder / "pip")
        pip = folder / "pip" / "project" / ".venv" / "bin" / "pip"
        said = subprocess.run([pip, "--version"], capture_output=True, text=True, check=True).stdout
        yield Result("setup.all", [ours], "s", [peer], {"pip": said.split()[1]})
