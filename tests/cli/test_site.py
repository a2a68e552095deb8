"""``geo site``: writes a folder whole, replaces only a site, and says what is wrong with an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.atlas.atlas import Atlas
from geo.cli import site
from geo.cli.main import main


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write two files, for what is asked here is of the folder."""
    monkeypatch.setattr(site, "_files", lambda atlas, address: iter([("catalog.jsonld", b"{}"), ("a/b.html", b"b")]))


@pytest.mark.usefixtures("short")
def test_a_site_is_replaced_only_when_asked_and_nothing_else_ever(
    tiny: Atlas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "public"
    run = ["site", str(out), "--layers", str(tiny.folder)]
    assert main(run) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(out)
    assert said.err == "静态站：2 个文件，0.0 MB\n"
    (out / "old.html").write_text("old")
    assert main(run) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*run, "--overwrite", "--language", "en"]) == 0
    assert capsys.readouterr().err == "site: 2 files, 0.0 MB\n"
    assert sorted(path.name for path in out.rglob("*")) == ["a", "b.html", "catalog.jsonld"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    assert main(["site", str(mine), "--layers", str(tiny.folder), "--overwrite"]) == 2
    assert (mine / "thesis.txt").read_text() == "mine"


def test_nothing_half_written_is_left(
    tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(atlas: Atlas, address: str):
        yield "a.html", b"a"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site, "_files", broken)
    assert main(["site", str(tmp_path / "public"), "--layers", str(tiny.folder)]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "https://example.org/?a=1", "https://"])
def test_an_address_must_be_one(tiny: Atlas, tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", str(tmp_path / "p"), "--layers", str(tiny.folder), "--address", address]) == 2
    assert "--address" in capsys.readouterr().err
