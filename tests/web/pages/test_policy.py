"""The policy page through AppTest: every item with source, places and later reports; nothing invented."""

from __future__ import annotations

from typing import Any

import pytest
from page_driver import Shown, target

from geo.analysis.policy import part_counts, policy_tree, verdict_text, walk
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.pages import policy as page


def test_the_map_shows_the_places_of_the_item_without_institutions(atlas: Atlas, told: list[dict[str, Any]]) -> None:
    rows = atlas.table("policy_places")
    rows = rows[rows["place_id"].isin(atlas.layout.index)]
    policy_id = str(rows["policy_id"].iloc[0])
    Shown("policy", {"item": policy_id, "kind": "town"})
    Shown("policy", {"kind": "town"})
    one, every = told
    places = one.pop("places")
    assert set(rows.loc[rows["policy_id"] == policy_id, "place_id"]) <= set(places)
    assert len(places) < len(every["places"]) == len(atlas.layout)
    assert one == {"extra": {"institutions": []}}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_item_is_there_in_the_language_with_its_source(atlas: Atlas, lang: str) -> None:
    shown = Shown("policy", {"lang": lang})
    rows = atlas.table("policy").set_index("policy_id")
    items = {item.get("id").removeprefix("geo-item-"): item for item in shown.all("div.geo-tree .geo-item")}
    assert set(items) == set(rows.index)
    sources = atlas.table("sources").set_index("source_id")
    for policy_id, item in items.items():
        heading = item.xpath("./summary|./p")[0].text_content()
        assert heading == rows.at[policy_id, f"text_{lang}"]
        line = item.xpath("./div/div[@class='geo-item-line']")[0].text_content()
        assert sources.at[rows.at[policy_id, "source_id"], "title"] in line


def test_tree_follows_parents_and_parts_are_counted(atlas: Atlas) -> None:
    shown = Shown("policy", {"lang": "zh"})
    rows = atlas.table("policy").set_index("policy_id")
    for item in shown.all("div.geo-tree .geo-item"):
        above = item.xpath("./ancestor::details[contains(@class, 'geo-item')][1]")
        parent = above[0].get("id").removeprefix("geo-item-") if above else ""
        wanted = rows.at[item.get("id").removeprefix("geo-item-"), "parent_id"]
        assert parent == (wanted if isinstance(wanted, str) else "")
    head = shown.text("section.geo-section")
    counts = part_counts(policy_tree(atlas))
    told = [count for _, count, _ in counts if count]
    assert sum(told) == 21
    assert text("policy.counts", "zh", total=21, parts=len(told)) in head
    assert text("policy.counts.unseen", "zh") in head
    for part, count, seen in counts:
        (line,) = shown.tree.xpath(f"//*[@id='geo-item-{part.policy_id}']/div/div[@class='geo-item-line']")
        said = line.text_content()
        assert (text("policy.part.unseen", "zh") in said) == (not count and not seen), part.policy_id
        if count:
            assert text("policy.part.count", "zh", count=count, seen=seen) in said


def test_outcomes_stand_beside_their_item_with_caveats(atlas: Atlas) -> None:
    shown = Shown("policy", {"lang": "en"})
    silent = reported = judged = 0
    for item in walk(policy_tree(atlas)):
        (body,) = shown.tree.xpath(f"//*[@id='geo-item-{item.policy_id}']/div[contains(@class, 'geo-item-body')]")
        notes = [note.text_content() for note in body.xpath("./p[@class='geo-tree-note']")]
        verdict = verdict_text(item, "en")
        judged += bool(verdict)
        own = [row for row in item.outcomes if row["source_id"]]
        unmet = item.kind == "target" and item.row["value"] is not None and not own and not verdict
        assert notes == ([verdict] if verdict else []) + ([text("policy.outcomes.none", "en")] if unmet else [])
        silent += unmet
        reported += len(own)
        lists = body.xpath("./details[contains(@class, 'geo-outcomes')]")
        assert len(lists) == bool(own)
        lines = [line for one in lists for line in one.xpath("./ol/li")]
        for line, row in zip(lines, own, strict=True):
            told = line.text_content()
            assert (row["text_en"] or "") in told
            caveats = [one.text_content() for one in line.xpath("./p[@class='geo-caveat']")]
            assert caveats == ([text("policy.caveat", "en", text=row["caveat_en"])] if row["caveat_en"] else [])
    assert reported == atlas.table("policy_outcomes")["source_id"].notna().sum()
    assert judged


def test_places_are_links_that_focus_the_map(atlas: Atlas) -> None:
    shown = Shown("policy", {"lang": "en", "cluster": "applications"})
    linked = {
        (target(link)[1]["item"], target(link)[1]["place"]) for link in shown.all("div.geo-item-places a.geo-pick")
    }
    table = atlas.table("policy_places")
    assert linked == set(zip(table["policy_id"], table["place_id"], strict=True))
    assert {target(link)[1]["cluster"] for link in shown.all("div.geo-item-places a.geo-pick")} == {"applications"}


def test_the_item_of_the_link_is_marked_and_its_places_drawn(atlas: Atlas) -> None:
    shown = Shown("policy", {"item": "layout_zone", "lang": "en"})
    (mark,) = shown.all("span.geo-goto")
    assert mark.get("data-target") == "geo-item-layout_zone"
    item = next(one for one in walk(policy_tree(atlas)) if one.policy_id == "layout_zone")
    assert set(page._places(atlas, item)) == {"zhangjiang_lingang_zone", "zhangjiang", "lingang"}
    city_only = next(one for one in walk(policy_tree(atlas)) if one.policy_id == "target_scale")
    assert page._places(atlas, city_only) == []
    assert text("policy.focus.city", "en") in Shown("policy", {"item": "target_scale", "lang": "en"}).text(
        "div.geo-focus"
    )


def test_the_tree_is_the_same_text_whatever_is_selected(atlas: Atlas) -> None:
    """So that a click on a place leaves open what the reader has opened."""

    def tree(**query: str) -> str:
        shown = Shown("policy", {"lang": "en", **query})
        return next(block.value for block in shown.app.html if 'class="geo-tree"' in block.value)

    assert tree() == tree(item="layout_zone", place="lingang")


def test_an_unknown_item_is_named_and_ignored() -> None:
    shown = Shown("policy", {"item": "<i>x", "lang": "en"})
    assert "item=<i>x" in shown.text("div.geo-warning")
    assert not shown.all("span.geo-goto")


def test_the_place_page_leads_to_its_items(atlas: Atlas) -> None:
    shown = Shown("place", {"place": "maqiao", "lang": "en"})
    links = [target(link) for link in shown.all("article.geo-policy-item a.geo-nav")]
    table = atlas.table("policy_places")
    own = set(table.loc[table["place_id"] == "maqiao", "policy_id"])
    assert own
    assert own <= {query["item"] for page_, query in links if page_ == "policy"}
