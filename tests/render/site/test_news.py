"""News and changes: what is new, stale, not found; two years side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.between import between
from geo.analysis.between_words import answer_texts, usual_years
from geo.analysis.news import latest, searched
from geo.analysis.news_words import age_texts, release_texts
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.site.news import changed_page, news_page


def test_news_say_what_the_app_says(atlas: Atlas) -> None:
    body = str(news_page(atlas, "en").body.striptags())
    told = latest(atlas)
    for said in (*release_texts(told, "en"), *age_texts(atlas, "en")):
        assert said in body
    for one in searched(atlas)[:5]:
        assert str(one.row["searched_on"]) in body


def test_changes_say_what_the_app_says(atlas: Atlas) -> None:
    page = changed_page(atlas, "zh")
    found = between(atlas, *usual_years(atlas))
    body = str(page.body.striptags())
    for said in answer_texts(found, "zh"):
        assert said in body
    assert str(page.body).count(text("changed.figures.rule", "zh")) == 1
    for place_id, _ in found.new:
        assert f'href="places/{place_id}.html"' in page.body


def test_a_city_of_one_year_has_no_two_to_compare(pages: Mapping[str, Any], tiny: Atlas) -> None:
    assert ("en/changed.html" in pages) is True
    assert (usual_years(tiny) is None) == ("of one year only" in pages["en/changed.html"].text)
