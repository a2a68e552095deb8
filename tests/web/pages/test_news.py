"""The page of news through AppTest: a sentence first, every figure with its age, what was looked for as such."""

from __future__ import annotations

import pytest
from page_driver import Shown

from geo.analysis.news import AGES, age_group, aged, latest, searched
from geo.atlas.atlas import Atlas
from geo.base.messages import text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_new_is_told_in_numbers_and_can_be_subscribed_to(atlas: Atlas, lang: str) -> None:
    shown = Shown("news", {"lang": lang})
    told = latest(atlas)
    assert told is not None
    said = shown.text("section#geo-new")
    for group, kind in (("places", "added"), ("facts", "added"), ("institutions", "added"), ("facts", "removed")):
        assert str(told.counts()[group][kind]) in said
    assert "/layers/changes.atom" in {link.get("href") for link in shown.all("section#geo-new a")}
    assert text("diff.table.filed_services", lang) in said


def test_every_headline_figure_stands_with_its_age(atlas: Atlas) -> None:
    shown = Shown("news", {"lang": "en"})
    parts = {
        one.xpath("./summary")[0].text_content(): one.xpath(".//tbody/tr")
        for one in shown.all("section#geo-stale details.geo-more-figures")
    }
    groups = [age_group(one.years) for one in aged(atlas)]
    for name, _ in AGES:
        count = groups.count(name)
        if count:
            assert len(parts[f"{text(f'news.age.{name}', 'en')} ({count})"]) == count
    assert str(atlas.meta["data_date"]) in shown.text("section#geo-stale")


def test_what_was_looked_for_is_no_gap(atlas: Atlas) -> None:
    shown = Shown("news", {"lang": "zh"})
    rows = shown.all("section#geo-not_found tbody tr")
    assert len(rows) == len(searched(atlas))
    for row, one in zip(rows, searched(atlas), strict=True):
        assert one.row["asked_zh"] in row.text_content()


def test_a_first_release_says_so(layers: object) -> None:
    assert text("news.new.none", "zh") in Shown("news", {}).text("section#geo-new")
