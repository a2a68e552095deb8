"""The geocoder: addresses in; positions with level, accuracy and areas out."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.addresses.accuracy import Accuracy
from geo.addresses.claims import FARTHEST_M, AreaLayer, Claims, Stated
from geo.addresses.found import Match
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.match import Matcher, unknown_name
from geo.addresses.parse import Parsed, parse
from geo.addresses.runs import Spot

__all__ = ["LEVELS", "Areas", "Found", "Geocoder"]

#: How a row can be located, surest first.
LEVELS = ("house_number", "crossing", "poi", "road", "township", "district", "none")
#: Levels of positions that are compared with the areas; coarser ones are not.
FINE = LEVELS[:4]
#: A house number with a worse accuracy is reported as the road.
_KNOWN_NUMBER_M = 1000.0
#: A row farther than this from the district, or the township, that it states was placed by a mistake.
_BESIDE_M = (1000.0, 3000.0)
#: Most characters of an address; a longer text is prose, and slow to search for names of roads.
_LONGEST = 500

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas of one level.

    Attributes
    ----------
    ids : sequence of n str
    shapes : sequence of n shapely polygons
        Degrees, WGS 84.
    """

    ids: Sequence[str]
    shapes: Sequence[shapely.Geometry]


@dataclass(slots=True)
class Found:
    """The result for n addresses.

    Attributes
    ----------
    lon, lat, accuracy_m : ndarray of float64, shape (n,)
        Degrees, WGS 84, and metres; NaN where nothing was found.
    level : list of n str
        One of `LEVELS`.
    district, township : list of n str or None
        Ids; None where not certain.
    places : list of n tuple of str
        Ids of the places of the layout that the position lies in for certain.
    notes : list of n tuple of (str, str)
        Ids of messages (``addresses.note.…`` without that prefix), and what they are about: a text, or after ``~`` ids
        of areas separated by blanks.
    """

    lon: Floats
    lat: Floats
    accuracy_m: Floats
    level: list[str]
    district: list[str | None]
    township: list[str | None]
    places: list[tuple[str, ...]]
    notes: list[tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class _Row:
    """One address: the numbers of the areas it states, and what was found."""

    districts: tuple[int, ...]
    townships: tuple[int, ...]
    spot: Spot | None
    level: str
    notes: list[tuple[str, str]] = field(default_factory=list)
    place: int = -1


class Geocoder:
    """Locates addresses by a gazetteer.

    Parameters
    ----------
    gazetteer : Gazetteer
    districts, townships, places : Areas
        Districts and townships in the order in which the names of the gazetteer number them.
    accuracy : Accuracy, optional
        As measured for this gazetteer; by default with built-in factors.
    """

    def __init__(
        self, gazetteer: Gazetteer, districts: Areas, townships: Areas, places: Areas, accuracy: Accuracy | None = None
    ) -> None:
        self.gazetteer, self.accuracy = gazetteer, accuracy or Accuracy()
        self.ids = (districts.ids, townships.ids, places.ids)
        plane = gazetteer.plane
        self.layers = tuple(
            AreaLayer([plane.shape(s) for s in areas.shapes]) for areas in (districts, townships, places)
        )
        self.parents = np.array(gazetteer.names.parents, np.intp)
        self.matcher = Matcher(gazetteer, *(list(layer.shapes) for layer in self.layers[:2]))
        self._middles: dict[tuple[int, tuple[int, ...]], Spot] = {}

    def with_gazetteer(self, gazetteer: Gazetteer) -> Geocoder:
        """Return a geocoder of the same areas with another gazetteer, whose names must number them alike."""
        other = copy.copy(self)
        other.gazetteer = gazetteer
        other.matcher = Matcher(gazetteer, *(list(layer.shapes) for layer in self.layers[:2]))
        return other

    def geocode(
        self,
        addresses: Sequence[str | None],
        districts: Sequence[str | None] | None = None,
        townships: Sequence[str | None] | None = None,
    ) -> Found:
        """Locate addresses; about 50,000 different ones a second, repeated ones faster.

        Parameters
        ----------
        addresses : sequence of n str or None
        districts, townships : sequence of n str or None, optional
            Names of district and township that other columns of the table state.

        Returns
        -------
        Found
        """
        columns = [addresses, districts or [None] * len(addresses), townships or [None] * len(addresses)]
        first: dict[tuple[str | None, ...], int] = {}
        numbers = (first.setdefault(row, len(first)) for row in zip(*columns, strict=True))
        which = np.fromiter(numbers, np.intp, len(addresses))
        with _without_collector():
            found = self._judged([self._row(*key) for key in first])
        return _spread(found, which)

    def areas_named(self, cell: str) -> tuple[int, ...]:
        """Return the numbers of the districts that a cell of a column names; empty if none."""
        return self.gazetteer.names.named("district", cell)

    def spots(
        self,
        addresses: Sequence[str | None],
        districts: Sequence[str | None],
        townships: Sequence[str | None],
    ) -> list[Spot | None]:
        """Return the position found for each address, in the plane of the gazetteer, without judging its areas."""
        return [self._row(*row).spot for row in zip(addresses, districts, townships, strict=True)]

    def holding(self, x: Floats, y: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the numbers of the district and the township that hold each point (-1: none); x, y in metres."""
        points: Any = shapely.points(x, y)
        return self.layers[0].holding(points), self.layers[1].holding(points)

    def stated(
        self, parsed: Parsed, district: str | None, township: str | None
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the numbers of the districts and townships that a row states, its columns before its address."""
        districts, townships, _ = self._stated(parsed, district, township)
        return districts, townships

    def near_stated(
        self, x: Floats, y: Floats, stated: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]
    ) -> npt.NDArray[np.bool_]:
        """Return which points lie in an area stated for them, or near one; bool, shape (n,).

        Near is 1 km for a district, 3 km for a township. Where none is stated, the answer is True.
        """
        points: Any = shapely.points(x, y)
        near = np.ones(len(stated), bool)
        for level, reach_m in enumerate(_BESIDE_M):
            areas = [numbers[level] for numbers in stated]
            at = np.repeat(np.arange(len(areas)), [len(numbers) for numbers in areas])
            within = self.layers[level].reaches(
                points[at], np.array([n for one in areas for n in one], np.intp), reach_m
            )
            near &= np.array([not numbers for numbers in areas], bool) | (
                np.bincount(at[within], minlength=len(areas)) > 0
            )
        return near

    def _row(self, address: str | None, district: str | None, township: str | None) -> _Row:
        """Locate one address."""
        text = address or ""
        is_prose = len(text) > _LONGEST
        parsed = parse("" if is_prose else text, self.gazetteer.names)
        districts, townships, notes = self._stated(parsed, district, township)
        if not text.strip():
            match = Match(None, notes=(("empty", ""),))
        elif is_prose:
            match = Match(None, notes=(("too_long", str(_LONGEST)),))
        else:
            match = self.matcher.match(parsed, districts, townships)
        if match.notes:
            notes += [note for note in dict.fromkeys(match.notes) if note not in notes]
        row = _Row(districts, townships, match.spot, match.level, notes, match.place)
        if match.spot is None and parsed.head.elsewhere:
            row.districts = row.townships = ()
            return row
        if match.level == "none" and not match.notes and (name := unknown_name(parsed)):
            row.notes.append(("unknown_road", name))
        self._by_area(row)
        if row.spot is None and not row.notes:
            row.notes.append(("nothing_known", ""))
        return row

    def _stated(
        self, parsed: Parsed, district: str | None, township: str | None
    ) -> tuple[tuple[int, ...], tuple[int, ...], list[tuple[str, str]]]:
        """Return the districts and townships that a row states, its columns before its address, and notes."""
        notes: list[tuple[str, str]] = []
        named = self.gazetteer.names.named
        own = named("district", district) if district else ()
        in_address = parsed.head.districts
        if own and in_address and not set(own) & set(in_address):
            notes.append(("two_districts", self._listed(0, (*own, *in_address))))
        if parsed.head.clash:
            notes.append(("two_districts", self._listed(0, in_address)))
        towns = named("township", township) if township else ()
        towns = towns or parsed.head.townships
        districts = own or in_address
        if towns and not districts:
            above = {self.parents[t] for t in towns}
            districts = (int(above.pop()),) if len(above) == 1 else ()
        return districts, towns, notes

    def _by_area(self, row: _Row) -> None:
        """Take the middle of the stated township or district if nothing better was found."""
        for level, number, areas in (("township", 1, row.townships), ("district", 0, row.districts)):
            if not areas:
                continue
            middle = self._middles.get((number, areas))
            if middle is None:
                x, y, reach = self.layers[number].middle(areas)
                middle = self._middles[number, areas] = Spot(x, y, reach, level)
            if row.spot is None or middle.error_m < row.spot.error_m:
                row.spot, row.level = middle, level

    def _listed(self, kind: int, numbers: Sequence[int]) -> str:
        """Return areas as a note lists them: ``~`` and their ids."""
        return "~" + " ".join(self.ids[kind][n] for n in numbers)

    def _judged(self, rows: list[_Row]) -> Found:
        """Return the result for rows: positions in degrees, accuracies, and areas."""
        spotted = [r for r in range(len(rows)) if rows[r].spot is not None]
        spots = [row.spot for row in rows if row.spot is not None]
        x, y = np.array([s.x for s in spots], np.float64), np.array([s.y for s in spots], np.float64)
        accuracy = np.array([self._accuracy(s) for s in spots], np.float64)
        for at in np.flatnonzero(accuracy > _KNOWN_NUMBER_M).tolist():
            row = rows[spotted[at]]
            if row.level == "house_number":
                row.level = "road"
                row.notes.append(("number_unsure", ""))
        lon, lat, accuracy_m = (np.full(len(rows), np.nan) for _ in range(3))
        if spotted:
            lon[spotted], lat[spotted] = self.gazetteer.plane.degrees(x, y)
            accuracy_m[spotted] = accuracy
        found = Found(
            lon,
            lat,
            accuracy_m,
            [row.level for row in rows],
            [None] * len(rows),
            [None] * len(rows),
            [()] * len(rows),
            [tuple(row.notes) for row in rows],
        )
        fine = np.array([rows[r].level in FINE for r in spotted], bool)
        self._claim(found, rows, np.array(spotted, np.intp)[fine], x[fine], y[fine], accuracy[fine])
        for r in np.array(spotted, np.intp)[~fine].tolist():
            self._coarse(found, rows[r], r)
        return found

    def _accuracy(self, spot: Spot) -> float:
        """Return the accuracy to state for a position, metres."""
        if spot.how in ("township", "district"):
            return spot.error_m
        return self.accuracy.of(spot.how, spot.error_m)

    def _coarse(self, found: Found, row: _Row, at: int) -> None:
        """Enter the areas that a row states, for a row that has no position finer than these."""
        notes = list(row.notes)
        if len(row.districts) == 1:
            found.district[at] = self.ids[0][row.districts[0]]
        elif row.districts and not any(note[0] == "two_districts" for note in notes):
            notes.append(("districts", self._listed(0, row.districts)))
        if len(row.townships) == 1:
            found.township[at] = self.ids[1][row.townships[0]]
        elif row.townships:
            notes.append(("townships", self._listed(1, row.townships)))
        if not row.townships and len(self.ids[1]):
            notes.append(("coarse", ""))
        found.notes[at] = tuple(notes)

    def _claim(
        self, found: Found, rows: list[_Row], at: npt.NDArray[np.intp], x: Floats, y: Floats, accuracy: Floats
    ) -> None:
        """Enter the areas that can be claimed for rows with a fine position, and notes on the others."""

        def one(numbers: tuple[int, ...]) -> int:
            return numbers[0] if len(numbers) == 1 else -1

        if not len(at):
            return
        own = [rows[r] for r in at.tolist()]
        stated = Stated(
            np.array([one(row.districts) for row in own], np.intp),
            np.array([one(row.townships) for row in own], np.intp),
            np.array([row.spot.township if row.spot else -1 for row in own], np.intp),
        )
        layers = (self.layers[0], self.layers[1], self.layers[2])
        claims = Claims.of(x, y, accuracy, stated, layers, self.parents)
        for i in np.flatnonzero((accuracy > FARTHEST_M) & (stated.district < 0)).tolist():
            if own[i].districts:  # the row states several, and a position this rough may lie in any of them
                claims.district[i], claims.districts[i] = -1, own[i].districts
        districts, townships = claims.district.tolist(), claims.township.tolist()
        for i, r in enumerate(at.tolist()):
            row = own[i]
            if districts[i] >= 0:
                found.district[r] = self.ids[0][districts[i]]
            if townships[i] >= 0:
                found.township[r] = self.ids[1][townships[i]]
            if row.place >= 0:
                claims.places[i] = tuple(sorted({*claims.places[i], row.place}))
                claims.perhaps[i] = tuple(p for p in claims.perhaps[i] if p != row.place)
            if claims.places[i]:
                found.places[r] = tuple(self.ids[2][p] for p in claims.places[i])
            if more := self._words(row, claims, townships[i], i):
                found.notes[r] = (*found.notes[r], *more)

    def _words(self, row: _Row, claims: Claims, township: int, i: int) -> list[tuple[str, str]]:
        """Return the notes on areas that could not be claimed."""
        notes = []
        if claims.districts[i]:
            notes.append(("districts", self._listed(0, claims.districts[i])))
        if claims.townships[i]:
            notes.append(("townships", self._listed(1, claims.townships[i])))
        elif township < 0:
            if len(self.ids[1]):
                notes.append(("township_open", ""))
        elif row.townships and township not in row.townships:
            notes.append(("old_township", self._listed(1, row.townships)))
        if claims.perhaps[i]:
            notes.append(("perhaps", self._listed(2, claims.perhaps[i])))
        return notes


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the garbage collector off for the block.

    Many small objects are made; the collector would traverse the whole gazetteer every few thousand of them.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _spread(found: Found, which: npt.NDArray[np.intp]) -> Found:
    """Return the result for all rows from that for different addresses; `which` is the address of each row."""
    rows = which.tolist()
    names = ("level", "district", "township", "places", "notes")
    lists = (list(map(getattr(found, name).__getitem__, rows)) for name in names)
    return Found(found.lon[which], found.lat[which], found.accuracy_m[which], *lists)
