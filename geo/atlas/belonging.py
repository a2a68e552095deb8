"""The places that an institution belongs to, and why: documents decide; its position only if they state nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.base.fold import fold

__all__ = ["belonging"]


def belonging(
    row: Mapping[str, Any], places: Mapping[str, Mapping[str, Any]], districts: Mapping[str, str]
) -> dict[str, str]:
    """Return place_id → reason why the institution belongs there.

    Parameters
    ----------
    row : mapping
        Row of ``institutions``: place_id, address, district_id, inside_ids.
    places : mapping
        place_id → row of the place, with parent_id and district_ids.
    districts : mapping
        District id → its normalised name.

    Returns
    -------
    dict of str to str
        "stated": a document places it there. "within": it belongs to a place that is part of this one. "address": its
        address names the district. "place": its place lies in this district only. "point": its position lies there; for
        a district only if neither address nor place determines it.
    """
    found: dict[str, str] = {}
    stated = row["place_id"] if isinstance(row["place_id"], str) else ""
    if stated:
        found[stated] = "stated"
        found |= dict.fromkeys(_above(stated, places), "within")
    for inside in row["inside_ids"]:
        for place_id in (inside, *_above(inside, places)):
            found.setdefault(place_id, "point")
    address = fold(row["address"]) if isinstance(row["address"], str) else ""
    named = [district for district, name in districts.items() if name in address]
    alone: tuple[str, ...] = places[stated]["district_ids"] if stated else ()
    if len(named) == 1:
        found.setdefault(named[0], "address")
    elif len(alone) == 1:
        found.setdefault(alone[0], "place")
    elif isinstance(row["district_id"], str):
        found.setdefault(row["district_id"], "point")
    return found


def _above(place_id: str, places: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    parent = places[place_id]["parent_id"]
    while isinstance(parent, str) and parent not in found:
        found.append(parent)
        parent = places[parent]["parent_id"]
    return found
