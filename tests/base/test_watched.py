"""A file that changes while it is read is noticed, however it changes; one that does not is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.base.watched import Watched, unchanged
from geo.errors import DataError


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write("more\n")


def cut(path: Path) -> None:
    os.truncate(path, 1)


def replace(path: Path) -> None:
    stamp = path.stat()
    other = path.with_name("other")
    other.write_text(path.read_text())
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    other.replace(path)


def rewrite(path: Path) -> None:
    stamp = path.stat()
    path.write_text(path.read_text().swapcase())
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))


@pytest.mark.parametrize("change", [grow, cut, replace, rewrite, Path.unlink])
def test_a_change_is_noticed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("some text\n")
    watched = Watched(path)
    watched.check()
    change(path)
    with pytest.raises(DataError, match=r"a.csv changed while it was read; nothing was written") as caught:
        watched.check()
    assert "在读取时发生了变化" in caught.value.translations["zh"]


def test_a_folder_is_watched_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.csv").write_text("a")
    with unchanged(tmp_path):
        (tmp_path / "deep/a.csv").read_text()
    for change, name in ((grow, "deep/a.csv"), (Path.touch, "deep/new.csv"), (Path.unlink, "deep/a.csv")):
        watched = Watched(tmp_path)
        change(tmp_path / name)  # type: ignore[operator]
        with pytest.raises(DataError, match=f"{name} changed while it was read"):
            watched.check()


def test_an_error_of_the_block_is_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("a")
    with pytest.raises(KeyError), unchanged(path):  # noqa: PT012
        grow(path)
        raise KeyError
