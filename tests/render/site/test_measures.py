"""The page of a measure: what it means, and the places in the order of the one rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.compare import ranking, rankings
from geo.analysis.values import figure_words
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.site.context import whole_view
from geo.render.site.measures import measure_page


def test_the_order_is_that_of_the_rule_and_each_figure_leads_to_its_words(
    tiny: Atlas, pages: Mapping[str, Any]
) -> None:
    reported = tiny.table("facts")["measure_id"].iloc[0]
    page = pages[f"en/measures/{reported}.html"]
    found = ranking(tiny, reported, list(tiny.layout.index))
    words = [figure_words(tiny, one.figure, "en") for one in found.cells if one.figure]
    assert words
    assert all(said in page.text for said in words)
    first = found.cells[0]
    assert f"../places/{first.place_id}.html#f-{first.place_id}-{reported}" in page.links
    assert tiny.rows("measures")[reported]["definition_en"] in page.text
    assert f"../../data/{reported}.csv" in page.links


def test_a_year_has_no_bar_and_a_figure_in_conflict_says_so(atlas: Atlas) -> None:
    measures = atlas.rows("measures")
    years = [
        one
        for one, row in measures.items()
        if row["topic"] == "date" and (atlas.table("facts")["measure_id"] == one).any()
    ]
    marked = 0
    for measure_id in [*years, "area_official_km2"]:
        found = rankings(whole_view(atlas, "en", measure_id))
        made = str(measure_page(atlas, "en", measure_id).body)
        told = sum(1 for one in found for cell in one.cells if cell.figure and cell.figure.conflict)
        assert made.count(text("value.conflict", "en")) == told, measure_id
        drawn = 0 if measure_id in years else sum(len(one.comparable) for one in found)
        assert made.count("rp-bar") == drawn, measure_id
        marked += told
    assert years
    assert marked


def test_a_level_without_a_figure_is_no_table(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    none = [one for one in tiny.rows("measures") if not any(tiny.values(one)["value"].notna())]
    for measure_id in none:
        assert "rp-ranking" not in str(pages[f"en/measures/{measure_id}.html"].attributes)


def test_all_measures_are_listed_by_topic(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    assert {f"measures/{one}.html" for one in tiny.rows("measures")} <= set(pages["zh/measures.html"].links)
