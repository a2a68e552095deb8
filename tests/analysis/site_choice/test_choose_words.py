"""A choice in words: labels, conditions, wishes, values with their sources, the answer."""

from __future__ import annotations

import pytest

from geo.analysis.site_choice.choose import choose
from geo.analysis.site_choice.choose_words import (
    answer_text,
    answer_texts,
    criterion_heading,
    criterion_label,
    definition_text,
    must_text,
    open_text,
    rank_text,
    score_text,
    value_source,
    value_text,
    wish_text,
)
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import Atlas

ALL = "stations_1km>=3;cluster:robots_hardware;institutions:lab=2;nearest_km:university=-1;distance_km:121.5,31.2=-1;" \
      "points_within_m:1500=1"  # fmt: skip


def test_criteria_in_words(atlas: Atlas) -> None:
    asked = Criteria.parse(ALL + ";distance_km:zhangjiang<=20;cluster:robots_hardware<=0", atlas)
    assert [must_text(atlas, one, "en") for one in asked.musts] == [
        "Stations within 1 km ≥ 3 stations",
        "Cluster: Robots and smart hardware",
        "Distance to Zhangjiang ≤ 20 km",
        "Cluster: Robots and smart hardware ≤ 0",
    ]
    assert [must_text(atlas, one, "zh") for one in asked.musts][0::2] == [
        "一公里内车站数 ≥ 3 座",
        "到张江的距离 ≤ 20 公里",
    ]
    assert [wish_text(atlas, one, "zh") for one in asked.wishes] == [
        "实验室、研究院数（本图收录）：越大越好，权重 2",
        "最近的高校：越小越好，权重 1",
        "到（121.5, 31.2）的距离：越小越好，权重 1",
        "自己的点：1.5 公里以内：越大越好，权重 1",
    ]
    assert [criterion_heading(atlas, one, "en") for one in asked.all][-2:] == [
        "Distance to 121.5, 31.2 (km)",
        "Own points within 1.5 km (rows)",
    ]
    for one in asked.all:
        for lang in ("zh", "en"):
            assert criterion_label(atlas, one, lang)
            assert definition_text(atlas, one, lang)


def test_values_say_date_source_and_why_they_do_not_score(atlas: Atlas) -> None:
    choice = choose(atlas, Criteria.parse(ALL, atlas), atlas.layout_ids)
    by_id = {one.place_id: one for one in choice.candidates}
    keys = {one.key: one for one in choice.criteria.all}

    def said(place: str, key: str) -> str:
        return value_text(atlas, keys[key], by_id[place].cells[key], "zh")

    assert said("zhangjiang", "cluster:robots_hardware") in ("有", "来源只提到别的集群")
    assert said("zhangjiang", "points_within_m:1500") == "没有给出自己的点"
    assert said("zhangjiang", "institutions:lab").endswith(" 家")
    assert said("zhangjiang", "nearest_km:university").startswith("至多 ")
    assert said("west_bund_ai_tower", "institutions:lab").endswith("；边界仅为示意，由此算出的数不可比")
    assert "另" in said("zhangjiang", "stations_1km")
    cited = value_source(atlas, by_id["zhangjiang"].cells["stations_1km"], "zh")
    assert cited.startswith("本图由边界计算；边界据")
    assert cited.endswith("]")
    one = by_id["west_bund_ai_tower"]
    assert open_text(atlas, choice, one, "en").startswith("unknown: Stations within 1 km, ")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_answer_counts_what_the_choice_holds(atlas: Atlas, lang: str) -> None:
    choice = choose(atlas, Criteria.parse("stations_1km>=3;centre_km=-1;institutions:lab=1", atlas), atlas.layout_ids)
    said = answer_texts(atlas, choice, lang)
    fit, still = len(choice.of("fits")), len(choice.of("open"))
    first = choice.ranked[0]
    assert atlas.name(first.place_id, lang) in said[0]
    assert score_text(first, lang) in said[0]
    assert str(fit) in said[-2]
    assert str(len(choice.candidates)) in said[-2]
    assert str(still) in said[-1]
    assert answer_text(atlas, choice, lang) == ("" if lang == "zh" else " ").join(said)
    assert rank_text(first, lang) in ("1", f"1–{first.rank_high}")


def test_the_answer_where_nothing_fits_or_nothing_is_known(atlas: Atlas) -> None:
    none = choose(atlas, Criteria.parse("centre_km<=0.1", atlas), atlas.layout_ids)
    assert answer_texts(atlas, none, "zh")[0] == "52 处中没有一处已知符合条件。"
    blind = choose(atlas, Criteria.parse("points_inside=1", atlas), atlas.layout_ids)
    assert answer_text(atlas, blind, "en") == (
        "Nothing comparable is known of what you wish for at these places, so they have no order."
    )
    swayed = choose(atlas, Criteria.parse("centre_km=-1;area_official_km2=1.1", atlas), atlas.layout_ids)
    moved = [one for one in swayed.ranked if one.rank_low != one.rank_high]
    assert moved
    assert all("–" in rank_text(one, "en") for one in moved)


def test_the_answer_says_of_how_many_nothing_is_known_and_when_no_place_can_fit(atlas: Atlas) -> None:
    thin = choose(atlas, Criteria.parse("floor_area=1", atlas), atlas.layout_ids)
    blank = len(thin.candidates) - len(thin.ranked)
    assert answer_texts(atlas, thin, "zh")[-1] == f"另有 {blank} 处没有可比的数，不在名次里，不等于不好。"
    never = choose(atlas, Criteria.parse("stations_1km>=3;stations_1km<=1", atlas), atlas.layout_ids)
    assert answer_texts(atlas, never, "zh")[-1] == "条件互相排斥，没有地点能同时符合：一公里内车站数。"
    assert Criteria.parse("stations_1km>=3;stations_1km<=3;centre_km<=1", atlas).excluding == ()
