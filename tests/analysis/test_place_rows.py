"""A place as JSON: plain values, every key, nothing that JSON cannot hold."""

from __future__ import annotations

import json

from geo.analysis.place_rows import place_rows
from geo.analysis.place_sheet import place_sheet
from geo.atlas.atlas import Atlas


def test_the_sheet_as_json_is_plain_and_complete(tiny: Atlas) -> None:
    told = place_rows(tiny, place_sheet(tiny, "node_a"))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    # The keys that the command has always had, and those that came later.
    before = {"place", "clusters", "districts", "children", "facts", "derived", "policy", "institutions", "sources"}
    assert before <= set(told)
    assert set(told) - before == {
        "boundary", "editions", "kind", "neighbours", "overlaps", "parents", "unknown",
    }  # fmt: skip
    assert told["place"]["area_official_drawn_km2"] == 7.97
    assert told["place"]["note_zh"] is None
    assert [row["cluster_id"] for row in told["clusters"]] == ["chips", "robots"]
    assert told["districts"][0]["share"] == 1.0
    assert [row["place_id"] for row in told["parents"]] == ["belt_a"]
    belt = place_rows(tiny, place_sheet(tiny, "belt_a"))
    assert [row["place_id"] for row in belt["children"]] == ["node_a"]
    (item,) = belt["policy"]
    assert (item["policy_id"], item["via"], len(item["outcomes"])) == ("target_1", "belt_a", 1)


def test_what_may_not_be_compared_says_so_and_a_schematic_area_is_none(tiny: Atlas) -> None:
    park = place_rows(tiny, place_sheet(tiny, "park_b"))
    assert park["boundary"]["area_km2"] is None
    assert park["boundary"]["ratio"] is None
    area = next(row for row in park["derived"] if row["measure_id"] == "area_km2")
    assert (area["value"], area["reasons"], area["unit_en"]) == (None, [], "km²")
    unknown = next(row for row in park["derived"] if row["measure_id"] == "area_ratio")
    assert (unknown["value"], unknown["reasons"]) == (None, [])


def test_a_headline_says_its_age(atlas: Atlas) -> None:
    told = place_rows(atlas, place_sheet(atlas, "district_310104"))
    firms = next(row for row in told["facts"] if row["measure_id"] == "ai_key_firms" and row["headline"])
    assert firms["age"] == int(str(atlas.meta["data_date"])[:4]) - int(firms["as_of"][:4])
    assert {row["age"] for row in told["facts"] if not row["headline"]} <= {None}
    assert {row["source_id"] for row in told["facts"]} <= {row["source_id"] for row in told["sources"]}
