from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely
import tiny_city

from geo.atlas.atlas import Atlas
from geo.build import build, render_layers
from geo.crs.geodesy import geodesic_area_km2
from geo.errors import DataError, OutputError


def test_build_is_whole_reproducible_and_checked(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    first = build(seeds, layers)
    assert first.files == len(first.changed) == len([p for p in layers.rglob("*") if p.is_file()])
    assert build(seeds, layers).changed == ()
    assert build(seeds, layers, check=True).changed == ()
    assert render_layers(seeds) == {
        p.relative_to(layers).as_posix(): p.read_bytes() for p in layers.rglob("*") if p.is_file()
    }


def test_check_names_what_differs_and_writes_nothing(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    build(seeds, layers)
    (layers / "belt.geojson").write_text("{}", encoding="utf-8")
    (layers / "tables" / "facts.csv").unlink()
    (layers / "stray.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"3 files in .* run `geo build` and commit") as caught:
        build(seeds, layers, check=True)
    assert caught.value.problems == ("belt.geojson", "stray.txt", "tables/facts.csv")
    assert (layers / "belt.geojson").read_text(encoding="utf-8") == "{}"


def test_a_removed_kind_leaves_no_file_behind(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    build(seeds, layers)
    kinds = seeds / "kinds.csv"
    lines = [line for line in kinds.read_text(encoding="utf-8").splitlines() if not line.startswith("park,")]
    kinds.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("places", "place_clusters"):
        path = seeds / f"{name}.csv"
        rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("park_b,")]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (seeds / "boundaries" / "park_b.geojson").unlink()
    assert "park.geojson" in build(seeds, layers).changed
    assert not (layers / "park.geojson").exists()


def test_files_of_others_are_never_deleted(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    layers.mkdir()
    (layers / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds files that no build wrote \(thesis\.docx\)"):
        build(seeds, layers)
    assert (layers / "thesis.docx").read_text(encoding="utf-8") == "mine"


def test_unwritable_target_is_one_clear_error(seeds: Path) -> None:
    blocked = seeds.parent / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot write .*nothing there has changed"):
        build(seeds, blocked / "layers")


def test_layers_follow_rfc_7946_and_carry_credit(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    build(seeds, layers)
    for path in layers.rglob("*.geojson"):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert "crs" not in content
        assert content["licence"] == "ODbL-1.0"
        assert "测试" in content["attribution"]
        for feature in content["features"]:
            assert feature["id"]
            if feature["geometry"]:
                shape = shapely.geometry.shape(feature["geometry"])
                assert shape.is_valid
                for polygon in getattr(shape, "geoms", [shape]):
                    if polygon.geom_type == "Polygon":
                        assert polygon.exterior.is_ccw


def test_derived_columns_equal_a_second_computation(tiny: Atlas) -> None:
    node = tiny.places.loc["node_a"]
    assert node["area_km2"] == pytest.approx(float(geodesic_area_km2(node.geometry)), abs=1e-4)
    assert node["area_official_drawn_km2"] == 7.97
    assert node["area_ratio"] == pytest.approx(node["area_km2"] / 7.97, abs=1e-4)
    assert node["district_ids"] == ("west",)
    assert set(tiny["belt_a"].district_ids) == {"east", "west"}
    assert node.geometry.covers(shapely.Point(node["label_lon"], node["label_lat"]))
    assert node["institutions_inside"] == 1
    lab = tiny.institutions.loc["lab_x"]
    assert (lab["district_id"], set(lab["inside_ids"])) == ("west", {"node_a"})  # belt_a is schematic: it holds nothing
    ratio = tiny.values("firms_per_km2").loc["node_a"]
    assert ratio["value"] == pytest.approx(140 / 7.97, abs=1e-3)


def test_what_is_drawn_without_published_bounds_measures_nothing(tiny: Atlas) -> None:
    """A belt drawn only to show where has no area, no perimeter, no count inside, and says why in both languages."""
    measured = ["area_km2", "area_ratio", "perimeter_km", "institutions_inside", "stations_inside", "stations_1km"]
    schematic = tiny.places[tiny.places["method"] == "schematic"]
    assert {"belt_a", "park_b"} <= set(schematic.index)
    assert schematic[measured].isna().all(axis=None)
    assert schematic[["unmeasured_zh", "unmeasured_en"]].notna().all(axis=None)
    assert schematic[["label_lon", "centre_km"]].notna().all(axis=None)  # where it lies is known
    drawn = tiny.places.drop(schematic.index)
    assert drawn[["area_km2", "perimeter_km", "institutions_inside"]].notna().all(axis=None)
    assert drawn["unmeasured_zh"].isna().all()
    derived = tiny.table("derived").set_index(["place_id", "measure_id"])
    assert derived.loc[("belt_a", "area_km2"), "value"] is None or derived.loc[("belt_a", "area_km2")].isna()["value"]
    assert derived.loc[("belt_a", "area_km2"), "detail"] == "schematic"
    shares = tiny.table("place_districts").set_index("place_id")["share"]
    assert shares[["belt_a", "park_b"]].isna().all()
    assert shares["node_a"] == 1


@pytest.mark.parametrize("stated", ["east;west", "west;east"])
def test_a_schematic_place_lies_in_the_districts_that_documents_state(seeds: Path, stated: str) -> None:
    tiny_city.add(seeds, "places", [{"place_id": "belt_a", "district_ids": stated}])
    build(seeds, seeds.parent / "layers")
    assert Atlas.load(seeds.parent / "layers").places.at["belt_a", "district_ids"] == tuple(stated.split(";"))


def test_an_institution_at_the_middle_of_its_place_is_listed_and_not_counted(seeds: Path) -> None:
    """The point of lab_x lies in node_a whether it was surveyed or is only the middle of the place."""
    build(seeds, seeds.parent / "before")
    tiny_city.add(seeds, "institutions", [{"institution_id": "lab_x", "placed_by": "place"}])
    build(seeds, seeds.parent / "layers")
    before, after = Atlas.load(seeds.parent / "before"), Atlas.load(seeds.parent / "layers")
    assert before.places.loc["node_a", "institutions_inside"] == 1
    assert after.places.loc["node_a", "institutions_inside"] == 0
    lab = after.institutions.loc["lab_x"]
    assert (lab["inside_ids"], lab["district_id"] == lab["district_id"]) == ((), False)  # none, and no value
    assert (lab["place_id"], lab.geometry is not None) == ("node_a", True)
    assert list(after.institutions_in(["node_a"]).index) == ["lab_x"]


def test_an_institution_without_a_point_is_listed_with_its_place(seeds: Path) -> None:
    tiny_city.add(seeds, "institutions", [{"institution_id": "lab_y", "place_id": "park_b"}])
    build(seeds, seeds.parent / "layers")
    atlas = Atlas.load(seeds.parent / "layers")
    assert list(atlas.institutions_in(["park_b"]).index) == ["lab_y"]
    assert atlas.institutions.loc["lab_y"].geometry is None


def test_tables_that_a_city_does_without_are_empty(seeds: Path) -> None:
    from geo.seeds.read import OPTIONAL_TABLES

    for name in OPTIONAL_TABLES - {"plans"}:  # the policy of the tiny city refers to its plan
        (seeds / f"{name}.csv").unlink()
    build(seeds, seeds.parent / "layers")
    atlas = Atlas.load(seeds.parent / "layers")
    assert all(len(atlas.table(name)) == 0 for name in OPTIONAL_TABLES - {"plans"})


def test_every_file_says_whether_the_map_was_approved(seeds: Path) -> None:
    """Without a number the notice is in every layer and in the package; with one the number is."""
    layers = seeds.parent / "layers"
    path = seeds / "atlas.toml"
    for number, told in (("", "未经审图，仅供参考"), ("沪S(2026)001号", "审图号：沪S(2026)001号")):
        kept = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if not line.startswith(("approval", "country"))
        ]
        path.write_text("\n".join(['country = "CN"', f'approval_number = "{number}"', *kept]), encoding="utf-8")
        build(seeds, layers)
        for file in layers.rglob("*.geojson"):
            content = json.loads(file.read_text(encoding="utf-8"))
            assert told in content["attribution"], file.name
            if "attribution" in content["features"][0]["properties"]:
                assert told in content["features"][0]["properties"]["attribution"]
        package = json.loads((layers / "datapackage.json").read_text(encoding="utf-8"))
        assert told in package["description"]
        assert package["atlas"]["approval_notice_zh"] == told
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace('"沪S(2026)001号"', "7"), encoding="utf-8")
    with pytest.raises(DataError, match=r"atlas\.toml: approval_number is no text"):
        build(seeds, layers)
    path.write_text(written.replace('"CN"', '"Singapore"'), encoding="utf-8")
    with pytest.raises(DataError, match=r"atlas\.toml: country is 'Singapore': write its two letters"):
        build(seeds, layers)


def test_unknown_stays_unknown(tiny: Atlas) -> None:
    assert tiny.places["stations_inside"].isna().all()
    assert tiny.institutions.loc["lab_y"].geometry is None
    assert tiny.institutions.at["lab_y", "inside_ids"] == ()
    ratios = tiny.table("derived").query("measure_id == 'area_ratio'").set_index("place_id")["value"]
    assert ratios.isna().sum() == len(ratios) - 1


def test_tables_keep_the_seeds_text(seeds: Path) -> None:
    layers = seeds.parent / "layers"
    build(seeds, layers)
    with (layers / "tables" / "facts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["value"] == "7.97"
    assert [row["headline"] for row in rows] == ["true", "false", "false", "true", "false"]


def test_datapackage_validates(seeds: Path) -> None:
    import frictionless

    layers = seeds.parent / "layers"
    build(seeds, layers)
    report = frictionless.Package(str(layers / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    package = json.loads((layers / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["created"] == "2024-06-30T00:00:00Z"
    assert {r["path"] for r in package["resources"]} | {"datapackage.json"} == {
        p.relative_to(layers).as_posix() for p in layers.rglob("*") if p.is_file()
    }
