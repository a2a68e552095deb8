"""What is new and how old the figures are: sentences with the counts of the data."""

from __future__ import annotations

import pytest

from geo.analysis.news import aged, latest
from geo.analysis.news_words import age_texts, release_texts
from geo.atlas.atlas import Atlas


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sentences_hold_the_counts(atlas: Atlas, language: str) -> None:
    told = latest(atlas)
    said, gone = release_texts(told, language)
    added = sum((one.group, one.kind) == ("facts", "added") for one in told.changes)
    assert str(added) in said
    assert told.new["version"] in said
    assert str(sum((one.group, one.kind) == ("facts", "changed") for one in told.changes)) in gone
    answer, undated = age_texts(atlas, language)
    assert str(len(aged(atlas))) in answer
    assert str(sum(one.years is None for one in aged(atlas))) in undated
