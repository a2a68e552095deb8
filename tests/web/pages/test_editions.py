"""The time page through AppTest: each document's layout, what it adds, figures that are never one line."""

from __future__ import annotations

from typing import Any

import pytest
from page_driver import Shown, target

from geo.analysis.editions import editions, fullest
from geo.analysis.series import charts
from geo.analysis.values import figure_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.pages import editions as page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_document_is_named_with_source_and_places(atlas: Atlas, lang: str) -> None:
    edition = next(one for one in editions(atlas) if one.edition_id == "2018-11")
    shown = Shown("editions", {"edition": "2018-11", "lang": lang})
    words = shown.text("section.geo-document")
    assert (edition.title_zh if lang == "zh" else edition.title_en) in words
    source = atlas.table("sources").set_index("source_id").loc[edition.source_id]
    assert source["title"] in words
    links = shown.all("ul.geo-named a.geo-nav")
    assert [target(link)[1]["place"] for link in links] == list(edition.named_ids)
    assert {target(link)[1]["edition"] for link in links} == {"2018-11"}
    new = [row for row in shown.all("ul.geo-named li") if row.xpath(".//b[@class='geo-new']")]
    assert len(new) == len(edition.added) < len(edition.named)


def test_the_first_visit_starts_with_the_fullest_document(atlas: Atlas) -> None:
    shown = Shown("editions", {"lang": "en"})
    assert shown.widget("select_slider", "time_edition").value == fullest(atlas)
    options = shown.widget("select_slider", "time_edition").options
    assert options == [f"{one.month} {one.short_en}" for one in editions(atlas)]  # none is a mere number of its month
    assert all(one.short_zh and one.short_en for one in editions(atlas))


def test_a_document_that_names_no_place_says_so(atlas: Atlas) -> None:
    silent = next(one for one in editions(atlas) if not one.named)
    shown = Shown("editions", {"edition": silent.edition_id, "lang": "en"})
    assert text("time.none", "en") in shown.text("section.geo-document")
    assert not shown.all("ul.geo-named")


def test_a_supplement_is_marked(atlas: Atlas) -> None:
    supplement = next(one for one in editions(atlas) if one.kind == "supplement")
    shown = Shown("editions", {"edition": supplement.edition_id, "lang": "en"})
    assert text("time.kind.supplement", "en") in shown.text("section.geo-document span.supplement")


def test_the_slider_writes_the_link_and_the_link_sets_the_slider(atlas: Atlas) -> None:
    every = editions(atlas)
    same_month = [number for number, one in enumerate(every) if one.month == "2021-07"]
    assert len(same_month) > 1
    shown = Shown("editions", {"lang": "en"})
    options = shown.widget("select_slider", "time_edition").options
    assert len(set(options)) == len(every)  # Streamlit tells options apart by what they show
    for number in same_month:
        edition_id = every[number].edition_id
        shown.widget("select_slider", "time_edition").set_value(options[number])
        shown.run()
        assert shown.app.query_params["edition"] in (edition_id, [edition_id])
        assert shown.widget("select_slider", "time_edition").value == edition_id


def test_filters_hold_here_too_and_say_what_they_leave_out(atlas: Atlas) -> None:
    shown = Shown("editions", {"edition": "2017-10", "kind": "belt", "lang": "en"})
    (note,) = shown.all("div.geo-note")
    assert text("time.filtered", "en", shown=1, total=8) in note.text_content()
    assert "kind" not in target(note.xpath(".//a")[0])[1]


def test_nonsense_in_its_own_parameter_is_named() -> None:
    shown = Shown("editions", {"show": "<b>", "lang": "en"})
    assert "show=<b>" in shown.text("div.geo-warning")
    shown.widget("button_group", "time_show").set_value("sofar")
    shown.run()
    assert shown.app.query_params["show"] == "sofar"
    shown.widget("button_group", "time_show").set_value("named")
    shown.run()
    assert "show" not in shown.app.query_params  # the usual one need not stand in the link


def test_the_map_draws_what_the_document_names_or_all_so_far(atlas: Atlas) -> None:
    edition = next(one for one in editions(atlas) if one.edition_id == "2021-07")
    from geo.atlas.selection import Selection

    selected = Selection(place="lingang", measure="ai_firms")
    assert "lingang" not in edition.named_ids
    view = page._view(atlas, selected, (edition.edition_id,), list(edition.named_ids))
    assert tuple(view.places.index) == edition.named_ids
    assert view.selection.place == ""  # not drawn by this document, so not drawn because it is selected
    assert view.selection.measure == ""
    every = page._view(atlas, selected, (), list(edition.named_by_then))
    assert tuple(every.places.index) == edition.named_by_then
    assert len(edition.named_by_then) > len(edition.named_ids)
    assert every.selection.place == ("lingang" if "lingang" in edition.named_by_then else "")


def test_the_map_is_told_no_institutions_and_no_place_where_none_passes(told: list[dict[str, Any]]) -> None:
    Shown("editions", {"edition": "2021-07"})
    Shown("editions", {"edition": "2021-07", "q": "nothing at all"})
    assert [more["extra"] for more in told] == [{"institutions": []}, {"institutions": [], "visible": []}]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chart_and_table_show_the_same_figures(atlas: Atlas, lang: str) -> None:
    shown = Shown("editions", {"place": "district_310104", "lang": lang})
    found = charts(atlas, "district_310104")
    figures = shown.all("figure.geo-figure")
    assert len(figures) == len(found)
    for figure, chart in zip(figures, found, strict=True):
        marks = figure.xpath(".//span[@class='geo-mark']")
        points = [point for series in chart.series for point in series.points]
        assert len(marks) == len(points) + len(chart.targets)
        joins = figure.xpath(".//span[starts-with(@class, 'geo-seg')]")
        assert len(joins) == sum(not point.gap for point in points)
        hollow = [mark for mark in marks if mark.xpath("./i[contains(@class, 'hollow')]")]
        assert len(hollow) == sum(one.qualifier != "exact" for one in (*points, *chart.targets))
        symbol = atlas.table("units").set_index("unit_id").at[chart.unit, f"symbol_{lang}"]
        values = [cell.text_content() for cell in figure.xpath(".//table//strong")]
        assert values[: len(points)] == [
            figure_text(p.value, p.qualifier, symbol, lang) for s in chart.series for p in s.points
        ]
        assert len(figure.xpath(".//table//tbody")) == len(chart.series) + bool(chart.targets)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_place_with_figures_over_time_is_a_link(atlas: Atlas, lang: str) -> None:
    shown = Shown("editions", {"place": "district_310104", "lang": lang})
    links = {target(link)[1].get("place", "shanghai"): link for link in shown.all("nav.geo-picks a.geo-pick")}
    assert list(links) == [place_id for place_id in atlas.places.index if charts(atlas, place_id)]
    for place_id, link in links.items():
        assert link.text_content() == atlas.name(place_id, lang, short=True)
        assert link.get("aria-current") == ("true" if place_id == "district_310104" else None)


def test_city_output_breaks_and_says_why(atlas: Atlas) -> None:
    shown = Shown("editions", {"lang": "en"})
    found = charts(atlas, str(atlas.meta["city_place_id"]))
    ((output, chart),) = [
        (figure, one)
        for figure, one in zip(shown.all("figure.geo-figure"), found, strict=True)
        if any(series.measure_id == "ai_output" for series in one.series)
    ]
    assert "Output" in output.xpath("./figcaption")[0].text_content()
    (whole,) = [one for one in chart.series if (one.measure_id, one.scope) == ("ai_output", "whole")]
    gaps = {point.as_of: point.gap for point in whole.points}
    assert [gaps[year] for year in ("2018", "2019", "2020", "2021", "2023", "2024")] == ["", "", *["conflict"] * 4]
    joined = sum(not point.gap for series in chart.series for point in series.points)
    assert len(output.xpath(".//span[starts-with(@class, 'geo-seg')]")) == joined
    why = output.xpath("./details")[0].text_content()
    label = atlas.table("measures").set_index("measure_id").at["ai_output", "label_en"]
    assert text("time.series.conflict", "en", label=label, after="2021") in why
    target_marks = output.xpath(".//span[@class='geo-mark'][./i[contains(@class, 'target')]]")
    for mark, aim in zip(target_marks, chart.targets, strict=True):
        said = mark.text_content()  # empty where it would cover another: the table below has it
        assert not said or f"{aim.value / 10:g}" in said  # 1 yi yuan is 0.1 billion: the axis is in CNY billion
    assert "target_scale" in [aim.id for aim in chart.targets]


def test_a_place_without_series_says_so_and_shows_the_city(atlas: Atlas) -> None:
    place = next(one for one in atlas.layout.index if not charts(atlas, one))
    shown = Shown("editions", {"place": place, "lang": "en"})
    city = str(atlas.meta["city_place_id"])
    told = text("time.series.none", "en", name=atlas.name(place, "en"), city=atlas.name(city, "en"))
    assert told in shown.text("section#geo-series")
    assert len(shown.all("figure.geo-figure")) == len(charts(atlas, city))
