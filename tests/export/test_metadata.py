"""The ISO record of a bundle has every element that ISO 19139 wants, and says what the atlas says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from geo.atlas.atlas import Atlas
from geo.export import export

SPACES = {"d": "http://www.isotc211.org/2005/gmd", "o": "http://www.isotc211.org/2005/gco"}


def record(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("metadata.xml"))


@pytest.fixture(scope="module")
def root(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> etree._Element:
    path = tmp_path_factory.mktemp("iso") / "a.zip"
    export(tiny.select(), path, "shapefile", 32632)
    return record(path)


def words(root: etree._Element, path: str) -> list[str]:
    steps = "/".join(f"d:{step}" for step in path.split("/"))
    return [node.text for node in root.iterfind(f"{steps}/o:CharacterString", SPACES)]


def test_every_code_is_named_with_its_list(root: etree._Element) -> None:
    codes = [(node.getparent().tag.partition("}")[2], node.text) for node in root.iter() if "codeList" in node.attrib]
    assert codes == [
        ("language", "chi"),
        ("characterSet", "utf8"),
        ("hierarchyLevel", "dataset"),
        ("role", "publisher"),
        ("dateType", "revision"),
        ("useConstraints", "license"),
        ("language", "chi"),
        ("language", "eng"),
        ("level", "dataset"),
    ]
    for node in (node for node in root.iter() if "codeList" in node.attrib):
        assert node.attrib["codeListValue"] == node.text
        assert node.attrib["codeList"].endswith(f"#{node.tag.partition('}')[2]}")


def test_title_date_crs_licence_and_attribution(root: etree._Element, tiny: Atlas) -> None:
    meta, about = tiny.meta, "identificationInfo/MD_DataIdentification"
    assert words(root, "fileIdentifier") == [f"{meta['atlas_id']}-{meta['version']}"]
    assert words(root, f"{about}/citation/CI_Citation/title") == [f"{meta['title_zh']} · {meta['title_en']}"]
    assert words(root, f"{about}/citation/CI_Citation/edition") == [meta["version"]]
    assert [node.text for node in root.iterfind(".//o:Date", SPACES)] == [meta["data_date"]] * 2
    system = "referenceSystemInfo/MD_ReferenceSystem/referenceSystemIdentifier/RS_Identifier"
    assert (words(root, f"{system}/code"), words(root, f"{system}/codeSpace")) == (["32632"], ["EPSG"])
    licence, credit = words(root, f"{about}/resourceConstraints/MD_LegalConstraints/otherConstraints")
    assert licence == f"{meta['geometry_licence']} (geometry); {meta['tables_licence']} (tables)"
    assert credit == f"{meta['attribution_zh']} · {meta['attribution_en']}"
    (abstract,) = words(root, f"{about}/abstract")
    assert meta["border_notice_zh"] in abstract


def test_the_box_is_that_of_the_places(root: etree._Element, tiny: Atlas) -> None:
    box = root.find(".//d:EX_GeographicBoundingBox", SPACES)
    found = [float(node[0].text) for node in box]
    west, south, east, north = tiny.layout.total_bounds
    assert found == pytest.approx([west, east, south, north], abs=1e-6)
    assert [node.tag.partition("}")[2] for node in box] == [
        "westBoundLongitude",
        "eastBoundLongitude",
        "southBoundLatitude",
        "northBoundLatitude",
    ]


def test_the_lineage_names_every_boundary_and_source(root: etree._Element, tiny: Atlas) -> None:
    (lineage,) = words(root, "dataQualityInfo/DQ_DataQuality/lineage/LI_Lineage/statement")
    for place in tiny.layout.itertuples():
        assert f"{place.Index}: {place.method}, ±{place.accuracy_m} m, {place.boundary_source_id}" in lineage
    for title in tiny.select().sources["title"]:
        assert title in lineage
