"""Resources that describe the features: landing page, conformance, collections, schemas, queryables, API definition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from geo.api.asking import GEOJSON, HTML, JSON, Answering, Ask, Reply, json_reply
from geo.api.ogc import filters
from geo.api.ogc.collections import Collection, collection, collections
from geo.api.ogc.crs import CRS84, crs_list
from geo.api.ogc.html import page, table_of
from geo.api.ogc.items import feature, features, link
from geo.api.ogc.openapi import OPENAPI, definition
from geo.api.ogc.parameters import wants_html
from geo.api.schemas import DIALECT
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.notices import notice

__all__ = ["CONFORMANCE", "ROUTES"]

SCHEMA = "application/schema+json"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"

CONFORMANCE = (
    *(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "geojson", "html", "oas30")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{one}"
        for one in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(f"http://www.opengis.net/spec/cql2/1.0/conf/{one}" for one in filters.CONFORMANCE),
    *(
        f"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/{one}"
        for one in ("schemas", "returnables-and-receivables", "queryables")
    ),
)


def _two(ask: Ask, path: str, *, html: bool, media_type: str = JSON) -> list[dict[str, str]]:
    """Return the links of a resource to itself and to its other representation."""
    forms = [("json", media_type), ("html", HTML)]
    own, other = reversed(forms) if html else forms
    address = f"{ask.base}/ogc{path}"
    return [link(f"{address}?f={own[0]}", "self", own[1]), link(f"{address}?f={other[0]}", "alternate", other[1])]


def _said(message: str) -> str:
    return " · ".join(text(f"api.ogc.{message}", language) for language in ("zh", "en"))


def landing(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/ogc/``."""
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    meta, base = atlas.meta, f"{ask.base}/ogc"
    links = [
        *_two(ask, "/", html=html),
        link(f"{base}/api?f=json", "service-desc", OPENAPI, _said("api")),
        link(f"{base}/api?f=html", "service-doc", HTML, _said("api")),
        link(f"{base}/conformance", "conformance", JSON, _said("conformance")),
        link(f"{base}/collections", "data", JSON, _said("collections")),
        link(f"{ask.base}/datapackage.json", "describedby", JSON, _said("datapackage")),
    ]
    credit = " · ".join(str(meta[f"attribution_{language}"]) for language in ("zh", "en"))
    notices = " · ".join(notice(meta, language) for language in ("zh", "en"))
    if html:
        listed = [(_link(one), one["rel"]) for one in links if "title" in one]
        body = f"{table_of(('', ''), listed)}<p>{notices}</p><p>{credit}</p>"
        return page(ask, f"{meta['title_zh']} · {meta['title_en']}", body, links)
    return json_reply(
        {
            "title": f"{meta['title_zh']} · {meta['title_en']}",
            "description": notices,
            "attribution": credit,
            "version": str(meta["version"]),
            "links": links,
        }
    )


def _link(one: Mapping[str, str]) -> tuple[str, str]:
    return one["href"], one.get("title") or one["rel"]


def conformance(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/ogc/conformance``."""
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    links = _two(ask, "/conformance", html=html)
    if html:
        return page(ask, _said("conformance"), table_of(("",), [(one,) for one in CONFORMANCE]), links)
    return json_reply({"conformsTo": list(CONFORMANCE), "links": links})


# ---------------------------------------------------------------------------------------------------------------------
# Collections


def _described(atlas: Atlas, ask: Ask, one: Collection, *, html: bool) -> dict[str, Any]:
    base, path = f"{ask.base}/ogc/collections/{one.id}", f"/collections/{one.id}"
    found: dict[str, Any] = {
        "id": one.id,
        "title": f"{one.title_zh} · {one.title_en}",
        "description": f"{one.description_zh} · {one.description_en}",
        "attribution": " · ".join(str(atlas.meta[f"attribution_{language}"]) for language in ("zh", "en")),
        "itemType": "feature",
        "extent": {},
        "links": [
            *_two(ask, path, html=html),
            link(f"{base}/items?f=json", "items", GEOJSON, _said("items")),
            link(f"{base}/items?f=html", "items", HTML, _said("items")),
            link(f"{base}/schema", f"{_REL}schema", SCHEMA, _said("schema")),
            link(f"{base}/queryables", f"{_REL}queryables", SCHEMA, _said("queryables")),
            link(f"{ask.base}/layers/LICENSE", "license", "text/plain"),
        ],
    }
    if one.bbox:
        found["extent"]["spatial"] = {"bbox": [list(one.bbox)], "crs": CRS84}
        found |= {"crs": list(crs_list(atlas)), "storageCrs": CRS84}
    if one.interval:
        trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
        found["extent"]["temporal"] = {"interval": [list(one.interval)], "trs": trs}
    return found


def all_collections(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/ogc/collections``."""
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    links = _two(ask, "/collections", html=html)
    found = collections(atlas).values()
    if html:
        rows = [
            ((f"{ask.base}/ogc/collections/{one.id}?f=html", one.id), one.title_zh, one.title_en, len(one.rows))
            for one in found
        ]
        return page(ask, _said("collections"), table_of(("", "", "", ""), rows), links)
    described = [_described(atlas, ask, one, html=False) for one in found]
    return json_reply({"links": links, "crs": list(crs_list(atlas)), "collections": described})


def one_collection(atlas: Atlas, ask: Ask, collection_id: str) -> Reply:
    """Answer ``/ogc/collections/<id>``."""
    one = collection(atlas, collection_id)
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    described = _described(atlas, ask, one, html=html)
    if html:
        rows = [(name, schema["title"], schema.get("description")) for name, schema in one.schemas.items()]
        body = f"<p>{described['description']}</p>{table_of(('', '', ''), rows)}"
        return page(ask, f"{one.title_zh} · {one.title_en}", body, described["links"])
    return json_reply(described)


# ---------------------------------------------------------------------------------------------------------------------
# Schemas


@lru_cache(maxsize=64)
def _properties(atlas: Atlas, collection_id: str, *, may_be_null: bool) -> dict[str, Any]:
    one = collection(atlas, collection_id)
    found: dict[str, Any] = {}
    for number, (name, schema) in enumerate(one.schemas.items(), start=1):
        own = {**schema, "x-ogc-propertySeq": number}
        if not may_be_null and not isinstance(own["type"], str):
            own["type"] = own["type"][0]
            if "enum" in own:
                own["enum"] = [word for word in own["enum"] if word is not None]
        if name == one.key:
            own |= {"x-ogc-role": "id", "type": "string"}
        found[name] = own
    if one.geometry_format:
        found[filters.GEOMETRY] = {
            "title": _said("geometry"),
            "format": one.geometry_format,
            "x-ogc-role": "primary-geometry",
            "x-ogc-propertySeq": 0,
        }
    return found


def _schema(atlas: Atlas, ask: Ask, collection_id: str, name: str, *, may_be_null: bool) -> Reply:
    one = collection(atlas, collection_id)
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    properties = _properties(atlas, collection_id, may_be_null=may_be_null)
    if html:
        rows = [
            (key, schema["title"], str(schema.get("type") or schema["format"]), schema.get("description"))
            for key, schema in properties.items()
        ]
        body = table_of(("", "", "", ""), rows)
        links = _two(ask, f"/collections/{one.id}/{name}", html=True, media_type=SCHEMA)
        return page(ask, f"{one.title_zh} · {one.title_en}: {_said(name)}", body, links)
    content = {
        "$schema": DIALECT,
        "$id": f"{ask.base}/ogc/collections/{one.id}/{name}",
        "title": f"{one.title_zh} · {one.title_en}",
        "description": f"{one.description_zh} · {one.description_en}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return json_reply(content, SCHEMA)


def returnables(atlas: Atlas, ask: Ask, collection_id: str) -> Reply:
    """Answer ``/ogc/collections/<id>/schema``: the properties of the features."""
    return _schema(atlas, ask, collection_id, "schema", may_be_null=True)


def queryables(atlas: Atlas, ask: Ask, collection_id: str) -> Reply:
    """Answer ``/ogc/collections/<id>/queryables``: the properties that filters may use."""
    return _schema(atlas, ask, collection_id, "queryables", may_be_null=False)


# ---------------------------------------------------------------------------------------------------------------------
# The definition


def api(atlas: Atlas, ask: Ask) -> Reply:
    """Answer ``/ogc/api``: the OpenAPI definition."""
    html = wants_html(ask, ask.parameters(("f",)).get("f"))
    found = definition(atlas, ask.base)
    if html:
        rows = [(path, about["get"]["summary"]) for path, about in found["paths"].items()]
        return page(ask, _said("api"), table_of(("", ""), rows), _two(ask, "/api", html=True, media_type=OPENAPI))
    return json_reply(found, OPENAPI)


_COLLECTION = "/ogc/collections/<collection_id>"

#: Path → function that answers it.
ROUTES: dict[str, Answering] = {
    "/ogc": landing,
    "/ogc/": landing,
    "/ogc/api": api,
    "/ogc/conformance": conformance,
    "/ogc/collections": all_collections,
    _COLLECTION: one_collection,
    f"{_COLLECTION}/schema": returnables,
    f"{_COLLECTION}/queryables": queryables,
    f"{_COLLECTION}/items": features,
    f"{_COLLECTION}/items/<feature_id>": feature,
}
