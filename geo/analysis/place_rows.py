"""One place as plain rows for JSON: the place sheet with the columns of the published tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geo.analysis.place_sheet import Named, PlaceSheet
from geo.analysis.values import present
from geo.atlas.atlas import Atlas
from geo.contract.typed import python_rows, written_row

__all__ = ["place_rows"]

Row = dict[str, Any]


def place_rows(atlas: Atlas, sheet: PlaceSheet) -> dict[str, Any]:
    """Return a place sheet as plain values that JSON can hold; unknown values are None.

    Returns
    -------
    dict
        ``place``, ``boundary`` and ``kind`` are rows; ``editions``, ``parents``, ``children``, ``districts``,
        ``clusters``, ``facts``, ``derived``, ``institutions``, ``neighbours``, ``overlaps``, ``policy`` (with
        ``outcomes``), ``unknown`` and ``sources`` are lists of rows. ``facts`` are in the order of the sheet.
    """
    named = [*([sheet.first_named] if sheet.first_named else []), *sheet.also_named]
    sources = atlas.rows("sources")
    return {
        "place": written_row(sheet.row),
        "kind": dict(sheet.kind),
        "editions": [_edition(one) for one in named],
        "parents": _places(atlas, sheet.parents),
        "children": _places(atlas, sheet.children),
        "districts": [_place(atlas, one, "district_id") | {"share": share} for one, share in sheet.districts],
        "clusters": [
            {**one.cluster, "source_id": one.source_id, "note_zh": one.note_zh or None, "note_en": one.note_en or None}
            for one in sheet.clusters
        ],
        "boundary": _boundary(sheet),
        "facts": _facts(atlas, sheet),
        "derived": _derived(atlas, sheet),
        "institutions": [{**written_row(one.row), "belongs_by": one.by} for one in sheet.residents],
        "neighbours": [_place(atlas, one.place_id) | {"distance_m": one.distance_m} for one in sheet.neighbours],
        "overlaps": [
            _place(atlas, one.place_id)
            | {"area_km2": one.area_km2, "share": one.share, "share_of_other": one.share_of_other}
            for one in sheet.overlaps
        ],
        "policy": [
            {**one.item.row, "via": one.via, "outcomes": [dict(outcome) for outcome in one.item.outcomes]}
            for one in sheet.policy
        ],
        "unknown": [{"id": one.id, "ids": list(one.ids)} for one in sheet.unknown],
        "sources": [dict(sources[source_id]) for source_id in sorted(sheet.source_ids)],
    }


def _edition(one: Named) -> Row:
    names = ("edition_id", "month", "title_zh", "title_en")
    return {name: one.edition[name] for name in names} | {"source_id": one.source_id}


def _place(atlas: Atlas, place_id: str, key: str = "place_id") -> Row:
    row = atlas.place_rows[place_id]
    return {key: place_id} | {name: row[name] for name in ("kind", "name_zh", "name_en")}


def _places(atlas: Atlas, place_ids: Iterable[str]) -> list[Row]:
    return [_place(atlas, place_id) for place_id in place_ids]


def _boundary(sheet: PlaceSheet) -> Row:
    boundary = sheet.boundary
    official = boundary.official
    return {
        "method": boundary.method,
        "accuracy_m": boundary.accuracy_m,
        "scope": boundary.scope,
        "source_id": boundary.source_id,
        "stated": boundary.stated or None,
        "area_km2": boundary.drawn.value if boundary.drawn and boundary.drawn.comparable else None,
        "area_official_km2": official.value if official else None,
        "area_official_as_of": official.as_of if official else None,
        "ratio": boundary.ratio,
    }


def _facts(atlas: Atlas, sheet: PlaceSheet) -> list[Row]:
    ages = {one.measure_id: one.age for one in sheet.headlines}
    rows = python_rows(atlas.facts(sheet.place_id))
    return [{**row, "age": ages[row["measure_id"]] if row["headline"] else None} for row in rows]


def _derived(atlas: Atlas, sheet: PlaceSheet) -> list[Row]:
    """Return every row of ``derived``, None for values not computable, with the reasons not to compare each."""
    measures, units = atlas.rows("measures"), atlas.rows("units")
    reasons = {one.figure.measure_id: [reason.code for reason in one.reasons] for one in sheet.computed if one.figure}
    table = atlas.table("derived")
    own = {row["measure_id"]: row for row in python_rows(table[table["place_id"] == sheet.place_id])}
    found = []
    for measure_id, measure in measures.items():
        if measure_id not in own:
            continue
        unit = units[measure["unit"]]
        labels = {"label_zh": measure["label_zh"], "label_en": measure["label_en"], "unit": measure["unit"]}
        symbols = {f"unit_{language}": unit[f"symbol_{language}"] for language in ("zh", "en")}
        row = {name: value if present(value) else None for name, value in own[measure_id].items()}
        found.append({**row, **labels, **symbols, "reasons": reasons.get(measure_id, [])})
    return found
