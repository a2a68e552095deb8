"""Where to settle: places that meet criteria, in order, with what is not known and how firm each rank is.

The rule
--------
*What must hold* is asked of each place; the answer is yes, no, or not known. Not known is where there is no figure,
where it may not be compared (`geo.analysis.compare`), or where a bound leaves it open: "over 500" meets ``>= 400``, and
says nothing of ``>= 600``. Such a place is neither kept nor dropped: it stands apart (state `OPEN`).

*What is wished* is scored from 0 to 1: ``s = (v − min) / (max − min)``, turned round where less is better, with min and
max of the figures that may be compared among all places chosen from, whatever must hold of them; 1 where they are all
equal (min–max normalisation; Hwang and Yoon 1981, Multiple Attribute Decision Making). The score of a place is the mean
of its s, weighted by the size of the weights (simple additive weighting, from the same). "about" and "nearly" score as
they stand; of "over", "under" and "at most" the value is one end of what it may be. What is not known may be anything:
from 0 to 1. So every score is an interval, from what is sure (`score`) to what is possible (`score_high`), the same
number where all is known.

*The order* is by the score that is sure, then by the possible one; equal ones share a rank. A place of which nothing
that is wished is known has no rank. *How firm* a rank is: each weight alone is raised and lowered by `SWING`, the
others kept, and all places ranked anew; `rank_low` and `rank_high` are the first and the last rank of these 2 n + 1
orders, all of which are worked out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.analysis.compare import Cell
from geo.analysis.site_choice.criteria import Criteria, Must
from geo.analysis.site_choice.criteria_values import Spots, criterion_cells
from geo.atlas.atlas import Atlas
from geo.errors import UsageError

__all__ = ["FAILS", "FITS", "OPEN", "STATES", "SWING", "Candidate", "Choice", "choose"]

#: What may be said of a place: it meets all that must hold; whether it does is not known; it does not.
FITS, OPEN, FAILS = STATES = ("fits", "open", "fails")

#: By this share each weight is moved, up and down.
SWING = 0.2

#: Scores that differ by less are equal: sums of the same numbers in another order do.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that was chosen from.

    Attributes
    ----------
    place_id : str
    state : str
        `FITS`, `OPEN` or `FAILS`.
    cells : mapping of str to Cell
        Its value of every criterion, by key, each with what speaks against comparing it.
    scores : mapping of str to (float, float)
        Of every wish the least and the greatest that it may score, 0 to 1.
    score, score_high : float or None
        What is sure and what is possible; None where nothing is wished.
    rank, rank_low, rank_high : int or None
        Only of those that fit and of which something wished is known; the last two when weights move.
    failed, open : tuple of Must
        What does not hold of it; of what is not known whether it holds.
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
        """Keys of the criteria that are open, wholly or in part: no figure, none to compare, or only a bound."""
        wished = (key for key, (low, high) in self.scores.items() if low != high)
        return tuple(dict.fromkeys([*(one.criterion.key for one in self.open), *wished]))

    @property
    def nothing_known(self) -> bool:
        """Whether not one of the wishes is known."""
        return all(ends == (0.0, 1.0) for ends in self.scores.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """The places that were chosen from, those that fit first and in order, then the open ones, then those that fail.

    `ranges` is of every wish the least and the greatest figure that may be compared, None where there is none.
    """

    criteria: Criteria
    candidates: tuple[Candidate, ...]
    ranges: Mapping[str, tuple[float, float] | None]

    def of(self, state: str) -> tuple[Candidate, ...]:
        """Return the places of a state, in order."""
        return tuple(one for one in self.candidates if one.state == state)

    @property
    def ranked(self) -> tuple[Candidate, ...]:
        """The places with a rank, in order."""
        return tuple(one for one in self.candidates if one.rank is not None)

    def rivals(self, one: Candidate) -> tuple[Candidate, ...]:
        """Return the others that fit, or may, and that with what is not known could come before a place."""
        return tuple(
            other
            for other in self.candidates
            if other is not one and other.state != FAILS and (other.score_high or 0.0) > (one.score or 0.0)
        )


def choose(atlas: Atlas, criteria: Criteria, place_ids: Iterable[str], spots: Spots | None = None) -> Choice:
    """Return which of some places meet criteria, in order: see the rule above.

    Parameters
    ----------
    atlas : Atlas
    criteria : Criteria
    place_ids : iterable of str
        The places to choose from; do not mix levels, figures of another level than most are not compared.
    spots : Spots, optional
        The user's own points; without them the criteria that count them are not known of any place.

    Raises
    ------
    UsageError
        If there is no criterion, or no place to choose from.

    Notes
    -----
    (2 n + 1) × places × n additions for n wishes: milliseconds.
    """
    if not criteria:
        raise UsageError("no criterion is given: say what must hold (M>=3) or what is wished (M=2, M=-2 for less)")
    ids = list(dict.fromkeys(place_ids))
    if not ids:
        raise UsageError("there is no place to choose from: the filters leave none; take some off")
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
    """Return the least and the greatest value that a place may have, None where it may be anything."""
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
    """Return whether something holds of a place, None where that is not known; a bound is not the value itself."""
    ends = _ends(cell)
    if ends is None or cell.figure is None:
        return None
    low, high = ends
    if low == high:
        return {">=": low >= must.number, "<=": low <= must.number, ">": low > must.number, "<": low < must.number}[
            must.operator
        ]
    # Over v lies above v, under v below it: an end that is open is never reached. A computed ceiling may be.
    reached = cell.figure.qualifier == "at_most" and must.operator in (">=", "<")
    below = high < must.number or (high == must.number and not reached)
    if must.operator in (">=", ">"):
        return True if low >= must.number else False if below else None
    return True if below else False if low >= must.number else None


def _ordered(found: Sequence[Candidate], weights: Mapping[str, float]) -> tuple[Candidate, ...]:
    """Return the candidates with score and ranks, in order."""
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
    # Stable: places that nothing tells apart stay in the order they came in.
    done.sort(key=lambda one: (-round(one.score or 0.0, _DECIMALS), -round(one.score_high or 0.0, _DECIMALS)))
    return tuple(sorted(done, key=lambda one: (STATES.index(one.state), one.rank is None, one.rank or 0)))


def _total(one: Candidate, weights: Mapping[str, float]) -> tuple[float | None, float | None]:
    if not weights:
        return None, None
    whole = math.fsum(abs(weight) for weight in weights.values())
    low, high = (math.fsum(abs(weights[key]) * ends[end] for key, ends in one.scores.items()) / whole for end in (0, 1))
    return low, high


def _ranks(competing: Sequence[Candidate], weights: Mapping[str, float]) -> dict[str, int]:
    """Return place_id → rank: one more than there are better ones."""
    totals = {one.place_id: tuple(round(end or 0.0, _DECIMALS) for end in _total(one, weights)) for one in competing}
    order = sorted(totals.values(), reverse=True)
    return {place_id: order.index(total) + 1 for place_id, total in totals.items()}
