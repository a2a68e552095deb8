from __future__ import annotations

import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.render.figure.scene import middle_of, scene
from geo.render.overlay import label_points


def test_a_scene_has_every_place_and_the_ground_in_metres(atlas: Atlas) -> None:
    found = scene(atlas)
    assert set(found.shapes) == set(atlas) == set(found.names_at)
    metres = atlas.places.geometry.to_crs(atlas.meta["metric_crs"])
    for key in ("zhangjiang", "lingang"):
        assert found.shapes[key].area == pytest.approx(metres[key].area)
        lon, lat = label_points(atlas)[key]
        back = shapely.Point(lon, lat)
        assert atlas.places.geometry[key].contains(back) == found.shapes[key].contains(
            shapely.Point(found.names_at[key])
        )
    assert found.ground[0].role == "sea"
    assert {layer.role for layer in found.ground} == {"sea", "district", "water", "coast", "road", "rail"}
    assert len(found.institutions) == atlas.institutions.geometry.notna().sum()


def test_the_ground_is_named_in_both_languages_where_it_lies(atlas: Atlas) -> None:
    named = scene(atlas).named
    assert {one.role for one in named} == {"district", "water", "sea", "neighbour"}
    assert all(one.name["zh"] and one.name["en"] for one in named)
    wet = scene(atlas).ground[0].shape
    land = shapely.union_all(shapely.get_parts(scene(atlas).ground[1].shape))
    for one in named:
        at = shapely.Point(one.at)
        if one.role == "sea":
            assert wet.contains(at), one.name
            assert not land.contains(at)
        elif one.role == "neighbour":
            assert not wet.contains(at), one.name
            assert not land.contains(at)
        else:
            assert one.shape.contains(at)


def test_the_middle_is_in_the_largest_part() -> None:
    shape = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(10, 0, 30, 20)])
    assert middle_of(shape, 0.1) == pytest.approx((20, 10), abs=0.2)
