"""What is unknown, counted a second way from the published files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import tiny_city

from geo.analysis.unknowns import VAGUE_M, unknowns
from geo.atlas.atlas import Atlas
from geo.build import build

LAYERS = Path(__file__).parents[2] / "layers"


def rows(name: str) -> list[dict[str, str]]:
    with (LAYERS / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def properties(path: str) -> list[dict[str, object]]:
    return [feature["properties"] for feature in json.loads((LAYERS / path).read_text(encoding="utf-8"))["features"]]


def test_counts_are_those_of_the_files(atlas: Atlas) -> None:
    found = {one.id: one for one in unknowns(atlas)}
    kinds = [row["kind"] for row in rows("kinds") if row["role"] not in ("city", "district")]
    layout = [place for kind in kinds for place in properties(f"{kind}.geojson")]
    assert found["area_official"].count == sum(place["area_official_drawn_km2"] is None for place in layout)
    assert found["schematic"].count == sum(place["method"] == "schematic" for place in layout)
    assert found["area_official"].total == len(layout)
    told = {row["place_id"] for row in rows("facts")}
    assert set(found["no_facts"].ids) == {place["place_id"] for place in layout} - told
    institutions = rows("institutions")
    assert found["not_placed"].count == sum(row["lon"] == "" for row in institutions)
    assert found["vague"].count == sum(row["lon"] != "" and int(row["accuracy_m"]) > VAGUE_M for row in institutions)
    facts = rows("facts")
    grades = {row["source_id"]: row["grade"] for row in rows("sources")}
    assert found["fact_date"].count == sum(row["as_of"] == "unknown" for row in facts)
    assert found["fact_conflict"].count == sum(row["conflict"] == "true" for row in facts)
    assert found["fact_weak"].count == sum(grades[row["source_id"]] == "C" for row in facts)
    targets = {row["policy_id"] for row in rows("policy") if row["kind"] == "target" and row["value"]}
    assert set(found["no_outcome"].ids) == targets - {
        row["policy_id"] for row in rows("policy_outcomes") if row["source_id"]
    }
    assert found["source_url"].count == sum(row["url"] == "" for row in rows("sources"))
    stations = properties("basemap/metro_stations.geojson")
    assert found["station_added"].count == sum(bool(row.get("note_zh")) for row in stations)
    assert found["station_added"].total == len(stations)


@pytest.mark.parametrize(("accuracy_m", "vague"), [("499", False), ("500", False), ("501", True)])
def test_a_point_is_vague_beyond_half_a_kilometre(seeds: Path, accuracy_m: str, vague: bool) -> None:
    tiny_city.add(seeds, "institutions", [{"institution_id": "lab_x", "accuracy_m": accuracy_m}])
    build(seeds, seeds.parent / "layers")
    found = {one.id: one for one in unknowns(Atlas.load(seeds.parent / "layers"))}
    assert found["vague"].ids == (("lab_x",) if vague else ())
    assert (found["vague"].total, found["not_placed"].ids) == (2, ("lab_y",))


def test_a_city_without_metro_has_no_station_line(tiny: Atlas) -> None:
    found = {one.id: one for one in unknowns(tiny)}
    assert "station_added" not in found
    assert found["no_facts"].ids == ("belt_a", "park_b")
    assert found["area_official"].total == 3
