from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.build import build
from geo.errors import UsageError


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["belt_a", "node_a", "park_b"]),
        (Selection(kinds=("district",)), ["east", "west"]),
        (Selection(kinds=("belt", "city")), ["belt_a", "tiny"]),
        (Selection(clusters=("robots",)), ["node_a", "park_b"]),
        (Selection(clusters=("robots", "chips")), ["belt_a", "node_a", "park_b"]),
        (Selection(districts=("east",)), ["belt_a", "park_b"]),
        (Selection(districts=("east",), clusters=("chips",)), ["belt_a"]),
        (Selection(editions=("2020-01",)), ["belt_a"]),  # what the document names, not what was known by then
        (Selection(editions=("2022-05",)), []),
        (Selection(editions=("2020-01", "2022-05")), ["belt_a"]),
        (Selection(editions=("2020-01",), kinds=("district",)), []),
        (Selection(statuses=("operating",)), None),
        (Selection(texts=("OLD　b",)), ["park_b"]),
        (Selection(texts=("甲",)), ["belt_a", "node_a"]),
        (Selection(texts=("乙园", "NODE")), ["node_a", "park_b"]),
        (Selection(texts=("乙园", "NODE"), kinds=("park",)), ["park_b"]),
        (Selection(texts=("nothing at all",)), []),
        (Selection(places=("park_b", "west", "tiny")), ["park_b", "tiny", "west"]),
        (Selection(places=("park_b", "west"), kinds=("district",)), ["west"]),
    ],
)
def test_select(tiny: Atlas, selection: Selection, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(UsageError, match="no status 'operating': there are planned"):
            tiny.select(selection)
    else:
        assert sorted(tiny.select(selection).places.index) == sorted(expected)


def test_an_edition_shows_the_districts_it_names_only_where_districts_are_asked_for(seeds: Path) -> None:
    tiny_city.add(seeds, "edition_places", [{"edition_id": "2020-01", "place_id": "east"}])
    build(seeds, seeds.parent / "layers")
    atlas = Atlas.load(seeds.parent / "layers")
    assert list(atlas.select(Selection(editions=("2020-01",))).places.index) == ["belt_a"]
    assert list(atlas.select(Selection(editions=("2020-01",), kinds=("district",))).places.index) == ["east"]


def test_unknown_filter_values_are_all_named(tiny: Atlas) -> None:
    with pytest.raises(UsageError) as caught:
        tiny.select(Selection(kinds=("blt",), clusters=("x",), measure="firm", place="park"))
    assert str(caught.value).splitlines() == [
        "no kind 'blt': did you mean belt?",
        "no cluster 'x': there are chips, robots",
        "no measure 'firm': did you mean firms or firms_per_km2?",
        "no place 'park': did you mean park_b?",
    ]
    assert caught.value.translations["zh"].splitlines() == [
        "没有类型“blt”；请看是不是 belt",
        "没有集群“x”；有的是：chips、robots",
        "没有指标“firm”；请看是不是 firms 或 firms_per_km2",
        "没有地点“park”；请看是不是 park_b",
    ]


def test_places_stand_in_the_order_of_the_atlas(tiny: Atlas) -> None:
    asked = list(reversed(tiny.places.index))
    assert list(tiny.select(places=asked).places.index) == list(tiny.places.index)


def test_institutions_in_places_and_districts(tiny: Atlas) -> None:
    """lab_x is part of node_a, which is part of belt_a and lies in the west; of lab_y nothing is known."""
    for place_id in ("belt_a", "node_a", "west"):
        assert list(tiny.institutions_in([place_id]).index) == ["lab_x"]
    for place_ids in (["park_b"], ["east"], ["park_b", "east"], []):
        assert len(tiny.institutions_in(place_ids)) == 0


def test_names_stand_for_their_ids_and_a_wrong_one_suggests_the_nearest(tiny: Atlas) -> None:
    row = tiny.rows("clusters")["robots"]
    for name in (row["name_zh"], row["name_en"].upper()):
        assert tiny.select(clusters=name).selection == tiny.select(clusters="robots").selection
    east, park = tiny.place_rows["east"], tiny.place_rows["park_b"]
    view = tiny.select(districts=[east["name_zh"]], places=park["name_en"], place=park["name_zh"])
    assert (view.selection.districts, view.selection.places, view.selection.place) == (("east",), ("park_b",), "park_b")
    assert view.atlas.select(view.selection) == view
    with pytest.raises(UsageError, match=r"no district '.*': did you mean east\?"):
        tiny.select(districts=east["name_zh"] + "区")
    with pytest.raises(UsageError, match="no kind '1': there are"):
        tiny.select(kinds=[1])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="the selection is 'belt': give a Selection, or keywords such as kinds='belt'"):
        tiny.select("belt")  # type: ignore[arg-type]
