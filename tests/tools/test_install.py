"""tools/install.py: what uv is told of what pip was told, and pip where uv cannot do it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import install
import pytest

Run = Callable[..., SimpleNamespace]

CONF = """
[global]
index-url = https://first.example/simple
extra-index-url =
    https://user:secret@second.example/simple
    file:///disk/simple
find-links = /wheels /more
timeout = 5
[install]
index-url = https://install.example/simple
trusted-host = second.example
"""


@pytest.fixture
def listed(tmp_path: Path) -> str:
    """What the real pip lists of a file of settings and a variable."""
    (tmp_path / "pip.conf").write_text(CONF, encoding="utf-8")
    environment = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_TIMEOUT": "60", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_uv_asks_where_pip_would_ask(listed: str) -> None:
    told = install.uv_environment(install.pip_settings(listed), {"PATH": "/bin"})
    assert told["UV_DEFAULT_INDEX"] == "https://install.example/simple", "pip install reads [install] before [global]"
    assert told["UV_INDEX"] == "https://user:secret@second.example/simple file:///disk/simple"
    assert told["UV_FIND_LINKS"] == "/wheels,/more"
    assert told["UV_INSECURE_HOST"] == "second.example"
    assert told["UV_HTTP_TIMEOUT"] == "60", "a variable beats a file"
    assert told["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert told["PATH"] == "/bin"


def test_what_uv_itself_is_told_stands(listed: str) -> None:
    own = {"UV_INDEX_URL": "https://mine.example", "UV_INDEX": "", "UV_SYSTEM_PYTHON": "1"}
    told = install.uv_environment(install.pip_settings(listed), own)
    assert "UV_DEFAULT_INDEX" not in told
    assert told["UV_INDEX_URL"] == "https://mine.example"
    assert told["UV_INDEX"] == ""
    assert "UV_SYSTEM_PYTHON" not in told


def test_a_pip_that_was_told_nothing_tells_uv_nothing() -> None:
    assert install.pip_settings("") == {}
    assert install.uv_environment({}, {"HOME": "/h"}) == {"HOME": "/h"}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return what sets how commands end, and then what ran; no uv is on the path, its installation may bring one."""

    def given(*, config: str = "", uv: bool = True, uv_ends: int = 0) -> SimpleNamespace:
        seen: list[list[str]] = []

        def run(command: list[str], **_: Any) -> SimpleNamespace:
            seen.append([str(word) for word in command])
            if "config" in command:
                return SimpleNamespace(stdout=config, returncode=0)
            if str(install.UV) in command and uv:
                (tmp_path / "uv").write_text("#!/bin/sh\n")
                (tmp_path / "uv").chmod(0o755)
            return SimpleNamespace(returncode=uv_ends if command[0].endswith("uv") else 0)

        monkeypatch.setattr(install.subprocess, "run", run)
        return SimpleNamespace(seen=seen)

    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(install.sys, "executable", str(tmp_path / "python"))
    monkeypatch.delenv("GEO_SETUP", raising=False)
    return given


def by(seen: list[list[str]]) -> list[str]:
    """Say who installed the pins and the project, in this order."""
    work = [words for words in seen if str(install.UV) not in words]
    work = [words for words in work if "--requirement" in words or "--editable" in words]
    return ["uv" if words[0].endswith("uv") else "pip" for words in work]


def test_uv_is_fetched_as_a_wheel_and_installs(ran: Run, capsys: pytest.CaptureFixture[str]) -> None:
    done = ran()
    assert install.main(["requirements.txt"]) == 0
    assert by(done.seen) == ["uv", "uv"]
    (fetched,) = [words for words in done.seen if str(install.UV) in words]
    assert fetched[fetched.index("--only-binary") + 1] == ":all:"
    assert "--require-hashes" in fetched
    pins = next(words for words in done.seen if words[0].endswith("uv"))
    assert pins[-3:] == ["--require-hashes", "--requirement", "requirements-hashes.txt"]
    assert "--no-build-isolation" in done.seen[-1]
    assert "with pip" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [{"uv": False}, {"uv_ends": 1}, {"config": "global.no-index='true'\n"}],
    ids=["no uv", "uv fails", "what uv would not follow"],
)
def test_pip_does_it_where_uv_cannot(ran: Run, given: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    done = ran(**given)
    assert install.main(["requirements.txt", "requirements-dev.txt"]) == 0
    assert by(done.seen)[-2:] == ["pip", "pip"]
    files = ["--requirement", "requirements-hashes.txt", "--requirement", "requirements-dev-hashes.txt"]
    assert done.seen[-2][-5:] == ["--require-hashes", *files]
    assert "with pip" in capsys.readouterr().err


def test_pip_alone_when_asked_for(ran: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_SETUP", "pip")
    done = ran()
    assert install.main(["requirements.txt"]) == 0
    assert by(done.seen) == ["pip", "pip"]
    assert not any("uv" in word for words in done.seen for word in words[1:])


def test_a_failure_of_pip_is_the_failure_of_the_set_up(ran: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_SETUP", "pip")
    ran()

    def fails(command: list[str], **_: Any) -> None:
        raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(install.subprocess, "run", fails)
    assert install.main(["requirements.txt"]) == 3
