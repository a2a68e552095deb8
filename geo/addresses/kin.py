"""The likely position of an unknown village, estate or road, from known ones with a similar name.

Names that share a stem often lie together: 梨园三村 near 梨园一村, or near 梨园路.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from geo.addresses.gazetteer import NamedPoint, Run

__all__ = ["Kin", "Near"]

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_VILLAGES = re.compile(rf"(.{{2,6}}?)({_NUMERAL}|\d{{1,2}})?(新?村|街坊|坊|小区)$")
_ROADS = re.compile(rf"(.{{2,6}}?)([东南西北中]?)(?:{_NUMERAL})?(?:支?路|(街|大道))$")
#: Estates named after the road they stand on; not a bare 红旗村, which is older than a road of its name.
_ESTATES = re.compile(
    rf"(.{{2,6}}?)(?:[东西南北中]?{_NUMERAL}(?:新?村|小区|街坊)|(?:新村|小区|公寓|花园|花苑|家园|大楼|大厦)(?:小区)?)$"
)
_TOWARDS = {"东": (1.0, 0.0), "西": (-1.0, 0.0), "南": (0.0, -1.0), "北": (0.0, 1.0)}
#: Error of a village or road placed by its family, and how far the members of a family may lie apart.
_VILLAGE_ERROR_M, _VILLAGE_REACH_M = 250.0, 1000.0
_ROAD_ERROR_M, _ROAD_REACH_M = 800.0, 4000.0
#: Most answers that are kept, since many addresses of a table name the same road.
_KEPT = 10_000
#: Error of an estate placed by its road, and the farthest that the road may reach.
_ESTATE_ERROR_M, _ESTATE_REACH_M = 500.0, 2000.0


class Near(NamedTuple):
    """A likely position of a name.

    Attributes
    ----------
    x, y, error_m : float
        Position and estimated error, metres.
    names : tuple of str
        The names it was found by.
    """

    x: float
    y: float
    error_m: float
    names: tuple[str, ...]


class _Member(NamedTuple):
    """A known name, its positions in metres, and the numbers of its districts."""

    name: str
    spots: tuple[tuple[float, float], ...]
    districts: frozenset[int]


class Kin:
    """Known names of villages, estates and roads by family: by common stem and kind.

    Parameters
    ----------
    points : mapping of str to sequence of NamedPoint
    roads : mapping of str to sequence of Run
    """

    def __init__(self, points: Mapping[str, Sequence[NamedPoint]], roads: Mapping[str, Sequence[Run]]) -> None:
        self._members: dict[tuple[str, str], list[_Member]] = {}
        self._asked: dict[tuple[str, tuple[int, ...]], Near | None] = {}
        for key in dict.fromkeys([*points, *roads]):
            if (family := _family(key)) is None:
                continue
            own = self._members.setdefault(family, [])
            own.extend(_Member(key, ((p.x, p.y),), frozenset({p.district})) for p in points.get(key, ()))
            own.extend(_Member(key, tuple(_extent(run)), run.districts) for run in roads.get(key, ()))

    def near(self, name: str, districts: tuple[int, ...]) -> Near | None:
        """Return where a name is likely to lie; None if no name of its family is known, or these lie far apart.

        Parameters
        ----------
        name : str
            Key of the name.
        districts : tuple of int
            Numbers of the districts it may lie in; empty for any.
        """
        asked = (name, districts)
        if asked not in self._asked:
            if len(self._asked) >= _KEPT:
                self._asked.clear()
            self._asked[asked] = self._near(name, districts)
        return self._asked[asked]

    def _near(self, name: str, districts: tuple[int, ...]) -> Near | None:
        """Return what `near` does, without keeping it."""
        family = _family(name)
        inside = set(districts)
        kin = [one for one in self._members.get(family, ()) if one.name != name] if family else []
        kin = [one for one in kin if not inside or one.districts & inside]
        if family is None or not kin:
            return self._by_its_road(name, inside)
        is_road = family[1].startswith("路")
        spots = np.array([spot for one in kin for spot in one.spots])
        middles = np.array([np.median(np.array(one.spots), axis=0) for one in kin])
        x, y = np.median(middles, axis=0)
        reach = np.hypot(*(middles - (x, y)).T)
        towards = _TOWARDS.get(found[2]) if is_road and (found := _ROADS.match(name)) else None
        if (is_road and reach.max() > _ROAD_REACH_M) or (not is_road and np.median(reach) > _VILLAGE_REACH_M):
            return None
        if towards is not None:
            x, y = spots[int((spots @ np.array(towards)).argmax())]
        error = _ROAD_ERROR_M if is_road else _VILLAGE_ERROR_M
        return Near(float(x), float(y), error + float(np.median(reach)), tuple(sorted({one.name for one in kin})))

    def _by_its_road(self, name: str, inside: set[int]) -> Near | None:
        """Return the likely position of an estate that is named after a road, if that road is short."""
        estate = _ESTATES.match(name)
        kin = self._members.get((estate[1], "路"), []) if estate else []
        kin = [one for one in kin if not inside or one.districts & inside]
        if not kin:
            return None
        spots = np.array([spot for one in kin for spot in one.spots])
        x, y = np.median(spots, axis=0)
        reach = np.hypot(*(spots - (x, y)).T)
        if reach.max() > _ESTATE_REACH_M:
            return None
        names = tuple(sorted({one.name for one in kin}))
        return Near(float(x), float(y), _ESTATE_ERROR_M + float(np.median(reach)), names)


def _family(name: str) -> tuple[str, str] | None:
    """Return the stem and the kind that a name shares with its family; None if it has neither."""
    if (found := _ROADS.match(name)) is not None:
        return found[1], f"路{found[3] or ''}"
    found = _VILLAGES.match(name)
    if found is None or (found[2] is None and found[3] != "新村"):
        return None
    return found[1], found[3].removeprefix("新")


def _extent(run: Run) -> list[tuple[float, float]]:
    """Return positions along a road, metres: its known numbers and the corners of its line."""
    numbers, found = run.by_district.get(-1), run.line(-1)
    spots = list(zip(numbers.x, numbers.y, strict=True)) if numbers is not None else []
    if found is not None:
        spots += [(float(x), float(y)) for x, y in shapely.get_coordinates(found[0])]
    return [spot for spot in spots if math.isfinite(spot[0])] or [run.middle]
