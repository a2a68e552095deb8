"""Which figures may stand beside each other: the rule, rows aligned for chosen places, rankings.

The rule
--------
Figures share a row only if they are of one measure, which has one definition. Within a row a figure may be compared
unless

1. ``level``: its place is of another level (city, district, place of the layout) than most of the row;
2. ``scope``: it covers another extent, or part of a year, than the one that the place's boundary draws;
3. ``grade``: its source is weak (grade C);
4. ``schematic``: it is computed from a boundary that was never published and only shows where the place is;
5. ``undated``: its date is not known;
6. ``date``: it lies more than `YEARS_APART` calendar years from the others. Of all spans of that length the one that
   holds most of the row's figures counts, the latest of equals.

Dates do not matter for areas and for measures that are dates. Where a place has no figure of the measure but one of the
same topic and unit under another definition, that is said (``definition``), never filled in. What fails the rule stays
visible with its reasons; it takes no part in bars, order or maximum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.errors import UsageError

__all__ = [
    "MOST_PLACES",
    "YEARS_APART",
    "Cell",
    "Ranking",
    "Reason",
    "Row",
    "align",
    "candidates",
    "chosen_view",
    "judge",
    "level_of",
    "ranking",
]

#: Most places that one comparison takes.
MOST_PLACES = 6

#: Figures whose years differ by more than this are not compared.
YEARS_APART = 2

_TIMELESS_TOPICS = ("area", "date")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a figure may not be compared: a code of the rule and what it is about (scope, span of years, measures)."""

    code: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of one measure for one place; `value` is None where there is none.

    `level` is "city", "district" or "layout"; `timeless` says that its date does not matter; `conflict` that sources
    give other values too; `reasons` is empty when it may be compared.
    """

    place_id: str
    level: str
    value: float | None = None
    qualifier: str = "exact"
    as_of: str = ""
    scope: str = ""
    source_id: str = ""
    grade: str = ""
    detail: str = ""
    conflict: bool = False
    timeless: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether there is a figure and nothing speaks against comparing it."""
        return self.value is not None and not self.reasons

    @property
    def year(self) -> int | None:
        """Calendar year of the figure, None where unknown."""
        return int(self.as_of[:4]) if self.as_of[:4].isdigit() else None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure over the chosen places, in their order."""

    measure_id: str
    cells: tuple[Cell, ...]

    @property
    def known(self) -> int:
        """Number of places that have a figure."""
        return sum(cell.value is not None for cell in self.cells)

    @property
    def comparable(self) -> int:
        """Number of figures that may be compared."""
        return sum(cell.comparable for cell in self.cells)

    @property
    def largest(self) -> float | None:
        """Largest of the figures that may be compared, None where there is none."""
        return max((cell.value for cell in self.cells if cell.comparable and cell.value is not None), default=None)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A measure with its figures in order, those that may be compared first; `missing` have none, which is not zero.

    `positions` numbers the comparable ones: 1, 2, 2, 4 where two are equal.
    """

    measure_id: str
    cells: tuple[Cell, ...]
    positions: Mapping[str, int]
    missing: tuple[str, ...]


def level_of(atlas: Atlas, place_id: str) -> str:
    """Return "city", "district" or "layout"."""
    role = atlas.roles[str(atlas.places.at[place_id, "kind"])]
    return role if role in ("city", "district") else "layout"


def judge(cells: Sequence[Cell], years_apart: int = YEARS_APART) -> tuple[Cell, ...]:
    """Return cells of one measure with the reasons that depend on the others (level, date) added.

    Parameters
    ----------
    cells : sequence of Cell
        With the reasons that each has of its own.
    years_apart : int
        Longest span of calendar years within which figures are compared.

    Examples
    --------
    >>> cells = [Cell(p, "layout", 1.0, as_of=y) for p, y in (("a", "2015"), ("b", "2019-07"), ("c", "2021"))]
    >>> [[r.code for r in cell.reasons] for cell in judge(cells)]
    [['date'], [], []]
    """
    levels = Counter(cell.level for cell in cells if cell.value is not None)
    usual = levels.most_common(1)[0][0] if levels else ""
    judged = [
        replace(cell, reasons=(*cell.reasons, Reason("level", (cell.level,))))
        if cell.value is not None and cell.level != usual
        else cell
        for cell in cells
    ]
    years = [cell.year for cell in judged if cell.comparable and not cell.timeless and cell.year is not None]
    if not years:
        return tuple(judged)
    first = max(years, key=lambda start: (sum(start <= year <= start + years_apart for year in years), start))
    inside = [year for year in years if first <= year <= first + years_apart]
    span = Reason("date", (str(min(inside)), str(max(inside))))
    return tuple(
        replace(cell, reasons=(*cell.reasons, span))
        if cell.value is not None and not cell.timeless and cell.year is not None and cell.year not in inside
        else cell
        for cell in judged
    )


def align(atlas: Atlas, place_ids: Sequence[str]) -> list[Row]:
    """Return a row for every measure that at least one of the places has a figure of, in the order of measures.

    Parameters
    ----------
    atlas : Atlas
    place_ids : sequence of str
        One to `MOST_PLACES` ids.

    Raises
    ------
    UsageError
        If there are more, or one is no place.
    """
    if len(place_ids) > MOST_PLACES:
        raise UsageError(f"{len(place_ids)} places to compare: give at most {MOST_PLACES}")
    wanted = [atlas.find(place_id) for place_id in place_ids]
    facts, derived = atlas.table("facts"), atlas.table("derived")
    measured = {
        *facts.loc[facts["place_id"].isin(wanted), "measure_id"],
        *derived.loc[derived["place_id"].isin(wanted) & derived["value"].notna(), "measure_id"],
    }
    return [
        Row(measure_id, judge(_cells(atlas, measure_id, wanted)))
        for measure_id in atlas.allowed["measure"]
        if measure_id in measured
    ]


def ranking(atlas: Atlas, measure_id: str, place_ids: Iterable[str], *, ascending: bool = False) -> Ranking:
    """Return the figures of one measure in order.

    Parameters
    ----------
    atlas : Atlas
    measure_id : str
    place_ids : iterable of str
        The places or districts to put in order; do not mix levels.
    ascending : bool
        Smallest first, as one wants distances.

    Raises
    ------
    UsageError
        If there is no such measure.
    """
    judged = judge(_cells(atlas, measure_id, place_ids))
    known = [cell for cell in judged if cell.value is not None]
    known.sort(key=lambda cell: (not cell.comparable, (cell.value or 0.0) * (1 if ascending else -1), cell.place_id))
    values = [cell.value for cell in known if cell.comparable]
    positions = {cell.place_id: values.index(cell.value) + 1 for cell in known if cell.comparable}
    missing = tuple(cell.place_id for cell in judged if cell.value is None)
    return Ranking(measure_id, tuple(known), positions, missing)


def candidates(atlas: Atlas, selection: Selection, level: str) -> tuple[str, ...]:
    """Return the places of a level ("layout" or "district") that pass the filters of a selection.

    Editions, clusters and statuses say nothing of districts; only the choice of districts and the text filter those.
    """
    if level == "district":
        kinds = tuple(kind for kind, role in atlas.roles.items() if role == "district")
        found = atlas.select(Selection(kinds=kinds, texts=selection.texts)).places.index
        return tuple(place_id for place_id in found if not selection.districts or place_id in selection.districts)
    kinds = tuple(kind for kind in selection.kinds if atlas.roles[kind] not in ("city", "district"))
    view = atlas.select(selection.replace(kinds=kinds))
    return tuple(place_id for place_id in atlas.layout.index if place_id in view.places.index)


def chosen_view(atlas: Atlas, selection: Selection, place_ids: Sequence[str]) -> View:
    """Return a view of just these places, with the institutions in them, whatever else the selection filters."""
    return atlas.select(selection.unfiltered().replace(places=tuple(place_ids)))


@lru_cache(maxsize=4)
def _drawn(atlas: Atlas) -> dict[str, tuple[str, str, str]]:
    """Return place_id → level, scope that its boundary draws, method of drawing."""
    rows = atlas.places[["scope", "method"]].to_dict("index")
    return {str(place): (level_of(atlas, str(place)), row["scope"], row["method"]) for place, row in rows.items()}


@lru_cache(maxsize=512)
def _stated(atlas: Atlas, measure_id: str) -> dict[str, dict[Any, Any]]:
    """Return place_id → what `Atlas.values` gives, with grade and conflict."""
    grades = atlas.table("sources").set_index("source_id")["grade"]
    facts = atlas.table("facts")
    torn = set(facts.loc[(facts["measure_id"] == measure_id) & facts["headline"] & facts["conflict"], "place_id"])
    frame = atlas.values(measure_id).dropna(subset=["value"])
    frame = frame.assign(grade=frame["source_id"].map(grades), conflict=frame.index.isin(torn))
    return {str(place_id): dict(row) for place_id, row in frame.to_dict("index").items()}


def _cells(atlas: Atlas, measure_id: str, place_ids: Iterable[str]) -> list[Cell]:
    """Return the cells of a measure with the reasons that each has of its own."""
    stated = _stated(atlas, measure_id)
    measure = atlas.rows("measures")[measure_id]
    timeless = measure["topic"] in _TIMELESS_TOPICS
    geometric = measure["origin"] == "derived" and measure["numerator"] is None
    drawn = _drawn(atlas)
    cells = []
    for place_id in place_ids:
        level, scope, method = drawn[place_id]
        row = stated.get(place_id)
        if row is None:
            others = _other_definitions(atlas, measure_id, place_id)
            cells.append(Cell(place_id, level, reasons=(Reason("definition", others),) if others else ()))
            continue
        reasons = []
        if row["scope"] != scope:
            reasons.append(Reason("scope", (str(row["scope"]),)))
        if not geometric and row["grade"] == "C":
            reasons.append(Reason("grade", ("C",)))
        if geometric and method == "schematic":
            reasons.append(Reason("schematic"))
        if not timeless and row["as_of"] == "unknown":
            reasons.append(Reason("undated"))
        detail = row["detail"] if isinstance(row["detail"], str) else ""
        cells.append(
            Cell(
                place_id,
                level,
                float(row["value"]),
                row["qualifier"],
                row["as_of"],
                row["scope"],
                row["source_id"],
                "" if geometric else row["grade"],
                detail,
                bool(row["conflict"]),
                timeless or geometric,
                tuple(reasons),
            )
        )
    return cells


def _other_definitions(atlas: Atlas, measure_id: str, place_id: str) -> tuple[str, ...]:
    """Return the other reported measures of the same topic and unit that a place has a figure of."""
    measures = atlas.rows("measures")
    about = measures[measure_id]
    if about["origin"] != "reported":
        return ()
    return tuple(
        other
        for other in _reported(atlas).get(place_id, ())
        if other != measure_id and all(measures[other][key] == about[key] for key in ("topic", "unit"))
    )


@lru_cache(maxsize=4)
def _reported(atlas: Atlas) -> dict[str, list[str]]:
    """Return place_id → measures that documents report of it, in the order of measures."""
    pairs = set(zip(atlas.table("facts")["place_id"], atlas.table("facts")["measure_id"], strict=True))
    return {
        place_id: [measure_id for measure_id in atlas.allowed["measure"] if (place_id, measure_id) in pairs]
        for place_id in {place_id for place_id, _ in pairs}
    }
