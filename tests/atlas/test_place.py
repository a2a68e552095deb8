from __future__ import annotations

import pickle

import pandas as pd
import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.place import Place
from geo.contract.schema import table
from geo.errors import UsageError


def test_every_column_is_an_attribute_with_the_value_of_the_layer(atlas: Atlas) -> None:
    names = [name for name in table("place_layer").names() if name != "place_id"]
    places = atlas.places
    for place_id in atlas:
        place = atlas[place_id]
        assert place.place_id == place_id
        for name in names:
            cell, value = places.at[place_id, name], getattr(place, name)
            assert (value is None) if isinstance(cell, float | type(pd.NA)) and pd.isna(cell) else value == cell, name
        assert place.geometry.equals(places.geometry[place_id])


def test_facts_and_names(tiny: Atlas) -> None:
    place = tiny["node_a"]
    pd.testing.assert_frame_equal(place.facts, tiny.facts("node_a"))
    assert (place.name(), place.name("en"), place.name("zh", short=True)) == (
        tiny.name("node_a", "zh"),
        tiny.name("node_a", "en"),
        tiny.name("node_a", "zh", short=True),
    )


def test_a_place_is_found_by_name_and_the_nearest_is_suggested(tiny: Atlas) -> None:
    assert tiny["乙园"] == tiny["PARK B"] == tiny["park_b"]
    with pytest.raises(UsageError, match=r"no place 'prk b': did you mean park_b\?"):
        tiny["prk b"]


def test_an_attribute_that_is_not_there_names_the_nearest(tiny: Atlas) -> None:
    with pytest.raises(AttributeError, match="no attribute 'area': did you mean area_km2"):
        _ = tiny["node_a"].area
    assert not hasattr(tiny["node_a"], "_missing")
    assert {"area_km2", "facts", "geometry", "name_zh"} <= set(dir(tiny["node_a"]))


def test_a_place_cannot_be_changed(tiny: Atlas) -> None:
    place = tiny["node_a"]
    with pytest.raises(AttributeError, match="cannot be changed: area_km2"):
        place.area_km2 = 1.0
    with pytest.raises(AttributeError, match="cannot be changed: kind"):
        del place.kind
    with pytest.raises(TypeError):
        place.attributes["area_km2"] = 1.0  # type: ignore[index]
    assert tiny["node_a"].area_km2 == tiny.places.at["node_a", "area_km2"]


def test_two_are_equal_where_id_and_data_are(tiny: Atlas, atlas: Atlas) -> None:
    again = Atlas.load(tiny.folder)
    assert tiny["node_a"] == again["node_a"]
    assert tiny["node_a"] != tiny["park_b"]
    assert tiny["node_a"] != "node_a"
    assert len({tiny["node_a"], again["node_a"], tiny["park_b"], atlas["maqiao"]}) == 3
    assert pickle.loads(pickle.dumps(tiny["node_a"])) == tiny["node_a"]


def test_its_repr_is_one_line(atlas: Atlas) -> None:
    place = atlas["maqiao"]
    assert repr(place) == f"<Place maqiao: {place.name_zh} · {place.name_en}, pilot_zone, {place.area_km2:.3g} km²>"
    assert isinstance(place, Place)
    assert all(len(repr(atlas[place_id])) < 200 for place_id in atlas)
