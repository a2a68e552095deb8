"""The doors as files: the same content as the app answers, and addresses that lead to the files beside."""

from __future__ import annotations

import json
import posixpath

import pytest

from geo.api.asking import Ask, Reply
from geo.api.door import Kept, answer
from geo.api.files import WHOLE, data_files
from geo.atlas.atlas import Atlas
from geo.errors import GeoError


def test_files_hold_what_the_doors_answer(tiny: Atlas) -> None:
    files = dict(data_files(tiny))
    assert set(WHOLE) <= set(files)
    assert {f"data/places/{one}.json" for one in tiny} <= set(files)
    for path in ("data/facts.csv", "data/area_km2.csv", "data/places/node_a.json"):
        assert files[path] == answer(tiny, Ask(f"/{path}")).body
    items = json.loads(answer(tiny, Ask("/ogc/collections/places/items", (("limit", "100"),))).body)
    told = json.loads(files["features/places.geojson"])
    assert told["type"] == "FeatureCollection"
    assert [one["properties"] for one in told["features"]] == [one["properties"] for one in items["features"]]
    assert len(told["features"]) == len(tiny)


def test_a_collection_is_whole_though_an_answer_holds_only_a_part(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dict(data_files(tiny))
    monkeypatch.setattr("geo.api.door._kept", Kept(0, 0))
    monkeypatch.setattr("geo.api.ogc.parameters.MOST", 2)
    paged = dict(data_files(tiny))
    for path in ("features/places.geojson", "features/institutions.geojson", "features/facts.geojson"):
        assert paged[path] == whole[path]
    assert len(json.loads(whole["features/facts.geojson"])["features"]) > 4


def test_a_collection_that_does_not_come_whole_is_no_file(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(atlas: Atlas, ask: Ask) -> Reply:
        reply = answer(atlas, ask)
        if not ask.path.endswith("/items"):
            return reply
        return Reply(json.dumps({**json.loads(reply.body), "features": []}).encode())

    monkeypatch.setattr("geo.api.files.answer", short)
    with pytest.raises(GeoError, match=rf"places: 0 features of {len(tiny)} came"):
        list(data_files(tiny))


def test_every_address_inside_leads_to_a_file(tiny: Atlas) -> None:
    files = dict(data_files(tiny))
    index = json.loads(files["data/index.json"])
    assert {"facts", "schema", "datapackage"} <= set(index["links"])
    links = [*index["links"].values(), *(one["link"] for one in index["places"])]
    links += [href for one in index["measures"] for href in one["links"].values()]
    assert not any("charts" in one for one in index["places"])  # a web host draws none
    for ending in (".json", ".metadata.json"):
        links += json.loads(files[f"data/area_km2{ending}"])["links"].values()
    assert len(links) > 4 * len(index["measures"])
    for link in links:
        assert posixpath.normpath(posixpath.join("data", link)) in files
