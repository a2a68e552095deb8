"""deploy/Containerfile without a container runtime: its steps taken in a folder, its command started and asked."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bench.serving import PATIENCE_S

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy" / "Containerfile"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def steps() -> list[tuple[str, str]]:
    """Return instruction and argument of each line, continued lines joined, comments left out."""
    text = re.sub(r"\\\n", " ", FILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def arguments(instruction: str) -> list[str]:
    return [rest for word, rest in steps() if word == instruction]


def copied() -> list[str]:
    """Return what is copied from the project's folder."""
    parts = [shlex.split(line) for line in arguments("COPY") if not line.startswith("--from")]
    return [name for line in parts for name in line[:-1]]


def is_sent(path: str) -> bool:
    """Whether the .dockerignore of the project sends a path to the builder: the last rule that fits decides."""
    sent = True
    for rule in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.lstrip("!")
            parts = [path, *(str(parent) for parent in Path(path).parents)][:-1]
            names = Path(path).parts if pattern.startswith("**/") else parts
            if any(fnmatch.fnmatch(name, pattern.removeprefix("**/")) for name in names):
                sent = rule.startswith("!")
    return sent


def test_all_that_is_copied_is_there_and_nothing_private_is_sent() -> None:
    assert {"geo", "layers", "pyproject.toml", "requirements-hashes.txt"} <= set(copied())
    for name in copied():
        assert (ROOT / name).exists(), name
        assert is_sent(name), f"{name} is copied but .dockerignore keeps it back"
    for name in (".git", ".git/config", ".venv", ".venv/bin/python", "tests", "seeds", "docs", "bench", ".streamlit"):
        assert not is_sent(name), name
    assert not is_sent("geo/__pycache__/atlas.cpython-312.pyc")
    assert is_sent("geo/web/static/app.css")


def test_it_runs_without_rights_and_says_how_it_is() -> None:
    words = [word for word, _ in steps()]
    assert words.index("USER") < words.index("CMD")
    assert arguments("USER")[0].isdigit()
    assert int(arguments("USER")[0]) > 0
    assert arguments("EXPOSE") == ["8501"]
    assert "fonts-noto-cjk" in " ".join(arguments("RUN"))
    assert arguments("FROM") == ["${BASE} AS build", "${BASE}"]
    assert "gatherUsageStats = false" in (ROOT / "geo" / "web" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("base", "good"), [("python:3.12-slim", False), ("", False), ("python:3.12-slim@sha256:12ab", True)]
)
def test_the_image_it_begins_from_is_named_by_its_digest(base: str, good: bool) -> None:
    (check,) = [line for line in arguments("RUN") if "BASE" in line]
    done = subprocess.run(["sh", "-c", check], env={"BASE": base}, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode == 0) is good
    assert ("give it with its digest" in done.stderr) is not good


def test_what_it_installs_is_what_was_tested() -> None:
    """By hashes, or what it built itself; and the file of hashes has all that the project needs."""
    installs = [part for line in arguments("RUN") for part in line.split("&&") if "pip install" in part]
    assert len(installs) == 2
    for words in map(shlex.split, installs):
        own = {"--no-index", "--no-deps"} <= set(words)
        assert own or words[-3:] == ["--require-hashes", "--requirement", "requirements-hashes.txt"]
    lines = (ROOT / "requirements-hashes.txt").read_text(encoding="utf-8").splitlines()
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines if "==" in line}
    wanted = [*PROJECT["dependencies"], *(one for group in PROJECT["optional-dependencies"].values() for one in group)]
    names = {re.sub(r"[-_.]+", "-", Requirement(one).name).lower() for one in wanted}
    assert {"streamlit", "folium", "pyarrow", "matplotlib"} <= names
    assert names | {"setuptools"} <= pinned


def test_the_unit_of_systemd_starts_a_command_that_there_is() -> None:
    unit = (ROOT / "deploy" / "geo-app@.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    options = subprocess.run(
        [sys.executable, "-m", "geo.cli", "app", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S
    ).stdout
    words = shlex.split(command)
    assert words[:2] == ["/srv/geo/.venv/bin/geo", "app"]
    assert [word for word in words if word.startswith("--") and word not in options] == []
    assert "DynamicUser=yes" in unit


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The wheel of what the file copies, built by its step and installed apart: nothing comes from the checkout."""
    source = tmp_path / "src"
    source.mkdir()
    for name in copied():
        target = source / name
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(ROOT / name, target, ignore=ignore)
        else:
            shutil.copy(ROOT / name, target)
    (step,) = [line for line in arguments("RUN") if line.startswith("pip wheel")]
    words = shlex.split(step.replace("/wheels", str(tmp_path / "wheels")))
    offline = ["--no-index", "--no-build-isolation", "--quiet"]
    command = [sys.executable, "-m", *words[:2], *offline, *words[2:]]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=PATIENCE_S)
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    # An environment that sees the packages of this one but not this checkout, which is installed to be edited.
    home = tmp_path / "env"
    venv.create(home, symlinks=True, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    seen = next(Path(one) for one in sys.path if one.endswith("site-packages"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=PATIENCE_S)
    # A plain line adds a folder without reading the .pth files in it, by which the checkout would come in.
    (site / "seen.pth").write_text(f"{seen}\n", encoding="utf-8")
    shutil.rmtree(source)
    return home


def test_the_command_serves_from_the_wheel_and_the_health_check_knows(installed: Path, tmp_path: Path) -> None:
    (command,) = map(json.loads, arguments("CMD"))
    (health,) = [json.loads(line.partition("CMD ")[2]) for line in arguments("HEALTHCHECK")]
    home = tmp_path / "home"
    home.mkdir()
    settings = dict(part.split("=") for part in shlex.split(" ".join(arguments("ENV"))))
    settings = {name: value.replace("/tm" + "p", str(home)) for name, value in settings.items()}
    settings["PATH"] = f"{installed / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    health = [part.replace(":8501/", f":{port}/") for part in health]
    start = [str(installed / "bin" / "python"), "-c", "import sys; from geo.cli.main import main; sys.exit(main())"]
    assert command[0] == "geo"
    start += [port if word == "8501" else word.replace("0.0.0.0", "127.0.0.1") for word in command[1:]]
    before = sorted(path for path in installed.rglob("*") if "__pycache__" not in path.parts)
    assert subprocess.run(health, env=settings, capture_output=True, timeout=PATIENCE_S).returncode != 0
    with (tmp_path / "app.log").open("wb") as log:
        process = subprocess.Popen(start, cwd=home, env=settings, stdout=log, stderr=log)
        try:
            end = time.monotonic() + PATIENCE_S
            while subprocess.run(health, env=settings, capture_output=True, timeout=PATIENCE_S).returncode:
                assert process.poll() is None, (tmp_path / "app.log").read_text()
                assert time.monotonic() < end, (tmp_path / "app.log").read_text()
                time.sleep(0.5)
            where = subprocess.run(
                [start[0], "-c", "import geo; from geo import Atlas; print(geo.__file__, Atlas.load().folder)"],
                cwd=home, env=settings, capture_output=True, text=True, timeout=PATIENCE_S, check=True,
            ).stdout.split()  # fmt: skip
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)
    assert all(path.startswith(str(installed)) for path in where)
    # Nothing was written beside its home: a read-only file system will do.
    assert sorted(path for path in installed.rglob("*") if "__pycache__" not in path.parts) == before
