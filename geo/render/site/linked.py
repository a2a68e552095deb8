"""Linked data: schema.org Place and Dataset in the pages, a DCAT catalogue for the whole site."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.contract.datapackage import licence
from geo.contract.notices import notice
from geo.render.site.context import SiteContext

__all__ = ["catalog", "dataset_linked", "measure_linked", "place_linked"]

Linked = dict[str, Any]

_TYPES = {
    "": "text/plain",
    ".atom": "application/atom+xml",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".json": "application/json",
}

#: A feature collection without geometry: rows of a table.
_BARE = "features/facts.geojson"


def _licence(name: str) -> str:
    return licence(name).get("path", name)


def _licences(meta: Mapping[str, Any]) -> list[str]:
    """Return the licences of the data set, as in ``datapackage.json``: of geometry and of tables."""
    return list(dict.fromkeys(_licence(meta[f"{what}_licence"]) for what in ("geometry", "tables")))


def _licence_of(meta: Mapping[str, Any], path: str) -> str:
    has_geometry = path.endswith(".geojson") and path != _BARE
    return _licence(meta["geometry_licence" if has_geometry else "tables_licence"])


def _media_type(path: str) -> str:
    return _TYPES.get(posixpath.splitext(path)[1], "application/octet-stream")


def place_linked(ctx: SiteContext, place_id: str) -> Linked:
    """Return a place in schema.org terms: names, position of its label, containing places."""
    row = ctx.places[place_id]
    role = ctx.atlas.roles[str(row["kind"])]
    about: Linked = {
        "@type": "AdministrativeArea" if role in ("city", "district") else "Place",
        "name": ctx.local(row, "name"),
        "alternateName": row[f"name_{ctx.other}"],
        "identifier": place_id,
        "geo": {"@type": "GeoCoordinates", "latitude": row["label_lat"], "longitude": row["label_lon"]},
        "subjectOf": {
            "@type": "Dataset",
            "name": ctx.local(row, "name"),
            "description": f"{ctx.local(row, 'name')} · {ctx.atlas.meta[f'title_{ctx.language}']}",
            "license": _licence(ctx.atlas.meta["tables_licence"]),
            "distribution": _downloads(ctx, [f"data/places/{place_id}.json"]),
        },
    }
    parent = row["parent_id"]
    if isinstance(parent, str) and parent in ctx.atlas:
        about["containedInPlace"] = {"@type": "Place", "name": ctx.local(ctx.places[parent], "name")}
    return about


def measure_linked(ctx: SiteContext, measure_id: str, files: Mapping[str, str]) -> Linked:
    """Return a measure as a schema.org Dataset."""
    measure = ctx.rows("measures")[measure_id]
    unit = ctx.local(ctx.rows("units")[measure["unit"]], "symbol")
    variable = {"@type": "PropertyValue", "name": ctx.local(measure, "label"), "unitText": unit}
    return {
        "@type": "Dataset",
        "name": ctx.local(measure, "label"),
        "description": ctx.local(measure, "definition"),
        "license": _licence(ctx.atlas.meta["tables_licence"]),
        "isPartOf": {"@type": "Dataset", "name": ctx.atlas.meta[f"title_{ctx.language}"]},
        "variableMeasured": variable,
        "distribution": _downloads(ctx, files.values()),
    }


def dataset_linked(ctx: SiteContext, files: Iterable[str]) -> Linked:
    """Return the whole data set as a schema.org Dataset."""
    return {**_dataset(ctx), "distribution": _downloads(ctx, files)}


def _dataset(ctx: SiteContext) -> Linked:
    meta, language = ctx.atlas.meta, ctx.language
    west, south, east, north = meta["bbox"]
    return {
        "@type": "Dataset",
        "name": meta[f"title_{language}"],
        "description": f"{meta.get(f'subtitle_{language}') or meta[f'title_{language}']} · {notice(meta, language)}",
        "version": meta["version"],
        "dateModified": meta["data_date"],
        "inLanguage": list(LANGUAGES),
        "license": _licences(meta),
        "creditText": meta[f"attribution_{language}"],
        "isAccessibleForFree": True,
        "spatialCoverage": {
            "@type": "Place",
            "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
        },
    }


def _downloads(ctx: SiteContext, files: Iterable[str]) -> list[Linked]:
    return [
        {
            "@type": "DataDownload",
            "encodingFormat": _media_type(path),
            "contentUrl": ctx.to(path),
            "license": _licence_of(ctx.atlas.meta, path),
        }
        for path in files
    ]


def catalog(atlas: Atlas, files: Mapping[str, int], address: str) -> bytes:
    """Return the DCAT catalogue of the site in JSON-LD: one data set, a distribution for each file.

    Parameters
    ----------
    atlas : Atlas
    files : mapping of str to int
        Path in the site → size in bytes.
    address : str
        Address of the site without trailing slash; with "" addresses are relative to this file.
    """
    meta = atlas.meta

    def both(name: str) -> list[Linked]:
        return [{"@language": one, "@value": meta[f"{name}_{one}"]} for one in LANGUAGES if meta.get(f"{name}_{one}")]

    base = f"{address}/" if address else ""
    about = {"dct:title": both("title"), "dct:language": list(LANGUAGES), "dct:modified": meta["data_date"]}
    dataset = {
        "@type": "dcat:Dataset",
        "@id": f"{base}downloads",
        **about,
        "dct:description": both("subtitle") or both("title"),
        "dct:identifier": meta["atlas_id"],
        "dcat:version": meta["version"],
        "dct:license": [{"@id": one} for one in _licences(meta)],
        "dct:rights": [
            {"@language": one, "@value": " · ".join((meta[f"attribution_{one}"], notice(meta, one)))}
            for one in LANGUAGES
        ],
        "dcat:landingPage": [{"@id": f"{base}{one}/index.html"} for one in LANGUAGES],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": f"{base}{path}"},
                "dcat:mediaType": _media_type(path),
                "dcat:byteSize": size,
                "dct:license": {"@id": _licence_of(meta, path)},
            }
            for path, size in files.items()
        ],
    }
    content = {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Catalog",
        "@id": f"{base}catalog.jsonld",
        **about,
        "dcat:dataset": [dataset],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
