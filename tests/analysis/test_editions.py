"""What each document names and adds, checked against the table and against `places.since_edition`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import tiny_city

from geo.analysis.editions import editions, fullest, layout_of, named_by_then
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.errors import UsageError

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


def test_added_is_first_named_and_adds_up(atlas: Atlas) -> None:
    found = editions(atlas)
    since = atlas.layout["since_edition"].dropna()
    added = {place_id: one.edition_id for one in found for place_id in one.added}
    assert {place_id: added[place_id] for place_id in since.index} == since.to_dict()
    before: set[str] = set()
    for one in found:
        assert not before & set(one.added)
        assert set(one.added) <= set(one.layout)
        before |= set(one.layout)
        assert set(one.named_by_then) == before
    assert any(not one.named for one in found)  # a document that names no place of the map is kept, and says so


#: What the implementation opinions of 2017 name in space: one belt, one zone, their nodes, one town.
LAYOUT_OF_2017 = {
    *("xuhui_minhang_belt", "xuhui_riverside", "caohejing", "minhang_zizhu"),
    *("zhangjiang_lingang_zone", "zhangjiang", "lingang", "huajing_beiyang"),
}


def test_the_layout_of_2017_is_the_eight_places_that_the_document_names(atlas: Atlas) -> None:
    """Four parks of a speech of 2017-08 had been named by then; the document itself does not name them."""
    assert set(layout_of(atlas, "2017-10")) == LAYOUT_OF_2017
    assert set(atlas.select(editions=["2017-10"]).places.index) == LAYOUT_OF_2017
    by_then = set(named_by_then(atlas, "2017-10"))
    assert by_then - LAYOUT_OF_2017 == {"jiading_anting", "baoshan_robot", "shibei_hitech", "changyang_campus"}


def test_the_layout_of_a_document_is_what_the_filter_shows(atlas: Atlas) -> None:
    for one in editions(atlas):
        assert set(atlas.select(editions=[one.edition_id]).places.index) == set(one.layout)
    several = set(atlas.select(editions=["2017-10", "2019-07"]).places.index)
    assert several == LAYOUT_OF_2017 | {"maqiao"}


def test_city_and_districts_are_named_and_never_counted(atlas: Atlas) -> None:
    layout = set(atlas.layout.index)
    named_a_district = [one for one in editions(atlas) if set(one.named_ids) - layout]
    assert named_a_district
    for one in editions(atlas):
        for ids in (one.layout, one.added, one.named_by_then):
            assert set(ids) <= layout


def test_an_edition_that_is_not_there_is_refused(atlas: Atlas) -> None:
    for question in (layout_of, named_by_then):
        with pytest.raises(UsageError, match=r"no edition '1999'; editions are 2017-08, 2017-10"):
            question(atlas, "1999")


def test_fullest_is_the_earliest_of_those_that_name_most(atlas: Atlas, tiny: Atlas) -> None:
    layout = set(atlas.layout.index)
    counts = {one.edition_id: len(layout & set(one.named_ids)) for one in editions(atlas)}
    assert counts[fullest(atlas)] == max(counts.values())
    assert fullest(tiny) == "2020-01"
    second = editions(tiny)[1]
    assert second.named == ()
    assert second.added == ()
    assert second.layout == ()
    assert second.named_by_then == ("belt_a",)
