"""Tools for assistants: questions in words or ids, answered with sources, or refused with reasons.

Every answer has a ``status``: "known", "unknown" (with where it was searched) or "refused" (not comparable, and why).
Figures are worded as on pages, in reports and in files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely

from geo.analysis import compare as comparison
from geo.analysis.compare import LEVELS, Cell, Ranking
from geo.analysis.figures import shown
from geo.analysis.place_sheet import place_sheet
from geo.analysis.place_words import districts_text, ratio_text, unknown_texts
from geo.analysis.policy import Item, policy_tree, verdict_text, walk
from geo.analysis.search import Index
from geo.analysis.user_data.geocoding import atlas_geocoder
from geo.analysis.values import (
    accuracy_text,
    amount_text,
    date_text,
    quote_text,
    why_text,
)
from geo.api.figure_rows import searched
from geo.api.tool_parts import (
    KNOWN,
    REFUSED,
    UNKNOWN,
    Answer,
    answer_of,
    cell_answer,
    figure_answer,
    looked,
    measure_answer,
)
from geo.atlas.atlas import Atlas
from geo.base.fold import fold
from geo.base.messages import LANGUAGES, text
from geo.base.nearest import no_such
from geo.base.told import told
from geo.crs.datums import DATUMS, to_wgs84
from geo.errors import UsageError

__all__ = ["TOOLS", "Tool"]


#: Most entries of a list in an answer; the total number is stated.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its description, JSON Schema of its parameters, and the function that answers."""

    name: str
    parameters: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    answer: Callable[..., Answer]

    @property
    def description(self) -> str:
        """Description in both languages."""
        return " · ".join(text(f"mcp.tool.{self.name}", language) for language in LANGUAGES)

    @property
    def schema(self) -> Answer:
        """JSON Schema of its parameters."""
        own = {**self.parameters, "language": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}}
        return {"type": "object", "properties": own, "required": list(self.required), "additionalProperties": False}


# ---------------------------------------------------------------------------------------------------------------------
# Find, place


@lru_cache(maxsize=2)
def _index(atlas: Atlas) -> Index:
    return Index(atlas)


def find(atlas: Atlas, query: str, language: str) -> Answer:
    """Find places, institutions, stations, policy items and measures by name."""
    hits = [
        {"kind": hit.kind, "id": hit.id, "name_zh": hit.name_zh, "name_en": hit.name_en}
        for hit in _index(atlas).search(query[:200], limit=_MOST)
    ]
    wanted = query.strip().casefold()
    measures = [
        {"measure_id": one, "label": row[f"label_{language}"]}
        for one, row in atlas.rows("measures").items()
        if wanted and any(wanted in str(row[key]).casefold() for key in ("measure_id", "label_zh", "label_en"))
    ]
    content = {"found": hits, "measures": measures[:_MOST]}
    return answer_of(atlas, KNOWN if hits or measures else UNKNOWN, content, (), language)


def place(atlas: Atlas, place: str, language: str) -> Answer:
    """Describe one place."""
    sheet = place_sheet(atlas, place)
    boundary, row = sheet.boundary, sheet.row
    figures = [
        measure_answer(atlas, one.measure_id, language) | figure_answer(atlas, one, language) for one in sheet.headlines
    ]
    computed = [
        {"measure_id": cell.figure.measure_id} | cell_answer(atlas, cell.figure.measure_id, cell, language)
        for cell in sheet.computed
        if cell.figure
    ]
    rows = [one for (place_id, _), own in searched(atlas).items() if place_id == sheet.place_id for one in own]
    content = {
        "place_id": sheet.place_id,
        "name_zh": row["name_zh"],
        "name_en": row["name_en"],
        "kind": sheet.kind[f"name_{language}"],
        "state": text(f"web.status.{row['status']}", language),
        "first_named": date_text(sheet.first_named.edition["month"], language) if sheet.first_named else None,
        "belongs_to": [{"place_id": one, "name": atlas.name(one, language)} for one in sheet.parents],
        "holds": [{"place_id": one, "name": atlas.name(one, language)} for one in sheet.children],
        "districts": districts_text(atlas, sheet, language),
        "clusters": [one.cluster[f"name_{language}"] for one in sheet.clusters],
        "boundary": {
            "method": text(f"method.{boundary.method}", language),
            "accuracy": accuracy_text(boundary.accuracy_m, language),
            "stated": boundary.stated or None,
            "area_drawn": cell_answer(atlas, "area_km2", boundary.drawn, language) if boundary.drawn else None,
            "area_official": figure_answer(atlas, boundary.official, language) if boundary.official else None,
            "share_drawn": ratio_text(boundary, language),
        },
        "figures": figures,
        "computed": computed,
        "in_conflict": [one.measure_id for one in sheet.conflicts],
        "institutions": sheet.institution_counts,
        "policy": [{"policy_id": one.item.policy_id, "text": one.item.row[f"text_{language}"]} for one in sheet.policy][
            :_MOST
        ],
        "unknown": unknown_texts(atlas, sheet, language),
        "looked_for": looked(rows, language),
    }
    return answer_of(atlas, KNOWN, content, sheet.source_ids, language)


# ---------------------------------------------------------------------------------------------------------------------
# Compare, rank


def compare(atlas: Atlas, places: Sequence[str], language: str, measure: str = "") -> Answer:
    """Compare figures of places; for one place, return its figure."""
    wanted = list(dict.fromkeys(atlas.find(one) for one in places))
    if not wanted or len(wanted) > comparison.MOST_PLACES:
        raise told(UsageError, "wrong.compare_number", count=len(wanted), most=comparison.MOST_PLACES)
    if not measure:
        rows = [
            measure_answer(atlas, row.measure_id, language)
            | {"cells": [cell_answer(atlas, row.measure_id, cell, language) for cell in row.cells]}
            for row in comparison.align(atlas, wanted)
        ]
        used = [cell["source_id"] for row in rows for cell in row["cells"] if "source_id" in cell]
        return answer_of(atlas, KNOWN if rows else UNKNOWN, {"measures": rows}, used, language)
    measure_id = atlas.find_measure(measure)
    cells = comparison.judged(atlas, measure_id, wanted)
    known = [cell for cell in cells if cell.figure]
    alike = [cell for cell in cells if cell.comparable]
    status = UNKNOWN if not known else KNOWN if len(wanted) == 1 or len(alike) > 1 else REFUSED
    content = measure_answer(atlas, measure_id, language)
    content["figures"] = [cell_answer(atlas, measure_id, cell, language) for cell in cells]
    if status == KNOWN and len(alike) > 1:
        found = comparison.ranked(cells, measure_id)
        content["order"] = [atlas.name(one, language) for one in found.comparable]
    if status == REFUSED:
        content["reason"] = _reason(atlas, cells, language)
    return answer_of(atlas, status, content, [cell.figure.source_id for cell in known if cell.figure], language)


def _reason(atlas: Atlas, cells: Sequence[Cell], language: str) -> str:
    """Return why figures are not comparable: for each place its reasons, or that it has no figure."""
    lines = []
    for cell in cells:
        why = why_text(atlas, cell.reasons, language) or ("" if cell.figure else text("value.none", language))
        if why:
            lines.append(text("mcp.reason", language, name=atlas.name(cell.place_id, language), why=why))
    return text("list.semicolon", language).join(lines[:_MOST])


def rank(atlas: Atlas, measure: str, language: str, level: str = "", ascending: bool = False) -> Answer:
    """Rank places by a measure."""
    measure_id = atlas.find_measure(measure)
    if level and level not in LEVELS:
        raise no_such("level", level, LEVELS)
    have = {comparison.level_of(atlas, one) for one in shown(atlas, measure_id)}
    chosen = level or next((one for one in LEVELS if one in have), LEVELS[0])
    asked = [one for one in atlas if comparison.level_of(atlas, one) == chosen]
    cells = comparison.judged(atlas, measure_id, asked)
    found: Ranking = comparison.ranked(cells, measure_id, ascending=ascending)
    ranked = [cell for cell in found.cells if cell.comparable]
    others = [cell for cell in found.cells if not cell.comparable]
    status = KNOWN if len(ranked) > 1 else REFUSED if found.cells else UNKNOWN
    content = measure_answer(atlas, measure_id, language) | {"level": chosen}
    content["order"] = [
        {"rank": found.positions[cell.place_id]} | cell_answer(atlas, measure_id, cell, language)
        for cell in ranked[:_MOST]
    ]
    content["not_compared"] = [cell_answer(atlas, measure_id, cell, language) for cell in others[:_MOST]]
    content["unknown_places"] = len(found.missing)
    if status == REFUSED:
        content["reason"] = _reason(atlas, found.cells, language)
    if status == UNKNOWN:
        rows = [row for (_, topic), own in searched(atlas).items() if topic == measure_id for row in own]
        content["looked_for"] = looked(rows, language)
    used = [cell.figure.source_id for cell in found.cells if cell.figure]
    return answer_of(atlas, status, content, used, language)


# ---------------------------------------------------------------------------------------------------------------------
# Policy, points, what is unknown


def policy_outcome(atlas: Atlas, item: str, language: str) -> Answer:
    """Return the outcome of a policy item, found by its id or by words of its text."""
    items = list(walk(policy_tree(atlas)))
    chosen = [one for one in items if one.policy_id == item]
    if not chosen:
        words = item.casefold().split()
        texts = {id(one): f"{one.row['text_zh']} {one.row['text_en']}".casefold() for one in items}
        chosen = [one for one in items if words and all(word in texts[id(one)] for word in words)]
    told = [_outcome(atlas, one, language) for one in chosen[:_MOST]]
    known = [one for one in chosen if one.verdict is not None and one.verdict["status"] != "unknown"]
    used = [str(one.row["source_id"]) for one in chosen[:_MOST]]
    used += [str(row["source_id"]) for one in chosen[:_MOST] for row in one.outcomes if row["source_id"]]
    topics = {one.policy_id for one in chosen}
    rows = [row for (_, topic), own in searched(atlas).items() if topic in topics for row in own]
    content = {"items": told, "found": len(chosen), "looked_for": looked(rows, language)}
    return answer_of(atlas, KNOWN if known else UNKNOWN, content, used, language)


def _outcome(atlas: Atlas, one: Item, language: str) -> Answer:
    return {
        "policy_id": one.policy_id,
        "kind": text(f"policy.kind.{one.kind}", language),
        "text": one.row[f"text_{language}"],
        "amount": amount_text(atlas, one.row, language) or None,
        "due": one.row["due"],
        "verdict": verdict_text(one, language) or text("unknown", language),
        "status": one.verdict["status"] if one.verdict else None,
        "quote": quote_text(one.row, language) or None,
        "outcomes": [
            {"when": date_text(row["as_of"], language), "text": row[f"text_{language}"], "source_id": row["source_id"],
             "amount": amount_text(atlas, row, language) or None, "quote": quote_text(row, language) or None}
            for row in one.outcomes
            if row["source_id"]
        ],
    }  # fmt: skip


def locate(
    atlas: Atlas, language: str, lon: float | None = None, lat: float | None = None, datum: str = "wgs84",
    address: str = "",
) -> Answer:  # fmt: skip
    """Return the district, township and places in which a point or an address lies."""
    if bool(address) == (lon is not None and lat is not None):
        raise told(UsageError, "wrong.locate")
    content: Answer = {}
    if address:
        found = atlas_geocoder(atlas).geocode([address[:200]])
        content = {"located_by": found.level[0], "district_id": found.district[0], "township_id": found.township[0]}
        places = list(found.places[0])
        at = (float(found.lon[0]), float(found.lat[0]))
        if at[0] != at[0]:
            return answer_of(atlas, UNKNOWN, content | {"places": []}, (), language)
        content |= {"lon": round(at[0], 6), "lat": round(at[1], 6), "accuracy_m": round(float(found.accuracy_m[0]))}
    else:
        if datum not in DATUMS:
            raise no_such("datum", datum, DATUMS)
        x, y = to_wgs84(float(lon or 0.0), float(lat or 0.0), datum)
        point = shapely.Point(float(x), float(y))
        content = {"located_by": "coordinates", "lon": round(point.x, 6), "lat": round(point.y, 6)}
        content["district_id"] = _holding(atlas.districts, point)
        townships = atlas.table("basemap").query("role == 'township'")["layer_id"]
        frames = [atlas.basemap(one).set_index("township_id") for one in townships]
        content["township_id"] = next((one for frame in frames if (one := _holding(frame, point))), None)
        places = [str(one) for one in atlas.layout.index[atlas.layout.intersects(point)]]
    district = content["district_id"]
    content["district"] = atlas.name(district, language) if district else None
    content["places"] = [_held(atlas, one, language) for one in places]
    used = [str(atlas.place_rows[one]["boundary_source_id"]) for one in (*places, *([district] if district else []))]
    return answer_of(atlas, KNOWN if district else UNKNOWN, content, used, language)


def _holding(frame: Any, point: Any) -> str | None:
    held = frame.index[frame.intersects(point)]
    return str(held[0]) if len(held) else None


def _held(atlas: Atlas, place_id: str, language: str) -> Answer:
    row = atlas.place_rows[place_id]
    method, accuracy = text(f"method.{row['method']}", language), accuracy_text(row["accuracy_m"], language)
    return {"place_id": place_id, "name": row[f"name_{language}"], "boundary": method, "accuracy": accuracy}


def unknowns(atlas: Atlas, language: str, place: str = "", topic: str = "") -> Answer:
    """List what was looked for and not found, for a place, a measure or policy item, or for everything."""
    place_id = atlas.find(place) if place else ""
    topic = atlas.called["measure"].get(fold(topic), topic)
    rows = [
        row
        for (its_place, name), own in searched(atlas).items()
        if place_id in ("", its_place) and topic in ("", name)
        for row in own
    ]
    content: Answer = {"looked_for": looked(rows, language)}
    if place_id:
        content["unknown"] = unknown_texts(atlas, place_sheet(atlas, place_id), language)
    return answer_of(atlas, UNKNOWN if rows or content.get("unknown") else KNOWN, content, (), language)


_WORDS: Mapping[str, Any] = {"type": "string", "maxLength": 200}
_FLAG: Mapping[str, Any] = {"type": "boolean", "default": False}
_PLACES: Mapping[str, Any] = {
    "type": "array", "items": _WORDS, "minItems": 1, "maxItems": comparison.MOST_PLACES,
}  # fmt: skip

#: The tools that draw nothing, by name.
TOOLS = {
    tool.name: tool
    for tool in (
        Tool("find", {"query": _WORDS}, ("query",), find),
        Tool("place", {"place": _WORDS}, ("place",), place),
        Tool("compare", {"places": _PLACES, "measure": _WORDS}, ("places",), compare),
        Tool(
            "rank",
            {"measure": _WORDS, "level": {"type": "string", "enum": list(LEVELS)}, "ascending": _FLAG},
            ("measure",),
            rank,
        ),
        Tool("policy_outcome", {"item": _WORDS}, ("item",), policy_outcome),
        Tool(
            "locate",
            {
                "lon": {"type": "number"},
                "lat": {"type": "number"},
                "datum": {"type": "string", "enum": list(DATUMS), "default": "wgs84"},
                "address": _WORDS,
            },
            (),
            locate,
        ),
        Tool("unknowns", {"place": _WORDS, "topic": _WORDS}, (), unknowns),
    )
}
