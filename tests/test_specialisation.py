"""Location quotients by hand and what they need; clusters with sources, open institutions."""

from __future__ import annotations

import pytest

from geo.atlas import Atlas
from geo.specialisation import location_quotients, specialisation


def test_location_quotients_by_hand(atlas: Atlas) -> None:
    (found,) = location_quotients(atlas, "district_310104")
    areas = atlas.places["area_km2"]
    assert (found.measure_id, found.as_of, found.count, found.city_count) == ("ai_key_firms", "2018-08", 81.0, 403.0)
    assert found.value == pytest.approx(81 / 403 / (areas["district_310104"] / areas["shanghai"]))


@pytest.mark.parametrize("place_id", ["shanghai", "district_310107", "zhangjiang", "changyang_campus"])
def test_no_location_quotient_without_figures_of_one_date_and_scope(atlas: Atlas, place_id: str) -> None:
    assert location_quotients(atlas, place_id) == ()


def test_specialisation_counts_open_institutions_and_names_sources(atlas: Atlas) -> None:
    found = specialisation(atlas, "zhangjiang_ai_island")
    frame = atlas.institutions
    own = frame[frame["inside_ids"].fillna("").str.split(";").map(lambda ids: "zhangjiang_ai_island" in ids)]
    assert sum(found.institutions.values()) == (own["status"] != "closed").sum()
    assert (own["status"] == "closed").any()
    assert set(found.clusters) == set(str(atlas.places.at["zhangjiang_ai_island", "clusters"]).split(";"))
    assert all(found.clusters.values())
