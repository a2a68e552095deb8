"""Of several who write one new file one wins; leftovers are known by their names."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.serving import PATIENCE_S
from geo.base import files
from geo.base.files import beside, is_leftover, put_file, put_files, unwritable

RACE = """
import sys, pathlib
from geo.base.files import beside, put_file
target = pathlib.Path(sys.argv[1])
part = beside(target)
part.write_text(sys.argv[2] * 1000)
print("ready", flush=True)
sys.stdin.readline()
try:
    put_file(part, target, overwrite=False)
except FileExistsError:
    part.unlink()
    sys.exit(3)
"""


@pytest.fixture(params=["renameat2", "link", "neither"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A system with one way of renaming where nothing is."""

    def missing(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    if request.param != "renameat2":
        monkeypatch.setattr(files, "_rename", lambda *_: False)
    if request.param == "neither":
        monkeypatch.setattr(os, "link", missing)
    return str(request.param)


def test_what_is_there_stays_without_overwrite(tmp_path: Path, system: str) -> None:
    new, target = tmp_path / "new", tmp_path / "target"
    for content in ("first", "second"):
        new.write_text(content)
        if content == "first":
            put_file(new, target, overwrite=False)
            assert not new.exists(), system
    with pytest.raises(FileExistsError):
        put_file(new, target, overwrite=False)
    assert (target.read_text(), new.read_text()) == ("first", "second")
    put_file(new, target, overwrite=True)
    assert target.read_text() == "second"


def test_a_link_that_leads_nowhere_is_something_too(tmp_path: Path, system: str) -> None:
    new, target = tmp_path / "new", tmp_path / "target"
    new.write_text("new")
    target.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        put_file(new, target, overwrite=False)
    assert new.exists(), system


def test_of_several_processes_one_wins(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path / "out")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen([*command, name], **pipes) for name in "abcdef"]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    codes = [racer.wait(PATIENCE_S) for racer in racers]
    for racer in racers:
        racer.communicate()
    assert sorted(codes) == [0, 3, 3, 3, 3, 3]
    assert (tmp_path / "out").read_text() == "abcdef"[codes.index(0)] * 1000
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_files_that_go_together_are_taken_back_together(tmp_path: Path) -> None:
    for name in ("side", "main"):
        (tmp_path / f"new-{name}").write_text("new")
    (tmp_path / "main").write_text("another's")
    pairs = [(tmp_path / f"new-{name}", tmp_path / name) for name in ("side", "main")]
    with pytest.raises(FileExistsError):
        put_files(pairs, tmp_path, fresh=[target for _, target in pairs])
    assert not (tmp_path / "side").exists()
    assert (tmp_path / "main").read_text() == "another's"


def test_a_new_folder_comes_whole_and_goes_again_if_a_file_after_it_fails(tmp_path: Path, system: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/file").write_text("mine")
    pairs = [(tmp_path / "new", tmp_path / "folder"), (tmp_path / "missing", tmp_path / "file")]
    with pytest.raises(FileNotFoundError):
        put_files(pairs, tmp_path)
    assert (tmp_path / "new/file").read_text() == "mine", system
    put_files(pairs[:1], tmp_path, fresh=[tmp_path / "folder"])
    assert (tmp_path / "folder/file").read_text() == "mine"
    (tmp_path / "new").mkdir()
    with pytest.raises(OSError, match="not empty"):
        put_files(pairs[:1], tmp_path, fresh=[tmp_path / "folder"])
    assert (tmp_path / "folder/file").read_text() == "mine"


def test_the_reason_is_told_in_words(tmp_path: Path) -> None:
    error = unwritable("out.csv", FileExistsError(errno.EEXIST, "File exists"))
    assert "cannot write out.csv: something else has been put there in the meantime" in str(error)
    assert "那里刚刚出现了别的内容" in error.translations["zh"]


def test_leftovers_are_known_by_their_names(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    assert is_leftover(beside(target), target)
    assert is_leftover(beside(target, "kept.part"), target)
    assert not is_leftover(beside(tmp_path / "other.csv"), target)
    assert not is_leftover(tmp_path / ".out.csv.part", target)
