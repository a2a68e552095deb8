"""One place as data: complete, by one rule each, checked against the tables another way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
import tiny_city

from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.unknowns import unknowns
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.errors import UsageError


@pytest.fixture(scope="module")
def sheets(atlas: Atlas) -> dict[str, PlaceSheet]:
    return {str(place_id): place_sheet(atlas, str(place_id)) for place_id in atlas.places.index}


def test_a_place_of_the_tiny_city(tiny: Atlas) -> None:
    sheet = place_sheet(tiny, "甲点")
    assert sheet is place_sheet(tiny, "甲点")
    assert (sheet.place_id, sheet.row["name_en"], sheet.kind["kind"]) == ("node_a", "Node A", "node")
    assert (sheet.parents, sheet.children) == (("belt_a",), ())
    assert place_sheet(tiny, "belt_a").children == ("node_a",)
    assert sheet.districts == (("west", 1.0),)
    assert [one.cluster["cluster_id"] for one in sheet.clusters] == ["chips", "robots"]
    firms = next(group for group in sheet.reported if group.measure_id == "firms")
    assert [one.value for one in firms.figures] == [140.0, 900.0, 100.0]
    assert [one.value for one in sheet.headlines] == [7.97, 140.0]
    assert [one.row["institution_id"] for one in sheet.residents] == ["lab_x"]
    assert sheet.institution_counts == {"lab": 1}
    assert {"plan", "press", "blog"} == set(sheet.source_ids)
    with pytest.raises(UsageError, match="no place 'nowhere'"):
        place_sheet(tiny, "nowhere")


def test_nothing_of_a_sheet_can_be_changed(tiny: Atlas) -> None:
    sheet = place_sheet(tiny, "node_a")
    with pytest.raises(FrozenInstanceError):
        sheet.place_id = "x"  # type: ignore[misc]
    with pytest.raises(TypeError, match="does not support item assignment"):
        sheet.row["name_en"] = "x"  # type: ignore[index]


def test_the_boundary_has_its_area_beside_the_official_one(tiny: Atlas) -> None:
    node, park = place_sheet(tiny, "node_a").boundary, place_sheet(tiny, "park_b").boundary
    assert node.drawn is not None
    assert node.official is not None
    assert (node.drawn.comparable, node.official.value, node.stated) == (True, 7.97, "↑ North Road")
    assert node.ratio == pytest.approx((node.drawn.value or 0) / 7.97, abs=1e-3)
    # Nowhere published: it has no area, so there is no ratio.
    assert (park.drawn, park.official, park.ratio) == (None, None, None)


def test_no_schematic_boundary_has_a_ratio(sheets: dict[str, PlaceSheet]) -> None:
    schematic = [sheet.boundary for sheet in sheets.values() if sheet.boundary.method == "schematic"]
    assert any(boundary.official for boundary in schematic)
    assert {boundary.ratio for boundary in schematic} == {None}


def test_districts_are_those_of_the_layers(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    for place_id in atlas.layout.index:
        shares = dict(sheets[place_id].districts)
        table = atlas.table("place_districts").query("place_id == @place_id and (share.isna() or share >= 0.01)")
        expected = zip(table["district_id"], table["share"], strict=True)
        assert shares == {one: None if share != share else share for one, share in expected}
        known = [share for share in shares.values() if share is not None]
        assert known == sorted(known, reverse=True)
    assert sheets["district_310104"].districts == ()


def test_editions_are_in_the_order_of_time(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    named = atlas.table("edition_places")
    for place_id, sheet in sheets.items():
        editions = [one.edition["edition_id"] for one in ([sheet.first_named] if sheet.first_named else [])]
        editions += [one.edition["edition_id"] for one in sheet.also_named]
        assert set(editions) >= set(named.loc[named["place_id"] == place_id, "edition_id"])
        assert editions == sorted(editions, key=lambda one: (atlas.rows("editions")[one]["month"], one))
        assert (sheet.first_named is None) == (atlas.place_rows[place_id]["since_edition"] is None)


def test_figures_stand_by_measure_with_conflicts_beside_the_headline(
    atlas: Atlas, sheets: dict[str, PlaceSheet]
) -> None:
    for place_id, sheet in sheets.items():
        facts = atlas.facts(place_id)
        assert [one.value for group in sheet.reported for one in group.figures] == list(facts["value"])
        conflicting = set(facts.loc[facts["conflict"].astype(bool), "measure_id"])
        assert {group.measure_id for group in sheet.conflicts} == conflicting
        for group in sheet.reported:
            assert [one.headline for one in group.beside][:1] == [True]
            assert not any(one.headline or one.conflict for one in group.rest)


def test_why_an_institution_is_listed(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    inside = {
        place_id: {one.row["institution_id"]: one.by for one in sheet.residents} for place_id, sheet in sheets.items()
    }
    # Nothing lies by its point in a place without published bounds: documents put it there. Addresses name districts.
    assert inside["west_bund_ai_tower"]["alibaba_west_bund"] == "stated"
    assert inside["xuhui_riverside"]["alibaba_west_bund"] == "within"
    assert inside["zhangjiang"]["agibot"] == "stated"
    assert inside["district_310115"]["agibot"] == "address"
    assert {"near", "stated"} <= set(inside["zhangjiang"].values())


def test_a_point_that_may_lie_outside_is_listed_and_not_counted(sheets: dict[str, PlaceSheet]) -> None:
    sheet = sheets["zhangjiang"]
    unsure = sum(one.by == "near" for one in sheet.residents)
    closed = sum(one.by != "near" and one.row["status"] == "closed" for one in sheet.residents)
    assert unsure
    assert sum(sheet.institution_counts.values()) == len(sheet.residents) - unsure - closed


def test_policy_of_a_place_comes_before_that_of_what_it_belongs_to(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    concerned = atlas.table("policy_places")
    for place_id, sheet in sheets.items():
        ways = [one.via for one in sheet.policy]
        order = [place_id, *sheet.parents]
        assert ways == sorted(ways, key=order.index)
        own = {one.item.policy_id for one in sheet.policy if one.via == place_id}
        assert own == set(concerned.loc[concerned["place_id"] == place_id, "policy_id"])
        assert len({one.item.policy_id for one in sheet.policy}) == len(sheet.policy)
    assert any(one.via != "caohejing" for one in sheets["caohejing"].policy)


def test_what_is_unknown_adds_up_to_the_whole(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    """What the method page counts for all places is what the places say each."""
    for one in unknowns(atlas):
        if one.id.startswith(("source_", "station_")) or one.id == "no_outcome":
            assert not any(one.id == own.id for sheet in sheets.values() for own in sheet.unknown)
            continue
        told = {name for sheet in sheets.values() for own in sheet.unknown if own.id == one.id for name in own.ids}
        placed = set(one.ids) if one.id != "not_placed" else told
        assert told == placed, one.id


def test_every_source_of_what_is_shown_is_named(atlas: Atlas, sheets: dict[str, PlaceSheet]) -> None:
    for place_id, sheet in sheets.items():
        used = set(atlas.facts(place_id)["source_id"]) | {sheet.row["source_id"], sheet.boundary.source_id}
        used |= set(atlas.institutions_in([place_id])["source_id"])
        assert used <= set(sheet.source_ids)
        assert set(sheet.source_ids) <= set(atlas.rows("sources"))


def test_a_city_that_gives_no_area_measure_has_none(tmp_path: Path) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    path = seeds / "measures.csv"
    rows = [row for row in path.read_text("utf-8").splitlines() if not row.startswith("area_km2,")]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    build(seeds, tmp_path / "layers")
    sheet = place_sheet(Atlas.load(tmp_path / "layers"), "park_b")
    assert sheet.boundary.drawn is None
    assert not any(one.figure and one.figure.measure_id == "area_km2" for one in sheet.computed)
