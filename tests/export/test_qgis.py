"""QGIS itself opens what is exported: styled, labelled, with aliases, without a click; one process for all checks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from clients import unzipped

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.schema import table
from geo.crs.geodesy import geodesic_area_km2
from geo.export import export
from geo.export.shapefile import short_name

Shown = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def qgis(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Open every export in headless QGIS and return what it shows, by "<name>|<layer>"."""
    folder = tmp_path_factory.mktemp("qgis")
    view = tiny.select()
    export(view, folder / "zh.gpkg", language="zh")
    export(view, folder / "en.gpkg", crs=32632, language="en")
    export(view, folder / "底 图.gpkg", basemap=True)
    export(view, folder / "a.shp.zip", encoding="gb18030")
    export(view, folder / "a.fgb")
    export(view, folder / "b.zip")
    shapes, bundle = unzipped(folder / "a.shp.zip"), unzipped(folder / "b.zip")
    asked = {
        "zh": (folder / "zh.gpkg", None),
        "en": (folder / "en.gpkg", None),
        "shape": (shapes / "node.shp", None),
        "points": (shapes / "institution.shp", shapes / "institution.sld"),
        "fgb": (folder / "a.fgb", bundle / "styles" / "places.qml"),
        "sld": (bundle / "geojson" / "belt.geojson", bundle / "styles" / "belt.sld"),
    }
    pairs = [[str(path), str(style) if style else None] for path, style in asked.values()]
    inside = {name: f"geopackage:{folder / name}.gpkg?projectName=tiny" for name in ("zh", "底 图")}
    done = subprocess.run(
        ["/usr/bin/python3", Path(__file__).with_name("qgis_probe.py")],
        input=json.dumps({"files": pairs, "projects": list(inside.values())}),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    names = {str(path): name for name, (path, _) in asked.items()}
    found = json.loads(done.stdout)
    answers = {f"project {name}": found.pop(uri) for name, uri in inside.items()}
    for key, answer in found.items():
        path, _, layer = key.rpartition("|")
        answers[f"{names[path]}|{layer}"] = answer
    assert {key.partition("|")[0] for key in answers} == {*asked, *(f"project {name}" for name in inside)}
    return answers


def test_everything_opens(qgis: Shown) -> None:
    layers = {key: layer for key, layer in qgis.items() if not key.startswith("project ")}
    assert [key for key, layer in layers.items() if not layer["valid"]] == []


def test_a_geopackage_holds_a_project_with_the_basemap_on_wish(qgis: Shown, tiny: Atlas) -> None:
    groups = {name: text(f"export.qgis.{name}", "zh") for name in ("layout", "themes", "base", "tables")}
    plain, whole = qgis["project zh"], qgis["project 底 图"]
    for told in (plain, whole):
        assert (told["opened"], told["broken"], told["crs"]) == (True, [], tiny.meta["metric_crs"])
    assert plain["groups"] == [groups["layout"], groups["tables"]]
    assert plain["relations"] == ["geo_source"]
    assert groups["base"] in whole["groups"]
    assert whole["relations"] == ["geo_boundary", "geo_facts", "geo_source"]
    assert set(whole["layers"]) - set(plain["layers"]) >= {"geo_layer_quarters", "geo_layer_place_layer"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["belt", "node", "park"])
def test_geopackage_is_styled_and_labelled(qgis: Shown, tiny: Atlas, language: str, kind: str) -> None:
    layer = qgis[f"{language}|{kind}"]
    assert layer["renderer"] == "categorizedSymbol"
    assert layer["by"] == "method"
    assert layer["labels"]
    assert layer["label_field"] == f"short_{language}"
    kinds = tiny.table("kinds").set_index("kind")
    categories = layer["categories"]
    assert list(categories) == ["official_bounds", "digitised", "schematic"]
    assert {one["colour"] for one in categories.values()} == {kinds.at[kind, "colour"].lower()}
    mark = [] if kind == "belt" else ["CentroidFill"]  # sites are seen on a small map too
    assert categories["official_bounds"]["layers"] == ["SimpleFill", *mark]
    assert categories["schematic"]["layers"] == ["SimpleFill", "LinePatternFill", *mark]
    assert ("示意" if language == "zh" else "schematic") in categories["schematic"]["label"]


def test_fields_have_aliases(qgis: Shown) -> None:
    columns = {column.name: column for column in table("place_layer").columns}
    for language in ("zh", "en"):
        aliases = qgis[f"{language}|node"]["aliases"]
        for name, column in columns.items():
            assert aliases[name].startswith(column.label_zh if language == "zh" else column.label_en)
    assert qgis["zh|node"]["aliases"]["area_km2"] == "图上面积 (km2)"
    assert qgis["zh|facts"]["aliases"]["measure_id"] == "指标"


def test_areas_are_ours(qgis: Shown, tiny: Atlas) -> None:
    """Measured by QGIS on its ellipsoid, in WGS 84 and from the projected file."""
    for language in ("zh", "en"):
        for kind in ("belt", "node", "park"):
            layer = qgis[f"{language}|{kind}"]
            ours = [float(geodesic_area_km2(shape)) for shape in tiny.places[tiny.places["kind"] == kind].geometry]
            assert layer["areas"] == pytest.approx(ours, abs=6e-5, rel=1e-6)


def test_crs_rows_tables(qgis: Shown, tiny: Atlas) -> None:
    assert qgis["zh|node"]["crs"] == "EPSG:4326"
    assert qgis["en|node"]["crs"] == "EPSG:32632"
    assert qgis["zh|institution"]["rows"] == 2
    for name in ("facts", "sources", "clusters", "measures", "policy"):
        assert not qgis[f"zh|{name}"]["spatial"]
        assert qgis[f"zh|{name}"]["rows"] == len(tiny.table(name))
    assert "zh|layer_styles" not in qgis


def test_shapefile_takes_its_style_and_chinese(qgis: Shown) -> None:
    layer = qgis["shape|"]
    assert layer["renderer"] == "categorizedSymbol"
    assert layer["labels"]
    assert layer["aliases"][short_name("area_official_drawn_km2")] == "所画范围的官方面积 (km2)"
    [feature] = layer["features"]
    assert "甲点" in feature


def test_other_files_take_the_styles_of_the_bundle(qgis: Shown) -> None:
    places = qgis["fgb|"]
    assert places["by"] == '"kind" || \' / \' || "method"'
    assert "node / official_bounds" in places["categories"]
    assert places["labels"]
    for key in ("points|", "sld|"):
        assert qgis[key]["style"] is True
        assert qgis[key]["renderer"] == "RuleRenderer"
        assert qgis[key]["labels"]
