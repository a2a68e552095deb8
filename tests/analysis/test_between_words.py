"""What changed in words: the years that are shown first, three sentences, the change of a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.analysis.between import Pair, between, years
from geo.analysis.between_words import answer_texts, change_text, usual_years
from geo.analysis.figures import reported
from geo.atlas.atlas import Atlas


def test_the_usual_years_are_the_first_and_the_last_whole_one(atlas: Atlas) -> None:
    first, last = usual_years(atlas)
    known = years(atlas)
    assert first == known[0]
    assert last < int(atlas.meta["data_date"][:4])
    assert last == max(one for one in known if one < int(atlas.meta["data_date"][:4]))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sentences_hold_the_counts(atlas: Atlas, language: str) -> None:
    found = between(atlas, *usual_years(atlas))
    said, silent, figures = answer_texts(found, language)
    assert all(str(count) in said for count in (len(found.then), len(found.now), len(found.new)))
    assert str(len(found.silent)) in silent
    assert str(sum(one.comparable for one in found.pairs)) in figures


def test_a_change_is_told_in_per_cent_in_times_or_only_which_way(tiny: Atlas) -> None:
    one = replace(reported(tiny)["node_a"][0], value=100.0, qualifier="exact")

    def told(value: float, qualifier: str = "exact") -> str:
        return change_text(tiny, Pair(one, replace(one, value=value, qualifier=qualifier)), "en")

    assert told(110.0) == "+10%"
    assert told(75.0) == "−25%"
    assert told(300.0) == "3 times as much"
    assert told(100.0) == "unchanged"
    assert told(150.0, "over") == "up"
    assert told(50.0, "over") == "cannot be told"


def test_what_stayed_level_is_not_what_cannot_be_told(atlas: Atlas) -> None:
    found = between(atlas, *usual_years(atlas))
    one = next(pair for pair in found.pairs if pair.comparable)
    level = replace(one, now=replace(one.then), reasons=())
    unsaid = replace(level, now=replace(one.then, qualifier="under", value=one.then.value + 1))
    assert answer_texts(replace(found, pairs=(level,)), "en")[2].endswith("1 stayed level.")
    assert answer_texts(replace(found, pairs=(unsaid,)), "en")[2].endswith("1 cannot be told.")
