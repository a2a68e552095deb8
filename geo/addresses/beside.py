"""Where a road lies of which only a spot is known: a station that is called after it, a house placed roughly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from geo.addresses.gazetteer import NamedPoint, RoughHouse
from geo.addresses.parse import ROADS
from geo.addresses.runs import PITCH_M

__all__ = ["Beside", "RoadSpot"]

_STATION = re.compile(rf"(.+(?:{'|'.join(ROADS)}))站$")
#: Nine of ten houses of a road that a station is called after lie so near the station, or nearer.
_STATION_M = 3400.0
#: What is stated is so many times the error guessed; a number lies no farther from another than so many pitches.
_STATED, _PITCHES = 2.5, 1.5
_NEAR_NUMBERS = 200


class RoadSpot(NamedTuple):
    """A spot on a road, metres, how far off a house of the road may be, and the name of what is known there."""

    x: float
    y: float
    error_m: float
    name: str


class Beside:
    """Spots on roads of which a gazetteer may know neither a line nor a house number.

    Parameters
    ----------
    points : mapping of str to sequence of NamedPoint
        By name: those called ``…路站`` stand on the road.
    houses : mapping of str to sequence of RoughHouse
        By road.
    """

    def __init__(self, points: Mapping[str, Sequence[NamedPoint]], houses: Mapping[str, Sequence[RoughHouse]]) -> None:
        self._houses = houses
        self._stations: dict[str, list[tuple[str, NamedPoint]]] = {}
        for name, places in points.items():
            if (found := _STATION.match(name)) is not None:
                self._stations.setdefault(found[1], []).extend((name, place) for place in places)
        self.roads = frozenset({*self._stations, *houses})

    def near(self, road: str, number: int, districts: tuple[int, ...], is_known: bool = False) -> RoadSpot | None:
        """Return the spot that tells most of a house number; None if none lies in the districts (none: anywhere).

        Parameters
        ----------
        road : str
            As it is looked up.
        number : int
        districts : tuple of int
        is_known : bool
            Of a road whose line or numbers are known only houses whose number is near tell more.
        """

        def inside(one: NamedPoint | RoughHouse) -> bool:
            return not districts or one.district in districts

        spots = [
            RoadSpot(one.x, one.y, _STATION_M / _STATED, name)
            for name, one in self._stations.get(road, ())
            if inside(one) and not is_known
        ]
        spots += [
            RoadSpot(one.x, one.y, (one.accuracy_m + _PITCHES * PITCH_M * abs(number - one.number)) / _STATED, one.name)
            for one in self._houses.get(road, ())
            if inside(one) and not (is_known and abs(number - one.number) > _NEAR_NUMBERS)
        ]
        return min(spots, key=lambda spot: spot.error_m, default=None)
