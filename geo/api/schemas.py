"""The data dictionary as JSON Schema (2020-12): every table of the contract, and the rows of the data endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from geo.api.figure_rows import FACT_COLUMNS, MEASURE_COLUMNS
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, catalogue, text
from geo.contract.carried import PLACE_LAYER
from geo.contract.schema import Column, table, tables

__all__ = ["DIALECT", "column_schema", "columns_of_figures", "dictionary"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}
#: Units of the contract → UCUM codes, which OGC requires.
_UCUM = {"degree": "deg", "km": "km", "km2": "km2", "m": "m"}
_PATTERNS = {
    "id": "^[a-z0-9_][a-z0-9_-]*$",
    "period": r"^(unknown|\d{4}(-\d{2}(-\d{2})?)?)$",
    "colour": "^#[0-9A-Fa-f]{6}$",
}

#: Column of a figure row → table and column of the contract that define it.
_DEFINED = {
    **{name: ("facts", name) for name in (
        "place_id", "measure_id", "value", "qualifier", "as_of", "scope", "source_id", "locator", "quote", "headline",
        "conflict",
    )},
    **{name: ("places", name) for name in ("name_zh", "name_en", "kind")},
    **{name: ("measures", name) for name in ("label_zh", "label_en", "unit")},
    "grade": ("sources", "grade"), "source_url": ("sources", "url"), "searched_on": ("searched", "searched_on"),
}  # fmt: skip

#: Types of the other columns that are not text.
_OTHER = {"rank": "integer", "comparable": "boolean"}

#: Columns that every figure has.
_ALWAYS = (
    "place_id",
    "name_zh",
    "name_en",
    "kind",
    "measure_id",
    "label_zh",
    "label_en",
    "unit",
    "figure_zh",
    "figure_en",
)


def column_schema(column: Column) -> dict[str, Any]:
    """Return a column of the contract as JSON Schema: title and description in both languages, unit, enum."""
    kind = _TYPES.get(column.type, "string")
    schema: dict[str, Any] = {
        "title": f"{column.label_zh} · {column.label_en}",
        "description": f"{column.definition_zh} · {column.definition_en}",
        "type": kind if column.required else [kind, "null"],
    }
    if column.allowed:
        schema["enum"] = [*column.allowed, *([] if column.required else [None])]
    elif column.type in _PATTERNS:
        schema["pattern"] = _PATTERNS[column.type]
    if column.unit in _UCUM and kind != "string":
        schema["x-ogc-unit"] = _UCUM[column.unit]
    return schema


def _object(properties: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


@cache
def columns_of_figures() -> dict[str, dict[str, Any]]:
    """Return each column of `MEASURE_COLUMNS` as JSON Schema."""
    found = {}
    for name in MEASURE_COLUMNS:
        if name in _DEFINED:
            schema = column_schema(table(_DEFINED[name][0]).column(_DEFINED[name][1])) | {}
            kind = schema["type"]
            bare = kind if isinstance(kind, str) else kind[0]
        else:
            # A pair of columns for two languages has one description.
            key = name if f"api.column.{name}" in catalogue() else name.rpartition("_")[0]
            said = " · ".join(text(f"api.column.{key}", language) for language in LANGUAGES)
            schema, bare = {"title": name, "description": said}, _OTHER.get(name, "string")
        schema["type"] = bare if name in _ALWAYS else [bare, "null"]
        if name not in _ALWAYS and "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        found[name] = schema
    return found


def dictionary(atlas: Atlas, address: str) -> dict[str, Any]:
    """Return the dictionary as one JSON Schema; ``$defs`` has a schema for the rows of each table, and for figures.

    Parameters
    ----------
    atlas : Atlas
    address : str
        Address at which the schema is served.
    """
    figures = columns_of_figures()
    rows: dict[str, Any] = {
        name: _object({c.name: column_schema(c) for c in one.columns}, (c.name for c in one.columns if c.required))
        for name, one in {**tables(), PLACE_LAYER: atlas.place_table}.items()
    }
    rows["fact"] = _object({name: figures[name] for name in FACT_COLUMNS}, FACT_COLUMNS)
    rows["figure"] = _object(figures, MEASURE_COLUMNS)
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": f"{atlas.meta['title_zh']} · {atlas.meta['title_en']}",
        "$defs": rows,
    }
