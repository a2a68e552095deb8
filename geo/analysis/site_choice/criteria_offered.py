"""Criteria that a page offers, each with the number of places with a known value; ready-made choices to start with."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from statistics import median
from types import MappingProxyType

from geo.analysis.firms import kinds as institution_kinds
from geo.analysis.site_choice.criteria import Criteria, Criterion, criterion_kinds
from geo.analysis.site_choice.criteria_values import Spots, criterion_cells
from geo.atlas.atlas import Atlas
from geo.errors import UsageError

__all__ = ["ReadyMade", "better_low", "middle", "offered", "ready_made"]

#: Distances that are offered for the user's own points, in metres.
_WITHIN_M = ("1000", "3000", "5000")


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A choice to start with: its id, names by language, criteria."""

    choice: str
    names: Mapping[str, str]
    criteria: Criteria


@lru_cache(maxsize=4)
def ready_made(atlas: Atlas) -> tuple[ReadyMade, ...]:
    """Return the choices of ``geo/data/choices.csv`` whose criteria all exist in an atlas."""
    raw = resources.files("geo.data").joinpath("choices.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(raw.splitlines()):
        try:
            criteria = Criteria.parse(row["criteria"], atlas)
        except UsageError:  # another city need not have them
            continue
        found.append(ReadyMade(row["choice"], {lang: row[f"name_{lang}"] for lang in ("zh", "en")}, criteria))
    return tuple(found)


@lru_cache(maxsize=8)
def offered(atlas: Atlas, place_ids: tuple[str, ...]) -> Mapping[Criterion, int]:
    """Return the criteria that distinguish some places, each with the number of places with a comparable value.

    Measures come first, the most widely known first, then institutions, clusters and distances to places; criteria of
    own points count as known.
    """
    found = {one: _known(atlas, one, place_ids) for one in map(Criterion, atlas.rows("measures"))}
    measures = sorted((one for one in found if found[one] > 1), key=lambda one: -found[one])
    others = {one: _known(atlas, one, place_ids) for one in _beside(atlas)}
    if place_ids:  # a distance is known for equally many places whatever its target
        known = _known(atlas, Criterion("distance_km", place_ids[0]), place_ids)
        others |= dict.fromkeys((Criterion("distance_km", one) for one in place_ids), known)
    own = {one: len(place_ids) for one in _own_points()}
    return MappingProxyType(
        {one: found[one] for one in measures} | {one: count for one, count in others.items() if count > 1} | own
    )


def _beside(atlas: Atlas) -> Iterator[Criterion]:
    for kind in ("institutions", "nearest_km"):
        for about in institution_kinds(atlas):
            yield Criterion(kind, about)
    for about in atlas.allowed["cluster"]:
        yield Criterion("cluster", about)


def _own_points() -> Iterator[Criterion]:
    yield Criterion("points_inside")
    for metres in _WITHIN_M:
        yield Criterion("points_within_m", metres)


def _known(atlas: Atlas, criterion: Criterion, place_ids: Sequence[str]) -> int:
    return sum(cell.comparable for cell in criterion_cells(atlas, criterion, place_ids))


def better_low(atlas: Atlas, criterion: Criterion) -> bool:
    """Return whether less is usually better, so that a page offers a negative weight: only for distances."""
    if not criterion.is_measure:
        return criterion_kinds()[criterion.kind].better == "low"
    row = atlas.rows("measures")[criterion.kind]
    return bool(row["topic"] == "access" and row["unit"] in ("m", "km"))


def middle(atlas: Atlas, criterion: Criterion, place_ids: Sequence[str], spots: Spots | None = None) -> float:
    """Return the median of the comparable values to two digits, 0 if there are none: a threshold to start with."""
    cells = criterion_cells(atlas, criterion, place_ids, spots)
    values = [cell.value for cell in cells if cell.comparable and cell.value is not None]
    return float(f"{median(values):.2g}") if values else 0.0
