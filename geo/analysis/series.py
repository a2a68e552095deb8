"""Figures over time: series that break wherever two successive values do not measure the same thing.

A series has one measure with one scope at one place. Two successive values are joined only if `Point.gap` gives no
reason against it. Values of different measures or scopes are separate series and never share a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geo.atlas.atlas import Atlas
from geo.contract.periods import Period
from geo.contract.topics import TIMELESS
from geo.contract.typed import python_rows

__all__ = ["GAPS", "Chart", "Point", "Series", "Target", "charts", "place_series"]

Row = Mapping[str, Any]

#: Why a value is not joined to the one before: a period in between has no figure; one date has two figures.
GAPS = ("first", "missing", "conflict", "")

#: Values of two documents are joined if their periods begin at most this many years apart.
MAX_STEP_YEARS = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One reported value.

    Attributes
    ----------
    as_of : str
        Period as stated in the document.
    at : float
        Middle of that period in decimal years.
    value : float
        In the unit of the measure.
    qualifier : str
        exact, about, over or under.
    source_id, note_zh, note_en : str
    gap : str
        "" if a line may join this value to the one before; otherwise the reason, one of `GAPS`.
    """

    as_of: str
    at: float
    value: float
    qualifier: str
    source_id: str
    note_zh: str
    note_en: str
    gap: str


@dataclass(frozen=True, slots=True)
class Series:
    """The dated values of one measure with one scope at one place, in chronological order."""

    place_id: str
    measure_id: str
    scope: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A value that a document set for a date; it has its own mark and belongs to no series.

    Attributes
    ----------
    id : str
        measure_id of a reported target, or policy_id.
    label_zh, label_en : str
    due : str
        Year or period in which it is due.
    at : float
        Middle of that period in decimal years, so that it lies where a value of that period lies.
    value : float
    qualifier, source_id : str
    """

    id: str
    label_zh: str
    label_en: str
    due: str
    at: float
    value: float
    qualifier: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Series of one topic and unit at one place, and their targets; all share the axes, but no series shares a line."""

    place_id: str
    topic: str
    unit: str
    series: tuple[Series, ...]
    targets: tuple[Target, ...]


def place_series(atlas: Atlas, place_id: str) -> tuple[Series, ...]:
    """Return every series of a place: all reported measures except targets.

    Parameters
    ----------
    atlas : Atlas
    place_id : str

    Returns
    -------
    tuple of Series
        Ordered by measure; within a measure the scope of the drawn boundary first. Facts without a date are in no
        series, since they have no position in time.

    Raises
    ------
    UsageError
        If there is no such place.
    """
    place_id = atlas.find(place_id)
    measures, drawn = atlas.rows("measures"), atlas.place_rows[place_id]["scope"]
    groups: dict[tuple[int, str, bool, str], list[Row]] = {}
    for fact in _facts(atlas).get(place_id, ()):
        measure_id = fact["measure_id"]
        if not _due(measures[measure_id]) and Period.of(fact["as_of"]):
            order = (measures[measure_id]["sort_order"], measure_id, fact["scope"] != drawn, fact["scope"])
            groups.setdefault(order, []).append(fact)
    return tuple(
        Series(place_id, measure_id, scope, _points(rows)) for (_, measure_id, _, scope), rows in sorted(groups.items())
    )


def _points(rows: Iterable[Row]) -> tuple[Point, ...]:
    ordered = sorted(rows, key=lambda row: (_span(row), row["source_id"]))
    values: dict[str, set[float]] = {}
    for row in ordered:
        values.setdefault(row["as_of"], set()).add(float(row["value"]))
    points: list[Point] = []
    for index, row in enumerate(ordered):
        begin, end = _span(row)
        gap = _gap(ordered[index - 1], row, values) if index else "first"
        words = {name: row[name] if isinstance(row[name], str) else "" for name in ("note_zh", "note_en")}
        value, qualifier = float(row["value"]), row["qualifier"]
        points.append(Point(row["as_of"], (begin + end) / 2, value, qualifier, row["source_id"], **words, gap=gap))
    return tuple(points)


def _span(fact: Row) -> tuple[float, float]:
    period = Period.of(fact["as_of"])
    return period.span if period else (0.0, 0.0)


def _gap(before: Row, row: Row, values: Mapping[str, set[float]]) -> str:
    if len(values[before["as_of"]]) > 1 or len(values[row["as_of"]]) > 1:
        return "conflict"
    # Values in one document are comparable by its own account; those of two documents only if no period lies between.
    if before["source_id"] == row["source_id"]:
        return ""
    (begin, _), (last, _) = _span(row), _span(before)
    return "missing" if begin - last > MAX_STEP_YEARS + 1e-9 else ""


def charts(atlas: Atlas, place_id: str) -> tuple[Chart, ...]:
    """Return the charts of a place: one per topic and unit in which a series has values for two or more dates.

    Parameters
    ----------
    atlas : Atlas
    place_id : str

    Returns
    -------
    tuple of Chart
        Targets are those the place's documents set in the same topic and unit, and those of the policy that concern
        the place and whose reported outcomes are values of a measure in the chart.

    Raises
    ------
    UsageError
        If there is no such place.
    """
    measures = atlas.rows("measures")
    groups: dict[tuple[str, str], list[Series]] = {}
    for series in place_series(atlas, place_id):
        topic, unit = (str(measures[series.measure_id][name]) for name in ("topic", "unit"))
        if topic not in TIMELESS:
            groups.setdefault((topic, unit), []).append(series)
    found = []
    for (topic, unit), members in groups.items():
        if any(len({point.as_of for point in series.points}) > 1 for series in members):
            targets = (
                *_fact_targets(atlas, members[0].place_id, topic, unit),
                *_policy_targets(atlas, members, unit),
            )
            found.append(Chart(members[0].place_id, topic, unit, tuple(members), targets))
    return tuple(found)


def _due(measure: Row) -> str:
    """Return when a measure that is a target is due, possibly "unknown"; "" if the measure is a result."""
    return str(measure.get("target_due") or "")  # layers of an earlier contract lack this column


def _fact_targets(atlas: Atlas, place_id: str, topic: str, unit: str) -> Iterable[Target]:
    for fact in _facts(atlas).get(place_id, ()):
        measure = atlas.rows("measures")[fact["measure_id"]]
        due = _due(measure)
        when = Period.of(due)
        if when and (measure["topic"], measure["unit"]) == (topic, unit):
            value, qualifier, source = float(fact["value"]), fact["qualifier"], fact["source_id"]
            labels = measure["label_zh"], measure["label_en"]
            yield Target(fact["measure_id"], *labels, due, when.middle, value, qualifier, source)


def _policy_targets(atlas: Atlas, members: Iterable[Series], unit: str) -> Iterable[Target]:
    members = tuple(members)
    place_id = members[0].place_id
    linked = atlas.table("policy_places")
    concerned = set(linked.loc[linked["place_id"] == place_id, "policy_id"])
    reported = {(point.source_id, point.value) for series in members for point in series.points}
    outcomes = _outcomes(atlas)
    for item in atlas.rows("policy").values():
        due = Period.of(item["due"])
        if item["kind"] != "target" or item["unit"] != unit or item["policy_id"] not in concerned or due is None:
            continue
        if reported.isdisjoint(outcomes.get((item["policy_id"], unit), ())):
            continue
        qualifier = item["qualifier"] if isinstance(item["qualifier"], str) else "exact"
        yield Target(
            item["policy_id"],
            item["text_zh"],
            item["text_en"],
            item["due"],
            due.middle,
            float(item["value"]),
            qualifier,
            item["source_id"],
        )


@lru_cache(maxsize=2)
def _outcomes(atlas: Atlas) -> dict[tuple[str, str], set[tuple[str, float]]]:
    """Return (source, value) pairs of the outcomes of each policy item, by item and unit."""
    found: dict[tuple[str, str], set[tuple[str, float]]] = {}
    for row in python_rows(atlas.table("policy_outcomes")):
        if row["unit"] and row["value"] is not None:
            found.setdefault((row["policy_id"], row["unit"]), set()).add((row["source_id"], row["value"]))
    return found


@lru_cache(maxsize=2)
def _facts(atlas: Atlas) -> dict[str, list[Row]]:
    """Return the facts by place."""
    found: dict[str, list[Row]] = {}
    for row in python_rows(atlas.table("facts")):
        found.setdefault(row["place_id"], []).append(row)
    return found
