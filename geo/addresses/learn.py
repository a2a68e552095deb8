"""House numbers learned from a table that has addresses and coordinates; what is learned stays with its user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.addresses.accuracy import Accuracy
from geo.addresses.areas import AreaNames
from geo.addresses.fold import key_of
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Sources
from geo.addresses.geocoder import Geocoder
from geo.addresses.parse import Parsed, boundary_cut, parse
from geo.addresses.places import names_taught, spots_of
from geo.addresses.runs import Anchor
from geo.addresses.trust import own_places

__all__ = ["Table", "learned", "measured_accuracy"]

_LONGEST_NAME, _SHORTEST_TAIL = 12, 3
_FOLDS = 5
#: So many rows are asked to measure the accuracy.
_ASKED = 12_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with addresses and coordinates.

    Attributes
    ----------
    addresses, districts, townships : list of n str or None
        The latter two: what other columns say.
    x, y : ndarray of shape (n,), float64, metres
        In the plane of the gazetteer; NaN where a row has no coordinates.
    """

    addresses: Sequence[str | None]
    districts: Sequence[str | None]
    townships: Sequence[str | None]
    x: Floats
    y: Floats


def learned(table: Table, geocoder: Geocoder, known: Gazetteer, rows: npt.NDArray[np.intp] | None = None) -> Sources:
    """Return all that a table teaches: house numbers, and the places of addresses that have a name and no number.

    Parameters
    ----------
    table : Table
    geocoder : Geocoder
        Its areas are those that the numbers are sorted by.
    known : Gazetteer
        Names of roads that are known already.
    rows : ndarray of int, optional
        By default all.
    """
    rows = np.arange(len(table.addresses)) if rows is None else rows
    rows = rows[np.isfinite(table.x[rows]) & np.isfinite(table.y[rows])]
    parsed = [parse(table.addresses[row] or "", known.names) for row in rows.tolist()]
    stated = [
        geocoder.stated(one, table.districts[row], table.townships[row]) for row, one in zip(rows, parsed, strict=True)
    ]
    agree = geocoder.near_stated(table.x[rows], table.y[rows], stated)
    rows, parsed = rows[agree], [one for one, agrees in zip(parsed, agree, strict=True) if agrees]
    x, y = table.x[rows], table.y[rows]
    numbered, named = _numbered(parsed, known), [list(names_taught(one)) for one in parsed]
    first = [road or (names[-1][0] if names else "") for (road, _), names in zip(numbered, named, strict=True)]
    own = own_places(x, y, first, [number for _, number in numbered])
    districts, townships = geocoder.holding(x, y)

    anchors: dict[str, list[int]] = {}
    for at, (road, _) in enumerate(numbered):
        if road:
            anchors.setdefault(road, []).append(at)
    houses = {
        road: [
            Anchor(numbered[at][1], float(x[at]), float(y[at]), int(districts[at]), int(townships[at]))
            for at in _trusted(found, own)
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
    return Sources(anchors=houses, points=points)


def _trusted(rows: list[int], own: npt.NDArray[np.bool_]) -> list[int]:
    """Return the rows that have places of their own; where none has, all."""
    return [row for row in rows if own[row]] or rows


def _numbered(parsed: Sequence[Parsed], known: Gazetteer) -> list[tuple[str, int]]:
    """Return of each address the key of the road or estate whose number it has, and the number; else nothing and -1."""
    keys = known.roads.keys() | _new_names(parsed, known)
    found = []
    for one in parsed:
        ways = ((_key(n.name, keys, known.names), n.number) for n in one.numbered if not one.head.elsewhere)
        found.append(next(((key, number) for key, number in ways if key is not None), ("", -1)))
    return found


def _new_names(parsed: Sequence[Parsed], known: Gazetteer) -> set[str]:
    """Return the names of roads and estates that stand alone behind the areas of an address."""
    found: Counter[str] = Counter()
    for one in parsed:
        for numbered in one.numbered[:1]:
            name = key_of(boundary_cut(numbered.name))
            if 2 <= len(name) <= _LONGEST_NAME and known.known_road(name) is None:
                found[name] += 1
    # 河口黄河路 is the road 黄河路 if that stands alone elsewhere, but 江杨南路 is not 杨南路.
    # Two letters are too few to tell: 大道, 新路 end many a name.
    return {
        name
        for name in found
        if not any(tail in found for tail in _tails(name, known.names) if len(tail) >= _SHORTEST_TAIL)
    }


def _key(name: str, keys: set[str], areas: AreaNames) -> str | None:
    whole = key_of(boundary_cut(name))
    return next((one for one in (whole, *_tails(whole, areas)) if len(one) > 1 and one in keys), None)


def _tails(name: str, areas: AreaNames) -> Iterator[str]:
    """Give what is left of a name without the area, or the many words, that may stand before a road."""
    for start in range(1, len(name) - 1):
        if start >= 4 or areas.hint(name[:start]) is not None:
            yield name[start:]


def measured_accuracy(table: Table, base: Sources, make: Callable[[Sources], Geocoder], first: Geocoder) -> Accuracy:
    """Return how accurate spots are once this table is learned from, by cross-validation: each part by all the others.

    Parameters
    ----------
    table : Table
    base : Sources
        What is known without the table.
    make : callable
        The geocoder of sources.
    first : Geocoder
        That of `base`.
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
