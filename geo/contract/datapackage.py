"""``datapackage.json``: the published files with their schema, sources, licences and hashes (Data Package 2.0)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from geo.base.messages import LANGUAGES
from geo.contract.notices import approval_notice, notice
from geo.contract.schema import Column, Table, tables

__all__ = ["ATLAS_ID", "PACKAGE", "describe", "digest_of", "licence", "package_bytes", "schema_bytes"]

_FIELD_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}
_LICENCES = {
    "ODbL-1.0": {
        "name": "ODbL-1.0",
        "title": "Open Database License 1.0",
        "path": "https://opendatacommons.org/licenses/odbl/1-0/",
    },
    "CC-BY-4.0": {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    },
}


def describe(
    meta: Mapping[str, Any],
    sources: Sequence[Mapping[str, str]],
    files: Mapping[str, bytes],
    layers: Mapping[str, str] | None = None,
) -> bytes:
    """Return ``datapackage.json`` for the published files.

    Parameters
    ----------
    meta : mapping
        Contents of ``atlas.toml``; embedded as the member ``atlas``.
    sources : sequence of mapping
        Rows of ``sources.csv``.
    files : mapping of str to bytes
        Path below ``layers/`` → content; a CSV file in ``tables/`` gets the schema of the table of that name.
    layers : mapping of str to str, optional
        Path of a layer → path of its schema file (see `schema_bytes`).
    """
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": str(meta["atlas_id"]).replace("_", "-"),
        "title": f"{meta['title_zh']} · {meta['title_en']}",
        "description": f"{notice(meta, 'zh')}。{notice(meta, 'en')}. {meta['attribution_zh']} {meta['attribution_en']}",
        "version": meta["version"],
        "created": f"{meta['data_date']}T00:00:00Z",
        "licenses": [licence(meta["geometry_licence"]), licence(meta["tables_licence"])],
        "sources": [{"title": row["title"], **({"path": row["url"]} if row["url"] else {})} for row in sources],
        "atlas": {**meta, **{f"approval_notice_{lang}": approval_notice(meta, lang) for lang in LANGUAGES}},
        "resources": [_resource(meta, path, files, (layers or {}).get(path)) for path in sorted(files)],
    }
    package["hash"] = digest_of(package)
    return package_bytes(package)


def package_bytes(package: Mapping[str, Any]) -> bytes:
    """Return a data package as the bytes to publish."""
    return (json.dumps(package, ensure_ascii=False, indent=1, default=dict) + "\n").encode()


def schema_bytes(table: Table) -> bytes:
    """Return the columns of a table as a Table Schema that several resources can share."""
    schema = {"fields": [_field(column) for column in table.columns], "primaryKey": list(table.key)}
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()


def licence(name: str) -> dict[str, str]:
    """Return a licence by its SPDX identifier: name and, where known, title and path (its URL)."""
    return _LICENCES.get(name, {"name": name})


def _resource(meta: Mapping[str, Any], path: str, files: Mapping[str, bytes], schema: str | None) -> dict[str, Any]:
    content = files[path]
    stem = path.rpartition("/")[2].partition(".")[0]
    is_table = path.startswith("tables/")
    resource: dict[str, Any] = {
        "name": _name(path),
        "path": path,
        "format": path.rpartition(".")[2] if "." in path else "txt",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if path.endswith(".geojson"):
        resource |= {"mediatype": "application/geo+json", "licenses": [licence(meta["geometry_licence"])]}
    if schema is not None:
        resource["schema"] = schema
    if is_table:
        table = tables()[stem]
        resource |= {
            "type": "table",
            "mediatype": "text/csv",
            "licenses": [licence(meta["tables_licence"])],
            "schema": {
                "fields": [_field(column) for column in table.columns],
                "primaryKey": list(table.key),
                "foreignKeys": _foreign_keys(table.columns, stem, files),
                "missingValues": [""],
            },
        }
    return resource


def _name(path: str) -> str:
    """Return the name of a resource: its path without the ending, unless another file differs in the ending only."""
    stem, _, ending = path.lower().replace("/", "-").rpartition(".")
    return stem if stem and ending in ("geojson", "csv") else path.lower().replace("/", "-").replace(".", "-")


def _foreign_keys(columns: Sequence[Column], own: str, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the foreign keys to tables among these files; an atlas may be published without some tables."""
    keys = []
    for column in columns:
        target, _, field = column.references.partition(".")
        if f"tables/{target}.csv" in files and column.type != "list":
            resource = "" if target == own else f"tables-{target}"
            keys.append({"fields": [column.name], "reference": {"resource": resource, "fields": [field]}})
    return keys


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    return {
        "name": column.name,
        "type": _FIELD_TYPES.get(column.type, "string"),
        "title": f"{column.label_zh} · {column.label_en}",
        "description": f"{column.definition_zh} · {column.definition_en}",
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }


PACKAGE = "datapackage.json"


#: Allowed atlas ids: the id is also the name of files and of a database schema.
ATLAS_ID = "[a-z0-9_][a-z0-9_-]{0,59}"


def digest_of(package: Mapping[str, Any]) -> str:
    """Return the hash that ``datapackage.json`` states of itself: computed over all its members except ``hash``."""
    others = {name: value for name, value in package.items() if name != "hash"}
    # An atlas holds its parts as read-only mappings, which `json` cannot serialise.
    plain = json.dumps(others, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)
    return f"sha256:{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()}"
