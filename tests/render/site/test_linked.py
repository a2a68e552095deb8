"""What machines are told: schema.org in the pages, DCAT for the whole."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from typing import Any

from geo.atlas.atlas import Atlas
from geo.render.site.linked import catalog


def test_a_place_is_a_place_with_its_point_and_data(
    tiny: Atlas, site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    told = json.loads(pages["en/places/node_a.html"].linked)
    row = tiny.place_rows["node_a"]
    assert (told["@context"], told["@type"], told["name"]) == ("https://schema.org", "Place", "Node A")
    assert (told["geo"]["latitude"], told["geo"]["longitude"]) == (row["label_lat"], row["label_lon"])
    assert told["containedInPlace"]["name"] == "Belt A"
    assert json.loads(pages["en/places/east.html"].linked)["@type"] == "AdministrativeArea"
    (data,) = told["subjectOf"]["distribution"]
    assert posixpath.normpath(posixpath.join("en/places", data["contentUrl"])) in site


ODBL = "https://opendatacommons.org/licenses/odbl/1-0/"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def test_a_measure_and_the_whole_are_data_sets_with_their_licences(
    site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    licences = [one["path"] for one in json.loads(site["datapackage.json"])["licenses"]]
    assert licences == [ODBL, CC_BY]
    whole = {"en/measures/area_km2.html": CC_BY, "en/index.html": licences, "en/downloads.html": licences}
    for path, licence in whole.items():
        told = json.loads(pages[path].linked)
        assert told["@type"] == "Dataset"
        assert told["license"] == licence
        files = {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), one["contentUrl"])): one
            for one in told["distribution"]
        }
        assert files
        assert {one["license"] for one in files.values()} <= {ODBL, CC_BY}
    assert files["layers/node.geojson"]["license"] == ODBL


def test_the_catalogue_lists_each_file_with_size_type_and_licence(tiny: Atlas, site: Mapping[str, bytes]) -> None:
    told = json.loads(site["catalog.jsonld"])
    (dataset,) = told["dcat:dataset"]
    assert dataset["dct:license"] == [{"@id": ODBL}, {"@id": CC_BY}]
    files = {one["dcat:downloadURL"]["@id"]: one for one in dataset["dcat:distribution"]}
    assert "layers/node.geojson" in files
    for path, one in files.items():
        assert one["dcat:byteSize"] == len(site[path])
        shapes = path.endswith(".geojson") and any(one["geometry"] for one in json.loads(site[path])["features"])
        assert one["dct:license"]["@id"] == (ODBL if shapes else CC_BY), path
    assert files["features/facts.geojson"]["dcat:mediaType"] == "application/geo+json"
    assert dataset["dcat:version"] == "1"
    placed = json.loads(catalog(tiny, {"a.csv": 3, "layers/changes.atom": 5}, "https://example.org/x"))
    table, feed = placed["dcat:dataset"][0]["dcat:distribution"]
    assert table["dcat:downloadURL"]["@id"] == "https://example.org/x/a.csv"
    assert feed["dcat:mediaType"] == "application/atom+xml"
