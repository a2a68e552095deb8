"""The rule for the figure shown first, and for figures in conflict; the cases that once came out wrong, by name."""

from __future__ import annotations

import pytest

from geo.atlas.atlas import Atlas
from geo.seeds.headline import mark_facts


def fact(
    value: str, as_of: str = "2020", source: str = "a", scope: str = "whole", qualifier: str = "exact"
) -> dict[str, str]:
    return {
        "place_id": "p", "measure_id": "firms", "value": value, "as_of": as_of, "source_id": source,
        "scope": scope, "qualifier": qualifier,
    }  # fmt: skip


GRADES = {"a": "A", "b": "B", "c": "C"}


def headline(*facts: dict[str, str], scope: str = "whole") -> str:
    marked = mark_facts(facts, GRADES, {"p": scope}, frozenset())
    chosen = [row["value"] for row in marked if row["headline"] == "true"]
    assert len(chosen) == 1
    return chosen[0]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((fact("1", "2024", scope="core"), fact("2", "2018")), "2"),  # the drawn scope comes before newer
        ((fact("1", "2024", "a", scope="core"), fact("2", "2018", "c")), "2"),  # and before the better grade
        ((fact("1", "2024", "c"), fact("2", "2018", "b")), "2"),  # the better grade before newer
        ((fact("1", "2024", "b"), fact("2", "2018", "a")), "2"),
        ((fact("1", "2018", "a"), fact("2", "2024", "a")), "2"),  # newest
        ((fact("1", "unknown", "b"), fact("2", "1999", "b")), "2"),  # unknown date last
        ((fact("1", "2020"), fact("2", "2020-12")), "2"),  # the year alone is less precise than its end
        ((fact("1", "2020-12"), fact("2", "2021")), "2"),
        ((fact("1", "2020-12-30"), fact("2", "2020-12-31")), "2"),
        ((fact("1", "2020", "b"), fact("2", "2020", "a")), "2"),
        ((fact("1", qualifier="about"), fact("2")), "2"),  # exact before about
        ((fact("1", qualifier="over"), fact("2", qualifier="about")), "2"),
        ((fact("1", qualifier="nearly"), fact("2", qualifier="over")), "2"),
        ((fact("1", qualifier="under"), fact("2", qualifier="nearly")), "2"),
        ((fact("1", source="c"),), "1"),
        ((fact("7"), fact("8")), "7"),  # tie: first in the file
    ],
)
def test_headline_rule(facts: tuple[dict[str, str], ...], expected: str) -> None:
    assert headline(*facts) == expected
    assert headline(*facts[::-1]) in (expected, facts[-1]["value"] if expected == "7" else expected)


def test_an_undated_c_never_comes_before_a_better_one() -> None:
    """Its scope may be the one that is drawn: with a figure of grade A or B beside it, it comes last."""
    weak = fact("1", "unknown", "c")
    assert headline(weak, fact("2", "2018", "a", scope="core")) == "2"
    assert headline(weak, fact("2", "2018", "a", scope="core"), fact("3", "unknown", "b")) == "3"
    assert headline(weak, fact("2", "unknown", "b", scope="core")) == "2"
    assert headline(fact("1", "2010", "c"), fact("2", "2018", "a", scope="core")) == "1"  # dated, of the drawn scope
    assert headline(weak, fact("2", "2018", "c", scope="core")) == "1"  # nothing better beside it


def test_conflict_needs_other_value_at_the_same_time() -> None:
    rows = mark_facts([fact("1", "2018"), fact("2", "2024"), fact("3", "2024")], GRADES, {}, frozenset())
    assert [row["conflict"] for row in rows] == ["false", "true", "true"]
    same = mark_facts([fact("1.0"), fact("1", source="b")], GRADES, {}, frozenset())
    assert [row["conflict"] for row in same] == ["false", "false"]
    static = mark_facts([fact("1", "2018"), fact("2", "2024")], GRADES, {}, frozenset({"firms"}))
    assert [row["conflict"] for row in static] == ["true", "true"]
    undated = mark_facts([fact("1", "unknown"), fact("2", "2024"), fact("2", "2018")], GRADES, {}, frozenset())
    assert [row["conflict"] for row in undated] == ["true", "true", "true"]  # it may be of any date


def shown(atlas: Atlas, place_id: str, measure_id: str) -> tuple[float, str, str]:
    """Return value, date and grade of the figure of a place that is shown first."""
    facts = atlas.facts(place_id)
    (row,) = facts[(facts["measure_id"] == measure_id) & facts["headline"]].to_dict("records")
    return row["value"], row["as_of"], row["source_grade"]


def test_caohejing_shows_the_area_of_the_catalogue_and_not_an_undated_web_page(atlas: Atlas) -> None:
    assert shown(atlas, "caohejing", "area_official_km2") == (13.3, "2018", "A")
    assert 5.984 in set(atlas.facts("caohejing").query("measure_id == 'area_official_km2'")["value"])


def test_the_city_shows_the_test_roads_of_2025_and_not_those_of_2020(atlas: Atlas) -> None:
    assert shown(atlas, "shanghai", "open_test_road_km") == (5238.82, "2025-12", "A")


def test_the_city_shows_the_394_firms_above_the_threshold_and_not_the_350(atlas: Atlas) -> None:
    assert shown(atlas, "shanghai", "ai_firms_above_scale")[:2] == (394, "2025-09")


def test_of_hongqiao_the_151_come_before_the_86(atlas: Atlas) -> None:
    """The present extent, which the map draws, comes before exactly 86.6 in a tourist guide."""
    assert shown(atlas, "hongqiao_hub", "area_official_km2") == (151, "2026", "B")
    assert 86.6 in set(atlas.facts("hongqiao_hub").query("measure_id == 'area_official_km2'")["value"])
    assert atlas.places.loc["hongqiao_hub", "area_official_drawn_km2"] == 151  # of the scope that is drawn


def test_growth_is_not_that_of_half_a_year_of_2020(atlas: Atlas) -> None:
    facts = atlas.table("facts")
    growth = facts[
        (facts["place_id"] == "shanghai") & facts["measure_id"].str.contains("ai_.*growth") & facts["headline"]
    ]
    assert len(growth) > 0
    assert (growth["as_of"] >= "2025").all()
