from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely

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
    assert node["area_official_km2"] == 7.97
    assert node["area_ratio"] == pytest.approx(node["area_km2"] / 7.97, abs=1e-4)
    assert node["district_ids"] == "west"
    assert set(tiny.places.loc["belt_a", "district_ids"].split(";")) == {"east", "west"}
    assert node.geometry.covers(shapely.Point(node["label_lon"], node["label_lat"]))
    assert node["institutions_inside"] == 1
    lab = tiny.institutions.loc["lab_x"]
    assert (lab["district_id"], set(lab["inside_ids"].split(";"))) == ("west", {"belt_a", "node_a"})
    ratio = tiny.values("firms_per_km2").loc["node_a"]
    assert ratio["value"] == pytest.approx(140 / 7.97, abs=1e-3)


def test_unknown_stays_unknown(tiny: Atlas) -> None:
    assert tiny.places["stations_inside"].isna().all()
    assert tiny.institutions.loc["lab_y"].geometry is None
    assert tiny.institutions["inside_ids"].isna()["lab_y"]
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
