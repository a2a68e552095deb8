"""The written rule for which figure of a place is its headline, and which figures are in conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.contract.periods import UNKNOWN, Period

__all__ = ["mark_facts"]

_QUALIFIER_ORDER = ("exact", "about", "over", "nearly", "under")


def mark_facts(
    facts: Sequence[Mapping[str, str]],
    grades: Mapping[str, str],
    drawn_scopes: Mapping[str, str],
    static_measures: frozenset[str],
) -> list[dict[str, str]]:
    """Return the facts with the columns ``headline`` and ``conflict`` ("true"/"false") added.

    Of the facts of one place and measure, the headline is the one (1) whose scope is the one the boundary draws, (2) of
    the better grade, (3) with the latest date (unknown last), (4) exact before about, over, nearly, under; ties go to
    the first in the file. An undated fact of grade C never comes before one of a better grade, whatever their scopes.
    Facts conflict if they give different values for the same date, or at any dates if the measure does not change with
    time (`static_measures`: areas).

    Parameters
    ----------
    facts : sequence of mapping
        Rows of ``facts.csv``.
    grades : mapping
        source_id → A, B or C.
    drawn_scopes : mapping
        place_id → scope of its boundary.
    static_measures : frozenset of str
        Measures that do not change with time.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, fact in enumerate(facts):
        groups.setdefault((fact["place_id"], fact["measure_id"]), []).append(index)
    headline: set[int] = set()
    conflict: set[int] = set()
    for (place_id, measure_id), members in groups.items():
        scope = drawn_scopes.get(place_id, "")
        firm = any(grades[facts[index]["source_id"]] != "C" for index in members)
        headline.add(min(members, key=lambda index: (*_rank(facts[index], grades, scope, firm), index)))
        conflict.update(_conflicting(facts, members, measure_id in static_measures))
    return [
        {
            **fact,
            "headline": "true" if index in headline else "false",
            "conflict": "true" if index in conflict else "false",
        }
        for index, fact in enumerate(facts)
    ]


def _rank(fact: Mapping[str, str], grades: Mapping[str, str], drawn_scope: str, firm: bool) -> tuple[Any, ...]:
    """Return the sort key of a fact; `firm` is True if any of the facts has a better grade than C."""
    grade, period = grades[fact["source_id"]], Period.of(fact["as_of"])
    # Newest first; 2020, which is less precise than its months, sorts after 2020-01 and before 2019-12.
    newest = (-period.year, -period.month, -period.day) if period else ()
    return (
        firm and grade == "C" and period is None,
        fact["scope"] != drawn_scope,
        grade,
        period is None,
        newest,
        _QUALIFIER_ORDER.index(fact["qualifier"]),
    )


def _conflicting(facts: Sequence[Mapping[str, str]], members: Sequence[int], is_static: bool) -> set[int]:
    found = set()
    for index in members:
        for other in members:
            dates = (facts[index]["as_of"], facts[other]["as_of"])
            same_time = is_static or dates[0] == dates[1] or UNKNOWN in dates
            if same_time and float(facts[index]["value"]) != float(facts[other]["value"]):
                found.add(index)
    return found
