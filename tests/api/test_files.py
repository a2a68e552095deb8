"""The doors as files: the same content as the app answers, and addresses that lead to the files beside."""

from __future__ import annotations

import json
import posixpath

from geo.api.asking import Ask
from geo.api.door import answer
from geo.api.files import WHOLE, data_files
from geo.atlas.atlas import Atlas


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


def test_addresses_inside_lead_to_the_files(tiny: Atlas) -> None:
    files = dict(data_files(tiny))
    index = json.loads(files["data/index.json"])
    links = [one["link"] for one in index["places"]]
    links += [href for one in index["measures"] for name, href in one["links"].items() if name != "facts"]
    for link in links:
        assert posixpath.normpath(posixpath.join("data", link)) in files
