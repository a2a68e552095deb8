"""The replies that need no query, as files for a web host that runs no program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from geo.api.asking import Ask, Reply, json_reply
from geo.api.door import answer
from geo.api.ogc.collections import FACTS, INSTITUTIONS, TOWNSHIPS, collections
from geo.api.ogc.parameters import MOST
from geo.atlas.atlas import Atlas
from geo.base.told import told
from geo.errors import GeoError
from geo.render.chart.picture import PICTURE_FORMATS

__all__ = ["WHOLE", "data_files"]

_INDEX = "data/index.json"

#: Files on the whole data set.
WHOLE = ("datapackage.json", _INDEX, "data/schema.json", "data/facts.csv", "data/facts.json")

#: Collections to write; the collections of single kinds are contained in the first.
_COLLECTIONS = ("places", INSTITUTIONS, TOWNSHIPS, FACTS)


def data_files(atlas: Atlas) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file: a measure, a place, all facts, the dictionary, the features.

    Addresses within the files are relative. A collection becomes ``features/<id>.geojson``. Links that need a server
    are left out, and so are pictures, which a server draws.

    Notes
    -----
    Some 15 MB for 300 measures and 70 places, in a few seconds.
    """
    measures = [
        f"data/{one}{ending}" for one in atlas.rows("measures") for ending in (".csv", ".json", ".metadata.json")
    ]
    for path in [*WHOLE, *measures, *(f"data/places/{one}.json" for one in atlas)]:
        body = _asked(atlas, path).body
        yield path, _without_questions(body) if path in (_INDEX, *measures) and path.endswith(".json") else body
    for name in _COLLECTIONS:
        if name in collections(atlas):
            collection = {"type": "FeatureCollection", "features": _features(atlas, name)}
            yield f"features/{name}.geojson", json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _features(atlas: Atlas, name: str) -> list[dict[str, Any]]:
    """Return all features of a collection, page by page: one reply has at most `MOST`."""
    features: list[dict[str, Any]] = []
    while True:
        query = (("f", "json"), ("limit", str(MOST)), ("offset", str(len(features))))
        page = json.loads(answer(atlas, Ask(f"/ogc/collections/{name}/items", query)).body)
        features += page["features"]
        if not page["features"] or len(features) >= page["numberMatched"]:
            break
    if len(features) != page["numberMatched"]:
        most = page["numberMatched"]
        raise told(GeoError, "wrong.features", name=name, count=len(features), most=most)
    return features


def _asked(atlas: Atlas, path: str) -> Reply:
    above = "/".join([".."] * path.count("/")) or "."
    return answer(atlas, Ask(f"/{path}", base=above))


def _without_questions(body: bytes) -> bytes:
    """Return the index or a measure without the links that need a server."""
    content = json.loads(body)
    for part in (content, *content.get("measures", ())):
        part["links"] = {
            name: href
            for name, href in part["links"].items()
            if name not in PICTURE_FORMATS and "?" not in href and not href.endswith("/ogc/")
        }
    for place in content.get("places", ()):
        del place["charts"]
    return json_reply(content).body
