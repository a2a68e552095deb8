"""Every string of the table goes from seeds through `geo build` and `geo export` into each format and comes back."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import ezdxf
import psycopg
import pytest
from clients import csv_rows, ogr, parquet, sheets
from hostile_city import place_of
from hostile_strings import CELLS, LINES
from lxml import etree

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.base.formulas import has_formula_start, unguard_formula
from geo.cli.main import main
from geo.contract.datapackage import digest_of
from geo.errors import DataError
from geo.seeds.read import read_seeds

PLACES = {place_of(name): text for name, text in LINES.items()}
EXACT = ("name_zh", "note_zh")


@pytest.fixture(scope="module")
def bundle(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked bundle of all formats."""
    folder = tmp_path_factory.mktemp("bundle")
    assert main(["export", str(folder / "all.zip"), "--layers", str(city)]) == 0
    with zipfile.ZipFile(folder / "all.zip") as archive:
        names = archive.namelist()
        assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in names)
        archive.extractall(folder / "all")
    return folder / "all"


def hold(rows: list[dict[str, Any]], columns: tuple[str, ...] = EXACT) -> None:
    found = {row["place_id"]: row for row in rows}
    assert set(found) == set(PLACES) | {"park_b"}
    for place, text in PLACES.items():
        for column in columns:
            assert found[place][column] == text, (place, column)


def test_layers_hold_the_texts(hostile_atlas: Atlas) -> None:
    for place, text in PLACES.items():
        assert hostile_atlas.name(place, "zh") == text
        facts = hostile_atlas.facts(place)
        assert (facts["locator"].iloc[0], facts["note_en"].iloc[0]) == (text, text)


@pytest.mark.parametrize("name", ["geojson/park.geojson", "fgb/park.fgb"])
def test_read_by_gdal(bundle: Path, name: str) -> None:
    hold([row for row, _ in ogr(bundle / name)])


def test_geopackage(bundle: Path) -> None:
    hold([row for row, _ in ogr(bundle / "gpkg/tiny.gpkg", "park")])
    facts = {row["place_id"]: row for row, _ in ogr(bundle / "gpkg/tiny.gpkg", "facts")}
    assert {place: facts[place]["locator"] for place in PLACES} == PLACES
    with closing(sqlite3.connect(bundle / "gpkg/tiny.gpkg")) as database:
        labels = dict(database.execute("SELECT measure_id, label_zh FROM measures"))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        styles = [row[0] for row in database.execute("SELECT styleQML FROM layer_styles")]
    assert {place: labels[place.replace("h_", "m_", 1)] for place in PLACES} == PLACES
    for style in styles:
        etree.fromstring(style.encode())


def test_geoparquet(bundle: Path) -> None:
    hold([row for row, _ in parquet(bundle / "geoparquet/park.parquet")])


def test_shapefile(bundle: Path) -> None:
    """DBF holds 254 bytes; what is longer is whole in the table beside it."""
    beyond = {(row["id"], row["column"]): row["value"] for row in csv_rows(bundle / "shapefile/values.csv")}
    rows = {row["place_id"]: row for row, _ in ogr(bundle / "shapefile/park.shp")}
    for place, text in PLACES.items():
        whole = beyond.get((place, "name_zh"))
        assert (unguard_formula(whole) if whole is not None else rows[place]["name_zh"]) == text


def test_csv_runs_nothing(bundle: Path) -> None:
    rows = csv_rows(bundle / "csv/park.csv")
    for row in rows:
        for name, cell in row.items():
            assert cell.startswith("'") or not has_formula_start(cell), (row["place_id"], name)
    hold([{name: unguard_formula(cell) for name, cell in row.items()} for row in rows])
    assert {row["place_id"]: row for row in rows}["h_negative_number"]["name_zh"] == "-12.5"


def test_drawing(bundle: Path) -> None:
    rows = csv_rows(bundle / "dxf/tiny.dxf.handles.csv")
    sites = [{name: unguard_formula(cell) for name, cell in row.items()} for row in rows if row["kind"] == "park"]
    hold(sites)
    drawing = ezdxf.readfile(bundle / "dxf/tiny.dxf")
    assert not drawing.audit().errors
    assert all(layer.dxf.name.isprintable() for layer in drawing.layers)


def test_workbook(bundle: Path, city: Path, tmp_path: Path) -> None:
    book = sheets(next((bundle / "xlsx").glob("*.xlsx")))
    pieces = [row for row in book["long_text"] if row["sheet"] == "park" and row["column"] == "name_zh"]
    rows = [dict(row) for row in book["park"]]
    for row in rows:
        if row["place_id"] == "h_long":
            assert "".join(piece["text"] for piece in pieces) == LINES["long"]
            row |= dict.fromkeys(EXACT, LINES["long"])
    hold(rows)


def test_kml(bundle: Path) -> None:
    space = {"k": "http://www.opengis.net/kml/2.2"}
    root = etree.parse(bundle / "kml/tiny.kml", etree.XMLParser(huge_tree=True)).getroot()
    found = {}
    for mark in root.iterfind(".//k:Placemark", space):
        data = {one.get("name"): one.text or "" for one in mark.findall(".//k:SimpleData", space)}
        about = mark.find(".//k:SchemaData", space)
        if about is not None and about.get("schemaUrl") == "#place_layer":
            found[data["place_id"]] = data
            balloon = mark.find("k:description", space)
            for word in ("<img", "<svg", "<script", "<iframe", "<meta", "<base", "$[", 'onmouseover="window'):
                assert balloon is None or word not in balloon.text, (data["place_id"], word)
    hold([row for row in found.values() if row["kind"] == "park"])


def test_script_in_a_database(city: Path, tmp_path: Path, postgis_url: str) -> None:
    assert main(["export", str(tmp_path / "a.sql"), "--layers", str(city)]) == 0
    psql = [str(shutil.which("psql")), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "a.sql"), postgis_url]
    done = subprocess.run(psql, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(postgis_url) as reader:
        rows = reader.execute("SELECT place_id, name_zh, note_zh FROM tiny.place_layer WHERE kind = 'park'").fetchall()
    hold([dict(zip(("place_id", *EXACT), row, strict=True)) for row in rows])


def test_descriptions_of_the_data(bundle: Path, hostile_atlas: Atlas) -> None:
    """Metadata and dictionary are well-formed and hold the texts."""
    package = json.loads((bundle / "datapackage.json").read_text(encoding="utf-8"))
    assert package["title"].startswith(hostile_atlas.meta["title_zh"])
    metadata = etree.parse(bundle / "metadata.xml").getroot()
    assert any(hostile_atlas.meta["title_zh"] in (node.text or "") for node in metadata.iter())
    dictionary = csv_rows(bundle / "dictionary/data-dictionary.csv")
    cells = {unguard_formula(cell) for row in dictionary for cell in row.values()}
    assert {PLACES[place] for place in PLACES} - cells <= {""}


def test_places_as_csv(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "--format", "csv", "--layers", str(city)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert not [cell for row in rows for cell in row.values() if has_formula_start(cell) and cell[0] != "'"]
    hold([{name: unguard_formula(cell) for name, cell in row.items()} for row in rows if row["kind"] == "park"])


NAMES = ["<img src=x onerror=1>", "'; DROP TABLE x; --", "$(touch owned)", "=cmd", "\u202egnp", "{{7*7}}", "a!b?c#d;e"]


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.parametrize("name", NAMES)
def test_files_may_be_called_anything(tiny: Atlas, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for ending in (".gpkg", ".geojson", ".csv", ".dxf"):
        assert main(["export", f"./{name}{ending}", "--layers", str(tiny.folder), "--kind", "belt"]) == 0
    here = {path.name for path in tmp_path.iterdir()}
    assert {f"{name}{ending}" for ending in (".gpkg", ".geojson", ".csv", ".dxf")} <= here
    assert all(path.startswith(name) for path in here)
    assert [row["place_id"] for row, _ in ogr(f"./{name}.gpkg", "belt")] == ["belt_a"]


@pytest.mark.parametrize(
    "resources", [None, 5, [5], [{}], [{"path": 5}], [{"path": "../../etc/passwd"}], [{"path": "/etc/passwd"}]]
)
def test_layers_list_files_of_their_own(city: Path, tmp_path: Path, resources: Any) -> None:
    package = json.loads((city / "datapackage.json").read_text(encoding="utf-8")) | {"resources": resources}
    package["hash"] = digest_of(package)
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match="no list of files below it"):
        Atlas.load(tmp_path)


@pytest.mark.parametrize("name", sorted(set(CELLS) - set(LINES)))
def test_the_seeds_allow_no_control_characters(seeds: Path, name: str) -> None:
    path = seeds / "places.csv"
    cell = '"' + CELLS[name] + '"'
    path.write_bytes(path.read_bytes().replace("甲带".encode(), cell.encode(), 1))
    assert any("places.csv" in problem for problem in read_seeds(seeds).problems)


@pytest.mark.parametrize("atlas_id", ["../../../../etc/passwd", "<img src=x>", "a/b", "", ".", "x" * 200, "C:\\x"])
def test_the_atlas_id_names_files_so_it_is_an_id(seeds: Path, city: Path, tmp_path: Path, atlas_id: str) -> None:
    meta = seeds / "atlas.toml"
    meta.write_text(meta.read_text().replace('atlas_id = "tiny"', f"atlas_id = {json.dumps(atlas_id)}"))
    assert any("atlas.toml: atlas_id is" in problem for problem in read_seeds(seeds).problems)
    layers = Path(shutil.copytree(city, tmp_path / "layers"))
    package = json.loads((layers / "datapackage.json").read_text(encoding="utf-8"))
    package["atlas"]["atlas_id"] = atlas_id
    package["hash"] = digest_of(package)
    (layers / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match=r"datapackage.json breaks the contract") as caught:
        Atlas.load(layers)
    assert any("atlas_id is" in problem for problem in caught.value.problems)
