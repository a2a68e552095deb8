"""The rank page through AppTest, in both languages."""

from __future__ import annotations

import pytest
from page_driver import Shown, target

from geo.analysis import compare
from geo.analysis.coverage import coverage, offered
from geo.analysis.values import figure_words
from geo.atlas.atlas import Atlas
from geo.base.messages import text


def body(shown: Shown) -> list[list[str]]:
    rows = [row for row in shown.all("table.geo-rank-table tbody tr") if "geo-group" not in row.get("class", "")]
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_districts_in_order_and_no_data_apart(atlas: Atlas, lang: str) -> None:
    shown = Shown("rank", {"measure": "ai_key_firms", "lang": lang})  # only districts have it: they come first
    found = compare.ranking(atlas, "ai_key_firms", atlas.districts.index)
    links = [target(link) for link in shown.all("table.geo-rank-table a.geo-barlink")]
    assert [query["place"] for _, query in links] == [cell.place_id for cell in found.cells]
    assert all(page == "place" and query["measure"] == "ai_key_firms" for page, query in links)
    rows = body(shown)
    assert [row[0] for row in rows] == [str(found.positions.get(cell.place_id, "–")) for cell in found.cells]
    for row, cell in zip(rows, found.cells, strict=True):
        assert cell.figure
        assert figure_words(atlas, cell.figure, lang) in row[2]
        assert cell.figure.as_of in row[3]
        assert text("web.cite.grade", lang, grade=cell.figure.grade) in row[4]
    assert rows[0][0] == "1"
    comparable = [cell.value for cell in found.cells if cell.comparable]
    assert comparable == sorted(comparable, reverse=True)
    assert len(shown.all("a.geo-barlink span.geo-meter")) == len(comparable) > 1
    missing = {target(link)[1]["place"] for link in shown.all("section#geo-missing a")}
    assert missing == set(found.missing)
    assert not missing & {cell.place_id for cell in found.cells}


def test_schematic_boundaries_have_no_area_and_are_listed_as_unknown(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "area_km2", "lang": "en"})
    schematic = set(atlas.layout.index[atlas.layout["method"] == "schematic"])
    assert {target(link)[1]["place"] for link in shown.all("section#geo-missing a")} == schematic
    links = [target(link)[1]["place"] for link in shown.all("table.geo-rank-table a.geo-barlink")]
    assert set(links) == set(atlas.layout.index) - schematic
    assert len(shown.all("a.geo-barlink span.geo-meter")) == len(body(shown)) == len(links)
    assert text("rank.missing", "en", count=len(schematic)) in shown.text("section#geo-missing")


def test_what_cannot_be_compared_is_marked_and_not_ranked(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "ai_key_firms", "lang": "en"})
    found = compare.ranking(atlas, "ai_key_firms", atlas.districts.index)
    apart = [cell for cell in found.cells if not cell.comparable]
    rows = body(shown)
    marked = [row for row in rows if row[0] == "–"]
    assert len(marked) == len(apart) > 0
    assert rows[-len(marked) :] == marked
    for row, cell in zip(marked, apart, strict=True):
        assert row[1].startswith(atlas.name(cell.place_id, "en"))
        assert cell.place_id not in found.positions
    assert text("rank.marked", "en", count=len(marked)) in shown.text("tr.geo-group")


def test_years_have_no_bars_and_no_thousands() -> None:
    shown = Shown("rank", {"measure": "approved_year"})
    assert not shown.all("span.geo-meter")
    assert any(row[2].startswith("2012") for row in body(shown))


def test_order_and_group_are_in_the_link(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "nearest_station_m", "of": "district", "order": "asc"})
    values = [float(row[2].split()[0].replace(",", "")) for row in body(shown) if row[0] != "–"]
    assert len(values) == 16
    assert values == sorted(values)
    wrong = Shown("rank", {"measure": "nearest_station_m", "of": "villages", "order": "up"})
    assert "of=villages" in wrong.text("div.geo-warning")
    assert "order=up" in wrong.text("div.geo-warning")
    assert len(body(wrong)) == len(atlas.layout)


def test_two_values_where_one_is_wanted_are_named_and_ignored() -> None:
    shown = Shown("rank", {"measure": "ai_key_firms", "of": "layout,district"})  # only districts have it
    assert "of=layout,district" in shown.text("div.geo-warning")
    assert shown.widget("button_group", "rank_of").value == "district"


def test_filters_are_said_and_can_be_taken_off(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "area_official_km2", "district": "district_310115", "lang": "en"})
    listed = len(body(shown)) + len(shown.all("section#geo-missing a"))
    assert listed < len(atlas.layout)
    assert text("rank.filtered", "en", shown=listed, total=len(atlas.layout)) in shown.text("div.geo-note")
    (clear,) = shown.all("div.geo-note a")
    assert target(clear) == ("rank", {"measure": "area_official_km2", "lang": "en", "of": "layout"})


def test_without_a_measure_all_that_can_be_ranked_are_links_and_thin_ones_are_folded(atlas: Atlas) -> None:
    shown = Shown("rank", {})
    found = [target(link)[1]["measure"] for link in shown.all("section li a")]
    assert sorted(found) == sorted(one.measure_id for one in coverage(atlas))
    folded = {target(link)[1]["measure"] for link in shown.all("details#geo-thin li a")}
    assert folded == {one.measure_id for one in coverage(atlas) if one.thin}
    assert {"area_official_km2", "ai_key_firms", "stations_inside"} <= set(found) - folded
    assert "filed_models" in folded  # two districts have one, which makes no order
    assert text("measure.more", "zh", count=len(folded)) in shown.text("details#geo-thin summary")


def test_the_list_holds_wide_measures_and_thin_ones_when_asked_for(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "filed_models", "lang": "en"})
    wide = shown.widget("selectbox", "w_measure")
    assert len(wide.options) == 1 + len(offered(atlas, also="filed_models")) < 40
    assert wide.value == "filed_models"  # the one in focus is there in any case
    assert wide.options[1].endswith(" · 33 places, 4 districts")  # the widest
    shown.widget("toggle", "thin_measures").set_value(True)
    shown.run()
    both = shown.widget("selectbox", "w_measure")
    assert len(both.options) == 1 + len(coverage(atlas))
    assert both.value == "filed_models"
    assert shown.app.query_params["measure"] == "filed_models"


def test_choosing_a_measure_writes_the_link(atlas: Atlas) -> None:
    shown = Shown("rank", {"measure": "area_km2", "of": "district"})
    shown.widget("selectbox", "w_measure").select("ai_key_firms")
    shown.run()
    assert shown.app.query_params["measure"] == "ai_key_firms"
    assert "of" not in shown.app.query_params
    first = compare.ranking(atlas, "ai_key_firms", atlas.districts.index).cells[0]
    assert first.figure
    assert figure_words(atlas, first.figure, "zh") in body(shown)[0][2]
