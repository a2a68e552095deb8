"""Location quotients by hand and what they need."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_city

from geo.analysis.specialisation import location_quotients
from geo.atlas.atlas import Atlas
from geo.build import build


def test_location_quotients_by_hand(atlas: Atlas) -> None:
    (found,) = location_quotients(atlas, "district_310104")
    areas = atlas.places["area_km2"]
    assert (found.measure_id, found.as_of, found.count, found.city_count) == ("ai_key_firms", "2018-08", 81.0, 403.0)
    assert found.value == pytest.approx(81 / 403 / (areas["district_310104"] / areas["shanghai"]))


@pytest.mark.parametrize("place_id", ["shanghai", "district_310107", "zhangjiang", "changyang_campus"])
def test_no_location_quotient_without_figures_of_one_date_and_scope(atlas: Atlas, place_id: str) -> None:
    assert location_quotients(atlas, place_id) == ()


FIRMS = {"node_a": "30", "tiny": "120"}


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 1),
        ({"source_id": "blog"}, 0),  # grade C
        ({"scope": "core"}, 0),  # not what the boundary draws
        ({"as_of": "2021-06"}, 0),  # another date than the city's
        ({"as_of": "unknown"}, 0),
    ],
)
def test_what_a_location_quotient_needs(tmp_path: Path, change: dict[str, str], count: int) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    tiny_city.add(seeds, "measures", [{"measure_id": "firms", "additive": "true"}])
    common = {"measure_id": "firms", "as_of": "2022", "source_id": "press", "scope": "whole"}
    facts = [common | {"place_id": place_id, "value": value} for place_id, value in FIRMS.items()]
    facts[0] |= change
    if change.get("as_of") == "unknown":
        facts[1]["as_of"] = "unknown"
    tiny_city.add(seeds, "facts", facts)
    build(seeds, tmp_path / "layers")
    city = Atlas.load(tmp_path / "layers")
    found = location_quotients(city, "node_a")
    assert len(found) == count
    for one in found:
        assert (one.measure_id, one.as_of, one.source_id) == ("firms", "2022", "press")
        areas = city.places["area_km2"]
        assert one.value == pytest.approx(30 / 120 / (areas["node_a"] / areas["tiny"]))
