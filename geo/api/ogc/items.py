"""Features: a page of items or a single item, as GeoJSON and HTML."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import shapely

from geo.api.asking import GEOJSON, HTML, Ask, RefusedError, Reply
from geo.api.ogc.collections import Collection, collection
from geo.api.ogc.crs import crs_of, shapes_in
from geo.api.ogc.html import page, table_of
from geo.api.ogc.parameters import Wanted, wanted, wants_html
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = ["feature", "features", "link"]

#: Most characters of the Link header: a filter may be long, and nginx accepts 4 kB of headers.
_MOST_OF_LINKS = 2000


def link(href: str, rel: str, media_type: str, title: str = "") -> dict[str, str]:
    """Return a link object of the standard."""
    return {"href": href, "rel": rel, "type": media_type, **({"title": title} if title else {})}


@lru_cache(maxsize=64)
def _written(atlas: Atlas, collection_id: str, crs: str) -> tuple[str, ...]:
    """Return every feature of a collection as GeoJSON in a CRS; cached."""
    one = collection(atlas, collection_id)
    shapes = shapely.to_geojson(shapes_in(atlas, collection_id, crs))
    return tuple(
        f'{{"type":"Feature","id":{_json(row[one.key])},"geometry":{shape or "null"},"properties":{_json(row)}'
        for row, shape in zip(one.rows, shapes, strict=True)
    )  # without the closing brace, which follows the links of a feature, if it has any


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dict, allow_nan=False)


def _address(base: str, one: Collection, query: dict[str, str], **changes: str | None) -> str:
    changed = {name: value for name, value in (query | changes).items() if value is not None}
    items = f"{base}/ogc/collections/{one.id}/items"
    return f"{items}?{urlencode(changed)}" if changed else items


def _links(base: str, one: Collection, asked: Wanted, *, html: bool) -> list[dict[str, str]]:
    query = asked.query
    plain = {name: value for name, value in query.items() if name != "f"}
    own, other = ("html", HTML), ("json", GEOJSON)
    if not html:
        own, other = other, own
    links = [
        link(_address(base, one, plain, f=own[0]), "self", own[1]),
        link(_address(base, one, plain, f=other[0]), "alternate", other[1]),
        link(f"{base}/ogc/collections/{one.id}", "collection", "application/json"),
    ]
    for rel, offset in (("next", asked.offset + asked.limit), ("prev", asked.offset - asked.limit)):
        if (rel == "next" and offset < len(asked.numbers)) or (rel == "prev" and asked.offset > 0):
            position = {"limit": str(asked.limit), "offset": str(max(offset, 0)), "f": own[0]}
            links.append(link(_address(base, one, plain, **position), rel, own[1]))
    return links


def _headers(links: list[dict[str, str]], crs: str) -> dict[str, str]:
    """Return the headers of features; as many links as fit, the first ones first."""
    written: list[str] = []
    for one in links:
        said = f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"'
        if sum(map(len, written)) + len(said) <= _MOST_OF_LINKS:
            written.append(said)
    return {"Content-Crs": f"<{crs}>", **({"Link": ", ".join(written)} if written else {})}


def features(atlas: Atlas, ask: Ask, collection_id: str) -> Reply:
    """Answer ``/ogc/collections/<id>/items``."""
    one = collection(atlas, collection_id)
    asked = wanted(atlas, one, ask)
    html = wants_html(ask, asked.query.get("f"))
    shown = asked.numbers[asked.offset : asked.offset + asked.limit]
    links = _links(ask.base, one, asked, html=html)
    queryables = link(
        f"{ask.base}/ogc/collections/{one.id}/queryables",
        "http://www.opengis.net/def/rel/ogc/1.0/queryables",
        "application/schema+json",
    )
    headers = _headers([queryables, *links], asked.crs)
    if html:
        return page(
            ask, f"{one.title_zh} · {one.title_en}", _table(ask.base, one, shown, len(asked.numbers)), links, headers
        )
    made = _written(atlas, one.id, asked.crs)
    body = ",".join(f"{made[number]}}}" for number in shown)
    counts = f'"numberMatched":{len(asked.numbers)},"numberReturned":{len(shown)},"links":{_json(links)}'
    return Reply(f'{{"type":"FeatureCollection",{counts},"features":[{body}]}}'.encode(), GEOJSON, headers=headers)


def feature(atlas: Atlas, ask: Ask, collection_id: str, feature_id: str) -> Reply:
    """Answer ``/ogc/collections/<id>/items/<feature>``."""
    one = collection(atlas, collection_id)
    query = ask.parameters(("f", "crs"))
    crs, html = crs_of(atlas, query.get("crs"), "crs"), wants_html(ask, query.get("f"))
    if feature_id not in one.numbers:
        raise RefusedError.unknown(feature_id, one.numbers, where=f"/ogc/collections/{one.id}/items")
    address = f"{ask.base}/ogc/collections/{one.id}/items/{quote(feature_id)}"
    chosen = {"crs": query["crs"]} if "crs" in query else {}
    own, other = (("html", HTML), ("json", GEOJSON)) if html else (("json", GEOJSON), ("html", HTML))
    links = [
        link(f"{address}?{urlencode({**chosen, 'f': own[0]})}", "self", own[1]),
        link(f"{address}?{urlencode({**chosen, 'f': other[0]})}", "alternate", other[1]),
        link(f"{ask.base}/ogc/collections/{one.id}", "collection", "application/json"),
    ]
    if "place_id" in one.rows[0] and one.rows[one.numbers[feature_id]]["place_id"]:
        place = one.rows[one.numbers[feature_id]]["place_id"]
        links.append(link(f"{ask.base}/data/places/{place}.json", "describedby", "application/json"))
    headers = _headers(links, crs)
    if html:
        row = one.rows[one.numbers[feature_id]]
        titles = {name: str(one.schemas[name]["title"]) for name in row}
        body = table_of(("", ""), [(titles[name], value) for name, value in row.items()])
        name = " · ".join(str(row[key]) for key in ("name_zh", "name_en") if row.get(key))
        return page(ask, name or feature_id, body, links, headers)
    made = _written(atlas, one.id, crs)[one.numbers[feature_id]]
    return Reply(f'{made},"links":{_json(links)}}}'.encode(), GEOJSON, headers=headers)


def _table(base: str, one: Collection, shown: Any, matched: int) -> str:
    """Return the features of a page as a table with ids that link to the features."""
    names = [name for name in ("name_zh", "name_en", "figure_zh", "figure_en", "as_of") if name in one.schemas]
    rows = []
    for number in shown:
        row = one.rows[number]
        address = f"{base}/ogc/collections/{one.id}/items/{quote(str(row[one.key]))}?f=html"
        rows.append(((address, row[one.key]), *(row[name] for name in names)))
    count = " · ".join(text("api.ogc.matched", language, shown=len(shown), count=matched) for language in ("zh", "en"))
    return f"<p>{count}</p>" + table_of((one.key, *(str(one.schemas[name]["title"]) for name in names)), rows)
