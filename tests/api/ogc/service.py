"""The service as a client sees it, asked in this process: an address of it and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from geo.api.asking import Ask, Reply
from geo.api.door import answer
from geo.atlas.atlas import Atlas

BASE = "https://map.example/city"
ROOT = f"{BASE}/ogc"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass
class Service:
    atlas: Atlas
    whole: dict[str, list[Any]] = field(default_factory=dict)

    def get(self, address: str, /, **query: Any) -> Reply:
        """Ask for an address, whole or below the landing page; ``bbox_crs`` is the parameter bbox-crs."""
        parts = urlsplit(address if address.startswith(BASE) else ROOT + address)
        pairs = [*parse_qsl(parts.query, keep_blank_values=True)]
        pairs += [(name.replace("_crs", "-crs").replace("_lang", "-lang"), str(value)) for name, value in query.items()]
        return answer(self.atlas, Ask(parts.path.removeprefix("/city"), tuple(pairs), "", BASE))

    def json(self, address: str, /, **query: Any) -> Any:
        reply = self.get(address, **query)
        assert reply.status == 200, (address, query, reply.body.decode()[:500])
        return json.loads(reply.body)

    def status(self, address: str, /, **query: Any) -> int:
        return self.get(address, **query).status

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.json("/collections")["collections"]]

    def features(self, collection: str, /, **query: Any) -> list[Any]:
        """Return features of a collection, all pages unless there is a limit; the whole is asked for once."""
        if query:
            return self._features(collection, **query)
        if collection not in self.whole:
            self.whole[collection] = self._features(collection)
        return list(self.whole[collection])

    def _features(self, collection: str, /, **query: Any) -> list[Any]:
        page = self.json(f"/collections/{collection}/items", **{"limit": 1000, **query})
        found = list(page["features"])
        while "limit" not in query and (following := [one["href"] for one in page["links"] if one["rel"] == "next"]):
            page = self.json(following[0])
            found += page["features"]
        return found

    def found(self, collection: str, /, **query: Any) -> set[str]:
        return {one["id"] for one in self.features(collection, **query)}
