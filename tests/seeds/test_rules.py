"""Each rule between rows: what breaks it, and what comes near and does not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import tiny_city

from geo.seeds.read import Seeds, read_seeds
from geo.seeds.rules import check_rows


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return read_seeds(tiny_city.write(tmp_path_factory.mktemp("rules") / "seeds"))


def problems(seeds: Seeds, *changes: tuple[str, int, dict[str, str]], **meta: Any) -> list[str]:
    """Return what is wrong after cells of rows have changed; row 2 is the first below the header."""
    rows = copy.deepcopy(dict(seeds.rows))
    for table, row, cells in changes:
        assert cells.keys() <= rows[table][row - 2].keys()
        rows[table][row - 2].update(cells)
    return check_rows(dict(seeds.meta) | meta, rows)


def row_of(seeds: Seeds, table: str, **cells: str) -> int:
    """Return the number of the one row with these cells."""
    (found,) = (n for n, row in enumerate(seeds.rows[table], start=2) if cells.items() <= row.items())
    return found


def test_the_tiny_city_keeps_every_rule(whole: Seeds, tmp_path: Path) -> None:
    assert problems(whole) == []


@pytest.mark.parametrize(
    ("table", "column"), [("places", "name_zh"), ("places", "name_en"), ("clusters", "colour"), ("kinds", "colour")]
)
def test_rows_that_a_reader_could_not_tell_apart(whole: Seeds, table: str, column: str) -> None:
    first = whole.rows[table][0][column]
    (problem,) = problems(whole, (table, 3, {column: first.upper()}))
    assert problem.startswith(f"{table}.csv:3: {column} {first.upper()!r} is also that of row 2")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("facts", "source_id", "rumour"),
        ("facts", "scope", "none"),
        ("places", "parent_id", "atlantis"),
        ("places", "district_ids", "east;atlantis"),
        ("measures", "unit", "acre"),
        ("policy_places", "place_id", "atlantis"),
        ("basemap", "source_id", "rumour"),
    ],
)
def test_references_lead_somewhere(whole: Seeds, table: str, column: str, value: str) -> None:
    found = problems(whole, (table, 2, {column: value}))
    wanted = value.rpartition(";")[2]
    assert any(p.startswith(f"{table}.csv:2: {column} {wanted!r} is not in ") for p in found), found


@pytest.mark.parametrize(
    ("place_id", "cells", "expected"),
    [
        ("node_a", {"parent_id": "park_b"}, "node node_a needs a parent_id of role corridor or node; it is 'park_b'"),
        ("node_a", {"parent_id": ""}, "node node_a needs a parent_id"),
        ("node_a", {"parent_id": "node_a"}, "node_a is among its own parents"),
        ("belt_a", {"parent_id": "tiny"}, "belt_a of kind belt may have no parent_id, it has 'tiny'"),
        ("park_b", {"parent_id": "belt_a"}, "park_b of kind park may have no parent_id"),
        ("tiny", {"parent_id": "east"}, "tiny of kind city may have no parent_id"),
        ("east", {"since_edition": "2020-01"}, "east is context: leave since_edition empty"),
        ("east", {"status": "planned"}, "east is context"),
        ("tiny", {"status": "operating"}, "tiny is context"),
        ("park_b", {"since_edition": ""}, "park_b has no since_edition"),
        ("park_b", {"status": "context"}, "park_b is part of the layout: write status planned or operating"),
        ("park_b", {"district_ids": "east;node_a"}, "district_ids 'node_a' is not a district"),
    ],
)
def test_the_layout(whole: Seeds, place_id: str, cells: dict[str, str], expected: str) -> None:
    row = row_of(whole, "places", place_id=place_id)
    found = problems(whole, ("places", row, cells))
    assert any(p.startswith(f"places.csv:{row}: ") and expected in p for p in found), found


def test_a_node_may_lie_in_a_node_and_a_district_in_the_city(whole: Seeds) -> None:
    inner = ("places", row_of(whole, "places", place_id="park_b"), {"kind": "node", "parent_id": "node_a"})
    district = ("places", row_of(whole, "places", place_id="east"), {"parent_id": "tiny"})
    assert problems(whole, inner, district) == []


def test_every_place_of_the_layout_has_a_cluster(whole: Seeds) -> None:
    row = row_of(whole, "place_clusters", place_id="park_b")
    (problem,) = problems(whole, ("place_clusters", row, {"place_id": "belt_a", "cluster_id": "robots"}))
    assert "park_b has no row in place_clusters.csv" in problem


def test_the_city_is_a_place_of_its_role(whole: Seeds) -> None:
    for city in ("atlantis", "east"):
        (problem,) = problems(whole, city_place_id=city)
        assert problem.startswith(f"atlas.toml: city_place_id {city!r} is no place of role city")


@pytest.mark.parametrize(("month", "wrong"), [("2020-01", False), ("2019-12", True)])
def test_no_edition_names_a_place_before_its_first(whole: Seeds, month: str, wrong: bool) -> None:
    named = ("edition_places", 2, {"edition_id": "2022-05"})
    since = ("places", row_of(whole, "places", place_id="belt_a"), {"since_edition": "2020-01"})
    later = ("editions", row_of(whole, "editions", edition_id="2022-05"), {"month": month})
    found = problems(whole, named, since, later)
    assert [p.partition(":")[0] for p in found] == (["edition_places.csv"] if wrong else [])


def test_an_edition_has_a_date(whole: Seeds) -> None:
    (problem,) = problems(whole, ("editions", 3, {"month": "unknown"}))
    assert problem == "editions.csv:3: month is unknown: an edition needs its date to be ordered"


@pytest.mark.parametrize(
    ("measure_id", "cells", "expected"),
    [
        ("firms_per_km2", {"denominator": ""}, "give numerator and denominator both, or neither"),
        ("firms_per_km2", {"numerator": ""}, "give numerator and denominator both, or neither"),
        ("firms_per_km2", {"origin": "reported"}, "a ratio of two measures is derived"),
        ("area_km2", {"target_due": "2030"}, "target_due is for what a document sets"),
    ],
)
def test_measures(whole: Seeds, measure_id: str, cells: dict[str, str], expected: str) -> None:
    row = row_of(whole, "measures", measure_id=measure_id)
    (problem,) = problems(whole, ("measures", row, cells))
    assert problem.startswith(f"measures.csv:{row}: {expected}")


@pytest.mark.parametrize(
    ("cells", "published", "expected"),
    [
        ({"value": "-3"}, "2024-01-15", "value -3 is negative"),
        ({"value": "0"}, "2024-01-15", ""),
        ({"measure_id": "area_km2"}, "2024-01-15", "area_km2 is derived by the build"),
        ({"as_of": "2024-01-15"}, "2024-01-15", ""),  # on the day of its source
        ({"as_of": "2024-01-16"}, "2024-01-15", "as_of 2024-01-16 lies after its source was published (2024-01-15)"),
        ({"as_of": "2024"}, "2024-01-15", ""),  # the year has begun
        ({"as_of": "2024-06-30"}, "unknown", ""),  # the day of the data
        ({"as_of": "2024-07-01"}, "unknown", "as_of 2024-07-01 lies after data_date 2024-06-30"),
        ({"as_of": "unknown"}, "2024-01-15", ""),
    ],
)
def test_facts(whole: Seeds, cells: dict[str, str], published: str, expected: str) -> None:
    source = row_of(whole, "sources", source_id=whole.rows["facts"][0]["source_id"])
    found = problems(whole, ("facts", 2, cells), ("sources", source, {"published": published}))
    if expected:
        assert any(p.startswith("facts.csv:2: ") and expected in p for p in found), found
    else:
        assert [p for p in found if p.startswith("facts.csv:2:")] == []


@pytest.mark.parametrize(("published", "wrong"), [("2024-06-30", False), ("2024-07", True), ("2024", False)])
def test_no_source_is_of_the_future(whole: Seeds, published: str, wrong: bool) -> None:
    found = problems(whole, ("sources", 2, {"published": published}))
    assert [p for p in found if p.startswith("sources.csv:2: published")] == (found if wrong else [])
    assert bool(found) is wrong


@pytest.mark.parametrize("table", ["policy", "policy_outcomes"])
@pytest.mark.parametrize(("value", "unit"), [("5", ""), ("", "count"), ("5", "count"), ("", "")])
def test_value_and_unit_go_together(whole: Seeds, table: str, value: str, unit: str) -> None:
    found = problems(whole, (table, 2, {"value": value, "unit": unit}))
    assert [p.split(":")[:2] for p in found] == ([[f"{table}.csv", "2"]] if bool(value) != bool(unit) else [])


@pytest.mark.parametrize(
    ("institution_id", "cells", "expected"),
    [
        ("lab_x", {"lat": ""}, "placed_by crossing needs lon, lat and accuracy_m"),
        ("lab_x", {"accuracy_m": ""}, "placed_by crossing needs lon, lat and accuracy_m"),
        ("lab_x", {"accuracy_m": "0"}, "accuracy_m 0 must be a positive number of metres"),
        ("lab_x", {"accuracy_m": "-5"}, "accuracy_m -5 must be a positive number of metres"),
        ("lab_x", {"lon": "10.51"}, "lies outside the city's bbox"),
        ("lab_x", {"lat": "49.89"}, "lies outside the city's bbox"),
        ("lab_x", {"lon": "10.5", "lat": "50.3"}, ""),  # on its corner
        ("lab_y", {"accuracy_m": "5"}, "placed_by none must leave lon, lat and accuracy_m empty"),
    ],
)
def test_institutions(whole: Seeds, institution_id: str, cells: dict[str, str], expected: str) -> None:
    row = row_of(whole, "institutions", institution_id=institution_id)
    found = problems(whole, ("institutions", row, cells))
    if expected:
        (problem,) = found
        assert problem.startswith(f"institutions.csv:{row}: ")
        assert expected in problem
    else:
        assert found == []


def test_without_atlas_toml_the_rows_are_checked_all_the_same(whole: Seeds) -> None:
    assert check_rows({}, whole.rows) == []


def changed(seeds: Seeds, table: str, cells: dict[str, str]) -> list[str]:
    return problems(seeds, (table, 2, cells))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"status": "missed"}, ""),
        ({"source_id": "", "as_of": "", "status": "unknown"}, ""),
        ({"source_id": "", "as_of": "", "status": "not_due"}, ""),
        ({"source_id": "", "as_of": ""}, "status met rests on a report: give its source_id and as_of"),
        ({"source_id": "", "status": "unknown"}, "as_of and source_id: give both, or leave both empty"),
        ({"as_of": "", "status": "unknown"}, "as_of and source_id: give both, or leave both empty"),
        ({"decides": "false"}, "target_1: no row with decides true: exactly one row"),
        ({"why_en": ""}, "why_zh and why_en: give both or neither"),
    ],
)
def test_outcomes_rest_on_a_report_and_one_decides(whole: Seeds, cells: dict[str, str], expected: str) -> None:
    found = changed(whole, "policy_outcomes", cells)
    assert all(p.startswith("policy_outcomes.csv:") for p in found)
    assert [expected in p for p in found] == ([True] if expected else [])


def test_two_rows_cannot_both_decide(whole: Seeds) -> None:
    rows = copy.deepcopy(dict(whole.rows))
    rows["policy_outcomes"].append(rows["policy_outcomes"][0] | {"as_of": "2022"})
    (problem,) = check_rows(whole.meta, rows)
    assert "target_1: rows 2, 3 with decides true" in problem
    rows["policy_outcomes"][1]["decides"] = "false"
    assert check_rows(whole.meta, rows) == []


@pytest.mark.parametrize(("topic", "known"), [("firms", True), ("output", True), ("target_1", True), ("rents", False)])
def test_searched_names_a_measure_a_topic_or_a_policy_item(whole: Seeds, topic: str, known: bool) -> None:
    found = changed(whole, "searched", {"topic": topic})
    assert [p.startswith(f"searched.csv:2: topic {topic!r} is no measure") for p in found] == ([] if known else [True])


@pytest.mark.parametrize(
    ("table", "column"),
    [("sources", "note_zh"), ("facts", "note_en"), ("measures", "caveat_zh"), ("places", "note_en")],
)
def test_what_is_told_in_one_language_is_told_in_the_other(whole: Seeds, table: str, column: str) -> None:
    stem = column[:-3]
    (problem,) = changed(whole, table, {column: "一句话"})
    assert problem == f"{table}.csv:2: {stem}_zh and {stem}_en: give both or neither"
    assert changed(whole, table, {f"{stem}_zh": "一句话", f"{stem}_en": "A sentence"}) == []


def test_quotes_are_checked_with_the_rest(whole: Seeds) -> None:
    found = changed(whole, "facts", {"quote_note_zh": "", "quote_note_en": "", "qualifier": "nearly"})
    assert [p.partition(":")[0] for p in found] == ["facts.csv"]
    assert "has no quote and does not say why" in found[0]


def test_agreement_is_checked_with_the_rest(whole: Seeds) -> None:
    (problem,) = changed(whole, "policy_outcomes", {"quote": "截至2019年6月建成", "as_of": "2018"})
    assert problem.startswith("policy_outcomes.csv:2: as_of 2018 is not the date its words give (2019-06")


def test_a_figure_of_one_source_is_told_once(whole: Seeds) -> None:
    words = {"quote": "about 100 firms", "quote_note_zh": "", "quote_note_en": "", "qualifier": "about"}
    again = ("facts", 5, {**words, "value": "100", "scope": "core"})
    (problem,) = problems(whole, ("facts", 4, words), again)
    assert problem.startswith("facts.csv:5: firms 100 of node_a is the figure of row 4 again, from the same words")
    other_words = ("facts", 5, {**again[2], "quote": "100 firms, about"})
    other_value = ("facts", 5, {**again[2], "value": "140", "quote": "about 100 firms, about 140 then"})
    for changed in (other_words, other_value):
        assert not [p for p in problems(whole, ("facts", 4, words), changed) if "again" in p]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"first_hand": "true", "read_at": "https://mirror.example/a", "url": ""}, True),
        ({"first_hand": "true", "read_at": "https://issuer.example/a", "url": "https://issuer.example/a"}, False),
        ({"first_hand": "false", "read_at": "https://mirror.example/a", "url": ""}, False),
        ({"first_hand": "true", "read_at": "printed copy", "url": ""}, False),
    ],
)
def test_what_was_read_at_the_issuer_leads_there(whole: Seeds, cells: dict[str, str], wrong: bool) -> None:
    found = problems(whole, ("sources", 3, cells))
    assert [p.partition(",")[0] for p in found] == (["sources.csv:3: first_hand is true"] if wrong else [])


def test_a_qualifier_is_the_sources(whole: Seeds) -> None:
    cells = {"quote": "nearly 100 firms", "quote_note_zh": "", "quote_note_en": "", "note_zh": "", "note_en": ""}
    (problem,) = problems(whole, ("facts", 4, cells))
    assert "qualifier is exact, its words give 100 as nearly" in problem
    assert problems(whole, ("facts", 4, {**cells, "qualifier": "nearly"})) == []
