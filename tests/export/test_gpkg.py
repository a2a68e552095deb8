from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
import tiny_city
from clients import ogrinfo

from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.build import build
from geo.contract.schema import tables
from geo.export import export
from geo.export.sql_names import RESERVED, sql_name


@pytest.fixture(scope="module")
def path(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gpkg") / "a.gpkg"
    export(tiny.select(), made)
    return made


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_ogrinfo_reads_it_without_a_word(path: Path) -> None:
    shown = ogrinfo(path, "-al")
    for line in ("Layer name: node", "Geometry: Multi Polygon", "Layer name: facts", "FID Column = fid"):
        assert line in shown


def test_closed_for_readers_of_read_only_folders(path: Path) -> None:
    # Bytes 18 and 19 are 1 in the rollback mode, 2 in WAL.
    assert path.read_bytes()[18:20] == b"\x01\x01"
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert [p.name for p in path.parent.iterdir()] == ["a.gpkg"]


def test_names_suit_every_gis(path: Path) -> None:
    names = [name for (name,) in rows(path, "SELECT table_name FROM gpkg_contents")]
    columns = [name for table in names for _, name, *_ in rows(path, f"PRAGMA table_info({table})")]
    for name in [*names, *columns]:
        assert name.isascii()
        assert name.lower() not in RESERVED
        assert name.replace("_", "").isalnum()
    assert [sql_name(name) for name in names] == names


def test_no_column_of_the_contract_is_an_sql_word() -> None:
    assert [c.name for table in tables().values() for c in table.columns if c.name in RESERVED] == []


def test_contents_are_described_and_dated_by_the_data(path: Path) -> None:
    contents = rows(path, "SELECT table_name, data_type, identifier, description, last_change FROM gpkg_contents")
    kinds = {name: data_type for name, data_type, *_ in contents}
    assert {name for name, kind in kinds.items() if kind == "features"} == {"belt", "node", "park", "institution"}
    assert kinds["layer_styles"] == kinds["facts"] == "attributes"
    assert {stamp for *_, stamp in contents} == {"2024-06-30T00:00:00.000Z"}
    assert all(identifier for _, _, identifier, _, _ in contents)
    assert all(description for _, kind, _, description, _ in contents if kind == "features")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_are_in_the_language_asked_for(tiny: Atlas, tmp_path: Path, language: str) -> None:
    export(tiny.select(), tmp_path / "a.gpkg", language=language)
    contents = rows(tmp_path / "a.gpkg", "SELECT identifier, description FROM gpkg_contents WHERE table_name = 'node'")
    kind = tiny.rows("kinds")["node"]
    assert contents == [(kind[f"name_{language}"], kind[f"definition_{language}"])]
    column = tables()["place_layer"].column("area_km2")
    of_area = "FROM gpkg_data_columns WHERE table_name='node' AND column_name='area_km2'"
    aliases = rows(tmp_path / "a.gpkg", f"SELECT name {of_area}")
    assert aliases == [({"zh": column.label_zh, "en": column.label_en}[language],)]
    [(legend,)] = rows(tmp_path / "a.gpkg", "SELECT description FROM layer_styles WHERE f_table_name = 'node'")
    assert text("method.official_bounds", language) in legend


def test_kinds_of_one_name_are_told_apart(seeds: Path) -> None:
    same = {"name_zh": "同名", "name_en": "Same"}
    tiny_city.add(seeds, "kinds", [{"kind": kind} | same for kind in ("belt", "node", "park")])
    build(seeds, seeds.parent / "layers")
    export(Atlas.load(seeds.parent / "layers").select(), seeds.parent / "a.gpkg")
    names = rows(
        seeds.parent / "a.gpkg", "SELECT identifier FROM gpkg_contents WHERE identifier LIKE '同名%' ORDER BY 1"
    )
    assert [name for (name,) in names] == ["同名", "同名 (2)", "同名 (3)"]


def test_spatial_index_aliases_styles(path: Path) -> None:
    assert rows(path, "SELECT count(*) FROM rtree_node_geom") == [(1,)]
    found = rows(
        path,
        "SELECT name, title, description FROM gpkg_data_columns WHERE table_name='node' AND column_name='area_km2'",
    )
    assert found[0][:2] == ("图上面积", "Drawn area")
    assert "[km2]" in found[0][2]
    [(constraint,)] = rows(
        path, "SELECT constraint_name FROM gpkg_data_columns WHERE table_name='node' AND column_name='method'"
    )
    allowed = rows(path, f"SELECT value FROM gpkg_data_column_constraints WHERE constraint_name='{constraint}'")
    assert {value for (value,) in allowed} == {"official_bounds", "digitised", "schematic"}
    styles = rows(
        path, "SELECT f_table_name, useAsDefault, styleQML, styleSLD FROM layer_styles WHERE f_geometry_column='geom'"
    )
    assert {name for name, *_ in styles} == {"belt", "node", "park", "institution"}
    for _, default, qml, sld in styles:
        assert default == 1
        assert ElementTree.fromstring(qml).tag == "qgis"
        assert ElementTree.fromstring(sld).tag.endswith("StyledLayerDescriptor")


def test_metadata_record(path: Path) -> None:
    [(scope, standard, mime, record)] = rows(
        path, "SELECT md_scope, md_standard_uri, mime_type, metadata FROM gpkg_metadata"
    )
    assert (scope, standard, mime) == ("dataset", "http://www.isotc211.org/2005/gmd", "text/xml")
    root = ElementTree.fromstring(record)
    words = " ".join(root.itertext())
    for part in ("ODbL-1.0", "测试 · Test", "2024-06-30", "node_a: official_bounds, ±100 m, plan", "Document plan"):
        assert part in words
    assert rows(path, "SELECT reference_scope, timestamp FROM gpkg_metadata_reference") == [
        ("geopackage", "2024-06-30T00:00:00.000Z")
    ]
    extensions = {name for (name,) in rows(path, "SELECT extension_name FROM gpkg_extensions")}
    assert {"gpkg_rtree_index", "gpkg_schema", "gpkg_metadata"} <= extensions


@pytest.mark.parametrize(
    ("name", "expected"), [("order", "order_layer"), ("AI-Park", "ai_park"), ("3d", "l_3d"), ("中", "l__")]
)
def test_sql_name(name: str, expected: str) -> None:
    assert sql_name(name) == expected


def test_no_trace_of_the_clock_in_any_byte(path: Path) -> None:
    """Not in unused bytes either, where a time that was overwritten would stay."""
    years = {match.group() for match in re.finditer(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:[\d.]+Z", path.read_bytes())}
    assert years == {b"2024-06-30T00:00:00.000Z"}
