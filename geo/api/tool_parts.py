"""Building blocks of the tools' answers: figures, searches without result, sources, the data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.analysis.compare import Cell
from geo.analysis.figures import Figure
from geo.analysis.labels import detail_text
from geo.analysis.values import citation, figure_words, measured, quote_text, scope_text, when_text, why_text
from geo.api.data import about
from geo.api.figure_rows import searches
from geo.atlas.atlas import Atlas

__all__ = [
    "KNOWN",
    "REFUSED",
    "UNKNOWN",
    "Answer",
    "answer_of",
    "cell_answer",
    "figure_answer",
    "looked",
    "measure_answer",
]

Answer = dict[str, Any]

KNOWN, UNKNOWN, REFUSED = "known", "unknown", "refused"


def answer_of(
    atlas: Atlas, status: str, content: Mapping[str, Any], source_ids: Sequence[str], language: str
) -> Answer:
    """Return an answer: status, content, cited sources, description of the data set."""
    rows = atlas.rows("sources")
    sources = [
        {"source_id": one, "grade": rows[one]["grade"], "cited": citation(rows[one], language), "url": rows[one]["url"]}
        for one in dict.fromkeys(filter(None, source_ids))
    ]
    said = about(atlas)
    data = {"version": said["version"], "data_date": said["data_date"], "notice": said[f"notice_{language}"]}
    return {"status": status, **content, "sources": sources, "data": data}


def looked(rows: Sequence[Mapping[str, Any]], language: str) -> list[Answer]:
    """Return the searches that found nothing: where and when."""
    return [
        {"place_id": row["place_id"], "topic": row["topic"], "searched_on": row["searched_on"],
         "where": row[f"where_{language}"], "asked": row[f"asked_{language}"]}
        for row in rows
    ]  # fmt: skip


def figure_answer(atlas: Atlas, one: Figure, language: str) -> Answer:
    """Return a figure with its wording, date, scope, grade, source and quote."""
    words = {"quote": one.quote, "quote_note_zh": one.quote_note_zh, "quote_note_en": one.quote_note_en}
    return {
        "value": one.value,
        "said": figure_words(atlas, one, language),
        "when": when_text(one, language),
        "scope": scope_text(atlas, one.scope, language),
        "grade": one.grade or None,
        "source_id": one.source_id,
        "quote": quote_text(words, language) or None,
        "detail": detail_text(atlas, one.detail, language) if one.detail else None,
        "in_conflict": one.conflict,
    }


def cell_answer(atlas: Atlas, measure_id: str, cell: Cell, language: str) -> Answer:
    """Return a figure of a place and its comparability; without a figure, the searches that found nothing."""
    row: Answer = {"place_id": cell.place_id, "name": atlas.name(cell.place_id, language)}
    if cell.figure:
        row |= figure_answer(atlas, cell.figure, language) | {"comparable": cell.comparable}
    else:
        row |= {"value": None, "said": measured(atlas, measure_id, None, "exact", language)}
        row["looked_for"] = looked(searches(atlas, cell.place_id, measure_id), language)
    return row | {"why": why_text(atlas, cell.reasons, language) or None}


def measure_answer(atlas: Atlas, measure_id: str, language: str) -> Answer:
    """Return the description of a measure."""
    row = atlas.rows("measures")[measure_id]
    named = {"label": row[f"label_{language}"], "definition": row[f"definition_{language}"]}
    return {"measure_id": measure_id, **named, "caveat": row[f"caveat_{language}"]}
