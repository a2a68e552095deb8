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
from geo.errors import OutputError

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
    with pytest.raises(OutputError, match=f"cannot write {tmp_path / 'main'}: something else has been put there"):
        put_files(pairs, fresh=[target for _, target in pairs])
    assert not (tmp_path / "side").exists()
    assert (tmp_path / "main").read_text() == "another's"


def test_a_new_folder_comes_whole_and_goes_again_if_a_file_after_it_fails(tmp_path: Path, system: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/file").write_text("mine")
    pairs = [(tmp_path / "new", tmp_path / "folder"), (tmp_path / "missing", tmp_path / "file")]
    with pytest.raises(OutputError, match=f"cannot write {tmp_path / 'file'}"):
        put_files(pairs)
    assert (tmp_path / "new/file").read_text() == "mine", system
    put_files(pairs[:1], fresh=[tmp_path / "folder"])
    assert (tmp_path / "folder/file").read_text() == "mine"
    (tmp_path / "new").mkdir()
    with pytest.raises(OutputError, match=f"cannot write {tmp_path / 'folder'}: something else"):
        put_files(pairs[:1], fresh=[tmp_path / "folder"])
    assert (tmp_path / "folder/file").read_text() == "mine"


@pytest.mark.parametrize("links", [True, False])
def test_what_is_replaced_is_put_back_on_whatever_file_system_each_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """No two folders are on one file system here: nothing can be renamed, or linked, from one into another."""
    real = {"replace": os.replace, "rename": os.rename, "link": os.link}

    def apart(name: str) -> Any:
        def within(first: Any, second: Any, **more: Any) -> None:
            if Path(first).parent != Path(second).parent or (name == "link" and not links):
                raise OSError(errno.EXDEV, "Invalid cross-device link", str(first), None, str(second))
            real[name](first, second, **more)

        return within

    for name in real:
        monkeypatch.setattr(os, name, apart(name))
    pairs = []
    for name in ("report", "counts", "table"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "out").write_text(f"old {name}")
        (tmp_path / name / "new").write_text(f"new {name}")
        pairs.append((tmp_path / name / "new", tmp_path / name / "out"))

    def failing() -> None:
        raise OutputError("the server refuses")

    with pytest.raises(OutputError, match="the server refuses"):
        put_files(pairs, then=failing)
    assert [target.read_text() for _, target in pairs] == ["old report", "old counts", "old table"]
    for new, _ in pairs:
        new.write_text(f"new {new.parent.name}")
    put_files(pairs)
    assert [target.read_text() for _, target in pairs] == ["new report", "new counts", "new table"]
    assert [path.name for _, target in pairs for path in target.parent.iterdir()] == ["out"] * 3


def test_what_a_killed_process_had_kept_goes_with_the_next_run(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(PATIENCE_S)
    pairs = [(tmp_path / f"{name}.new", tmp_path / name) for name in ("first", "last")]
    for new, target in pairs:
        new.write_text("new")
        target.write_text("old")
        (tmp_path / f".{target.name}.{dead.pid}.kept.part").write_text("old")
    put_files(pairs)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"first": "new", "last": "new"}


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
