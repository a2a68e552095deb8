"""Rows of the atlas by id, as plain mappings, kept per atlas: what panels and tables look words up in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from geo.atlas.atlas import Atlas
from geo.contract.typed import plain_rows

__all__ = ["choices", "place_rows", "rows"]

Row = dict[str, Any]


def rows(atlas: Atlas, table: str) -> Mapping[str, Row]:
    """Return `Atlas.rows`: the rows of a table by id, in the table's order."""
    return atlas.rows(table)


@lru_cache(maxsize=4)
def place_rows(atlas: Atlas) -> dict[str, Row]:
    """Return the attributes of every place by place_id, without geometry."""
    return {str(row["place_id"]): row for row in plain_rows(pd.DataFrame(atlas.places.drop(columns="geometry")))}


def choices(atlas: Atlas, table: str, language: str) -> dict[str, str]:
    """Return id → name of a table such as "clusters", in its order."""
    return {key: str(row[f"name_{language}"]) for key, row in rows(atlas, table).items()}
