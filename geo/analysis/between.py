"""What changed between two years: places newly named, no longer named or renamed, and figures then and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geo.analysis.compare import YEARS_APART, Reason, own_reasons
from geo.analysis.editions import Edition, editions
from geo.analysis.figures import Figure, reported
from geo.atlas.atlas import Atlas
from geo.base.told import told
from geo.contract.periods import Period
from geo.contract.topics import TIMELESS
from geo.contract.typed import python_rows
from geo.errors import UsageError

__all__ = ["Between", "Pair", "between", "years"]

#: Qualifiers for which the ratio of two figures is meaningful.
_RATIO = ("exact", "about")


@dataclass(frozen=True, slots=True)
class Pair:
    """One measure at one place with one scope: the figure then and the figure now.

    Attributes
    ----------
    then, now : Figure
        Each is at most `YEARS_APART` calendar years from the year asked for: the nearest; at equal distance, the better
        source.
    reasons : tuple of Reason
        Why the two may not be compared: the reasons of either figure by the rule of `geo.analysis.compare`.
    """

    then: Figure
    now: Figure
    reasons: tuple[Reason, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether the two figures may be compared."""
        return not self.reasons

    @property
    def ratio(self) -> float | None:
        """Now ÷ then; None where no ratio can be given."""
        said = self.then.qualifier in _RATIO and self.now.qualifier in _RATIO and self.then.value > 0
        return self.now.value / self.then.value if said else None

    @property
    def direction(self) -> int:
        """1 if the value grew, -1 if it shrank, 0 if it did neither or a bound leaves it open."""
        if self.now.value == self.then.value:
            return 0
        up = self.now.value > self.then.value
        # "Over 700" may be more than 800; "under 800" may be less than 700.
        low, high = (self.then, self.now) if up else (self.now, self.then)
        return 0 if low.qualifier == "over" or high.qualifier in ("under", "nearly") else 1 if up else -1


@dataclass(frozen=True, slots=True)
class Between:
    """The changes between the ends of two years.

    Attributes
    ----------
    first, last : int
    then, now : tuple of str
        Places of the layout that some document had named by the end of each year, in the order of the atlas.
    new : tuple of (str, str)
        Place and the edition that first named it, in chronological order.
    silent : tuple of (str, str)
        Places named by the first year but by no document after it up to the last year, with the edition that last named
        each. Such a place has not ended: no document says so.
    again : tuple of str
        Places named by the first year and again after it.
    renamed : tuple of mapping
        Rows of ``former_names`` that ended between the two years.
    pairs : tuple of Pair
        By place in the order of the atlas, then by measure.
    """

    first: int
    last: int
    then: tuple[str, ...]
    now: tuple[str, ...]
    new: tuple[tuple[str, str], ...]
    silent: tuple[tuple[str, str], ...]
    again: tuple[str, ...]
    renamed: tuple[Mapping[str, Any], ...]
    pairs: tuple[Pair, ...]


def years(atlas: Atlas) -> tuple[int, ...]:
    """Return the years in which a document drew the layout or added to it, in chronological order."""
    return tuple(sorted({_year(one) for one in editions(atlas)}))


@lru_cache(maxsize=32)
def between(atlas: Atlas, first: int, last: int) -> Between:
    """Return what changed from the end of one year to the end of another.

    Raises
    ------
    UsageError
        If the first year is not before the last.

    Notes
    -----
    Both figures of a pair are of one measure and one scope; targets, areas and founding years are left out.
    """
    if first >= last:
        raise told(UsageError, "wrong.years", first=first, last=last)
    before = [one for one in editions(atlas) if _year(one) <= first]
    after = [one for one in editions(atlas) if first < _year(one) <= last]
    then = before[-1].named_by_then if before else ()
    now = after[-1].named_by_then if after else then
    named_after = {place_id for one in after for place_id in one.layout}
    silent = [place_id for place_id in then if place_id not in named_after]
    return Between(
        first=first,
        last=last,
        then=then,
        now=now,
        new=tuple((place_id, one.edition_id) for one in after for place_id in one.added),
        silent=tuple((place_id, _last_named(before, place_id)) for place_id in silent),
        again=tuple(place_id for place_id in then if place_id in named_after),
        renamed=tuple(_renamed(atlas, first, last)),
        pairs=tuple(_pairs(atlas, first, last)),
    )


def _year(one: Edition) -> int:
    return int(one.month[:4])


def _last_named(before: list[Edition], place_id: str) -> str:
    return next(one.edition_id for one in reversed(before) if place_id in one.layout)


def _renamed(atlas: Atlas, first: int, last: int) -> list[Mapping[str, Any]]:
    rows = python_rows(atlas.table("former_names"))
    ended = ((row, Period.of(str(row["until"]))) for row in rows if row["until"])
    return [row for row, period in ended if period and first < period.year <= last]


def _pairs(atlas: Atlas, first: int, last: int) -> list[Pair]:
    measures = atlas.rows("measures")
    found = []
    for place_id in atlas:
        groups: dict[tuple[str, str], list[Figure]] = {}
        for one in reported(atlas).get(place_id, ()):
            measure = measures[one.measure_id]
            if one.year is not None and measure["topic"] not in TIMELESS and not measure["target_due"]:
                groups.setdefault((one.measure_id, one.scope), []).append(one)
        for own in groups.values():
            then, now = _nearest(own, first), _nearest(own, last)
            if then and now and (then.year or 0) < (now.year or 0):
                why = dict.fromkeys((*own_reasons(atlas, then), *own_reasons(atlas, now)))
                found.append(Pair(then, now, tuple(why)))
    return found


def _nearest(figures: list[Figure], year: int) -> Figure | None:
    near = [one for one in figures if one.year is not None and abs(one.year - year) <= YEARS_APART]
    return min(near, key=lambda one: (abs((one.year or 0) - year), one.grade, one.qualifier != "exact"), default=None)
