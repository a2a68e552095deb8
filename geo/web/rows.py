"""Rows of the atlas by id, as plain mappings, kept per atlas: what panels and tables look words up in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from geo.atlas import Atlas
from geo.schema import tables

__all__ = ["choices", "place_rows", "rows"]

Row = dict[str, Any]


@lru_cache(maxsize=64)
def rows(atlas: Atlas, table: str) -> dict[str, Row]:
    """Return the rows of a table that has a key of one column, by that key, in the table's order."""
    (key,) = tables()[table].key
    frame = atlas.table(table)
    if "sort_order" in frame:
        frame = frame.sort_values("sort_order", kind="stable")
    return {str(row[key]): {str(name): value for name, value in row.items()} for row in frame.to_dict("records")}


@lru_cache(maxsize=4)
def place_rows(atlas: Atlas) -> dict[str, Row]:
    """Return the attributes of every place by place_id, without geometry."""
    records = atlas.places.drop(columns="geometry").to_dict("records")
    return {str(row["place_id"]): {str(name): value for name, value in row.items()} for row in records}


def choices(atlas: Atlas, table: str, language: str) -> dict[str, str]:
    """Return id → name of a table such as "clusters", in its order."""
    return {key: str(row[f"name_{language}"]) for key, row in rows(atlas, table).items()}
