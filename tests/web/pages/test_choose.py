"""The page of site choice through AppTest: link, rows, answer, table and map say what the choice says."""

from __future__ import annotations

from typing import Any

import pytest
from page_driver import Shown, target

from geo.analysis.classes import RAMP
from geo.analysis.site_choice.choose import choose
from geo.analysis.site_choice.choose_words import answer_texts
from geo.analysis.site_choice.criteria import Criteria
from geo.analysis.site_choice.criteria_offered import middle, ready_made
from geo.atlas.atlas import Atlas
from geo.web.pages import choose as page

pytestmark = pytest.mark.usefixtures("told")

ASKED = "stations_1km>=3;centre_km=-1;institutions:lab=2"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_link_gives_answer_order_and_map(atlas: Atlas, lang: str, told: list[dict[str, Any]]) -> None:
    shown = Shown("choose", {"lang": lang, "want": ASKED})
    choice = choose(atlas, Criteria.parse(ASKED, atlas), atlas.layout_ids)
    for said in answer_texts(atlas, choice, lang):
        assert said in shown.text("section.geo-answer")
    tables = shown.all("table.geo-choose-table")
    assert len(tables) == 2
    for table, state in zip(tables, ("fits", "open"), strict=True):
        links = [target(link) for link in table.xpath(".//tbody//a[contains(@href, './place')]")]
        assert [query["place"] for _, query in links] == [one.place_id for one in choice.of(state)]
    numbers = [row.xpath("string(th)") for row in tables[0].xpath(".//tbody/tr")]
    assert numbers == [str(one.rank) for one in choice.of("fits")]
    failing = shown.text("section#geo-failing")
    assert all(atlas.name(one.place_id, lang) in failing for one in choice.of("fails"))
    assert answer_texts(atlas, choice, lang)[0] == shown.text("section.geo-answer p b")  # as in files and reports
    (drawn,) = told
    assert drawn["places"] == [one for one in atlas if one in atlas.layout_ids]
    classes = drawn["extra"]["classes"]
    assert set(classes["apart"]) == {one.place_id for one in choice.of("open")}
    assert set(classes["missing"]) == {one.place_id for one in choice.of("fails")}
    assert set(classes["values"]) == {one.place_id for one in choice.of("fits")}
    first = choice.ranked[0].place_id
    assert [key for key, group in classes["values"].items() if group == 0] == [first]
    assert {one["colour"] for one in classes["list"]} <= set(RAMP)


def test_a_criterion_is_added_turned_weighed_and_taken_away(atlas: Atlas) -> None:
    shown = Shown("choose", {})
    assert shown.all("table.geo-choose-table") == []
    picks = [target(link)[1]["want"] for link in shown.all("a.geo-pick")]
    assert picks == [one.criteria.text for one in ready_made(atlas) if "points" not in one.criteria.text]
    shown.widget("selectbox", "choose_add").select("centre_km")
    shown.run()
    assert shown.app.query_params["want"] == "centre_km=-1"  # of a distance less is better
    shown.widget("selectbox", "choose_mode_0").select("most")
    shown.run()
    half = middle(atlas, Criteria.parse("centre_km=1", atlas).all[0], atlas.layout_ids)
    assert shown.app.query_params["want"] == f"centre_km<={half:g}"
    shown.widget("number_input", "choose_number_0").set_value(20.0)
    shown.run()
    assert shown.app.query_params["want"] == "centre_km<=20"
    shown.widget("button", "choose_away_0").click()
    shown.run()
    assert "want" not in shown.app.query_params


def test_a_ready_made_choice_keeps_the_level_and_a_wrong_level_is_named(atlas: Atlas) -> None:
    shown = Shown("choose", {"of": "district", "district": "district_310104", "lang": "en"})
    links = [target(link)[1] for link in shown.all("a.geo-pick")]
    assert links
    assert {query["of"] for query in links} == {"district"}
    assert target(shown.all("div.geo-note a")[0])[1] == {"of": "district", "lang": "en"}
    wrong = Shown("choose", {"of": "villages", "lang": "en"})
    assert "of=villages" in wrong.text("div.geo-warning")
    assert all("of" not in target(link)[1] for link in wrong.all("a.geo-pick"))


def test_where_filters_leave_nothing_to_choose_from_that_is_said(atlas: Atlas) -> None:
    shown = Shown("choose", {"want": "centre_km=-1", "q": "nothing at all", "lang": "en"})
    assert f"0 of {len(atlas.layout)}, by the current filters" in shown.text("div.geo-note")
    assert shown.all("table.geo-choose-table") == []


def test_what_the_link_cannot_mean_is_named_and_the_rest_kept(atlas: Atlas) -> None:
    shown = Shown("choose", {"lang": "en", "want": "centre=-1;institutions:lab=1", "district": "district_310104"})
    assert "Allowed: centre_km" in shown.text("div.geo-warning")
    assert "of 52, by the current filters" in shown.text("div.geo-note")
    assert "Institutions on this map: lab or institute" in shown.text("table.geo-choose-table thead")
    typed = shown.widget("selectbox", "choose_add")
    assert "cluster:robots_hardware" not in typed.options  # labels are words


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("121.5，31.2", "distance_km:121.5,31.2=-1"),
        ("nearest_km:lab", "nearest_km:lab=-1"),
        ("stations_1km >= 2", "stations_1km>=2;tax=1"),
        ("<b>no such</b>", None),
        ("200,31", None),
    ],
)
def test_a_point_or_a_criterion_may_be_typed(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, typed: str, wanted: str | None
) -> None:
    session, written = {"choose_add": typed}, []
    monkeypatch.setattr(page.st, "session_state", session)
    monkeypatch.setattr(page, "current_atlas", lambda: atlas)
    monkeypatch.setattr(page, "_write", written.append)
    page._added([*Criteria.parse("tax=1", atlas).wishes])
    if wanted is None:
        assert written == []
        assert session["choose_problem"] == typed
    else:
        assert set(wanted.split(";")) <= {one.text for one in written[0]}
    assert page._meant(atlas, "centre=-1")[0] == "centre_km"
