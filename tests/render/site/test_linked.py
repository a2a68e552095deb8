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


def test_a_measure_and_the_whole_are_data_sets_with_a_licence(pages: Mapping[str, Any]) -> None:
    for path in ("en/measures/area_km2.html", "en/index.html", "en/downloads.html"):
        told = json.loads(pages[path].linked)
        assert told["@type"] == "Dataset"
        assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert told["distribution"]


def test_the_catalogue_lists_each_file_with_size_and_licence(tiny: Atlas, site: Mapping[str, bytes]) -> None:
    told = json.loads(site["catalog.jsonld"])
    (dataset,) = told["dcat:dataset"]
    files = {one["dcat:downloadURL"]["@id"]: one for one in dataset["dcat:distribution"]}
    assert "layers/node.geojson" in files
    for path, one in files.items():
        assert one["dcat:byteSize"] == len(site[path])
    assert files["layers/node.geojson"]["dct:license"]["@id"].startswith("https://opendatacommons.org/")
    assert dataset["dcat:version"] == "1"
    placed = json.loads(catalog(tiny, {"a.csv": 3}, "https://example.org/x"))
    assert placed["dcat:dataset"][0]["dcat:distribution"][0]["dcat:downloadURL"]["@id"] == "https://example.org/x/a.csv"
