"""What is new since the last release of the data, the age of every figure, and what was searched for but not found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geo.analysis.diff import Change, Diff
from geo.analysis.figures import OLD_YEARS, Figure, reported
from geo.atlas.atlas import Atlas
from geo.contract.topics import TIMELESS
from geo.contract.typed import python_rows

__all__ = ["AGES", "Aged", "Searched", "age_group", "aged", "latest", "newest_by_place", "searched"]

#: Age groups, the oldest first: name and least age in calendar years.
AGES = (("undated", None), ("ten", 10), ("five", 5), ("old", OLD_YEARS), ("recent", 1), ("current", 0))

_PUBLISHED = "changes.json"


@dataclass(frozen=True, slots=True)
class Aged:
    """A headline figure and its age: calendar years before the date of the data, None if no document dates it."""

    figure: Figure
    years: int | None


@dataclass(frozen=True, slots=True)
class Searched:
    """Something that was searched for but not found: its row of ``searched``, and what kind of topic it is.

    `topic_kind` is "measure", "policy", or "" if the topic is a free word.
    """

    row: Mapping[str, Any]
    topic_kind: str


@lru_cache(maxsize=4)
def latest(atlas: Atlas) -> Diff | None:
    """Return the changes since the previous release from ``changes.json``; None if the data set has no such file.

    Of an added row only the key is given: the data set itself holds the cells.
    """
    content = atlas.file(_PUBLISHED)
    if content is None:
        return None
    told = json.loads(content)
    changes = tuple(_change(one) for one in told["changes"])
    columns = ({name: tuple(own) for name, own in told[side].items()} for side in ("columns_added", "columns_removed"))
    return Diff(told["old"], told["new"], changes, (), *columns)


def _change(one: Mapping[str, Any]) -> Change:
    columns = {name: (old, new) for name, (old, new) in one.get("columns", {}).items()}
    return Change(one["table"], tuple(one["key"].values()), one["kind"], columns, one.get("moved_km2"))


@lru_cache(maxsize=4)
def aged(atlas: Atlas) -> tuple[Aged, ...]:
    """Return every headline figure with its age, undated first, then the oldest; figures without an age are left out.

    The age is counted to the date of the data, not to today: published pages then say the same to every reader, and a
    figure is old only in relation to what could be known when the data were made. A founding year has no age.
    """
    now = int(str(atlas.meta["data_date"])[:4])
    measures = atlas.rows("measures")
    found = [
        Aged(one, None if one.year is None else max(0, now - one.year))
        for figures in reported(atlas).values()
        for one in figures
        if one.headline and measures[one.measure_id]["topic"] not in TIMELESS
    ]
    return tuple(sorted(found, key=lambda one: (one.years is not None, -(one.years or 0), one.figure.place_id)))


def age_group(years: int | None) -> str:
    """Return the name of the group in `AGES` to which an age belongs.

    Examples
    --------
    >>> [age_group(years) for years in (None, 0, 2, 3, 7, 12)]
    ['undated', 'current', 'recent', 'old', 'five', 'ten']
    """
    if years is None:
        return AGES[0][0]
    return next(name for name, fewest in AGES[1:] if fewest is not None and years >= fewest)


def newest_by_place(atlas: Atlas) -> dict[str, int | None]:
    """Return, for each place of the layout, the age of its newest headline figure; None if it has no dated one."""
    found: dict[str, int | None] = dict.fromkeys(map(str, atlas.layout.index))
    for one in aged(atlas):
        place_id, years = one.figure.place_id, one.years
        if place_id in found and years is not None:
            known = found[place_id]
            found[place_id] = years if known is None else min(known, years)
    return found


def searched(atlas: Atlas) -> tuple[Searched, ...]:
    """Return what was searched for but not found, by place in the order of the atlas."""
    order = {place_id: number for number, place_id in enumerate(atlas)}
    measures, policy = atlas.rows("measures"), atlas.rows("policy")

    def kind(topic: str) -> str:
        return "measure" if topic in measures else "policy" if topic in policy else ""

    rows = python_rows(atlas.table("searched"))
    found = [Searched(row, kind(str(row["topic"]))) for row in rows]
    return tuple(
        sorted(found, key=lambda one: (order.get(str(one.row["place_id"]), len(order)), str(one.row["topic"])))
    )
