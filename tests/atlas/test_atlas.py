from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from geo.atlas.atlas import Atlas, default_layers
from geo.atlas.selection import Selection
from geo.errors import DataError, UsageError


@pytest.fixture
def damaged(tiny: Atlas, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny.folder, tmp_path / "layers"))


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
        (Selection(editions=("2020-01",)), ["belt_a", "node_a", "park_b"]),
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


def test_edition_shows_the_layout_as_of_that_document(seeds: Path) -> None:
    from geo.build import build

    path = seeds / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Old B,,2020-01", "Old B,,2022-05"), encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    atlas = Atlas.load(seeds.parent / "layers")
    assert "park_b" not in atlas.select(Selection(editions=("2020-01",))).places.index
    assert "park_b" in atlas.select(Selection(editions=("2022-05",))).places.index
    assert "park_b" in atlas.select(Selection(editions=("2020-01", "2022-05"))).places.index


def test_unknown_filter_values_are_all_named(tiny: Atlas) -> None:
    with pytest.raises(UsageError) as caught:
        tiny.select(Selection(kinds=("blt",), clusters=("x",), measure="firm", place="park"))
    assert str(caught.value).splitlines() == [
        "no kind 'blt': did you mean belt?",
        "no cluster 'x': there are chips, robots",
        "no measure 'firm': did you mean firms or firms_per_km2?",
        "no place 'park': did you mean park_b?",
    ]


def test_the_selection_of_a_view_selects_that_view(tiny: Atlas) -> None:
    for selection in (
        Selection(),
        Selection(texts=("乙园", "NODE")),
        Selection(
            kinds=("node",), measure="firms", place="park_b", language="en", basemap="osm", view=(10.0, 50.0, 9.0)
        ),
        Selection(places=("park_b", "west")),
        Selection(texts=("nothing",)),
    ):
        view = tiny.select(selection)
        again = view.atlas.select(view.selection)
        assert list(again.places.index) == list(view.places.index)
        assert list(again.institutions.index) == list(view.institutions.index)
        read, problems = Selection.from_query(view.selection.to_query(), tiny.allowed)
        assert (list(tiny.select(read).places.index), problems) == (list(view.places.index), [])


def test_the_focus_changes_no_row(tiny: Atlas) -> None:
    view = tiny.select(kinds="node")
    focused = tiny.select(view.selection.replace(measure="firms", place="park_b"))
    assert focused.places.equals(view.places)
    assert focused.institutions.equals(view.institutions)


def test_places_stand_in_the_order_of_the_atlas(tiny: Atlas) -> None:
    asked = list(reversed(tiny.places.index))
    assert list(tiny.select(places=asked).places.index) == list(tiny.places.index)


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


def test_view_holds_facts_institutions_and_sources_of_what_is_shown(tiny: Atlas) -> None:
    view = tiny.select(Selection(kinds=("node",)))
    assert set(view.facts["place_id"]) == {"node_a"}
    assert set(view.sources["source_id"]) == {"plan", "press", "blog"}
    assert list(view.institutions.index) == ["lab_x"]
    assert len(tiny.select().institutions) == 2
    park = tiny.select(Selection(texts=("park_b",)))
    assert len(park.institutions) == 0
    assert set(park.sources["source_id"]) == {"plan"}


def test_find_is_forgiving_in_spelling_and_strict_in_result(tiny: Atlas) -> None:
    for wanted in ("park_b", "PARK B", "Ｐａｒｋ　Ｂ", "乙园", "老乙"):
        assert tiny.find(wanted) == "park_b"
    with pytest.raises(UsageError, match=r"no place 'prk b': did you mean park_b\?"):
        tiny.find("prk b")
    with pytest.raises(UsageError, match="'S' may be belt_a, east"):
        tiny.find("S")
    with pytest.raises(UsageError, match="`geo places` lists them"):
        tiny.find("")


def test_facts_carry_measure_unit_scope_and_source(tiny: Atlas) -> None:
    facts = tiny.facts("甲点")
    assert list(facts["value"]) == [7.97, 12.5, 140, 900, 100]
    first = facts.iloc[0]
    assert (first["unit_zh"], first["scope_en"], first["source_grade"]) == ("km²", "Whole", "A")
    assert len(tiny.facts("park_b")) == 0


def test_values_of_reported_and_derived_measures(tiny: Atlas) -> None:
    assert tiny.values("firms")["value"].to_dict() == {"node_a": 140.0}
    areas = tiny.values("area_km2")
    assert set(areas.index) == set(tiny.places.index)
    assert (areas["as_of"] == "2024-06-30").all()
    assert list(tiny.values("area_ratio").index) == ["node_a"]
    ratio = tiny.values("firms_per_km2").loc["node_a"]
    assert (ratio["as_of"], ratio["source_id"], ratio["scope"]) == ("2021", "press", "whole")
    with pytest.raises(UsageError, match="no measure 'firm'; measures are area_km2"):
        tiny.values("firm")


def test_institutions_in_places_and_districts(tiny: Atlas) -> None:
    """lab_x lies in the west; every way of being in a place counts."""
    frame = tiny.institutions[["institution_id", "place_id", "district_id", "inside_ids"]].fillna("")
    for place_id in ("belt_a", "node_a", "west", "park_b", "east"):
        expected = {
            row.institution_id
            for row in frame.itertuples()
            if place_id in (row.place_id, row.district_id, *row.inside_ids.split(";"))
        }
        assert set(tiny.institutions_in([place_id]).index) == expected
    assert {"lab_x"} <= set(tiny.institutions_in(["west"]).index)
    assert len(tiny.institutions_in([])) == 0


def test_rows_by_id_in_their_order_as_plain_values(atlas: Atlas) -> None:
    measures = atlas.rows("measures")
    assert list(measures) == list(atlas.allowed["measure"])
    assert measures["area_km2"]["numerator"] is None
    assert {type(row["additive"]) for row in measures.values()} == {bool}
    assert type(measures["area_km2"]["sort_order"]) is int
    assert list(atlas.rows("sources")) == list(atlas.table("sources")["source_id"])
    assert atlas.rows("measures") is measures
    with pytest.raises(UsageError, match="no table 'heights'"):
        atlas.rows("heights")


def test_types_follow_the_contract(tiny: Atlas) -> None:
    assert tiny.places.crs.to_epsg() == 4326
    assert tiny.places["accuracy_m"].dtype == pd.Int64Dtype()
    assert tiny.table("facts")["headline"].dtype == "boolean"
    assert tiny.table("facts")["as_of"].dtype == "str"
    assert list(tiny.basemap("quarters")["name_zh"]) == ["东区", "西区"]


def test_names_outside_the_atlas_are_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="no table 'fact'; tables are basemap, clusters"):
        tiny.table("fact")
    with pytest.raises(UsageError, match="no basemap layer 'river'; layers are quarters"):
        tiny.basemap("river")


def test_damaged_layers_are_refused_by_name(damaged: Path) -> None:
    path = damaged / "node.geojson"
    path.write_bytes(path.read_bytes().replace(b"10.1", b"10.2", 1))
    (damaged / "belt.geojson").unlink()
    with pytest.raises(DataError, match=r"are damaged: run `geo build` again") as caught:
        Atlas.load(damaged)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["belt.geojson", "node.geojson"]


def test_missing_and_unreadable_layers(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run `geo build`, or give --layers DIR"):
        Atlas.load(tmp_path)
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="is not readable"):
        Atlas.load(tmp_path)


def test_digest_changes_with_the_data(tiny: Atlas, seeds: Path) -> None:
    from geo.build import build

    build(seeds, seeds.parent / "layers")
    assert Atlas.load(seeds.parent / "layers").digest == tiny.digest
    path = seeds / "facts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",140,", ",141,"), encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    assert Atlas.load(seeds.parent / "layers").digest != tiny.digest


def test_default_layers_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GEO_LAYERS", str(tmp_path))
    assert default_layers() == tmp_path
    monkeypatch.delenv("GEO_LAYERS")
    assert default_layers() == Path(__file__).parents[2] / "layers"
