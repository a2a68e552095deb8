"""Where places lie on one another: names stand on their own place, hatching never covers what has bounds."""

from __future__ import annotations

import shapely

from geo.analysis.relations import children
from geo.atlas.atlas import Atlas
from geo.render.map.data import MapData
from geo.render.overlay import hatched, label_points


def test_a_name_stands_on_its_place_and_on_none_within_it(atlas: Atlas) -> None:
    moved = 0
    for place_id, (lon, lat) in label_points(atlas).items():
        point, row = shapely.Point(lon, lat), atlas.place_rows[place_id]
        moved += (lon, lat) != (row["label_lon"], row["label_lat"])
        assert atlas.places.geometry[place_id].distance(point) < 1e-4, place_id
        inside = [atlas.places.geometry[one] for one in children(atlas, place_id)]
        left = atlas.places.geometry[place_id].difference(shapely.union_all(inside)).area
        if left > 0.05 * atlas.places.geometry[place_id].area:
            assert not any(shape.contains(point) for shape in inside), place_id
    assert moved


def test_nothing_with_bounds_is_hatched(atlas: Atlas) -> None:
    layout = atlas.layout
    bounds = shapely.union_all(layout.geometry[layout["method"] != "schematic"].to_numpy())
    parts = hatched(atlas)
    assert set(parts) == set(layout.index[layout["method"] == "schematic"])
    for place_id, part in parts.items():
        whole = layout.geometry[place_id]
        assert part.intersection(bounds).area < 1e-9 * max(whole.area, 1e-6)
        assert abs(part.area + whole.intersection(bounds).area - whole.area) < 1e-9
    assert any(part.is_empty for part in parts.values())
    assert any(0 < part.area < layout.geometry[place_id].area for place_id, part in parts.items())


def test_the_map_is_told_what_to_hatch(atlas: Atlas) -> None:
    told = {one["id"]: one for one in MapData(atlas).makers["layout"]("wgs84")["places"]}
    parts = hatched(atlas)
    assert {place_id for place_id, one in told.items() if "h" in one} == set(parts)
    for place_id, part in parts.items():
        assert len(told[place_id]["h"]) == len(part.geoms)


def test_a_city_in_which_nothing_overlaps(tiny: Atlas) -> None:
    for place_id, part in hatched(tiny).items():
        assert part.area <= tiny.places.geometry[place_id].area * (1 + 1e-9)
    assert set(label_points(tiny)) == set(tiny)
