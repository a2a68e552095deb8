"""A choice as rows of plain values, for files and other programs: each value with date, source and reasons."""

from __future__ import annotations

from typing import Any

from geo.analysis.compare import Cell
from geo.analysis.site_choice.choose import FAILS, Candidate, Choice
from geo.analysis.site_choice.choose_words import criterion_heading, value_text
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES

__all__ = ["choice_records", "choice_table"]

#: Fields of a record, in this order; `values` follows.
_HEAD = ("place_id", "rank", "rank_low", "rank_high", "score", "score_high", "state")


def choice_records(choice: Choice, *, failing: bool = False) -> list[dict[str, Any]]:
    """Return a record for each place that fits or may fit, in order; with `failing` then also for those that fail.

    Returns
    -------
    list of dict
        ``place_id, rank, rank_low, rank_high, score, score_high, state``; ``unknown``, ``failed``: keys of criteria;
        ``values``: by criterion ``value, qualifier, as_of, scope, source_id, comparable, reasons, score``. None means
        unknown and is never replaced by 0.
    """
    return [
        {name: getattr(one, name) for name in _HEAD}
        | {"unknown": list(one.unknown), "failed": [must.text for must in one.failed]}
        | {"values": {key: _value(key, cell, one) for key, cell in one.cells.items()}}
        for one in choice.candidates
        if failing or one.state != FAILS
    ]


def _value(key: str, cell: Cell, one: Candidate) -> dict[str, Any]:
    names = ("value", "qualifier", "as_of", "scope", "source_id")
    low, high = one.scores.get(key, (None, None))
    return {name: getattr(cell.figure, name, None) or None for name in names[1:]} | {
        "value": cell.value,
        "comparable": cell.comparable,
        "reasons": [reason.code for reason in cell.reasons],
        "score": None if low is None else [low, high],
    }


def choice_table(atlas: Atlas, choice: Choice, language: str) -> tuple[list[str], list[list[Any]]]:
    """Return a choice as a flat table of all candidate places: the columns, and one row per place.

    For each criterion: the number if it may be compared, the value in words, its source.
    """
    criteria = choice.criteria.all
    columns = [*_HEAD, *(f"name_{lang}" for lang in LANGUAGES), "unknown", "failed"]
    for criterion in criteria:
        columns += [criterion.key, f"{criterion.key} ({criterion_heading(atlas, criterion, language)})"]
        columns.append(f"{criterion.key} source_id")
    rows = []
    for one in choice.candidates:
        row: list[Any] = [getattr(one, name) for name in _HEAD]
        row += [atlas.name(one.place_id, lang) for lang in LANGUAGES]
        row += ["; ".join(one.unknown), "; ".join(must.text for must in one.failed)]
        for criterion in criteria:
            cell = one.cells[criterion.key]
            words = value_text(atlas, criterion, cell, language)
            row += [cell.value if cell.comparable else None, words, cell.figure.source_id if cell.figure else ""]
        rows.append(row)
    return columns, rows
