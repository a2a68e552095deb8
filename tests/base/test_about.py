"""The name and the version under which the package is installed: asked, not written down."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.base.about import version
from geo.errors import distribution


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Each test asks anew, and so does who asks after it."""
    distribution.cache_clear()
    yield
    distribution.cache_clear()


def installed(folder: Path, name: str, modules: str) -> None:
    told = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (told / "top_level.txt").write_text(modules)


def test_this_one_is_known_by_its_name_and_version() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (distribution(), version()) == (project["name"], project["version"])


def test_another_city_may_rename_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, "geography", "geography\ngeopandas\n")
    installed(tmp_path, "map-of-elsewhere", "geo\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert (distribution(), version()) == ("map-of-elsewhere", "1.2")


def test_in_a_folder_it_is_of_no_known_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, "geography", "geography\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert (distribution(), version()) == (".", "unknown")
