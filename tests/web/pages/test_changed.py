"""The page of changes through AppTest: sentence, lists and figures are those of the two years of the link."""

from __future__ import annotations

from typing import Any

import pytest
from page_driver import Shown, target

from geo.analysis.between import between, years
from geo.atlas.atlas import Atlas
from geo.base.messages import text

pytestmark = pytest.mark.usefixtures("told")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_clicks_answer_2017_and_2025(atlas: Atlas, lang: str, told: list[dict[str, Any]]) -> None:
    """The page itself is one; from any other years a link is the second."""
    shown = Shown("changed", {"lang": lang})
    found = between(atlas, 2017, 2025)
    said = text(
        "changed.answer", lang, first=2017, last=2025, then=len(found.then), now=len(found.now), new=len(found.new)
    )
    assert said in shown.text("section.geo-answer")
    (drawn,) = told
    assert set(drawn["places"]) == set(found.now)
    assert [place for place, group in drawn["extra"]["classes"]["values"].items() if group] == [
        place for place in found.now if place in dict(found.new)
    ]


def test_figures_stand_with_both_dates(atlas: Atlas) -> None:
    shown = Shown("changed", {"lang": "en", "from": "2018", "to": "2024"})
    rows = [row for row in shown.all("table.geo-changed-table tbody tr") if row.get("class") != "geo-group"]
    pairs = sorted(between(atlas, 2018, 2024).pairs, key=lambda one: not one.comparable)
    for row, one in zip(rows, pairs, strict=True):
        said = row.text_content()
        assert one.then.as_of in said
        assert one.now.as_of in said


def test_years_that_are_not_there_are_named(atlas: Atlas) -> None:
    shown = Shown("changed", {"lang": "en", "from": "1999"})
    assert "from=1999" in shown.text("div.geo-warning")
    turned = Shown("changed", {"lang": "en", "from": "2025", "to": "2018"})
    assert "from=2025" in turned.text("div.geo-warning")
    assert str(years(atlas)[0]) in turned.text("h2")


def test_links_lead_to_places_and_documents(atlas: Atlas) -> None:
    shown = Shown("changed", {"lang": "en"})
    links = [target(link) for link in shown.all("section.geo-section li a")]
    assert {query["place"] for name, query in links if name == "place"} == set(between(atlas, 2017, 2025).now)
    assert {name for name, _ in links} == {"place", "time"}
