"""The policy as a tree: nothing lost, parts counted, unseen titles not invented."""

from __future__ import annotations

from pathlib import Path

import tiny_city

from geo.analysis.policy import KINDS, items_above, part_counts, policy_tree, verdict_text, walk
from geo.atlas.atlas import Atlas
from geo.build import build


def test_tree_holds_every_item_place_and_outcome_once(atlas: Atlas) -> None:
    items = list(walk(policy_tree(atlas)))
    table = atlas.table("policy").set_index("policy_id")
    assert sorted(item.policy_id for item in items) == sorted(table.index)
    for item in items:
        assert all(table.at[child.policy_id, "parent_id"] == item.policy_id for child in item.children)
        assert all(row["policy_id"] == item.policy_id for row in (*item.places, *item.outcomes))
    assert sum(len(item.places) for item in items) == len(atlas.table("policy_places"))
    assert sum(len(item.outcomes) for item in items) == len(atlas.table("policy_outcomes"))


def test_five_parts_and_21_measures(atlas: Atlas) -> None:
    counts = part_counts(policy_tree(atlas))
    assert [part.row["part"] for part, _, _ in counts] == [1, 2, 3, 4, 5]
    assert [told for _, told, _ in counts] == [0, 6, 3, 6, 6]
    told = atlas.table("policy").set_index("policy_id")["value"]
    assert sum(told for _, told, _ in counts) == told["doc_measures"] == 21
    assert len(counts) == told["doc_parts"]
    assert (
        sum(seen for _, _, seen in counts)
        == (atlas.table("policy")["parent_id"].fillna("").str.startswith("part_")).sum()
    )


def test_outcomes_come_in_time_and_one_gives_the_verdict_with_its_reason(atlas: Atlas) -> None:
    items = list(walk(policy_tree(atlas)))
    assert len(items) >= 200
    for item in items:
        dates = [row["as_of"] or "" for row in item.outcomes]
        assert dates == sorted(dates)
        assert all(row["why_zh"] and row["why_en"] for row in item.outcomes)
        assert [row["decides"] for row in item.outcomes].count(True) == 1, item.policy_id


def test_ancestors_lead_from_a_root_to_the_item(atlas: Atlas) -> None:
    tree = policy_tree(atlas)
    assert items_above(tree, "layout_belt") == (
        "fusion",
        "fusion_economy",
        "fusion_economy_clusters",
        "layout",
        "layout_belt",
    )
    assert items_above(tree, "target_scale") == ("target_overall", "target_scale")
    assert items_above(tree, "no_such_item") == ()


def test_items_are_in_the_order_of_parts_then_of_ids(seeds: Path) -> None:
    item = {"kind": "target", "text_zh": "项", "text_en": "Item"}
    parts = {"target_0": "2", "target_2": "0", "target_3": "1"}
    tiny_city.add(seeds, "policy", [item | {"policy_id": policy_id, "part": part} for policy_id, part in parts.items()])
    build(seeds, seeds.parent / "layers")
    tree = policy_tree(Atlas.load(seeds.parent / "layers"))
    assert [one.policy_id for one in tree] == ["target_2", "target_1", "target_3", "target_0"]


def test_missing_cells_are_none(tiny: Atlas) -> None:
    (item,) = policy_tree(tiny)
    assert item.row["value"] is None
    assert item.row["due"] is None
    assert item.children == ()
    assert part_counts((item,)) == ()


def test_what_a_document_says_of_itself_is_not_unknown(atlas: Atlas) -> None:
    said = {True: 0, False: 0}
    for item in walk(policy_tree(atlas)):
        row, promised = item.verdict, item.kind in KINDS
        if row is not None and row["status"] == "unknown":
            told = verdict_text(item, "en")
            assert told == (f"unknown: {row['why_en']}" if promised else row["why_en"])
            said[promised] += 1
    assert all(said.values())
