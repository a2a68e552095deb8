"""House numbers and names learned from a table with addresses and coordinates. They stay on the user's machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.addresses.accuracy import Accuracy
from geo.addresses.areas import AreaNames
from geo.addresses.fold import key_of
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Sources
from geo.addresses.geocoder import Geocoder
from geo.addresses.parse import Parsed, boundary_cut, parse
from geo.addresses.places import names_taught, passing_names, spots_of, spots_passed
from geo.addresses.runs import Anchor
from geo.addresses.trust import own_places

__all__ = ["Table", "learned", "measured_accuracy"]

_LONGEST_NAME, _SHORTEST_TAIL = 12, 3
_FOLDS = 5
#: Most rows that are geocoded to measure the accuracy.
_ASKED = 12_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with addresses and coordinates.

    Attributes
    ----------
    addresses : list of n str or None
    districts, townships : list of n str or None
        What other columns say.
    x, y : ndarray of float64, shape (n,), metres
        In the plane of the gazetteer; NaN where a row has no coordinates.
    """

    addresses: Sequence[str | None]
    districts: Sequence[str | None]
    townships: Sequence[str | None]
    x: Floats
    y: Floats


def learned(table: Table, geocoder: Geocoder, known: Gazetteer, rows: npt.NDArray[np.intp] | None = None) -> Sources:
    """Return all that a table teaches: positions of house numbers and of names without a number.

    Rows that lie far from the area they state teach only names that no other row tells of.

    Parameters
    ----------
    table : Table
    geocoder : Geocoder
        Its areas say where each row lies.
    known : Gazetteer
        Its roads are known already.
    rows : ndarray of intp, optional
        The rows to learn from; by default all.
    """
    rows = np.arange(len(table.addresses)) if rows is None else rows
    rows = rows[np.isfinite(table.x[rows]) & np.isfinite(table.y[rows])]
    parsed = [parse(table.addresses[row] or "", known.names) for row in rows.tolist()]
    stated = [
        geocoder.stated(one, table.districts[row], table.townships[row]) for row, one in zip(rows, parsed, strict=True)
    ]
    agree = geocoder.near_stated(table.x[rows], table.y[rows], stated)
    x, y = table.x[rows], table.y[rows]
    whole = _Rows(parsed, x, y, *geocoder.holding(x, y))
    taught = _taught(whole.part(agree), known)
    return taught | _if_unknown(_taught(whole.part(~agree), known), taught, known)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Parsed addresses, their positions in metres, and the numbers of the district and township each lies in."""

    parsed: Sequence[Parsed]
    x: Floats
    y: Floats
    districts: Ints
    townships: Ints

    def part(self, which: npt.NDArray[np.bool_]) -> _Rows:
        parsed = [one for one, is_part in zip(self.parsed, which, strict=True) if is_part]
        return _Rows(parsed, self.x[which], self.y[which], self.districts[which], self.townships[which])


def _taught(rows: _Rows, known: Gazetteer) -> Sources:
    """Return what rows teach."""
    x, y, districts = rows.x, rows.y, rows.districts
    numbered, named = _numbered(rows.parsed, known), [list(names_taught(one)) for one in rows.parsed]
    first = [road or (names[-1][0] if names else "") for (road, *_), names in zip(numbered, named, strict=True)]
    own = own_places(x, y, first, [number for _, number, _ in numbered])

    anchors: dict[str, list[int]] = {}
    for at, (road, *_) in enumerate(numbered):
        if road:
            anchors.setdefault(road, []).append(at)
    houses = {
        road: [
            Anchor(number, float(x[at]), float(y[at]), int(districts[at]), int(rows.townships[at]), is_lane)
            for at in _trusted(found, own)
            for _, number, is_lane in (numbered[at],)
        ]
        for road, found in anchors.items()
    }
    taught: dict[str, dict[int, bool]] = {}
    for at, names in enumerate(named):
        for name, whole in names:
            taught.setdefault(name, {})[at] = whole
    points: dict[str, list[NamedPoint]] = {}
    for name, told in taught.items():
        which = np.array(_trusted(list(told), own), np.intp)
        alone = np.array([told[at] for at in which.tolist()])
        if spots := spots_of(x[which], y[which], districts[which], alone):
            points[name] = spots
    known_by_more = houses.keys() | points.keys() | known.roads.keys()
    return Sources(anchors=houses, points=points | _passed(rows, own, known_by_more))


def _passed(rows: _Rows, own: npt.NDArray[np.bool_], told: Set[str]) -> dict[str, list[NamedPoint]]:
    """Return positions of names that rows mention without a number, if nothing else tells of them (`passing_names`).

    `told` are the names that are known otherwise.
    """
    passed: dict[str, list[int]] = {}
    for at, one in enumerate(rows.parsed):
        for name in passing_names(one):
            if name not in told:
                passed.setdefault(name, []).append(at)
    points: dict[str, list[NamedPoint]] = {}
    for name, found in passed.items():
        which = np.array(_trusted(found, own), np.intp)
        if spots := spots_passed(name, rows.x[which], rows.y[which], rows.districts[which]):
            points[name] = spots
    return points


def _if_unknown(strays: Sources, taught: Sources, known: Gazetteer) -> Sources:
    """Return, of what stray rows teach, the names that neither `taught` nor `known` has."""
    told = {*taught.anchors, *taught.points, *known.roads, *known.points}
    anchors = {name: given for name, given in strays.anchors.items() if name not in told}
    return Sources(anchors, points={name: given for name, given in strays.points.items() if name not in told})


def _trusted(rows: list[int], own: npt.NDArray[np.bool_]) -> list[int]:
    """Return the rows that have a position of their own (`own_places`); all rows if none has."""
    return [row for row in rows if own[row]] or rows


def _numbered(parsed: Sequence[Parsed], known: Gazetteer) -> list[tuple[str, int, bool]]:
    """Return for each address the key of the road or estate, the number, and whether a lane's; or "", -1, False."""
    keys = known.roads.keys() | _new_names(parsed, known)
    found = []
    for one in parsed:
        ways = ((_key(n.name, keys, known.names), n) for n in one.numbered if not one.head.elsewhere)
        found.append(next(((key, n.number, n.is_lane) for key, n in ways if key is not None), ("", -1, False)))
    return found


def _new_names(parsed: Sequence[Parsed], known: Gazetteer) -> set[str]:
    """Return the names of roads and estates that follow directly on the areas of an address, if they are not known."""
    found: Counter[str] = Counter()
    for one in parsed:
        for numbered in one.numbered[:1]:
            name = key_of(boundary_cut(numbered.name))
            if 2 <= len(name) <= _LONGEST_NAME and known.known_road(name) is None:
                found[name] += 1
    # 河口黄河路 is the road 黄河路 if that occurs alone elsewhere, but 江杨南路 is not 杨南路.
    # Two characters do not suffice, since many names end in 大道 or 新路.
    return {
        name
        for name in found
        if not any(tail in found for tail in _tails(name, known.names) if len(tail) >= _SHORTEST_TAIL)
    }


def _key(name: str, keys: set[str], areas: AreaNames) -> str | None:
    """Return the first of `keys` that a name is, or ends in behind an area; None if there is none."""
    whole = key_of(boundary_cut(name))
    return next((one for one in (whole, *_tails(whole, areas)) if len(one) > 1 and one in keys), None)


def _tails(name: str, areas: AreaNames) -> Iterator[str]:
    """Yield what remains of a name without an area, or at least four characters, before it."""
    for start in range(1, len(name) - 1):
        if start >= 4 or areas.hint(name[:start]) is not None:
            yield name[start:]


def measured_accuracy(table: Table, base: Sources, make: Callable[[Sources], Geocoder], first: Geocoder) -> Accuracy:
    """Return the accuracy of positions once this table is learned from, by five-fold cross-validation.

    Each part is geocoded with what the other four teach; at most 12,000 rows are geocoded in all.

    Parameters
    ----------
    table : Table
    base : Sources
        What is known without the table.
    make : callable
        Returns the geocoder for given sources.
    first : Geocoder
        The geocoder for `base`.
    """
    usable = np.flatnonzero(np.isfinite(table.x) & np.isfinite(table.y))
    folds = np.random.default_rng(0).permutation(usable)
    parts = np.array_split(folds, _FOLDS)
    ways: list[str] = []
    errors, offs = [], []
    for number, part in enumerate(parts):
        rest = np.sort(np.concatenate([p for i, p in enumerate(parts) if i != number]))
        geocoder = make(base | learned(table, first, first.gazetteer, rest))
        part = part[: _ASKED // _FOLDS]
        columns = ([column[r] for r in part] for column in (table.addresses, table.districts, table.townships))
        for row, spot in zip(part.tolist(), geocoder.spots(*columns), strict=True):
            if spot is not None and spot.how not in ("township", "district"):
                ways.append(spot.how)
                errors.append(spot.error_m)
                offs.append(float(np.hypot(spot.x - table.x[row], spot.y - table.y[row])))
    return Accuracy.measured(ways, np.array(errors), np.array(offs))
