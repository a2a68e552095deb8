"""deploy/geo-app@.service: what it may, how much it may take, and that systemd reads it so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.serving import PATIENCE_S
from geo.base.slices import ASKED
from geo.web.server.connections import bounds

UNIT = Path(__file__).parents[2] / "deploy" / "geo-app@.service"
TEXT = UNIT.read_text(encoding="utf-8")


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", TEXT, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_it_talks_to_this_computer_only_and_writes_to_a_folder_of_its_own() -> None:
    said = settings()
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])
    for name in ("PrivateTmp", "NoNewPrivileges", "DynamicUser", "ProtectHome", "PrivateDevices", "PrivateUsers"):
        assert said[name] == ["yes"], name
    assert said["ProtectSystem"] == ["strict"]
    assert said["CapabilityBoundingSet"] == [""]


def test_a_reader_that_takes_too_much_does_not_end_the_service() -> None:
    said = settings()
    assert said["OOMPolicy"] == ["continue"]
    assert said["MemoryMax"] == ["4G"]
    assert int(said["TasksMax"][0]) >= 256


def test_readers_may_have_a_control_group_of_their_own() -> None:
    said = settings()
    assert said["Delegate"] == ["cpu memory pids"]
    assert said["ProtectControlGroups"] == ["no"]  # its own would be read only too
    assert f"{ASKED}=1" in said["Environment"]


def test_it_may_open_as_many_files_as_all_its_connections_need() -> None:
    (files,) = settings()["LimitNOFILE"]
    assert bounds(int(files)) == bounds(1 << 20)


def test_readers_may_be_slowed_down_and_numba_may_compile() -> None:
    said = settings()
    assert said["SystemCallFilter"][-1] == "setpriority"
    assert "MemoryDenyWriteExecute" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is a part of Linux")
def test_systemd_rates_it_as_it_says(tmp_path: Path) -> None:
    copy = tmp_path / "geo-app@8501.service"
    shutil.copy(UNIT, copy)
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", str(copy)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Unknown" not in done.stderr, done.stderr
    (rated,) = re.findall(r"Overall exposure level.*: (\d\.\d)", done.stdout)
    (told,) = re.findall(r"^# `systemd-analyze security geo-app@8501` says (\d\.\d)", TEXT, re.MULTILINE)
    assert float(rated) <= float(told) + 0.3  # other versions weigh a little differently
    assert float(told) <= 3
