"""The compare page through AppTest, in both languages."""

from __future__ import annotations

import pytest
from page_driver import Shown, target

from geo.analysis import compare
from geo.analysis.place_sheet import place_sheet
from geo.analysis.specialisation import location_quotients
from geo.analysis.values import measured
from geo.atlas.atlas import Atlas
from geo.base.messages import text

CHOSEN = ["zhangjiang", "caohejing", "maqiao", "changyang_campus"]


def cells(shown: Shown, look: str) -> list[str]:
    return [" ".join(td.text_content().split()) for td in shown.all(f"table.geo-compare-table td.{look}")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_may_not_be_compared_is_greyed_and_says_why(atlas: Atlas, lang: str) -> None:
    shown = Shown("compare", {"with": ",".join(CHOSEN), "lang": lang})
    rows = compare.align(atlas, CHOSEN)
    off = [cell for row in rows for cell in row.cells if cell.value is not None and not cell.comparable]
    assert len(cells(shown, "off")) == len(off) > 3
    assert len(shown.all("td.off span.geo-why-not")) == len(off)
    assert not shown.all("td.off span.geo-meter")
    words = shown.text("table.geo-compare-table")
    assert text("compare.reason.schematic", lang) in words
    assert text("compare.reason.grade", lang) in words
    headings = shown.all("table.geo-compare-table thead a")[: len(CHOSEN)]
    assert [target(link)[1]["place"] for link in headings] == CHOSEN
    assert len(shown.all("figure img")) == len(CHOSEN)
    assert text("compare.rule.date", lang, years=compare.YEARS_APART) in shown.text("details.geo-comparerule")


def test_every_figure_keeps_date_scope_and_source(atlas: Atlas) -> None:
    shown = Shown("compare", {"with": "district_310104,district_310115", "lang": "en"})
    words = cells(shown, "off") + [
        " ".join(td.text_content().split()) for td in shown.all("table.geo-compare-table td")
    ]
    fact = atlas.facts("district_310104").query("headline and measure_id == 'ai_key_firms'").iloc[0]
    (found,) = {line for line in words if line.startswith("81 firms")}
    for part in (fact["as_of"], fact["scope_en"], fact["source_title"]):
        assert part in found


def test_size_stands_next_to_specialisation(atlas: Atlas) -> None:
    shown = Shown("compare", {"with": "district_310104,zhangjiang", "lang": "en"})
    district, place = shown.all("table.geo-profile-table tbody tr")
    (quotient,) = location_quotients(atlas, "district_310104")
    assert f"{quotient.value:.2f}" in district.text_content()
    assert text("compare.quotient.none", "en") in place.text_content()
    drawn = measured(atlas, "area_km2", atlas.places.at["zhangjiang", "area_km2"], "exact", "en")
    assert drawn in place.text_content()
    for one in place_sheet(atlas, "zhangjiang").clusters:
        assert one.cluster["name_en"] in place.text_content()


def test_unknown_places_and_those_beyond_six_are_named(atlas: Atlas) -> None:
    many = [*list(atlas.layout.index[:7]), "atlantis"]
    shown = Shown("compare", {"with": ",".join(many), "lang": "en"})
    warnings = shown.text("div.geo-warning")
    assert "with=atlantis" in warnings
    assert atlas.name(many[6], "en", short=True) in warnings
    assert len(shown.all("figure")) == 6


def test_one_place_asks_for_another(atlas: Atlas) -> None:
    shown = Shown("compare", {"with": "maqiao"})
    assert text("compare.one_more", "zh") in shown.text("div.geo-note")
    assert shown.all("table.geo-compare-table")


def test_without_places_there_are_comparisons_to_start_from(atlas: Atlas) -> None:
    shown = Shown("compare", {"lang": "en"})
    links = [target(link) for link in shown.all("section li a")]
    assert len(links) >= 4
    for page, query in links:
        chosen = query["with"].split(",")
        assert page == "compare"
        assert query["lang"] == "en"
        assert 1 < len(chosen) <= compare.MOST_PLACES
        assert set(chosen) <= set(atlas.places.index)


def test_choosing_writes_the_link_and_the_page_keeps_it() -> None:
    shown = Shown("compare", {"with": "maqiao"})
    shown.widget("multiselect", "compare_with").set_value(["maqiao", "neo_bay"])
    shown.run()
    assert shown.app.query_params["with"] == "maqiao,neo_bay"
    assert len(shown.all("figure")) == 2
    shown.widget("multiselect", "compare_with").set_value([])
    shown.run()
    assert "with" not in shown.app.query_params
    assert not shown.all("figure")
