"""The atlas of a child process: the bytes of this one, told as it goes on, ended by who watches."""

from __future__ import annotations

import subprocess
import sys

import pytest

from geo.atlas.atlas import Atlas
from geo.base.confined import Bounds
from geo.base.messages import text
from geo.errors import DataError
from geo.render.atlas import apart
from geo.render.atlas.apart import atlas_pdf_apart
from geo.render.atlas.book import atlas_pdf


class LeftError(Exception):
    """The page was closed."""


def test_it_is_the_same_as_here_and_says_how_far_it_is(tiny: Atlas) -> None:
    shares: list[float] = []
    made = atlas_pdf_apart(tiny, language="en", paper="a3", watch=shares.append)
    assert made == atlas_pdf(tiny.select(language="en"), paper="a3")
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert all(0 <= share <= 1 for share in shares)


def test_who_leaves_ends_it(tiny: Atlas) -> None:
    def leave(share: float) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        atlas_pdf_apart(tiny, language="en", watch=leave)


def test_the_app_starts_without_what_writes_a_pdf() -> None:
    code = "import sys\nsys.modules['fpdf'] = None\nimport geo.render.atlas.apart"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_that_does_not_end_well_is_an_atlas_that_was_not_made_not_a_file_that_was_not_read(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_BOUNDS", Bounds(seconds=1))
    with pytest.raises(DataError) as caught:
        atlas_pdf_apart(tiny, language="en")
    assert caught.value.translations == {one: text("atlas.ended.time", one, seconds=1) for one in ("zh", "en")}


def test_other_data_than_were_asked_for_are_not_handed_on(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layers were built again after the server had read them."""
    monkeypatch.setitem(tiny.__dict__, "digest", "of the old layers")
    with pytest.raises(DataError, match="new data were published"):
        atlas_pdf_apart(tiny, language="en")
