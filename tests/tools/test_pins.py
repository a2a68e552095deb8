"""Every pin has hashes, in files that `make pins` writes from those that are edited."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import install
import pins
import pytest

ROOT = Path(__file__).parents[2]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)
    return {canonical(name): version for name, version in found}


@pytest.mark.parametrize("name", pins.FILES)
def test_pins_and_hashes_are_of_one_mind(name: str) -> None:
    wanted = pinned((ROOT / name).read_text("utf-8"))
    hashed = {}
    for file in (*pins.FILES[name][0], name):
        content = (ROOT / install.hashes_of(file)).read_text("utf-8")
        assert "://" not in content
        for block in install.blocks(content):
            (pin,) = pinned(block).items()
            assert re.search(r"--hash=sha256:[0-9a-f]{64}$", block, re.MULTILINE), pin
            assert hashed.setdefault(*pin) == pin[1], pin
    assert wanted.items() <= hashed.items(), "run `make pins`"
    if name == "requirements.txt":
        extra = hashed.keys() - wanted.keys()
        assert extra <= {"colorama"}, "run `make pins`: it holds what nobody pinned"


def test_blocks_are_requirements_with_their_hashes() -> None:
    text = "# head\na==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
    text += "b==2 ; sys_platform == 'win32' \\\n    --hash=sha256:02\n"
    assert [block.split()[0] for block in install.blocks(text)] == ["a==1", "b==2"]
    assert "".join(install.blocks(text)) == text.removeprefix("# head\n")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of pins in a folder of their own, and a uv that prints hashes of what it is given."""
    (tmp_path / "tools").mkdir()
    for name, content in (("tools/uv.txt", "uv==1"), ("requirements.txt", "a==1"), ("requirements-dev.txt", "b==1")):
        (tmp_path / name).write_text(f"{content}\n")

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        given = "".join((tmp_path / word).read_text() for word in command if word.endswith(".txt"))
        return SimpleNamespace(stdout=given.replace("\n", " \\\n    --hash=sha256:00\n"))

    monkeypatch.setattr(pins, "ROOT", tmp_path)
    monkeypatch.setattr(pins.subprocess, "run", run)
    monkeypatch.setattr(install, "find_uv", lambda: "uv")
    return tmp_path


def test_each_file_has_its_own_pins_only(place: Path) -> None:
    assert pins.main() == 0
    made = {name: pinned((place / install.hashes_of(name)).read_text()) for name in pins.FILES}
    assert made == {"tools/uv.txt": {"uv": "1"}, "requirements.txt": {"a": "1"}, "requirements-dev.txt": {"b": "1"}}
    assert not list(place.rglob("*.part"))


def test_without_uv_nothing_is_written(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "find_uv", lambda: None)
    assert pins.main() == 1
    assert not list(place.rglob("*hashes*"))
