"""The OpenAPI 3.0 definition of the API: every path with its parameters and responses."""

from __future__ import annotations

from typing import Any

from geo.api.asking import GEOJSON, HTML, JSON
from geo.api.ogc.collections import Collection, collections
from geo.api.ogc.crs import crs_list
from geo.api.ogc.parameters import DEFAULT_LIMIT, FORMATS, LANGUAGES, MOST
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = ["OPENAPI", "definition"]

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_SCHEMA = "application/schema+json"

Object = dict[str, Any]


def _said(message: str) -> str:
    return " · ".join(text(f"api.ogc.{message}", language) for language in ("zh", "en"))


def _parameter(name: str, schema: Object, **more: Any) -> Object:
    about: Object = {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "style": "form",
        "explode": False,
    }
    return about | more


def _bbox() -> Object:
    sizes = [{"minItems": size, "maxItems": size} for size in (4, 6)]
    return {"type": "array", "oneOf": sizes, "items": {"type": "number"}}


def _shared(atlas: Atlas) -> Object:
    uris = {"type": "string", "enum": list(crs_list(atlas))}
    words: Object = {"type": "string"}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    return {
        "f": _parameter("f", {"type": "string", "enum": list(FORMATS)}),
        "limit": _parameter("limit", limit),
        "offset": _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
        "bbox": _parameter("bbox", _bbox()),
        "bbox-crs": _parameter("bbox-crs", uris),
        "datetime": _parameter("datetime", words, description=_said("datetime")),
        "crs": _parameter("crs", uris),
        "filter": _parameter("filter", words, description="CQL2"),
        "filter-lang": _parameter("filter-lang", {**words, "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
        "filter-crs": _parameter("filter-crs", uris),
    }


def _property(name: str, schema: Any) -> Object:
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    own: Object = {"type": kind}
    if words := [word for word in schema.get("enum", ()) if word is not None]:
        own["enum"] = words
    return _parameter(name, own, description=str(schema["title"]))


def _answers(media_type: str, schema: str) -> Object:
    exception = {"$ref": "#/components/responses/Exception"}
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}, HTML: {"schema": {"type": "string"}}}
    return {
        "200": {"description": "OK", "content": content},
        "304": {"description": "Not Modified"},
        **dict.fromkeys(("400", "404", "405", "500"), exception),
    }


def _operation(operation_id: str, summary: str, tag: str, answers: Object, parameters: list[Object]) -> Object:
    about = {"operationId": operation_id, "summary": summary, "tags": [tag], "parameters": parameters}
    return {"get": {**about, "responses": answers}}


def _refs(*names: str) -> list[Object]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _paths_of(one: Collection) -> Object:
    path, name = f"/collections/{one.id}", f"{one.title_zh} · {one.title_en}"
    own = [_property(key, schema) for key, schema in one.schemas.items()]
    where = ("bbox", "bbox-crs", "crs", "filter-crs")
    items = [*_refs("f", "limit", "offset", "datetime", "filter", "filter-lang", *where), *own]
    the_id = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    collected, single = _answers(GEOJSON, "Features"), _answers(GEOJSON, "Feature")
    for answer in (collected["200"], single["200"]):
        answer["headers"] = {"Content-Crs": {"schema": {"type": "string"}}}
    return {
        path: _operation(f"{one.id}.describe", name, "Collections", _answers(JSON, "Collection"), _refs("f")),
        f"{path}/schema": _operation(f"{one.id}.schema", name, "Schemas", _answers(_SCHEMA, "Schema"), _refs("f")),
        f"{path}/queryables": _operation(
            f"{one.id}.queryables", name, "Schemas", _answers(_SCHEMA, "Schema"), _refs("f")
        ),
        f"{path}/items": _operation(f"{one.id}.items", name, "Features", collected, items),
        f"{path}/items/{{featureId}}": _operation(
            f"{one.id}.item", name, "Features", single, [the_id, *_refs("f", "crs")]
        ),
    }


def _object(*required: str, **properties: Object) -> Object:
    return {"type": "object", "required": list(required), "properties": properties}


def _schemas() -> Object:
    words: Object = {"type": "string"}
    links: Object = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
    crs: Object = {"type": "array", "items": words}
    several = {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}}
    features = {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}}
    count: Object = {"type": "integer", "minimum": 0}
    geometry = {"type": "object", "nullable": True, "required": ["type", "coordinates"]}
    return {
        "Link": _object("href", "rel", "type", href=words, rel=words, type=words, title=words),
        "Landing": _object("links", title=words, description=words, links=links),
        "Conformance": _object("conformsTo", conformsTo={"type": "array", "items": words}),
        "Collections": _object("links", "collections", links=links, collections=several, crs=crs),
        "Collection": _object("id", "links", id=words, title=words, description=words, links=links, crs=crs),
        "Schema": _object("$schema", "type", "properties", type=words, properties={"type": "object"}),
        "Definition": _object("openapi", "info", "paths", openapi=words),
        "Features": _object(
            "type", "features", "links", "numberMatched", "numberReturned",
            type={**words, "enum": ["FeatureCollection"]}, features=features, links=links, numberMatched=count,
            numberReturned=count,
        ),
        "Feature": _object(
            "type", "id", "geometry", "properties", type={**words, "enum": ["Feature"]}, id=words, geometry=geometry,
            properties={"type": "object"}, links=links,
        ),
        "Exception": _object("code", "description", code=words, description=words, description_zh=words),
    }  # fmt: skip


def definition(atlas: Atlas, base: str) -> Object:
    """Return the OpenAPI definition.

    Parameters
    ----------
    atlas : Atlas
    base : str
        Address of the app without trailing slash.
    """
    meta = atlas.meta
    f = _refs("f")
    paths = {
        "/": _operation("landing", _said("landing"), "Capabilities", _answers(JSON, "Landing"), f),
        "/api": _operation("api", _said("api"), "Capabilities", _answers(OPENAPI, "Definition"), f),
        "/conformance": _operation(
            "conformance", _said("conformance"), "Capabilities", _answers(JSON, "Conformance"), f
        ),
        "/collections": _operation(
            "collections", _said("collections"), "Collections", _answers(JSON, "Collections"), f
        ),
    }
    for one in collections(atlas).values():
        paths |= _paths_of(one)
    wrong = {"description": "Exception", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Exception"}}}}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"{meta['title_zh']} · {meta['title_en']}",
            "version": str(meta["version"]),
            "license": {"name": str(meta["tables_licence"])},
        },
        "servers": [{"url": f"{base}/ogc"}],
        "tags": [{"name": name} for name in ("Capabilities", "Collections", "Schemas", "Features")],
        "paths": paths,
        "components": {"parameters": _shared(atlas), "schemas": _schemas(), "responses": {"Exception": wrong}},
    }
