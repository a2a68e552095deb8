"""The atlas of a child process: the bytes of this one, told as it goes on, ended by who watches."""

from __future__ import annotations

import subprocess
import sys

import pytest

from geo.atlas.atlas import Atlas
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
