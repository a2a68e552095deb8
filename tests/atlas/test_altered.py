"""Layers altered by hand, with hashes made to fit again, are refused by file, row and column; a build's are not."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo.atlas.altered import check_whole
from geo.atlas.atlas import Atlas
from geo.cli.main import main
from geo.contract.datapackage import PACKAGE, digest_of
from geo.errors import DataError

Change = Callable[[Any], Any]


def sealed(folder: Path, change: Callable[[dict[str, Any]], None] = lambda package: None) -> None:
    """Make the hashes fit what lies there, as somebody who alters layers on purpose would."""
    package = json.loads((folder / PACKAGE).read_bytes())
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    change(package)
    package["hash"] = digest_of(package)
    (folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")


def alter_table(folder: Path, name: str, column: str, value: str) -> None:
    path = folder / f"tables/{name}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    rows[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sealed(folder)


def alter_feature(folder: Path, name: str, change: Change) -> None:
    path = folder / f"{name}.geojson"
    content = json.loads(path.read_bytes())
    change(content["features"][0])
    path.write_text(json.dumps(content), encoding="utf-8")
    sealed(folder)


CELLS = [
    ("clusters", "colour", "red;}</style><script>alert(1)</script>", "is 'red"),
    ("clusters", "colour", "#12345", "write a colour as #RRGGBB"),
    ("kinds", "colour", "url(//example.org/x)", "write a colour as #RRGGBB"),
    ("basemap", "colour", "", "is empty but required"),
    ("sources", "url", "javascript:alert(1)", "write an http:// or https:// address"),
    ("sources", "url", "data:text/html,<script>", "write an http:// or https:// address"),
    ("sources", "url", 'https://example.org/" onclick="x', "write an http:// or https:// address"),
    ("sources", "title", "a\x1b[31mb", "has a control or replacement character"),
    ("places", "name_zh", "一\u2028二", "has a control or replacement character"),
    ("places", "name_zh", "", "is empty but required"),
    ("places", "place_id", "../etc", "an id is lower-case"),
    ("facts", "value", "1e999", "write a number"),
    ("facts", "value", "many", "write a number"),
    ("facts", "as_of", "2023-13", "write YYYY"),
    ("sources", "grade", "AAA", "allowed are A, B, C"),
    ("kinds", "sort_order", "1.5", "write a whole number"),
    ("measures", "additive", "yes", "write true or false"),
]


@pytest.mark.parametrize(("name", "column", "value", "said"), CELLS)
def test_a_cell_that_breaks_the_contract_is_named(layers: Path, name: str, column: str, value: str, said: str) -> None:
    alter_table(layers, name, column, value)
    with pytest.raises(DataError, match=rf"tables/{name}.csv breaks the contract") as caught:
        check_whole(Atlas.load(layers))
    assert caught.value.problems[0].startswith(f"tables/{name}.csv: row 1 (")
    assert f"): {column} " in caught.value.problems[0]
    assert said in caught.value.problems[0]
    assert "不合数据约定" in caught.value.translations["zh"]


FEATURES: list[tuple[str, Change, str]] = [
    ("city", lambda f: f["properties"].update(name_zh=["a"]), "name_zh is"),
    ("city", lambda f: f["properties"].update(name_en=7), "text belongs there"),
    ("city", lambda f: f["properties"].update(name_en="a\x00b"), "control or replacement"),
    ("city", lambda f: f["properties"].update(area_km2="12"), ""),
    ("city", lambda f: f["properties"].update(area_km2="a lot"), "write a number"),
    ("city", lambda f: f["properties"].update(area_km2=float("nan")), "number belongs there"),
    ("city", lambda f: f["properties"].update(area_km2={"a": 1}), "belongs there"),
    ("city", lambda f: f["properties"].update(accuracy_m=1.5), "integer belongs there"),
    ("city", lambda f: f["properties"].update(place_id="<b>"), "an id is lower-case"),
    ("city", lambda f: f.update(geometry={"type": "Polygon", "coordinates": "x"}), "geometry cannot be read"),
    ("city", lambda f: f.update(geometry={"type": "Ball", "coordinates": []}), "geometry cannot be read"),
    ("city", lambda f: f.update(geometry={"coordinates": []}), "geometry cannot be read"),
    ("city", lambda f: f.update(geometry={"type": "Point", "coordinates": [1e6, 1e6]}), "is not in degrees"),
    ("city", lambda f: f.update(properties=None), "is no GeoJSON collection"),
    ("city", lambda f: f.pop("geometry"), "is no GeoJSON collection"),
    ("institution", lambda f: f["properties"].update(place_id="nowhere"), "which is no places"),
    ("basemap/quarters", lambda f: f["properties"].update(name_zh=True), "name_zh"),
]


@pytest.mark.parametrize(("name", "change", "said"), FEATURES)
def test_a_feature_that_breaks_the_contract_is_named(layers: Path, name: str, change: Change, said: str) -> None:
    alter_feature(layers, name, change)
    if not said:  # a number written as text is still that number
        check_whole(Atlas.load(layers))
        return
    with pytest.raises(DataError, match=rf"{name}.geojson breaks the contract") as caught:
        check_whole(Atlas.load(layers))
    assert said in caught.value.problems[0]


META: list[tuple[str, Any, str]] = [
    ("atlas_id", "../x", "it names files"),
    ("title_zh", "a\x07", "title_zh has a control character"),
    ("title_en", None, "title_en is missing"),
    ("bbox", [1, 2, 3], "write [west, south, east, north]"),
    ("bbox", [float("nan"), 0, 1, 1], "write [west, south, east, north]"),
    ("languages", ["zh", "<b>"], "languages names '<b>'"),
    ("data_date", "soon", "write YYYY-MM-DD"),
    ("reference_point", {"name_zh": "a"}, "reference_point needs"),
    ("ground_names", [{"role": "moon"}], "roles are sea, neighbour"),
    ("metric_crs", "+proj=pipeline " + "+step " * 10_000, "metric_crs"),
    ("metric_crs", "EPSG:0", "metric_crs"),
    ("city_place_id", "nowhere", "which is none of the places"),
    ("default_edition", "2999-01", "which is none of the editions"),
]


@pytest.mark.parametrize(("key", "value", "said"), META)
def test_what_the_data_set_says_of_itself_is_checked(layers: Path, key: str, value: Any, said: str) -> None:
    sealed(layers, lambda package: package["atlas"].update({key: value}))
    with pytest.raises(DataError, match="breaks the contract") as caught:
        check_whole(Atlas.load(layers))
    assert any(said in problem for problem in caught.value.problems)


def test_files_that_are_no_tables_and_rows_that_are_there_twice(layers: Path) -> None:
    path = layers / "tables/sources.csv"
    content = path.read_bytes()
    for altered, said in (
        (content + b'x,"y\n', "is no CSV in UTF-8"),
        (b"\xff" + content, "is no CSV in UTF-8"),
        (content + content.splitlines(keepends=True)[1], "is there twice"),
        (b"title\na\n", "is empty but required"),
    ):
        path.write_bytes(altered)
        sealed(layers)
        with pytest.raises(DataError, match="breaks the contract") as caught:
            Atlas.load(layers).table("sources")
        assert said in caught.value.problems[0]


def test_a_reference_that_leads_nowhere_is_named(layers: Path) -> None:
    alter_table(layers, "facts", "source_id", "no_such_source")
    with pytest.raises(DataError, match=r"tables/facts.csv breaks the contract") as caught:
        check_whole(Atlas.load(layers))
    assert "source_id is 'no_such_source', which is no sources" in caught.value.problems[0]


def test_a_layer_that_is_not_listed_is_missing(layers: Path) -> None:
    sealed(layers, lambda p: p.update(resources=[r for r in p["resources"] if r["path"] != "city.geojson"]))
    with pytest.raises(DataError, match=r"city.geojson breaks the contract"):
        check_whole(Atlas.load(layers))


def test_commands_and_the_app_say_so_and_serve_nothing(layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alter_table(layers, "clusters", "colour", "red")
    for words in (["report", str(layers.parent / "a.html")], ["app", "--no-browser"]):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert "tables/clusters.csv: row 1 (" in said
        assert "colour is 'red': write a colour as #RRGGBB" in said
        assert "Traceback" not in said
    assert not (layers.parent / "a.html").exists()


def test_what_a_build_wrote_is_as_the_contract_says(tiny: Atlas, atlas: Atlas) -> None:
    check_whole(tiny)
    check_whole(atlas)
