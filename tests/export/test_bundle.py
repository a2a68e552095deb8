from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from clients import csv_rows, ogrinfo, unzipped
from frictionless import Package

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.export import export, formats


@pytest.fixture(scope="module")
def folder(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bundle") / "a.zip"
    export(tiny.select(), made, crs=32632)
    return unzipped(made)


def test_holds_the_lot(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    files = [name for name, entry in formats().items() if entry.output != "database" and name != "bundle"]
    explained = {"README.txt", "LICENSE", "SHA256SUMS", "datapackage.json", "dictionary", "styles", "tables"}
    assert names == {*files, *explained, "formats.csv", "metadata.xml"}
    assert {path.suffix for path in (folder / "styles").iterdir()} == {".qml", ".sld"}
    assert [row["folder"] for row in csv_rows(folder / "formats.csv")] == files


def test_hashes_hold(folder: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    listed = {line.partition("  ")[2] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert present - listed == {"SHA256SUMS"}


def test_frictionless_validates_it(folder: Path, tiny: Atlas, tmp_path: Path) -> None:
    # A part of the atlas too: its keys must still lead somewhere.
    export(tiny.select(Selection(kinds=("node",))), tmp_path / "part.zip")
    for made in (folder, unzipped(tmp_path / "part.zip")):
        report = Package(made / "datapackage.json").validate()
        assert report.flatten(["name", "type", "note"]) == []
        assert report.stats["tasks"] > 60


def test_dictionary_explains_every_column_of_the_tables(folder: Path) -> None:
    rows = {(row["table"], row["column"]): row for row in csv_rows(folder / "dictionary" / "data-dictionary.csv")}
    for path in (folder / "tables").iterdir():
        for column in path.read_text(encoding="utf-8-sig").splitlines()[0].split(","):
            assert rows[path.stem, column]["definition_zh"]
            assert rows[path.stem, column]["definition_en"]
    assert rows["place_layer", "area_km2"]["unit"] == "km2"
    assert rows["measure", "firms"]["label_zh"] == "firms"
    assert "## measure" in (folder / "dictionary" / "data-dictionary.md").read_text(encoding="utf-8")


def test_crs_goes_to_those_that_can_carry_it(folder: Path) -> None:
    assert 'ID["EPSG",32632]' in ogrinfo(folder / "gpkg" / "tiny.gpkg", "node")
    assert 'ID["EPSG",4326]' in ogrinfo(folder / "geojson" / "node.geojson", "-al")
    told = {row["folder"]: row["coordinates_en"] for row in csv_rows(folder / "formats.csv")}
    assert "EPSG:32632" in told["gpkg"]
    assert "EPSG:4326" in told["kml"]
    assert "GCJ-02" in told["geojson-gcj02"]


def test_package_has_licence_sources_and_date(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["created"] == "2024-06-30T00:00:00Z"
    assert {licence["name"] for licence in package["licenses"]} == {"ODbL-1.0", "CC-BY-4.0"}
    assert len(package["sources"]) == 3
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
