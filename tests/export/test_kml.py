from __future__ import annotations

import zipfile
from pathlib import Path

import fastkml
import pytest
from clients import ogr, ogrinfo
from lxml import etree

from geo.atlas.atlas import Atlas
from geo.contract.schema import table
from geo.export import export

SPACE = {"k": "http://www.opengis.net/kml/2.2"}
SCHEMA = Path(fastkml.__file__).parent / "schema" / "ogckml22.xsd"


@pytest.fixture(scope="module")
def path(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kml") / "a.kml"
    export(tiny.select(), made)
    return made


def test_valid_by_the_schema_of_the_ogc(path: Path, atlas: Atlas, tmp_path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    export(atlas.select(), tmp_path / "b.kml", language="en")
    for made in (path, tmp_path / "b.kml"):
        schema.assertValid(etree.parse(made))


def test_fields_are_typed_for_gdal(path: Path) -> None:
    shown = ogrinfo(path, "-al")
    for line in ("accuracy_m: Integer", "area_km2: Real", "name_zh: String"):
        assert line in shown
    [(row, shape)] = [pair for pair in ogr(path) if pair[0].get("area_km2") and pair[0]["place_id"] == "node_a"]
    assert (row["accuracy_m"], row["area_km2"], row["name_zh"]) == (100, 7.9582, "甲点")
    assert shape.geom_type == "Polygon"


def test_balloon_has_measures_with_sources(path: Path, tiny: Atlas) -> None:
    root = etree.parse(path)
    balloon = root.find(".//k:Placemark[@id='node.node_a']/k:description", SPACE).text
    table = etree.fromstring(balloon[balloon.index("<table>") : balloon.index("</table>") + 8])
    rows = [[cell.text for cell in row] for row in table]
    published = tiny.table("sources").set_index("source_id").at["plan", "published"]
    assert ["firms", "140 个（2021，3 年前；全部）", f"[A] Tiny council，《Document plan》，{published}"] in rows
    assert "按文件所述四至绘制 · ±100 米" in balloon
    style = root.find(".//k:Style[@id='node.official_bounds']/k:BalloonStyle/k:text", SPACE).text
    assert style == "$[description]"


def test_document_tells_licence_date_sources(path: Path) -> None:
    about = etree.parse(path).find("k:Document/k:description", SPACE).text
    for part in ("2024-06-30", "ODbL-1.0", "测试 · Test", "node_a: official_bounds, ±100 m, plan", "Document plan"):
        assert part in about


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_are_in_the_language_asked_for(tiny: Atlas, tmp_path: Path, language: str) -> None:
    export(tiny.select(), tmp_path / "a.kml", language=language)
    root = etree.parse(tmp_path / "a.kml")
    column = table("place_layer").column("accuracy_m")
    (shown,) = root.xpath("//k:Schema[1]/k:SimpleField[@name='accuracy_m']/k:displayName/text()", namespaces=SPACE)[:1]
    assert shown == {"zh": column.label_zh, "en": column.label_en}[language]
    kind = tiny.rows("kinds")["node"]
    folder = root.find(".//k:Folder[@id='node']", SPACE)
    assert folder.find("k:name", SPACE).text == kind[f"name_{language}"]
    assert folder.find("k:description", SPACE).text == kind[f"definition_{language}"]
    assert folder.find("k:Placemark/k:name", SPACE).text == tiny.name("node_a", language)


def test_colours_are_those_of_the_kinds(path: Path) -> None:
    colour = etree.parse(path).find(".//k:Style[@id='node.official_bounds']/k:LineStyle/k:color", SPACE).text
    assert colour == "ff533412"  # opaque, then blue, green, red of #123453


def test_kmz_is_the_kml_in_a_zip(tiny: Atlas, path: Path, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.kmz")
    with zipfile.ZipFile(tmp_path / "a.kmz") as archive:
        assert archive.namelist() == ["doc.kml"]
        kmz = etree.fromstring(archive.read("doc.kml"))
    marks = [len(root.findall(".//k:Placemark", SPACE)) for root in (kmz, etree.parse(path).getroot())]
    assert marks == [8, 8]  # 3 places, 2 institutions, 3 labels


def test_gdal_reads_of_the_kmz_what_it_reads_of_the_kml(tiny: Atlas, path: Path, tmp_path: Path) -> None:
    """It looks for a schema in the layer itself only, in an archive: each is a document with one of its own."""
    export(tiny.select(), tmp_path / "a.kmz")
    assert ogr(tmp_path / "a.kmz") == ogr(path)
    assert any(row.get("place_id") == "node_a" for row, _ in ogr(path))
    shown = ogrinfo(tmp_path / "a.kmz", "-al")
    for line in ("accuracy_m: Integer", "area_km2: Real", "name_zh: String"):
        assert line in shown


def test_kmz_is_valid_by_the_schema_of_the_ogc(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.kmz")
    with zipfile.ZipFile(tmp_path / "a.kmz") as archive:
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(archive.read("doc.kml")))
