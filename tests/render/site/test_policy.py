"""The policy: all items, the page of each with its verdict, what was promised and what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.policy import policy_tree, verdict_text, walk
from geo.analysis.values import citation
from geo.atlas.atlas import Atlas


def test_an_item_says_its_words_verdict_places_and_sources(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    items = list(walk(policy_tree(tiny)))
    assert items
    for item in items:
        page = pages[f"en/policy/{item.policy_id}.html"]
        assert item.row["text_en"] in page.text
        assert verdict_text(item, "en") in page.text
        assert citation(tiny.rows("sources")[item.row["source_id"]], "en") in page.text
        assert {f"../places/{row['place_id']}.html" for row in item.places} <= set(page.links)
        for child in item.children:
            assert f"{child.policy_id}.html" in page.links


def test_all_items_are_listed(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    assert {f"policy/{one}.html" for one in tiny.rows("policy")} <= set(pages["zh/policy.html"].links)
    assert "rp-promises" in str(pages["zh/promises.html"].attributes)
