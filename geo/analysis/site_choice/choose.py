"""Site choice: places ranked by criteria, with what is unknown and how robust each rank is.

The rule
--------
*Conditions* are checked for each place; the answer is yes, no or unknown. It is unknown if there is no figure, if the
figure may not be compared (`geo.analysis.compare`), or if a bound leaves it open: "over 500" meets ``>= 400`` but does
not decide ``>= 600``. Such a place is neither accepted nor rejected: it is listed separately (state `OPEN`).

*Wishes* are scored from 0 to 1: ``s = (v − min) / (max − min)``, or ``1 − s`` if less is better, where min and max
are those of the comparable figures of all candidate places, whether or not they meet the conditions; s is 1 if all
are equal (min–max normalisation; Hwang and Yoon 1981, Multiple Attribute Decision Making). The score of a place is
the mean of its s, weighted by the absolute weights (simple additive weighting, same source). "about" and "nearly"
are scored as exact values; for "over", "under" and "at most" the value is one end of an interval. An unknown value
may be anything and scores from 0 to 1. So every score is an interval from what is certain (`score`) to what is
possible (`score_high`); the two are equal if everything is known.

*The order* is by the certain score, then by the possible one; equal places share a rank. A place for which no wish
is known has no rank. *Robustness*: each single weight is raised and lowered by `SWING`, the others kept, and all
places are ranked again; `rank_low` and `rank_high` are the best and the worst rank in these 2 n + 1 orders, all of
which are computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.analysis.compare import Cell
from geo.analysis.site_choice.criteria import Criteria, Must
from geo.analysis.site_choice.criteria_values import Spots, criterion_cells
from geo.atlas.atlas import Atlas
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["FAILS", "FITS", "OPEN", "STATES", "SWING", "Candidate", "Choice", "choose"]

#: States of a place: it meets all conditions; it is unknown whether it does; it does not.
FITS, OPEN, FAILS = STATES = ("fits", "open", "fails")

#: Each weight is raised and lowered by this share.
SWING = 0.2

#: Decimals to which scores are compared: sums of the same numbers in another order differ by rounding.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place from which the choice is made.

    Attributes
    ----------
    place_id : str
    state : str
        `FITS`, `OPEN` or `FAILS`.
    cells : mapping of str to Cell
        Its value for each criterion, by key, with the reasons not to compare it.
    scores : mapping of str to (float, float)
        For each wish the lowest and the highest possible score, 0 to 1.
    score, score_high : float or None
        The certain and the possible score; None if there are no wishes.
    rank, rank_low, rank_high : int or None
        Only for places that fit and for which some wish is known; the last two are the range when weights change.
    failed, open : tuple of Must
        Conditions that the place fails; conditions for which this is unknown.
    """

    place_id: str
    state: str
    cells: Mapping[str, Cell]
    scores: Mapping[str, tuple[float, float]]
    score: float | None = None
    score_high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    failed: tuple[Must, ...] = ()
    open: tuple[Must, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Keys of criteria that are fully or partly unknown: no figure, none that may be compared, or only a bound."""
        wished = (key for key, (low, high) in self.scores.items() if low != high)
        return tuple(dict.fromkeys([*(one.criterion.key for one in self.open), *wished]))

    @property
    def nothing_known(self) -> bool:
        """Whether no wish is known for this place."""
        return all(ends == (0.0, 1.0) for ends in self.scores.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """All candidate places: those that fit by rank, then the open ones, then those that fail.

    `ranges` has for each wish the minimum and maximum of the comparable figures, None if there are none.
    """

    criteria: Criteria
    candidates: tuple[Candidate, ...]
    ranges: Mapping[str, tuple[float, float] | None]

    def of(self, state: str) -> tuple[Candidate, ...]:
        """Return the places with a state, in order."""
        return tuple(one for one in self.candidates if one.state == state)

    @property
    def ranked(self) -> tuple[Candidate, ...]:
        """The places with a rank, in order."""
        return tuple(one for one in self.candidates if one.rank is not None)

    def rivals(self, one: Candidate) -> tuple[Candidate, ...]:
        """Return the other places that fit, or may fit, and whose possible score could put them before a place."""
        return tuple(
            other
            for other in self.candidates
            if other is not one and other.state != FAILS and (other.score_high or 0.0) > (one.score or 0.0)
        )


def choose(atlas: Atlas, criteria: Criteria, place_ids: Iterable[str], spots: Spots | None = None) -> Choice:
    """Return which places meet criteria, in order; see the rule above.

    Parameters
    ----------
    atlas : Atlas
    criteria : Criteria
    place_ids : iterable of str
        The candidate places; do not mix levels: figures at another level than most are not compared.
    spots : Spots, optional
        The user's own points; without them, criteria that count points are unknown for every place.

    Raises
    ------
    UsageError
        If there is no criterion or no place.

    Notes
    -----
    (2 n + 1) × places × n additions for n wishes: milliseconds.
    """
    if not criteria:
        raise told(UsageError, "wrong.criteria_none")
    ids = list(dict.fromkeys(place_ids))
    if not ids:
        raise told(UsageError, "wrong.choose_none")
    cells = {one.key: criterion_cells(atlas, one, ids, spots) for one in criteria.all}
    ranges = {wish.criterion.key: _range(cells[wish.criterion.key]) for wish in criteria.wishes}
    weights = {wish.criterion.key: wish.weight for wish in criteria.wishes}
    found = []
    for at, place_id in enumerate(ids):
        own = {key: column[at] for key, column in cells.items()}
        scores = {key: _score(own[key], ranges[key], weight > 0) for key, weight in weights.items()}
        held = {must: _holds(own[must.criterion.key], must) for must in criteria.musts}
        failed = tuple(must for must, holds in held.items() if holds is False)
        unsure = tuple(must for must, holds in held.items() if holds is None)
        state = FAILS if failed else OPEN if unsure else FITS
        found.append(Candidate(place_id, state, own, scores, failed=failed, open=unsure))
    return Choice(criteria, _ordered(found, weights), ranges)


def _range(cells: Sequence[Cell]) -> tuple[float, float] | None:
    values = [cell.value for cell in cells if cell.comparable and cell.value is not None]
    return (min(values), max(values)) if values else None


def _ends(cell: Cell) -> tuple[float, float] | None:
    """Return the minimum and maximum of the possible values of a place, None if any value is possible."""
    if not cell.comparable or cell.figure is None:
        return None
    value = cell.figure.value
    if cell.figure.qualifier == "over":
        return value, math.inf
    return (-math.inf, value) if cell.figure.qualifier in ("under", "at_most") else (value, value)


def _score(cell: Cell, known: tuple[float, float] | None, more: bool) -> tuple[float, float]:
    ends = _ends(cell)
    if ends is None or known is None:
        return 0.0, 1.0
    least, greatest = known
    if least == greatest:
        return 1.0, 1.0
    low, high = ((min(max(end, least), greatest) - least) / (greatest - least) for end in ends)
    return (low, high) if more else (1 - high, 1 - low)


def _holds(cell: Cell, must: Must) -> bool | None:
    """Return whether a condition holds for a place, None if unknown; a bound is not the value itself."""
    ends = _ends(cell)
    if ends is None or cell.figure is None:
        return None
    low, high = ends
    if low == high:
        return {">=": low >= must.number, "<=": low <= must.number, ">": low > must.number, "<": low < must.number}[
            must.operator
        ]
    # "Over v" excludes v itself, and so does "under v"; a computed upper bound includes it.
    reached = cell.figure.qualifier == "at_most" and must.operator in (">=", "<")
    below = high < must.number or (high == must.number and not reached)
    if must.operator in (">=", ">"):
        return True if low >= must.number else False if below else None
    return True if below else False if low >= must.number else None


def _ordered(found: Sequence[Candidate], weights: Mapping[str, float]) -> tuple[Candidate, ...]:
    """Return the candidates with scores and ranks, in order."""
    totals = [_total(one, weights) for one in found]
    scored = [replace(one, score=low, score_high=high) for one, (low, high) in zip(found, totals, strict=True)]
    competing = [one for one in scored if weights and one.state == FITS and not one.nothing_known]
    usual = _ranks(competing, weights)
    swings = [
        _ranks(competing, {**weights, key: weight * factor})
        for key, weight in weights.items()
        for factor in (1 + SWING, 1 - SWING)
    ]
    done = []
    for one in scored:
        if (rank := usual.get(one.place_id)) is not None:
            ranks = [rank, *(other[one.place_id] for other in swings)]
            one = replace(one, rank=rank, rank_low=min(ranks), rank_high=max(ranks))
        done.append(one)
    # Stable sort: places with equal scores keep their order.
    done.sort(key=lambda one: (-round(one.score or 0.0, _DECIMALS), -round(one.score_high or 0.0, _DECIMALS)))
    return tuple(sorted(done, key=lambda one: (STATES.index(one.state), one.rank is None, one.rank or 0)))


def _total(one: Candidate, weights: Mapping[str, float]) -> tuple[float | None, float | None]:
    if not weights:
        return None, None
    whole = math.fsum(abs(weight) for weight in weights.values())
    low, high = (math.fsum(abs(weights[key]) * ends[end] for key, ends in one.scores.items()) / whole for end in (0, 1))
    return low, high


def _ranks(competing: Sequence[Candidate], weights: Mapping[str, float]) -> dict[str, int]:
    """Return place_id → rank: one plus the number of better places."""
    totals = {one.place_id: tuple(round(end or 0.0, _DECIMALS) for end in _total(one, weights)) for one in competing}
    order = sorted(totals.values(), reverse=True)
    return {place_id: order.index(total) + 1 for place_id, total in totals.items()}
