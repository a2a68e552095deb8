"""What each document names and adds, checked against the table and against `places.since_edition`."""

from __future__ import annotations

import csv
from pathlib import Path

import tiny_city

from geo.analysis.editions import editions, fullest
from geo.atlas.atlas import Atlas
from geo.build import build

ROOT = Path(__file__).parents[2]


def test_editions_name_what_the_table_says(atlas: Atlas) -> None:
    with (ROOT / "layers/tables/edition_places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = editions(atlas)
    assert [one.month for one in found] == sorted(one.month for one in found)
    for one in found:
        assert set(one.named_ids) == {row["place_id"] for row in rows if row["edition_id"] == one.edition_id}
        assert len(one.named_ids) == len(set(one.named_ids))
    assert sum(len(one.named) for one in found) == len(rows)


def test_editions_are_in_the_order_of_time_whatever_their_ids(seeds: Path) -> None:
    edition = {"month": "2023-01", "kind": "layout", "title_zh": "续", "title_en": "Sequel", "edition_id": "0_sequel"}
    tiny_city.add(seeds, "editions", [edition])
    build(seeds, seeds.parent / "layers")
    assert [one.edition_id for one in editions(Atlas.load(seeds.parent / "layers"))] == [
        "2020-01",
        "2022-05",
        "0_sequel",
    ]


def test_added_is_first_named_and_so_far_adds_up(atlas: Atlas) -> None:
    found = editions(atlas)
    since = atlas.layout["since_edition"].dropna()
    added = {place_id: one.edition_id for one in found for place_id in one.added}
    assert {place_id: added[place_id] for place_id in since.index} == since.to_dict()
    before: set[str] = set()
    for one in found:
        assert not before & set(one.added)
        before |= set(one.added)
        assert set(one.so_far) == before
    assert any(not one.named for one in found)  # a document that names no place of the map is kept, and says so


def test_so_far_of_the_layout_is_what_the_filter_shows(atlas: Atlas) -> None:
    from geo.atlas.selection import Selection

    for one in editions(atlas):
        shown = set(atlas.select(Selection(editions=(one.edition_id,))).places.index)
        assert shown == set(one.so_far) & set(atlas.layout.index)


def test_fullest_is_the_earliest_of_those_that_name_most(atlas: Atlas, tiny: Atlas) -> None:
    layout = set(atlas.layout.index)
    counts = {one.edition_id: len(layout & set(one.named_ids)) for one in editions(atlas)}
    assert counts[fullest(atlas)] == max(counts.values())
    assert fullest(tiny) == "2020-01"
    second = editions(tiny)[1]
    assert second.named == ()
    assert second.added == ()
    assert second.so_far == ("belt_a",)
