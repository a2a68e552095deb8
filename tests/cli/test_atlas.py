"""``geo atlas``: the same book as the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.atlas.atlas import Atlas
from geo.cli.main import main
from geo.render.atlas.book import atlas_pdf


def test_it_writes_the_book_whole_or_not_at_all(
    tiny: Atlas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.pdf"
    asked = ["atlas", str(out), "--kind", "node", "--lang", "en", "--layers", str(tiny.folder)]
    assert main(asked) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert out.read_bytes() == atlas_pdf(tiny.select(kinds=["node"], language="en"))
    assert main(asked) == 2  # it is there
    assert main(["atlas", str(tmp_path / "a.png"), "--layers", str(tiny.folder)]) == 2
    assert "an atlas is a .pdf" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]
