from __future__ import annotations

import re

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.errors import UsageError
from geo.render.atlas import book
from geo.render.atlas.book import atlas_pdf


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_an_atlas_has_a_bookmark_for_each_section_and_the_same_bytes_in_one_language(
    tiny: Atlas, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[tuple[int, list[str]]] = []
    original = book._bound

    def kept(view, sheets, sections, contents, tell):  # type: ignore[no-untyped-def]
        bound.append((len(sheets), [one.title for one in sections]))
        assert all(0 < one.page < len(sheets) for one in sections)
        # What the contents say is where the section stands.
        assert [link.to for link in contents.links] == [one.page for one in sections[1:]]
        return original(view, sheets, sections, contents, tell)

    monkeypatch.setattr(book, "_bound", kept)
    made = atlas_pdf(tiny.select(), paper=paper)
    if paper == "a4":  # of the other size test_apart.py makes two
        assert made == atlas_pdf(tiny.select(), paper=paper)
        assert made != atlas_pdf(tiny.select(Selection(language="en")), paper=paper)
    pages, titles = bound[0]
    assert len(re.findall(rb"/Type /Page\n", made)) == pages
    assert made.count(b"/Title ") == len(titles) + 1  # with that of the document
    assert made.count(b"/Subtype /Link") == len(titles) - 1
    size = {"a4": b"595.28 841.89", "a3": b"1190.55 841.89"}[paper]
    assert set(re.findall(rb"/MediaBox \[0 0 ([\d. ]+)\]", made)) == {size}


def test_an_empty_selection_and_an_unknown_paper_are_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="shows no place: widen the filters"):
        atlas_pdf(tiny.select(Selection(texts=("nothing",))))
    with pytest.raises(UsageError, match="no paper 'a5'"):
        atlas_pdf(tiny.select(), paper="a5")
