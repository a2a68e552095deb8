"""Neighbours and overlaps, checked by projected geometry and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.analysis import relations
from geo.analysis.relations import ancestors, children, neighbours, overlaps
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.crs.geodesy import geodesic_area_km2


def test_distances_agree_with_the_projected_ones(atlas: Atlas) -> None:
    metric = atlas.places.to_crs(atlas.meta["metric_crs"]).geometry
    found = neighbours(atlas, "maqiao", most=4)
    assert len(found) == 4
    for one in found:
        assert one.distance_m == pytest.approx(metric["maqiao"].distance(metric[one.place_id]), rel=1e-3)
    kept = {one.place_id for one in found}
    rest = [p for p in atlas.layout.index if atlas.roles[atlas.layout.at[p, "kind"]] in ("node", "site")]
    others = [metric["maqiao"].distance(metric[p]) for p in rest if p != "maqiao" and p not in kept]
    assert min(others) >= max(one.distance_m for one in found) * 0.999


def test_kin_and_corridors_are_no_neighbours(atlas: Atlas) -> None:
    found = {one.place_id for one in neighbours(atlas, "zhangjiang", most=99)}
    assert not found & {"zhangjiang", "zhangjiang_ai_island", "zhangjiang_lingang_zone", "xuhui_minhang_belt"}
    assert "jinqiao" in found
    assert "zhangjiang_ai_island" not in {one.place_id for one in neighbours(atlas, "zhangjiang_lingang_zone", 99)}


def test_districts_are_set_beside_districts_and_all_that_adjoin_are_there(atlas: Atlas) -> None:
    found = neighbours(atlas, "district_310115", most=1)
    assert {one.distance_m for one in found} == {0.0}
    assert {"district_310112", "district_310120", "district_310113"} <= {one.place_id for one in found}
    assert all(one.place_id in atlas.districts.index for one in found)
    assert neighbours(atlas, "shanghai") == []


def test_overlaps_by_hand(seeds: Path) -> None:
    """A node that fills the middle of a drawn park: each share against the areas measured by themselves."""
    drawn = tiny_city.boundary("park_b", method="digitised"), tiny_city.square(10.1, 50.08, 10.15, 50.12)
    (seeds / "boundaries" / "park_b.geojson").write_text(tiny_city.collection(drawn), encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    atlas = Atlas.load(seeds.parent / "layers")
    belt, park = overlaps(atlas, "node_a")
    areas = {place_id: float(geodesic_area_km2(atlas.places.geometry[place_id])) for place_id in ("node_a", "park_b")}
    assert park.place_id == "park_b"
    assert park.share == pytest.approx(1.0, abs=1e-6)
    assert park.share_of_other == pytest.approx(areas["node_a"] / areas["park_b"], rel=1e-3)
    # The belt was drawn without published bounds: that it meets the node is known, by how much is not.
    assert (belt.place_id, belt.area_km2, belt.share, belt.share_of_other) == ("belt_a", None, None, None)


def test_overlaps_of_districts_and_the_city(tiny: Atlas) -> None:
    assert [one.place_id for one in overlaps(tiny, "east")] == ["belt_a", "park_b"]
    assert overlaps(tiny, "tiny") == []


@pytest.mark.parametrize(("west", "listed"), [(10.14998, False), (10.1499, True)])
def test_a_sliver_is_no_overlap(seeds: Path, west: float, listed: bool) -> None:
    """Below a thousandth of both places (here 0.4 and 2 thousandths) it comes from drawing."""
    drawn = tiny_city.boundary("park_b"), tiny_city.square(west, 50.09, 10.2, 50.11)
    (seeds / "boundaries" / "park_b.geojson").write_text(tiny_city.collection(drawn), encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    found = {one.place_id for one in overlaps(Atlas.load(seeds.parent / "layers"), "node_a")}
    assert found == ({"belt_a", "park_b"} if listed else {"belt_a"})


def test_overlaps_are_of_one_area(atlas: Atlas) -> None:
    for one in overlaps(atlas, "caohejing"):
        (back,) = [other for other in overlaps(atlas, one.place_id) if other.place_id == "caohejing"]
        assert (back.share, back.share_of_other) == (pytest.approx(one.share_of_other), pytest.approx(one.share))


def test_ancestors_and_children(atlas: Atlas) -> None:
    assert ancestors(atlas, "zhangjiang_ai_island") == ["zhangjiang", "zhangjiang_lingang_zone"]
    assert ancestors(atlas, "maqiao") == []
    assert "zhangjiang" in children(atlas, "zhangjiang_lingang_zone")
    assert children(atlas, "maqiao") == []


def test_what_was_asked_before_is_kept_and_a_list_of_its_own(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tiny.layout.index[-1])
    first = (relations.neighbours(tiny, place), relations.overlaps(tiny, place))
    expected = (list(first[0]), list(first[1]))
    for found in first:
        found.append(None)
    monkeypatch.setattr(relations, "_metric", None)
    monkeypatch.setattr(relations, "geodesic_area_km2", None)
    assert (relations.neighbours(tiny, place), relations.overlaps(tiny, place)) == expected
