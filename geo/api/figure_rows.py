"""Figures as rows for programs: each number with source, date, scope, grade and quote; unknown is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from geo.analysis.compare import LEVELS, Cell, Ranking, judged, level_of, ranked
from geo.analysis.figures import Figure, shown
from geo.analysis.labels import detail_text
from geo.analysis.values import citation, figure_words, measured, quote_text, scope_text, when_text, why_text
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.contract.typed import join_list, python_rows

__all__ = ["FACT_COLUMNS", "MEASURE_COLUMNS", "Row", "fact_rows", "figure_row", "measure_rows", "searched", "searches"]

Row = dict[str, Any]

#: Columns of every figure that a program receives.
FACT_COLUMNS = (
    "place_id", "name_zh", "name_en", "kind", "measure_id", "label_zh", "label_en", "value", "unit", "qualifier",
    "as_of", "scope", "grade", "source_id", "locator", "quote", "headline", "conflict", "figure_zh", "figure_en",
    "when_zh", "when_en", "scope_zh", "scope_en", "quote_zh", "quote_en", "source_zh", "source_en", "source_url",
)  # fmt: skip

#: Additional columns for the figures of one measure: ranking, comparability, searches that found nothing.
MEASURE_COLUMNS = (
    "level", "rank", *FACT_COLUMNS, "detail_zh", "detail_en", "comparable", "reasons", "why_zh", "why_en",
    "searched_on",
)  # fmt: skip


def figure_row(atlas: Atlas, one: Figure) -> Row:
    """Return a figure as a row of `FACT_COLUMNS`."""
    measure = atlas.rows("measures")[one.measure_id]
    source = atlas.rows("sources")[one.source_id]
    row: Row = _place(atlas, one.place_id) | {
        "measure_id": one.measure_id,
        "value": one.value,
        "unit": measure["unit"],
        "qualifier": one.qualifier,
        "as_of": one.as_of,
        "scope": one.scope,
        "grade": one.grade or None,
        "source_id": one.source_id,
        "locator": one.locator or None,
        "quote": one.quote or None,
        "headline": one.headline,
        "conflict": one.conflict,
        "source_url": source["url"],
    }
    notes = {"quote": one.quote, "quote_note_zh": one.quote_note_zh, "quote_note_en": one.quote_note_en}
    for language in LANGUAGES:
        said = {
            "label": measure[f"label_{language}"],
            "figure": figure_words(atlas, one, language),
            "when": when_text(one, language),
            "scope": scope_text(atlas, one.scope, language),
            "quote": quote_text(notes, language) or None,
            "source": citation(source, language),
        }
        row |= {f"{name}_{language}": words for name, words in said.items()}
    return {name: row[name] for name in FACT_COLUMNS}


def _place(atlas: Atlas, place_id: str) -> Row:
    row = atlas.place_rows[place_id]
    return {name: row[name] for name in ("place_id", "name_zh", "name_en", "kind")}


def fact_rows(atlas: Atlas, figures: Iterable[Figure]) -> list[Row]:
    """Return figures as rows of `FACT_COLUMNS`, in their order."""
    return [figure_row(atlas, one) for one in figures]


@lru_cache(maxsize=64)
def measure_rows(atlas: Atlas, measure_id: str) -> tuple[Row, ...]:
    """Return all places of every level with a figure of the measure: comparable ones in order, others, unknown.

    Raises
    ------
    UsageError
        If there is no such measure.
    """
    levels = {level_of(atlas, place_id) for place_id in shown(atlas, measure_id)}
    rows: list[Row] = []
    for level in filter(levels.__contains__, LEVELS):
        cells = judged(atlas, measure_id, [one for one in atlas if level_of(atlas, one) == level])
        found = ranked(cells, measure_id)
        missing = [cell for cell in cells if cell.figure is None]
        rows += [_cell_row(atlas, measure_id, cell, found) for cell in (*found.cells, *missing)]
    return tuple(rows)


def _cell_row(atlas: Atlas, measure_id: str, cell: Cell, found: Ranking) -> Row:
    row: Row = dict.fromkeys(MEASURE_COLUMNS)
    if cell.figure:
        row |= figure_row(atlas, cell.figure)
    else:
        measure = atlas.rows("measures")[measure_id]
        row |= _place(atlas, cell.place_id) | {"measure_id": measure_id, "unit": measure["unit"]}
        looked = searches(atlas, cell.place_id, measure_id)
        row["searched_on"] = max((str(one["searched_on"]) for one in looked), default=None)
        for language in LANGUAGES:
            row[f"label_{language}"] = measure[f"label_{language}"]
            row[f"figure_{language}"] = measured(atlas, measure_id, None, "exact", language)
    for language in LANGUAGES:
        row[f"why_{language}"] = why_text(atlas, cell.reasons, language) or None
        if cell.figure and cell.figure.detail:
            row[f"detail_{language}"] = detail_text(atlas, cell.figure.detail, language)
    return row | {
        "level": cell.level,
        "rank": found.positions.get(cell.place_id),
        "comparable": cell.comparable,
        "reasons": join_list(reason.code for reason in cell.reasons) or None,
    }


@lru_cache(maxsize=4)
def searched(atlas: Atlas) -> Mapping[tuple[str, str], list[Row]]:
    """Return the searches that found nothing: rows of ``searched`` by (place, topic)."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in python_rows(atlas.table("searched")):
        found.setdefault((str(row["place_id"] or ""), str(row["topic"])), []).append(row)
    return found


def searches(atlas: Atlas, place_id: str, topic: str) -> list[Row]:
    """Return the searches that found nothing for a measure (or its topic) of a place: rows of ``searched``."""
    own = searched(atlas)
    measure = atlas.rows("measures").get(topic)
    topics = dict.fromkeys([topic, *([str(measure["topic"])] if measure else [])])
    return [dict(row) for one in topics for row in own.get((place_id, one), ())]
