"""Which figure of a place is shown first, and which figures are in conflict: the written rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["mark_facts"]

_QUALIFIER_ORDER = ("exact", "about", "over", "under")


def mark_facts(
    facts: Sequence[Mapping[str, str]],
    grades: Mapping[str, str],
    drawn_scopes: Mapping[str, str],
    static_measures: frozenset[str],
) -> list[dict[str, str]]:
    """Return the facts with ``headline`` and ``conflict`` ("true"/"false") added.

    The rule, in this order: of the facts of one place and measure the one (1) whose scope is the one the boundary
    draws, (2) not of grade C if there is better, (3) with the latest date (unknown last), (4) of the better grade,
    (5) exact before about, over, under; ties go to the first in the file. Facts conflict when they give other values
    for the same date, or at any date where the measure does not change with time (`static_measures`: areas).

    Parameters
    ----------
    facts : sequence of mapping
        Rows of ``facts.csv``.
    grades : mapping
        source_id → A, B or C.
    drawn_scopes : mapping
        place_id → scope that its boundary draws.
    static_measures : frozenset of str
        Measures whose facts of different dates speak of the same thing.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, fact in enumerate(facts):
        groups.setdefault((fact["place_id"], fact["measure_id"]), []).append(index)
    headline: set[int] = set()
    conflict: set[int] = set()
    for (place_id, measure_id), members in groups.items():

        def rank(index: int, scope: str = drawn_scopes.get(place_id, "")) -> tuple[Any, ...]:
            fact = facts[index]
            grade = grades[fact["source_id"]]
            dated = fact["as_of"] != "unknown"
            newest = tuple(-int(part) for part in fact["as_of"].split("-")) if dated else ()
            # A shorter date is less precise: 2020 ranks behind 2020-12 and before 2019-12.
            padded = (*newest, *([0] * (3 - len(newest))))
            return (
                fact["scope"] != scope,
                grade == "C",
                not dated,
                padded,
                grade,
                _QUALIFIER_ORDER.index(fact["qualifier"]),
                index,
            )

        headline.add(min(members, key=rank))
        for index in members:
            for other in members:
                same_time = measure_id in static_measures or (
                    facts[index]["as_of"] == facts[other]["as_of"]
                    or "unknown" in (facts[index]["as_of"], facts[other]["as_of"])
                )
                if same_time and float(facts[index]["value"]) != float(facts[other]["value"]):
                    conflict.add(index)
    return [
        {
            **fact,
            "headline": "true" if index in headline else "false",
            "conflict": "true" if index in conflict else "false",
        }
        for index, fact in enumerate(facts)
    ]
