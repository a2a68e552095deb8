from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from clients import csv_rows, ogr, ogrinfo, unzipped

from geo.atlas.atlas import Atlas
from geo.contract.schema import table
from geo.errors import DataError
from geo.export import export
from geo.export.shapefile import fit, short_name, short_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shape") / "a.shp.zip"
    export(tiny.select(), made, crs="EPSG:32632")
    return unzipped(made)


def test_short_names_are_fixed_ascii_and_unique(atlas: Atlas) -> None:
    for contract in (atlas.place_table, table("place_layer"), table("institutions")):
        short = list(short_names(contract.columns).values())
        assert len(set(short)) == len(short)
        assert all(len(word.encode()) <= 10 and word.isascii() for word in short)


def test_every_column_of_the_contract_has_a_short_name_written_down(atlas: Atlas) -> None:
    known = {*table("place_layer").names(), *table("institutions").names()}
    with (ROOT / "geo" / "data" / "short_names.csv").open(encoding="utf-8") as file:
        written = {row["column"]: row["short"] for row in csv.DictReader(file)}
    assert known <= set(written)
    assert set(written) - known <= set(atlas.measures.index)
    assert all(len(written[name]) <= 8 for name in set(written) - known)  # date, qualifier and grade add two


def test_a_measure_that_is_not_written_down_has_a_name_of_its_id_alone(atlas: Atlas) -> None:
    """So that a field keeps its name whatever other measures a city adds."""
    measures = [name for name in atlas.measures.index if len(name) > 8]
    assert len({short_name(name) for name in measures}) == len(measures)
    assert short_name("bridges_under_water") == "bridu19k"
    assert [short_name(f"bridges_under_water_{end}") for end in ("as_of", "qualifier", "grade")] == [
        "bridu19k_d", "bridu19k_q", "bridu19k_g",
    ]  # fmt: skip


def test_two_columns_of_one_name_are_refused() -> None:
    column = table("place_layer").column("area_km2")
    with pytest.raises(DataError, match="would share a name") as told:
        short_names([column, replace(column, name="area_off"), replace(column, name="area_official_drawn_km2")])
    assert told.value.problems == ("area_off: area_off, area_official_drawn_km2",)


def test_gdal_reads_it_from_the_zip_without_a_word(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.shp.zip")
    shown = ogrinfo(f"/vsizip/{tmp_path}/a.shp.zip", "-al")
    assert "Layer name: node" in shown
    assert "area_off: Real (24.15)" in shown


def test_fields_are_explained(folder: Path) -> None:
    rows = {(row["layer"], row["field"]): row for row in csv_rows(folder / "fields.csv")}
    assert rows["node", "area_off"]["column"] == "area_official_drawn_km2"
    assert rows["node", "area_off"]["unit"] == "km2"
    assert rows["node", "area_off"]["label_zh"] == "所画范围的官方面积"
    read = {name for row, _ in ogr(folder / "node.shp") for name in row}
    assert read == {field for layer, field in rows if layer == "node"}


def test_projected_metadata_sources(folder: Path) -> None:
    assert "UTM_Zone_32N" in (folder / "node.prj").read_text()
    assert "Document plan" in (folder / "metadata.xml").read_text(encoding="utf-8")
    assert "Document plan" in (folder / "README.txt").read_text(encoding="utf-8")
    assert len(csv_rows(folder / "tables" / "facts.csv")) == 5


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_cpg_tells_the_encoding(tiny: Atlas, tmp_path: Path, encoding: str) -> None:
    export(tiny.select(), tmp_path / "a.shp.zip", encoding=encoding.lower())
    unpacked = unzipped(tmp_path / "a.shp.zip")
    assert (unpacked / "node.cpg").read_text() == encoding
    assert "甲点".encode(encoding) in (unpacked / "node.dbf").read_bytes()
    [(row, _)] = ogr(unpacked / "node.shp")
    assert row["name_zh"] == "甲点"


def test_without_cpg_the_dbf_itself_names_the_code_page(tiny: Atlas, tmp_path: Path) -> None:
    """Old software looks at the byte for it only, and knows 936, not GB18030: so no character of four bytes."""
    export(tiny.select(), tmp_path / "a.shp.zip", encoding="GB18030")
    unpacked = unzipped(tmp_path / "a.shp.zip")
    (unpacked / "node.cpg").unlink()
    [(row, _)] = ogr(unpacked / "node.shp")
    assert row["name_zh"] == "甲点"
    raw = bytearray((unpacked / "node.dbf").read_bytes())
    raw[int.from_bytes(raw[8:10], "little") :].decode("gbk")  # strictly, after the header
    raw[29] = 0
    (unpacked / "node.dbf").write_bytes(raw)
    [(row, _)] = ogr(unpacked / "node.shp")
    assert row["name_zh"] != "甲点"


def test_unplaced_institution_has_no_shape(folder: Path) -> None:
    shapes = {row["inst_id"]: shape for row, shape in ogr(folder / "institution.shp")}
    assert shapes["lab_y"] is None
    assert shapes["lab_x"].geom_type == "Point"


@pytest.mark.parametrize(
    ("value", "encoding", "expected"),
    [
        ("a" * 254, "utf-8", ("a" * 254, True)),
        ("a" * 255, "utf-8", ("a" * 251 + "…", False)),
        ("中" * 127, "gb18030", ("中" * 127, True)),
        ("中" * 128, "gb18030", ("中" * 126 + "…", False)),
        ("© 中", "gb18030", ("(c) 中", False)),
        ("© 中", "utf-8", ("© 中", True)),
        (" a", "utf-8", (" a", False)),
        (0.5, "utf-8", (0.5, True)),
        (0.1 + 0.2, "utf-8", (0.1 + 0.2, False)),
        (1e30, "utf-8", (None, False)),
        (10**17, "utf-8", (10**17, True)),
        (10**19, "utf-8", (None, False)),
        (None, "utf-8", (None, True)),
        (True, "utf-8", (True, True)),
    ],
)
def test_fit(value: object, encoding: str, expected: tuple[object, bool]) -> None:
    assert fit(value, encoding) == expected
