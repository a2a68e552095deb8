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

__all__ = ["Table", "learned", "learned_anchors", "measured_accuracy"]

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


def learned_anchors(
    table: Table, geocoder: Geocoder, known: Gazetteer, rows: npt.NDArray[np.intp] | None = None
) -> dict[str, list[Anchor]]:
    """Return the house numbers of a table by the key of their road or estate.

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
    names = known.names
    rows = np.arange(len(table.addresses)) if rows is None else rows
    rows = rows[np.isfinite(table.x[rows]) & np.isfinite(table.y[rows])]
    districts, townships = geocoder.holding(table.x[rows], table.y[rows])
    parsed = [parse(table.addresses[row] or "", names) for row in rows.tolist()]
    keys = known.roads.keys() | _new_names(parsed, known)
    anchors: dict[str, list[Anchor]] = {}
    for at, (row, one) in enumerate(zip(rows.tolist(), parsed, strict=True)):
        for numbered in () if one.head.elsewhere else one.numbered:
            key = _key(numbered.name, keys, names)
            if key is not None:
                area = int(districts[at]), int(townships[at])
                anchors.setdefault(key, []).append(
                    Anchor(numbered.number, float(table.x[row]), float(table.y[row]), *area)
                )
                break
    return anchors


def learned(table: Table, geocoder: Geocoder, known: Gazetteer, rows: npt.NDArray[np.intp] | None = None) -> Sources:
    """Return all that a table teaches: house numbers, and the places of addresses that have a name and no number.

    Parameters
    ----------
    table, geocoder, known, rows
        As for `learned_anchors`.
    """
    rows = np.arange(len(table.addresses)) if rows is None else rows
    rows = rows[np.isfinite(table.x[rows]) & np.isfinite(table.y[rows])]
    districts = geocoder.holding(table.x[rows], table.y[rows])[0]
    named: dict[str, list[tuple[int, bool]]] = {}
    for at, row in enumerate(rows.tolist()):
        for name, whole in names_taught(parse(table.addresses[row] or "", known.names)):
            named.setdefault(name, []).append((at, whole))
    points: dict[str, list[NamedPoint]] = {}
    for name, found in named.items():
        which, alone = np.array([at for at, _ in found]), np.array([whole for _, whole in found])
        if spots := spots_of(table.x[rows[which]], table.y[rows[which]], districts[which], alone):
            points[name] = spots
    return Sources(anchors=learned_anchors(table, geocoder, known, rows), points=points)


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
    """Return how sure spots are when this table is learned from: a part is asked that was kept from what was learned.

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
