"""The user's own folder: mode 0700, nobody else's, and nowhere that others could exchange it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from geo.base.private import private_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are Unix's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_for_its_owner_alone_whatever_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    before = os.umask(0)
    try:
        folder = private_folder("test")
    finally:
        os.umask(before)
    assert folder == tmp_path / "caches" / "geo-test"
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


def test_one_that_stands_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "geo-test").mkdir()
    (tmp_path / "geo-test").chmod(0o777)
    assert private_folder("test", tmp_path) == tmp_path / "geo-test"
    assert mode(tmp_path / "geo-test") == 0o700


def test_a_root_that_all_may_write_needs_the_sticky_bit(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert private_folder("test", tmp_path) is None
    tmp_path.chmod(0o1777)
    assert private_folder("test", tmp_path) == tmp_path / "geo-test"


def test_a_link_is_no_folder_of_ours(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "geo-test").symlink_to("elsewhere")
    assert private_folder("test", tmp_path) is None
    (tmp_path / "geo-file").write_text("")
    assert private_folder("file", tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "geo-test").mkdir()
    os.chown(tmp_path / "geo-test", 12345, 12345)
    assert private_folder("test", tmp_path) is None


def test_where_none_can_be_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert private_folder("test", tmp_path / "file") is None
    assert private_folder("test", "/proc") is None
