"""The place page through AppTest, in both languages."""

from __future__ import annotations

import pytest
from page_driver import Shown, target

from geo.analysis.place_sheet import place_sheet
from geo.analysis.relations import neighbours, overlaps
from geo.analysis.values import distance_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_that_is_known_is_there_with_its_source(atlas: Atlas, lang: str) -> None:
    shown = Shown("place", {"place": "zhangjiang", "lang": lang})
    facts = atlas.facts("zhangjiang")
    assert shown.text("section#geo-place h2") == atlas.name("zhangjiang", lang)
    body = [row for row in shown.all("table.geo-facts-table tbody tr") if "geo-group" not in row.get("class", "")]
    assert len(body) == len(facts)
    # By topic in the order in which the topics first come; within a topic as `Atlas.facts` has them.
    topic = atlas.table("measures").set_index("measure_id")["topic"]
    topics = list(dict.fromkeys(topic[facts["measure_id"]]))
    ordered = sorted(facts.to_dict("records"), key=lambda fact: topics.index(topic[fact["measure_id"]]))
    for row, fact in zip(body, ordered, strict=True):
        words = " ".join(row.text_content().split())
        assert fact[f"label_{lang}"] in words
        assert fact[f"scope_{lang}"] in words
        assert fact["source_title"] in words
        assert text("web.cite.grade", lang, grade=fact["source_grade"]) in words
        if fact["as_of"] != "unknown":
            assert fact["as_of"] in words
    place = atlas.places.loc["zhangjiang"]
    about = shown.text("section")
    assert place["bounds_stated"] in about
    assert place[f"boundary_note_{lang}"] in about
    assert f"±{place['accuracy_m']:,}" in about


def test_derived_measures_come_with_their_formula(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "baoshan_robot", "lang": "en"})
    measures = atlas.table("measures").set_index("measure_id")
    own = atlas.table("derived").query("place_id == 'baoshan_robot'").dropna(subset=["value"])
    rows = shown.all("table.geo-derived-table tbody tr")
    assert len(rows) == len(own)
    for row, measure_id in zip(rows, sorted(own["measure_id"], key=list(measures.index).index), strict=False):
        assert measure_id in measures.index
        assert row.xpath("td")[1].text_content().strip()
    words = shown.text("table.geo-derived-table")
    for measure_id in own["measure_id"]:
        assert measures.at[measure_id, "definition_en"] in words
    # The boundary is schematic: what comes from it is marked, the ratio of facts is not.
    assert atlas.places.at["baoshan_robot", "method"] == "schematic"
    shown_ids = sorted(own["measure_id"], key=list(measures.index).index)
    assert not {"area_km2", "stations_inside"} & set(shown_ids)  # not computed from such a boundary
    comparable = {
        c.figure.measure_id for c in place_sheet(atlas, "baoshan_robot").computed if c.figure and c.comparable
    }
    marked = [row.text_content() for row in rows if row.xpath("td[@class='off']")]
    assert len(marked) == len(own) - len(comparable) > 0
    assert not any(measures.at["density_robot_chain_firms_per_km2", "label_en"] in words for words in marked)


def test_conflicts_stand_side_by_side(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "caohejing"})
    conflicts = atlas.facts("caohejing").query("conflict")
    assert len(shown.all("section#geo-conflicts div.geo-card")) == len(conflicts)
    assert len(shown.all("section#geo-conflicts div.headline")) == conflicts["headline"].sum()
    assert not Shown("place", {"place": "west_bund_ai_tower"}).all("section#geo-conflicts")


def test_relations_are_links_with_distance_and_share(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "caohejing", "cluster": "robots_hardware", "lang": "en"})
    links = shown.all("section#geo-relations a")
    pages = [target(link) for link in links]
    assert {page for page, _ in pages} == {"place"}
    assert all(query["cluster"] == "robots_hardware" and query["lang"] == "en" for _, query in pages)
    expected = {"xuhui_minhang_belt"}
    expected |= {one.place_id for one in neighbours(atlas, "caohejing")}
    expected |= {one.place_id for one in overlaps(atlas, "caohejing")}
    assert {query["place"] for _, query in pages} == expected
    (first, *_) = neighbours(atlas, "caohejing")
    assert distance_text(first.distance_m, "en") in shown.text("section#geo-relations")


def test_policy_comes_with_what_was_reported_later_and_its_caveat(atlas: Atlas) -> None:
    concerned = atlas.table("policy_places")
    outcomes = atlas.table("policy_outcomes").dropna(subset=["caveat_en"])
    both = concerned[concerned["policy_id"].isin(outcomes["policy_id"])]
    assert len(both)
    place = both["place_id"].iloc[0]
    shown = Shown("place", {"place": place, "lang": "en"}).text("section#geo-policy")
    for policy_id in concerned[concerned["place_id"] == place]["policy_id"]:
        assert atlas.table("policy").set_index("policy_id").at[policy_id, "text_en"] in shown
        for caveat in outcomes[outcomes["policy_id"] == policy_id]["caveat_en"]:
            assert " ".join(caveat.split()) in shown


def test_institutions_tell_state_date_and_how_they_were_placed(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "zhangjiang_ai_island", "lang": "en"}).text("table.geo-institutions-table")
    lab = atlas.institutions.loc["microsoft_ai_iot_lab"]
    assert f"{text('institution.status.closed', 'en')} ({lab['as_of']})" in shown
    assert lab["placed_by"] == "none"
    assert text("institution.placed.none", "en") in shown
    assert "±" not in shown
    assert "<NA>" not in shown
    placed = atlas.institutions.query("placed_by == 'crossing'").dropna(subset=["place_id", "accuracy_m"]).iloc[0]
    words = Shown("place", {"place": placed["place_id"], "lang": "en"}).text("table.geo-institutions-table")
    assert f"±{placed['accuracy_m']:,} m" in words
    assert text("institution.placed.crossing", "en") in words


def test_the_citation_is_ready_in_both_languages(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "maqiao"})
    chinese, english = shown.all("section#geo-cite blockquote")
    for quoted, lang in ((chinese, "zh"), (english, "en")):
        words = quoted.text_content()
        for part in (atlas.meta[f"title_{lang}"], atlas.name("maqiao", lang), atlas.meta["data_date"], "place=maqiao"):
            assert part in words
    copied = [button.get("data-copy") for button in shown.all("section#geo-cite button")]
    assert copied == [chinese.text_content(), english.text_content()]
    assert "docs/correct-a-fact.md" in shown.text("section#geo-error")
    assert "maqiao" in shown.all("section#geo-error button")[0].get("data-copy")


def test_without_figures_unknown_is_said_not_zero(atlas: Atlas) -> None:
    bare = next(p for p in atlas.places.index if atlas.facts(p).empty)
    shown = Shown("place", {"place": bare})
    assert text("web.panel.no_facts", "zh") in shown.text("section#geo-facts")
    assert not shown.all("table.geo-facts-table")


def test_without_a_place_every_place_is_a_link(atlas: Atlas) -> None:
    shown = Shown("place", {"lang": "en"})
    assert {target(link)[1]["place"] for link in shown.all("section a")} == set(atlas.places.index)


def test_nonsense_is_named_and_ignored(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "<b>x"})
    assert "place=<b>x" in shown.text("div.geo-warning")
    assert shown.text("section h2") == text("place.all", "zh")


def test_choosing_a_place_writes_the_link() -> None:
    shown = Shown("place", {"lang": "en"})
    shown.widget("selectbox", "w_place").select("neo_bay")
    shown.run()
    assert shown.app.query_params["place"] == "neo_bay"
    assert shown.all("section#geo-place")


def test_a_place_joins_those_that_are_compared() -> None:
    shown = Shown("place", {"place": "maqiao"}, {"url_own": {"with": "caohejing,nowhere,maqiao"}})
    links = dict(target(link) for link in shown.all("div.geo-actions a"))
    assert links["compare"]["with"] == "caohejing,maqiao"
