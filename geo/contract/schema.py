"""The contract of every table: columns, types, units, allowed values, keys, references.

The contract itself is data: ``geo/data/columns.csv``, one row per column, with labels and definitions in both
languages, which the data dictionary, the exports and the app show. This module reads it and adds the keys.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from geo.base.nearest import no_such

__all__ = ["ADDRESS_TABLES", "BASEMAP_TABLES", "KEYS", "TYPES", "Column", "Table", "table", "tables"]

#: Column type → how a value is written in CSV.
TYPES = {
    "id": "lower-case ASCII word: a-z, 0-9, _ and - (not first)",
    "text": "any text",
    "integer": "whole number",
    "number": "number with a dot as decimal mark",
    "boolean": "true or false",
    "period": "unknown, YYYY, YYYY-MM or YYYY-MM-DD",
    "enum": "one of the allowed values",
    "list": "ids or words separated by ;",
    "colour": "#RRGGBB",
    "url": "http:// or https:// address",
}

#: Table → the columns that identify a row.
KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("source_id",),
    "editions": ("edition_id",),
    "edition_places": ("edition_id", "place_id"),
    "kinds": ("kind",),
    "places": ("place_id",),
    "clusters": ("cluster_id",),
    "place_clusters": ("place_id", "cluster_id"),
    "units": ("unit_id",),
    "measures": ("measure_id",),
    "scopes": ("scope_id",),
    "facts": ("place_id", "measure_id", "as_of", "source_id", "scope"),
    "plans": ("plan_id",),
    "policy": ("policy_id",),
    "policy_places": ("policy_id", "place_id"),
    "policy_outcomes": ("policy_id", "as_of", "source_id"),
    "institutions": ("institution_id",),
    "institution_clusters": ("institution_id", "cluster_id"),
    "filed_services": ("filing_no",),
    "searched": ("place_id", "topic", "searched_on"),
    "releases": ("release_id",),
    "basemap": ("layer_id",),
    "former_names": ("name_zh", "level"),
    "boundaries": ("place_id",),
    "townships": ("township_id",),
    "districts": ("place_id",),
    "water": ("feature_id",),
    "coast": ("feature_id",),
    "metro_lines": ("line_id",),
    "metro_stations": ("station_id",),
    "ring_roads": ("ring_id",),
    "address_roads": ("road_id",),
    "address_numbers": ("number_id",),
    "derived": ("place_id", "measure_id"),
    "place_districts": ("place_id", "district_id"),
    "place_layer": ("place_id",),
}


#: Role of a basemap layer → the table whose contract holds for the properties of its features.
BASEMAP_TABLES = {
    "district": "districts",
    "township": "townships",
    "water": "water",
    "coast": "coast",
    "rail": "metro_lines",
    "station": "metro_stations",
    "road": "ring_roads",
}

#: Address layer → the table whose contract holds for the properties of its features.
ADDRESS_TABLES = {"roads": "address_roads", "house_numbers": "address_numbers"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table, with its labels and definitions in both languages."""

    table: str
    name: str
    stage: str
    type: str
    required: bool
    unit: str
    allowed: tuple[str, ...]
    references: str
    label_zh: str
    label_en: str
    definition_zh: str
    definition_en: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, and the columns that identify a row (its key)."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise `UsageError` with the nearest name if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise no_such("column", name, self.names(), where=f"table {self.name}")

    def names(self, stage: str | None = None) -> tuple[str, ...]:
        """Return the column names in order; with `stage` ("seeds" or "layers") only those of that stage."""
        return tuple(c.name for c in self.columns if stage in (None, c.stage))


@cache
def tables() -> dict[str, Table]:
    """Return every table of the contract by name, in the order of ``columns.csv``."""
    grouped: dict[str, list[Column]] = {}
    text = resources.files("geo.data").joinpath("columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        grouped.setdefault(row["table"], []).append(
            Column(
                table=row["table"],
                name=row["column"],
                stage=row["stage"],
                type=row["type"],
                required=row["required"] == "yes",
                unit=row["unit"],
                allowed=tuple(row["allowed"].split("|")) if row["allowed"] else (),
                references=row["references"],
                label_zh=row["label_zh"],
                label_en=row["label_en"],
                definition_zh=row["definition_zh"],
                definition_en=row["definition_en"],
            )
        )
    return {name: Table(name, KEYS[name], tuple(columns)) for name, columns in grouped.items()}


def table(name: str) -> Table:
    """Return the table called `name`; raise `UsageError` with the nearest name if there is none."""
    try:
        return tables()[name]
    except KeyError:
        raise no_such("table", name, tables()) from None
