"""Figures: values that documents report for a place or that this map computed, each with date, scope, source, notes.

The figures of one measure at one place have the same order everywhere: the headline first, then figures that
contradict each other, then the newest first; unknown dates last; within one date the better source first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from geo.atlas.atlas import Atlas
from geo.contract.periods import Period
from geo.contract.topics import TIMELESS
from geo.contract.typed import python_rows

__all__ = ["OLD_YEARS", "Figure", "computed", "reported", "shown"]

#: From this age (calendar years before the date of the data) on, a figure is shown with its age.
OLD_YEARS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one measure at one place.

    Attributes
    ----------
    place_id, measure_id : str
    value : float
        In the unit of the measure.
    qualifier : str
        exact, about, nearly, over or under; at_most for a computed upper bound (inclusive).
    as_of : str
        Period that the value is for, "unknown" if no document says.
    quote, quote_note_zh, quote_note_en : str
        The source's own words with the value; or why there are none, or how they were read.
    scope, source_id, locator, note_zh, note_en : str
        For a ratio of two facts those of the numerator; for a value computed from the boundary those of the boundary.
    grade : str
        Grade of the source; "" for a value computed from the boundary, which has no source of its own.
    detail : str
        For a computed value: what it was computed from, as worded by `geo.analysis.labels.detail_text`.
    headline, conflict : bool
        Whether it is shown first; whether sources give different values for the same date.
    age : int or None
        Calendar years before the date of the data, if the age is to be shown: for headlines from `OLD_YEARS` on.
    """

    place_id: str
    measure_id: str
    value: float
    qualifier: str = "exact"
    as_of: str = "unknown"
    scope: str = ""
    source_id: str = ""
    grade: str = ""
    locator: str = ""
    quote: str = ""
    quote_note_zh: str = ""
    quote_note_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    detail: str = ""
    headline: bool = True
    conflict: bool = False
    age: int | None = None

    @property
    def is_computed(self) -> bool:
        """Whether this map computed the value from the boundary alone."""
        return not self.grade

    @property
    def year(self) -> int | None:
        """Calendar year of the figure, None if unknown."""
        period = Period.of(self.as_of)
        return period.year if period else None


@lru_cache(maxsize=4)
def reported(atlas: Atlas) -> Mapping[str, tuple[Figure, ...]]:
    """Return the figures that documents report, by place; measures in their order, figures in the order of this module.

    Notes
    -----
    Linear in the number of facts, computed once per atlas; places without a fact have no entry.
    """
    grades = {source_id: str(row["grade"]) for source_id, row in atlas.rows("sources").items()}
    measures = atlas.rows("measures")
    now = date.fromisoformat(atlas.meta["data_date"]).year
    found: dict[str, list[Figure]] = {}
    for row in python_rows(atlas.table("facts")):
        one = Figure(
            place_id=str(row["place_id"]),
            measure_id=str(row["measure_id"]),
            value=float(row["value"]),
            qualifier=str(row["qualifier"]),
            as_of=str(row["as_of"]),
            scope=str(row["scope"]),
            source_id=str(row["source_id"]),
            grade=grades[row["source_id"]],
            locator=row.get("locator") or "",
            quote=row.get("quote") or "",
            quote_note_zh=row.get("quote_note_zh") or "",
            quote_note_en=row.get("quote_note_en") or "",
            note_zh=row.get("note_zh") or "",
            note_en=row.get("note_en") or "",
            headline=bool(row["headline"]),
            conflict=bool(row["conflict"]),
        )
        timeless = measures[one.measure_id]["topic"] in TIMELESS
        age = None if timeless or not one.headline or one.year is None else now - one.year
        found.setdefault(one.place_id, []).append(replace(one, age=age if age and age >= OLD_YEARS else None))
    order = {measure_id: number for number, measure_id in enumerate(measures)}
    return {place_id: _ordered(own, order) for place_id, own in found.items()}


def _ordered(figures: list[Figure], order: Mapping[str, int]) -> tuple[Figure, ...]:
    figures.sort(key=lambda one: (one.grade, one.source_id))
    figures.sort(key=lambda one: one.as_of, reverse=True)  # stable sort: within one date the better source stays first
    figures.sort(key=lambda one: (order[one.measure_id], not one.headline, not one.conflict, one.year is None))
    return tuple(figures)


@lru_cache(maxsize=4)
def computed(atlas: Atlas) -> Mapping[str, tuple[Figure, ...]]:
    """Return the figures that this map computed, by place, in the order of the measures; unknown ones are left out.

    A ratio of two facts has the qualifier, date, scope, grade and source of its numerator.
    """
    measures = atlas.rows("measures")
    order = {measure_id: number for number, measure_id in enumerate(measures)}
    heads = {(one.place_id, one.measure_id): one for own in reported(atlas).values() for one in own if one.headline}
    found: dict[str, list[Figure]] = {}
    for row in python_rows(atlas.table("derived")):
        if row["value"] is None:
            continue
        place_id, measure_id = str(row["place_id"]), str(row["measure_id"])
        own: dict[str, Any] = {"measure_id": measure_id, "value": float(row["value"]), "detail": row["detail"] or ""}
        numerator = measures[measure_id]["numerator"]
        if numerator is not None and (counted := heads.get((place_id, str(numerator)))):
            one = replace(counted, **own, conflict=False, locator="", note_zh="", note_en="")
        else:
            place = atlas.place_rows[place_id]
            one = Figure(
                place_id,
                as_of=str(atlas.meta["data_date"]),
                scope=str(place["scope"]),
                source_id=str(place["boundary_source_id"]),
                **own,
            )
        found.setdefault(place_id, []).append(one)
    return {place_id: tuple(sorted(own, key=lambda one: order[one.measure_id])) for place_id, own in found.items()}


def shown(atlas: Atlas, measure_id: str) -> Mapping[str, Figure]:
    """Return the figure to show for one measure, by place: the headline if reported, otherwise the computed value.

    Raises
    ------
    UsageError
        If the atlas has no such measure.
    """
    return _by_measure(atlas).get(atlas.find_measure(measure_id), {})


@lru_cache(maxsize=4)
def _by_measure(atlas: Atlas) -> Mapping[str, Mapping[str, Figure]]:
    found: dict[str, dict[str, Figure]] = {}
    for table in (reported(atlas), computed(atlas)):
        for place_id, figures in table.items():
            for one in figures:
                if one.headline:
                    found.setdefault(one.measure_id, {})[place_id] = one
    return found
