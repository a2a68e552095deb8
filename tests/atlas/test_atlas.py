from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.errors import UsageError


def test_keywords_say_the_same_as_a_selection(tiny: Atlas) -> None:
    whole = {"kinds": ["node"], "clusters": ["chips"], "districts": ["west"], "editions": ["2020-01"]}
    whole |= {"statuses": ["planned"], "places": ["node_a"]}
    view = tiny.select(**whole, texts=["a"], text="甲", measure="firms", place="node_a", language="en")
    same = Selection(texts=("a", "甲"), measure="firms", place="node_a", language="en")
    assert view.selection == same.replace(**{name: tuple(ids) for name, ids in whole.items()})
    assert tiny.select(kinds="node").selection == tiny.select(kinds=iter(["node"])).selection == Selection(("node",))
    assert tiny.select().selection == Selection()
    assert list(tiny.select(text="乙").places.index) == ["park_b"]


def test_a_selection_and_keywords_together_are_refused(tiny: Atlas) -> None:
    for keywords in ({"kinds": ["node"]}, {"text": "a"}, {"measure": "firms"}, {"language": "en"}):
        with pytest.raises(UsageError, match=r"a selection and keywords are given: give one, or selection\.replace"):
            tiny.select(Selection(), **keywords)  # type: ignore[arg-type]


def test_facts_carry_measure_unit_scope_and_source(tiny: Atlas) -> None:
    facts = tiny.facts("甲点")
    assert list(facts["value"]) == [7.97, 12.5, 140, 900, 100]
    first = facts.iloc[0]
    assert (first["unit_zh"], first["scope_en"], first["source_grade"]) == ("km²", "Whole", "A")
    assert len(tiny.facts("park_b")) == 0


def test_values_of_reported_and_derived_measures(tiny: Atlas) -> None:
    assert tiny.values("firms")["value"].to_dict() == {"node_a": 140.0}
    areas = tiny.values("area_km2")
    assert set(areas.index) == set(tiny.places.index[tiny.places["method"] != "schematic"])
    assert (areas["as_of"] == "2024-06-30").all()
    assert list(tiny.values("area_ratio").index) == ["node_a"]
    ratio = tiny.values("firms_per_km2").loc["node_a"]
    assert (ratio["as_of"], ratio["source_id"], ratio["scope"]) == ("2021", "plan", "whole")
    with pytest.raises(UsageError, match="no measure 'firm': did you mean firms"):
        tiny.values("firm")


def test_digest_changes_with_the_data(tiny: Atlas, seeds: Path) -> None:
    from geo.build import build

    build(seeds, seeds.parent / "layers")
    assert Atlas.load(seeds.parent / "layers").digest == tiny.digest
    path = seeds / "facts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",140,", ",141,"), encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    assert Atlas.load(seeds.parent / "layers").digest != tiny.digest


def test_an_atlas_is_its_places(tiny: Atlas) -> None:
    assert len(tiny) == len(list(tiny)) == len(tiny.places)
    assert list(tiny) == list(tiny.places.index)
    for name in ("park_b", "乙园", "Ｐａｒｋ　Ｂ", "老乙"):
        assert (name in tiny, tiny[name].place_id) == (True, "park_b")
    for none in ("prk b", "", "S", 1, ["park_b"]):  # "S" is the short name of two
        assert none not in tiny
        with pytest.raises(UsageError):
            tiny[none]  # type: ignore[index]


def test_a_measure_is_named_as_a_place_is(atlas: Atlas) -> None:
    for name in ("area_km2", atlas.measures.loc["area_km2", "label_zh"], "DRAWN AREA", "ｄｒａｗｎ area"):
        assert atlas.find_measure(name) == "area_km2"
        assert atlas.values(name).equals(atlas.values("area_km2"))
        assert atlas.select(measure=name).selection.measure == "area_km2"
    with pytest.raises(UsageError, match=r"no measure 'Drawn aera': did you mean area_km2"):
        atlas.values("Drawn aera")


def test_two_are_equal_where_their_data_are(tiny: Atlas, atlas: Atlas) -> None:
    again = Atlas.load(tiny.folder)
    assert (again == tiny, hash(again) == hash(tiny), again != tiny) == (True, True, False)
    assert tiny != atlas
    assert tiny != tiny.digest
    assert pickle.loads(pickle.dumps(tiny)) == tiny


def test_its_repr_is_short(atlas: Atlas) -> None:
    said = repr(atlas)
    for part in (atlas.meta["title_zh"], atlas.meta["title_en"], atlas.digest, f"{len(atlas)} places"):
        assert part in said
    assert f"{len(atlas.institutions)} institutions, {len(atlas.table('facts'))} facts" in said
    assert len(said) < 250


def test_frames_are_indexed_by_what_they_hold(tiny: Atlas) -> None:
    for frame in (tiny.places, tiny.layout, tiny.districts, tiny.select().places):
        assert frame.index.name == "place_id"
        assert "place_id" not in frame.columns  # else neither merge nor reset_index would know which is meant
    assert tiny.institutions.index.name == tiny.select().institutions.index.name == "institution_id"
    assert tiny.measures.index.name == "measure_id"
    merged = tiny.table("facts").merge(tiny.places[["kind"]], on="place_id")
    assert list(merged["kind"]) == [tiny[place_id].kind for place_id in merged["place_id"]]


def test_measures_are_a_frame_in_their_order(atlas: Atlas) -> None:
    assert tuple(atlas.measures.index) == atlas.allowed["measure"]
    assert atlas.measures.at["ai_firms", "label_en"] == atlas.rows("measures")["ai_firms"]["label_en"]


def frames_of(atlas: Atlas) -> dict[str, Any]:
    tables = ("facts", "sources", "measures", "kinds", "derived")
    named = {name: lambda name=name: atlas.table(name) for name in tables}
    layers = ("places", "institutions", "layout", "districts", "measures")
    return named | {f"atlas.{name}": lambda name=name: getattr(atlas, name) for name in layers}


def test_what_a_caller_does_to_a_frame_stays_with_the_caller(tiny: Atlas) -> None:
    for name, given in frames_of(tiny).items():
        kept = given().copy()
        frame = given()
        for column in frame.columns:
            frame.loc[frame.index[0], column] = frame.loc[frame.index[-1], column]
        frame[frame.columns[0]] = None
        frame["more"] = 1
        frame.index.name = frame.columns.name = "changed"
        frame = given()
        frame.drop(frame.index, inplace=True)
        pd.testing.assert_frame_equal(pd.DataFrame(given()), pd.DataFrame(kept), obj=name)


def test_mappings_are_read_only(tiny: Atlas) -> None:
    shared = (
        tiny.meta,
        tiny.meta["reference_point"],
        tiny.roles,
        tiny.allowed,
        tiny.place_rows,
        tiny.place_rows["node_a"],
    )
    for mapping in (*shared, tiny.rows("kinds"), tiny.rows("kinds")["node"]):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["changed"] = 1  # type: ignore[index]
    assert isinstance(tiny.meta["bbox"], tuple)
    for name in ("places", "institutions", "layout", "districts", "measures", "roles", "place_rows"):
        with pytest.raises(AttributeError):
            setattr(tiny, name, None)
