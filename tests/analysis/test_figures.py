"""Figures: in one order, with all that goes along, checked against the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.analysis.figures import OLD_YEARS, Figure, computed, reported, shown
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.errors import UsageError


def test_every_fact_is_a_figure_and_no_other(atlas: Atlas) -> None:
    found = [one for own in reported(atlas).values() for one in own]
    facts = atlas.table("facts")
    assert len(found) == len(facts)
    keys = {(one.place_id, one.measure_id, one.as_of, one.source_id, one.value, one.qualifier) for one in found}
    names = ["place_id", "measure_id", "as_of", "source_id", "value", "qualifier"]
    assert keys == set(facts[names].itertuples(index=False, name=None))
    grades = atlas.table("sources").set_index("source_id")["grade"]
    assert all(one.grade == grades[one.source_id] for one in found)


@pytest.mark.parametrize(
    ("rows", "order", "conflicts"),
    [
        # Of one date the better source first; what contradicts stands before what is merely older.
        (
            [("2022", "press", "7"), ("2022", "plan", "9"), ("2018", "plan", "3"), ("2019", "plan", "4")],
            [("2022", "A"), ("2022", "B"), ("2019", "A"), ("2018", "A")],
            [True, True, False, False],
        ),
        ([("unknown", "plan", "5"), ("2018", "press", "3")], [("unknown", "A"), ("2018", "B")], [True, True]),
    ],
)
def test_headline_first_then_conflicts_then_the_newest_the_undated_last(
    tmp_path: Path, rows: list[tuple[str, str, str]], order: list[tuple[str, str]], conflicts: list[bool]
) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    common = {"place_id": "park_b", "measure_id": "firms", "scope": "whole"}
    facts = [common | {"as_of": as_of, "source_id": source, "value": value} for as_of, source, value in rows]
    tiny_city.add(seeds, "facts", facts)
    build(seeds, tmp_path / "layers")
    city = Atlas.load(tmp_path / "layers")
    found = reported(city)["park_b"]
    assert [(one.as_of, one.grade) for one in found] == order
    assert [one.headline for one in found] == [True] + [False] * (len(rows) - 1)
    assert [one.conflict for one in found] == conflicts
    assert list(city.facts("park_b")["value"]) == [one.value for one in found]


def test_only_an_old_headline_says_its_age(atlas: Atlas) -> None:
    topics = {measure_id: row["topic"] for measure_id, row in atlas.rows("measures").items()}
    now = int(str(atlas.meta["data_date"])[:4])
    old = 0
    for own in reported(atlas).values():
        for one in own:
            years = None if one.as_of == "unknown" else now - int(one.as_of[:4])
            says = one.headline and topics[one.measure_id] not in ("area", "date") and years is not None
            assert one.age == (years if says and years is not None and years >= OLD_YEARS else None)
            old += one.age is not None
    assert old > 20


def test_what_is_computed_has_no_source_of_its_own_but_a_ratio_of_facts(tiny: Atlas) -> None:
    found = {one.measure_id: one for one in computed(tiny)["node_a"]}
    area = found["area_km2"]
    assert (area.is_computed, area.grade, area.source_id, area.as_of) == (True, "", "plan", "2024-06-30")
    ratio = found["firms_per_km2"]
    assert (ratio.is_computed, ratio.grade, ratio.source_id, ratio.as_of, ratio.scope) == (
        False, "A", "plan", "2021", "whole",
    )  # fmt: skip
    assert ratio.value == pytest.approx(140 / 7.97, abs=1e-3)
    assert "park_b" not in {
        place for place, own in computed(tiny).items() for one in own if one.measure_id == "area_ratio"
    }


def test_one_figure_is_shown_of_a_measure(tiny: Atlas, atlas: Atlas) -> None:
    assert {place: one.value for place, one in shown(tiny, "firms").items()} == {"node_a": 140.0}
    for measure_id in atlas.allowed["measure"]:
        values = atlas.values(measure_id).dropna(subset=["value"])
        assert {place: one.value for place, one in shown(atlas, measure_id).items()} == values["value"].to_dict()
        for place, one in shown(atlas, measure_id).items():
            row = values.loc[place]
            assert (one.qualifier, one.as_of, one.scope, one.source_id) == tuple(
                row[name] for name in ("qualifier", "as_of", "scope", "source_id")
            )
    with pytest.raises(UsageError, match="no measure 'firm'"):
        shown(tiny, "firm")


def test_the_year_of_a_figure() -> None:
    assert [Figure("p", "m", 1.0, as_of=as_of).year for as_of in ("2020", "2018-08", "unknown")] == [2020, 2018, None]
