"""The value of each kind of criterion, worked out a second way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyproj
import pytest
import shapely

from geo.analysis.compare import judged
from geo.analysis.place_sheet import place_sheet
from geo.analysis.site_choice.criteria import Criterion
from geo.analysis.site_choice.criteria_values import Spots, criterion_cells
from geo.assign.join import Joiner
from geo.atlas.atlas import Atlas

GEOD = pyproj.Geod(ellps="WGS84")


def values(atlas: Atlas, kind: str, about: str = "", spots: Spots | None = None) -> dict[str, float | None]:
    return {one.place_id: one.value for one in criterion_cells(atlas, Criterion(kind, about), atlas.layout_ids, spots)}


def test_a_measure_is_judged_as_in_a_comparison(atlas: Atlas) -> None:
    for measure_id in ("area_official_km2", "resident_firms", "centre_km"):
        assert criterion_cells(atlas, Criterion(measure_id), atlas.layout_ids) == judged(
            atlas, measure_id, atlas.layout_ids
        )


def test_distances_are_geodesic_from_the_label_point(atlas: Atlas) -> None:
    found, to_place = values(atlas, "distance_km", "121.5,31.2"), values(atlas, "distance_km", "zhangjiang")
    for place_id, row in atlas.layout.iterrows():
        metres = GEOD.inv(row["label_lon"], row["label_lat"], 121.5, 31.2)[2]
        assert found[place_id] == pytest.approx(metres / 1000, abs=0.006)
    assert to_place["zhangjiang"] == 0
    # To the centre of the city it is what the layers say.
    centre = atlas.meta["reference_point"]
    again = values(atlas, "distance_km", f"{centre['lon']},{centre['lat']}")
    assert again == {one: pytest.approx(km, abs=0.006) for one, km in atlas.layout["centre_km"].items()}


def test_the_nearest_institution_is_a_ceiling_where_others_have_no_point(atlas: Atlas) -> None:
    institutions = atlas.institutions
    own = institutions[(institutions["kind"] == "university") & (institutions["status"] != "closed")]
    placed = own[own.geometry.notna()]
    assert 0 < len(placed) < len(own)
    for cell in criterion_cells(atlas, Criterion("nearest_km", "university"), atlas.layout_ids):
        assert cell.figure is not None
        row = atlas.place_rows[cell.place_id]
        away = {
            key: GEOD.inv(row["label_lon"], row["label_lat"], point.x, point.y)[2] / 1000
            for key, point in placed.geometry.items()
        }
        assert cell.figure.detail == min(away, key=lambda key: away[key])
        assert cell.value == pytest.approx(min(away.values()), abs=0.006)
        assert cell.figure.qualifier == "at_most"
    assert set(values(atlas, "nearest_km", "park_operator").values()) == {None}  # none has a point: unknown, not 0


def test_institutions_are_counted_by_the_rule_of_the_place(atlas: Atlas) -> None:
    for kind in ("lab", "company"):
        found = values(atlas, "institutions", kind)
        for place_id in ("zhangjiang", "xuhui_riverside", "baoshan_robot"):
            assert found[place_id] == place_sheet(atlas, place_id).institution_counts.get(kind, 0)


def test_a_cluster_is_yes_no_or_unknown(atlas: Atlas) -> None:
    found = values(atlas, "cluster", "robots_hardware")
    assert found == {one: float("robots_hardware" in row) for one, row in atlas.layout["clusters"].items()}
    cells = {one.place_id: one for one in criterion_cells(atlas, Criterion("cluster", "robots_hardware"), list(atlas))}
    district = cells[str(atlas.districts.index[0])]
    assert district.value is None  # nobody names clusters of a district: not known, not "no"
    grades = atlas.table("sources").set_index("source_id")["grade"]
    for cell in cells.values():
        if cell.figure and cell.figure.value:
            assert cell.figure.grade == grades[cell.figure.source_id]
            assert any(one.code == "grade" for one in cell.reasons) == (cell.figure.grade == "C")


def test_what_is_measured_from_a_schematic_boundary_is_not_compared(atlas: Atlas) -> None:
    asked = [("distance_km", "121.5,31.2"), ("institutions", "lab"), ("nearest_km", "lab"), ("points_inside", "")]
    spots = Spots(np.array([121.5]), np.array([31.2]))
    for kind, about in asked:
        for cell in criterion_cells(atlas, Criterion(kind, about), atlas.layout_ids, spots):
            schematic = atlas.place_rows[cell.place_id]["method"] == "schematic"
            assert [one.code for one in cell.reasons] == ["schematic"] * schematic
            assert cell.comparable != schematic


def test_own_points_are_counted_inside_and_near(atlas: Atlas) -> None:
    rng = np.random.default_rng(3)
    west, south, east, north = atlas.meta["bbox"]
    lon, lat = rng.uniform(west, east, 4000), rng.uniform(south, north, 4000)
    lon[:5] = np.nan
    spots = Spots(lon, lat)
    inside, near = values(atlas, "points_inside", "", spots), values(atlas, "points_within_m", "2000", spots)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", atlas.meta["metric_crs"], always_xy=True).transform
    x, y = to_metres(lon[5:], lat[5:])
    for place_id, shape in list(atlas.layout.geometry.items())[::4]:
        flat = shapely.transform(shape, lambda xy: np.column_stack(to_metres(xy[:, 0], xy[:, 1])))
        away = shapely.distance(shapely.points(x, y), flat)
        assert near[place_id] == (away <= 2000).sum()
        assert inside[place_id] == shapely.intersects_xy(shape, lon[5:], lat[5:]).sum()
    assert Counter(inside.values())[0.0] < len(inside)
    assert set(values(atlas, "points_inside").values()) == {None}


def test_points_on_borders_are_counted_where_the_join_finds_them(atlas: Atlas) -> None:
    """Corners, and middles of edges, which rounding lets fall on either side: the same on the page as in the file."""
    borders = [shapely.get_coordinates(shape)[:400] for shape in atlas.layout.geometry]
    points = np.concatenate([part for xy in borders for part in (xy, (xy[:-1] + xy[1:]) / 2)])
    _, tally = Joiner.from_atlas(atlas, "layout").columns(points[:, 0].copy(), points[:, 1].copy())
    counted = values(atlas, "points_inside", "", Spots(points[:, 0], points[:, 1]))
    assert counted == {place_id: tally.places.get(place_id, 0) for place_id in atlas.layout_ids}
