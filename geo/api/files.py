"""What the doors answer without a question, as files: the same content, for a web host that runs no program."""

from __future__ import annotations

import json
from collections.abc import Iterator

from geo.api.asking import Ask, Reply
from geo.api.door import answer
from geo.api.ogc.collections import FACTS, INSTITUTIONS, TOWNSHIPS, collections
from geo.atlas.atlas import Atlas

__all__ = ["WHOLE", "data_files"]

#: The files that tell of the whole data set.
WHOLE = ("datapackage.json", "data/index.json", "data/schema.json", "data/facts.csv", "data/facts.json")

#: The collections that hold all: those of single kinds are parts of the first.
_COLLECTIONS = ("places", INSTITUTIONS, TOWNSHIPS, FACTS)

#: More features than any collection has.
_ALL = "1000000"


def data_files(atlas: Atlas) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file: a measure, a place, all facts, the dictionary, the features.

    Addresses inside them lead to the files beside them. A collection is ``features/<id>.geojson``; its links, which
    ask a server, are left out.

    Notes
    -----
    Some 15 MB for 300 measures and 70 places, in a few seconds.
    """
    measures = [
        f"data/{one}{ending}" for one in atlas.rows("measures") for ending in (".csv", ".json", ".metadata.json")
    ]
    for path in [*WHOLE, *measures, *(f"data/places/{one}.json" for one in atlas)]:
        yield path, _asked(atlas, path).body
    for name in _COLLECTIONS:
        if name not in collections(atlas):
            continue
        ask = Ask(f"/ogc/collections/{name}/items", (("f", "json"), ("limit", _ALL)))
        content = json.loads(answer(atlas, ask).body)
        kept = {key: content[key] for key in ("type", "features")}
        yield f"features/{name}.geojson", json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def _asked(atlas: Atlas, path: str) -> Reply:
    above = "/".join([".."] * path.count("/")) or "."
    return answer(atlas, Ask(f"/{path}", base=above))
