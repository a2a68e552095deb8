"""The QGIS project: QGIS itself opens it without a question, labels what it should, relates, classifies and prints."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import tiny_city

from bench.serving import PATIENCE_S
from geo.analysis.classes import classify
from geo.analysis.compare import ranking
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import OutputError
from geo.export import export, export_bytes

SCALE = 250_000


@pytest.fixture(scope="module")
def written(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("qgz") / "图 a.qgz"
    export(atlas.select(), out)
    return out


@pytest.fixture(scope="module")
def shown(written: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what QGIS says of the project after both files were moved together."""
    folder = tmp_path_factory.mktemp("moved")
    for file in (written, written.with_suffix(".gpkg")):
        (folder / file.name).write_bytes(file.read_bytes())
    probe = Path(__file__).with_name("qgis_project_probe.py")
    command = ["/usr/bin/python3", str(probe), str(folder / written.name), str(folder), str(SCALE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_opens_whole_and_says_what_it_is(shown: dict[str, Any], atlas: Atlas) -> None:
    assert (shown["opened"], shown["missing"], shown["told"]) == (True, [], [])
    assert shown["crs"] == atlas.meta["metric_crs"]
    assert atlas.meta["title_zh"] in shown["title"]
    assert atlas.meta["geometry_licence"] in shown["about"]
    assert shown["groups"] == [text(f"export.qgis.{one}", "zh") for one in ("layout", "themes", "base", "tables")]
    order = shown["visible"]
    assert order[0] == "geo_layer_institution"
    assert order.index("geo_layer_node") < order.index("geo_layer_belt") < order.index("geo_layer_districts")
    assert not [one for one in order if "_layout" in one or one.endswith("place_layer")]  # themes are off at first
    assert shown["values"][text("method.schematic", "zh")] == "schematic"


def test_nearly_all_places_are_named_at_1_to_250_000(shown: dict[str, Any], atlas: Atlas) -> None:
    """20 of 21, as was asked for when the layout had 21."""
    assert len(shown["wanted"]) == len(atlas.layout)
    assert len(shown["written"]) >= len(atlas.layout) * 20 / 21


def test_places_facts_and_sources_are_related(shown: dict[str, Any]) -> None:
    places, facts, sources = (f"geo_layer_{name}" for name in ("place_layer", "facts", "sources"))
    assert shown["relations"] == {
        "geo_facts": [True, facts, places],
        "geo_source": [True, facts, sources],
        "geo_boundary": [True, places, sources],
    }


def test_themes_have_the_classes_of_the_app_and_no_data_is_none_of_them(shown: dict[str, Any], atlas: Atlas) -> None:
    counts = shown["themes"]["geo_layer_area_official_km2_layout"]
    found = ranking(atlas, "area_official_km2", atlas.layout.index)
    classes = classify(found.comparable)
    apart, none = (text(f"export.qgis.{one}", "zh") for one in ("apart", "none"))
    assert set(counts) == set(atlas.layout.index)
    for place_id, hits in counts.items():
        [label] = hits  # one rule for each place, no place left out
        if place_id in classes.of:
            assert label not in (apart, none)
        else:
            assert label == (none if place_id in found.missing else apart)
    assert len({counts[place_id][0] for place_id in classes.of}) == len(classes.bounds)


def test_both_sheets_print(shown: dict[str, Any]) -> None:
    pages = {name: tuple(told[1:3]) for name, told in shown["layouts"].items()}
    assert pages == {"A4 图幅": (297, 210), "A3 图幅": (420, 297)}
    assert all(done == 0 and size > 100_000 for done, _, _, size in shown["layouts"].values())


def test_the_package_beside_it_holds_the_basemap(written: Path, atlas: Atlas) -> None:
    with closing(sqlite3.connect(written.with_suffix(".gpkg"))) as database:
        names = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
    assert {*atlas.rows("basemap"), "place_layer", "node", "facts"} <= names


def test_a_hostile_name_stays_text(seeds: Path, tmp_path: Path) -> None:
    from geo.build import build

    tiny_city.add(seeds, "kinds", [{"kind": "park", "name_zh": "a\"'<b>&|layername=x", "name_en": "]]> & 'x'"}])
    build(seeds, seeds.parent / "layers")
    city = Atlas.load(seeds.parent / "layers")
    export(city.select(), tmp_path / "a.qgz")
    with zipfile.ZipFile(tmp_path / "a.qgz") as archive:
        root = ElementTree.fromstring(archive.read("a.qgs"))
    names = {one.findtext("id"): one.findtext("layername") for one in root.iter("maplayer")}
    assert names["geo_layer_park"] == "a\"'<b>&|layername=x"
    sources = {one.findtext("id"): one.findtext("datasource") for one in root.iter("maplayer")}
    assert sources["geo_layer_park"] == "./a.gpkg|layername=park"


def test_districts_are_named_once_where_only_some_are_among_the_places(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(places=("east",)), tmp_path / "a.qgz")
    with zipfile.ZipFile(tmp_path / "a.qgz") as packed:
        [project] = [packed.read(name) for name in packed.namelist() if name.endswith(".qgs")]
    [look] = [one for one in ElementTree.fromstring(project).iter("text-style") if "NULL" in one.get("fieldName", "")]
    assert look.get("fieldName") == """if("place_id" IN ('east'), NULL, "name_zh")"""
    assert look.get("isExpression") == "1"


def test_the_same_bytes_and_nothing_overwritten(tiny: Atlas, tmp_path: Path) -> None:
    assert export_bytes(tiny.select(), "qgz") == export_bytes(tiny.select(), "qgz")
    (tmp_path / "a.gpkg").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"a\.gpkg is there already"):
        export(tiny.select(), tmp_path / "a.qgz")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]
