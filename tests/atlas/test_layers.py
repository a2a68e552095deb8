from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.atlas.atlas import Atlas, default_layers
from geo.errors import DataError


@pytest.fixture
def damaged(tiny: Atlas, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny.folder, tmp_path / "layers"))


def test_damaged_layers_are_refused_by_name(damaged: Path) -> None:
    path = damaged / "node.geojson"
    path.write_bytes(path.read_bytes().replace(b"10.1", b"10.2", 1))
    (damaged / "belt.geojson").unlink()
    with pytest.raises(DataError, match=r"are damaged: run `geo build` again") as caught:
        Atlas.load(damaged)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["belt.geojson", "node.geojson"]


def test_missing_and_unreadable_layers(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run `geo build`, or give --layers DIR"):
        Atlas.load(tmp_path)
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="is not readable"):
        Atlas.load(tmp_path)


def test_default_layers_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GEO_LAYERS", str(tmp_path))
    assert default_layers() == tmp_path
    monkeypatch.delenv("GEO_LAYERS")
    assert default_layers() == Path(__file__).parents[2] / "layers"
