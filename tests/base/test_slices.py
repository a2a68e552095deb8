"""Children in a control group of their own: a folder stands for what systemd hands over."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from geo.base import slices
from geo.base.slices import ASKED, children_group, enter


@pytest.fixture
def handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    group = tmp_path / "cgroup" / "system.slice" / "geo-app@8501.service"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("4294967296\n")
    (tmp_path / "own").write_text("1:name=systemd:/x\n0::/system.slice/geo-app@8501.service\n")
    monkeypatch.setattr(slices, "_MOUNT", tmp_path / "cgroup")
    monkeypatch.setattr(slices, "_OWN", tmp_path / "own")
    monkeypatch.setenv(ASKED, "1")
    return group


def test_the_server_stays_in_one_part_and_children_share_the_other(handed_over: Path) -> None:
    enter(12345)
    said = {path.relative_to(handed_over).as_posix(): path.read_text() for path in handed_over.rglob("*.*")}
    assert said == {
        "memory.max": "4294967296\n",
        "cgroup.subtree_control": "+cpu +memory +pids",
        "app/cgroup.procs": str(os.getpid()),
        "children/cgroup.procs": "12345",
        "children/memory.max": str(3 << 30),
        "children/pids.max": "256",
        "children/cpu.weight": "25",
    }
    (handed_over / "app" / "cgroup.procs").unlink()
    enter(54321)
    assert (handed_over / "children" / "cgroup.procs").read_text() == "54321"
    assert not (handed_over / "app" / "cgroup.procs").exists()  # divided once


def test_a_unit_without_a_bound_on_memory_gives_none(handed_over: Path) -> None:
    (handed_over / "memory.max").write_text("max\n")
    enter(1)
    assert not (handed_over / "children" / "memory.max").exists()


def test_nothing_is_touched_unless_the_unit_asks(handed_over: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ASKED)
    enter(12345)
    assert [path.name for path in handed_over.iterdir()] == ["memory.max"]


@pytest.mark.parametrize("said", ["0::/", "3:cpu:/x", "", "0::/elsewhere"])
def test_where_there_is_none_all_is_as_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture, said: str) -> None:
    (tmp_path / "own").write_text(said)
    (tmp_path / "cgroup").mkdir()
    with caplog.at_level(logging.WARNING):
        assert children_group(tmp_path / "cgroup", tmp_path / "own") is None
    assert "readers stay in the control group of the server" in caplog.text
    assert list((tmp_path / "cgroup").iterdir()) == []
