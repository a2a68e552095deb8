"""Layers carry a measure where three places of one level have a figure, and then all of its headline figures."""

from __future__ import annotations

import pandas as pd

from geo.atlas.atlas import Atlas
from geo.contract.carried import LEAST_PLACES
from geo.seeds.carried import Carried

ROLES = {"p": "site", "q": "node", "r": "corridor", "d": "district", "e": "district", "c": "city"}


def facts(measure: str, places: str, **cells: str) -> list[dict[str, str]]:
    common = {"measure_id": measure, "value": "0", "as_of": "unknown", "qualifier": "over", "source_id": "s"}
    return [{**common, "place_id": place, "headline": "true", **cells} for place in places]


def test_three_places_of_one_level_make_a_column() -> None:
    rows = [*facts("layout", "pqr"), *facts("mixed", "pqdec"), *facts("two", "de")]
    assert Carried(rows, ROLES, {"s": "B"}).measures == {"layout"}


def test_only_headlines_count_and_only_they_are_carried() -> None:
    rows = [*facts("firms", "pqr", value="7"), *facts("firms", "pd", value="8", headline="false")]
    assert Carried(rows[:2] + rows[3:], ROLES, {"s": "B"}).measures == set()
    carried = Carried(rows, ROLES, {"s": "B"})
    told = {"firms": 7.0, "firms_as_of": "unknown", "firms_qualifier": "over", "firms_grade": "B"}
    assert (carried.of("p"), carried.of("d")) == (told, {})


def test_a_place_of_another_level_carries_its_figure_too() -> None:
    rows = [*facts("firms", "pqr"), *facts("firms", "c", value="9")]
    assert Carried(rows, ROLES, {"s": "A"}).of("c")["firms"] == 9.0


def test_every_place_carries_exactly_its_headline_figures(atlas: Atlas) -> None:
    """By another way: from the tables, with pandas."""
    heads = atlas.table("facts").query("headline").merge(atlas.table("sources")[["source_id", "grade"]])
    role = heads["place_id"].map(lambda one: atlas.roles[atlas.place_rows[one]["kind"]])
    level = role.where(role.isin(["city", "district"]), "layout")
    counts = heads.groupby([level, "measure_id"]).size().reset_index(name="count")
    wanted = set(counts.loc[counts["count"] >= LEAST_PLACES, "measure_id"])
    places = atlas.places
    reported = atlas.measures.index[atlas.measures["origin"] == "reported"]
    names = [name for name in reported if name in places]
    assert set(names) == wanted
    assert len(names) >= 25
    for name in names:
        own = heads[heads["measure_id"] == name].set_index("place_id")
        assert set(places.index[places[name].notna()]) == set(own.index)
        assert set(places.index[places[f"{name}_as_of"].notna()]) == set(own.index)
        for column, of in (("", "value"), ("_as_of", "as_of"), ("_qualifier", "qualifier"), ("_grade", "grade")):
            found = places.loc[own.index, name + column]
            pd.testing.assert_series_equal(found, own[of], check_names=False, check_dtype=False)
