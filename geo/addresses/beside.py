"""Positions from stations and roughly placed buildings: of roads otherwise unknown, of areas named like a station."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from geo.addresses.found import one_place
from geo.addresses.gazetteer import NamedPoint, RoughHouse
from geo.addresses.parse import ROADS
from geo.addresses.runs import PITCH_M

__all__ = ["Beside", "RoadSpot"]

_STATION = re.compile(rf"(.+(?:{'|'.join(ROADS)}))站$")
#: Nine of ten houses of a road lie within this distance of the station named after it.
_STATION_M = 3400.0
#: An area that bears the name of a station, such as 中央公园, reaches about so far around it.
_AROUND_M = 1500.0
_AREA = re.compile(r"(?:商圈|商区|板块|地区|附近|周边)$")
#: Stated accuracy by estimated error; most pitches by which one number lies from the next.
_STATED, _PITCHES = 2.5, 1.5
_NEAR_NUMBERS = 200


class RoadSpot(NamedTuple):
    """A position on a road or in an area.

    Attributes
    ----------
    x, y : float
        Metres.
    error_m : float
        Estimated error of what is placed there, metres.
    name : str
        Name of the station or building.
    """

    x: float
    y: float
    error_m: float
    name: str


class Beside:
    """Stations and roughly placed buildings by the road they stand on.

    Parameters
    ----------
    points : mapping of str to sequence of NamedPoint
        By name; those called ``…路站`` stand on the road, other stations in the middle of the area of their name.
    houses : mapping of str to sequence of RoughHouse
        By road.

    Attributes
    ----------
    roads : frozenset of str
        Keys of all roads with such a position.
    """

    def __init__(self, points: Mapping[str, Sequence[NamedPoint]], houses: Mapping[str, Sequence[RoughHouse]]) -> None:
        self._houses, self._points = houses, points
        self._stations: dict[str, list[tuple[str, NamedPoint]]] = {}
        for name, places in points.items():
            if (found := _STATION.match(name)) is not None:
                self._stations.setdefault(found[1], []).extend((name, place) for place in places)
        self.roads = frozenset({*self._stations, *houses})

    def near(self, road: str, number: int, districts: tuple[int, ...], is_known: bool = False) -> RoadSpot | None:
        """Return the position with the least estimated error for a house number; None if the districts have none.

        Parameters
        ----------
        road : str
            Key of the road.
        number : int
        districts : tuple of int
            Numbers of the districts to search; empty for all.
        is_known : bool
            Whether the line or some numbers of the road are known. Then only buildings within 200 numbers are
            considered.
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

    def around(self, name: str, districts: tuple[int, ...]) -> RoadSpot | None:
        """Return the position of an area named like one station, such as 中央公园商圈; otherwise None.

        Parameters
        ----------
        name : str
            Key of all that the address says.
        districts : tuple of int
            Numbers of the districts to search; empty for all.
        """
        station = f"{_AREA.sub('', name)}站"
        found = [p for p in self._points.get(station, ()) if not districts or p.district in districts]
        middle = one_place(found)
        return None if middle is None else RoadSpot(middle.x, middle.y, _AROUND_M / _STATED, station)
