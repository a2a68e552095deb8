"""The gazetteer of a city: names of areas, roads with their lines and house numbers, named points."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely

from geo.addresses.areas import GOES_ON, AreaNames
from geo.addresses.fold import key_of
from geo.addresses.parse import ROADS
from geo.addresses.plane import Plane
from geo.addresses.runs import PITCH_M, Anchor, Numbers, Spot

__all__ = ["Gazetteer", "NamedPoint", "Piece", "RoughHouse", "Run", "Sources"]

#: Parts of one name that are farther apart are different roads.
_APART_M = 2500.0
_CELL_M = 300.0
_PARTIAL_M = 1500.0
#: House numbers of two roads that are nearer than this stand at their crossing.
_CORNER_M = 120.0
#: A name of this length is recognised anywhere in a text; a shorter one must follow one of these, or an area.
_TELLING_NAME = 5
_BEFORE_A_NAME = (*"区镇乡县园路口近与和市弄号层室楼座于在到旁", "街道", "对面", "附近")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a road within a district.

    Attributes
    ----------
    line : shapely geometry
        Metres.
    district : int
        Number of the district, or -1.
    partial : bool
        Whether the road continues where its line is not known.
    """

    line: shapely.Geometry
    district: int
    partial: bool = False


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A named point: a station, a campus, a place of the layout, a village.

    Attributes
    ----------
    x, y : float
        Metres.
    accuracy_m : float
        How far from the point an address with this name may lie, metres.
    district, place : int
        Numbers of its district and of the place of the layout that it is; -1 for none.
    """

    x: float
    y: float
    accuracy_m: float
    district: int = -1
    place: int = -1


class RoughHouse(NamedTuple):
    """A house whose position is too rough to be an anchor of its road, such as one placed by a crossing or a campus.

    Attributes
    ----------
    name : str
        Road and number, as they are shown.
    number : int
    x, y, accuracy_m : float
        Metres.
    district : int
        Number of its district, or -1.
    """

    name: str
    number: int
    x: float
    y: float
    accuracy_m: float
    district: int = -1


@dataclass(slots=True)
class Run:
    """One road: the lines and house numbers of a name that lie together.

    Attributes
    ----------
    by_district : dict of int to Numbers
        House numbers in each district, by its number; all under -1.
    lines : dict of int to list of Piece
        Lines in each district; all under -1.
    townships, districts : frozenset of int
        Numbers of the areas it lies in.
    weight : float
        Its size, to compare roads of one name: anchors plus length.
    middle : (float, float)
        Median position, metres.
    """

    by_district: dict[int, Numbers]
    lines: dict[int, list[Piece]]
    townships: frozenset[int]
    weight: float
    middle: tuple[float, float]
    districts: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.districts = frozenset({*self.by_district, *self.lines} - {-1})

    def line(self, district: int) -> tuple[shapely.Geometry, bool] | None:
        """Return the line within a district (-1: all), and whether the road continues beyond it; None if not known."""
        pieces = self.lines.get(district) or []
        if not pieces:
            return None
        return shapely.union_all([piece.line for piece in pieces]), any(piece.partial for piece in pieces)

    def middle_of(self, district: int) -> Spot:
        """Return the middle of the road within a district (-1: all), with the median distance of the rest as error."""
        found = self.line(district)
        numbers = self.by_district.get(district) or self.by_district.get(-1)
        if found is None or (found[1] and numbers and len(numbers) > 3):
            xy = np.column_stack([numbers.x, numbers.y]) if numbers and len(numbers) else np.array([self.middle])
            x, y = np.median(xy, axis=0)
            reach = float(np.median(np.hypot(*(xy - (x, y)).T)))
            return Spot(float(x), float(y), max(reach, 150.0), "road")
        line, partial = found
        coordinates = shapely.get_coordinates(shapely.segmentize(line, 50.0))
        x, y = (coordinates.min(axis=0) + coordinates.max(axis=0)) / 2
        near = shapely.get_coordinates(shapely.shortest_line(line, shapely.Point(x, y)))[0]
        reach = float(np.median(np.hypot(*(coordinates - near).T)))
        return Spot(float(near[0]), float(near[1]), max(reach, 60.0) + (_PARTIAL_M if partial else 0.0), "road")


@dataclass(frozen=True, slots=True)
class Sources:
    """The content of a gazetteer. Two are merged by ``|``.

    Attributes
    ----------
    anchors : mapping of str to list of Anchor
        House numbers, by `key_of` the road.
    pieces : mapping of str to list of Piece
        Lines of roads, by `key_of` the road.
    points : mapping of str to list of NamedPoint
        By `key_of` the name.
    houses : mapping of str to list of RoughHouse
        By `key_of` the road.
    """

    anchors: Mapping[str, Sequence[Anchor]] = field(default_factory=dict)
    pieces: Mapping[str, Sequence[Piece]] = field(default_factory=dict)
    points: Mapping[str, Sequence[NamedPoint]] = field(default_factory=dict)
    houses: Mapping[str, Sequence[RoughHouse]] = field(default_factory=dict)

    def __or__(self, other: Sources) -> Sources:
        """Return the content of both."""

        def both(name: str) -> dict[str, list[Any]]:
            one, two = getattr(self, name), getattr(other, name)
            return {key: [*one.get(key, ()), *two.get(key, ())] for key in {**one, **two}}

        return Sources(both("anchors"), both("pieces"), both("points"), both("houses"))


@dataclass(slots=True)
class Gazetteer:
    """Everything that addresses are looked up in.

    Attributes
    ----------
    names : AreaNames
    plane : Plane
    roads : dict of str to list of Run
        By `key_of` the name, the largest road of a name first. Villages and estates whose houses are numbered are
        included.
    points : dict of str to list of NamedPoint
        By `key_of` the name.
    houses : mapping of str to list of RoughHouse
        By `key_of` the road.
    """

    names: AreaNames
    plane: Plane
    roads: dict[str, list[Run]] = field(default_factory=dict)
    points: dict[str, list[NamedPoint]] = field(default_factory=dict)
    houses: Mapping[str, Sequence[RoughHouse]] = field(default_factory=dict)
    _crossings: dict[tuple[str, str], list[tuple[float, float]]] = field(default_factory=dict)
    _known: dict[str, str | None] = field(default_factory=dict)
    _heads: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, names: AreaNames, plane: Plane, sources: Sources) -> Gazetteer:
        """Make a gazetteer: anchors and pieces of one name that lie together become a road."""
        made = cls(
            names, plane, points={key: list(given) for key, given in sources.points.items()}, houses=sources.houses
        )
        for key in sorted({*sources.anchors, *sources.pieces}):
            made.roads[key] = _runs(key, sources.anchors.get(key, ()), sources.pieces.get(key, ()))
        for name in sorted(made.points, key=lambda name: (-len(name), name)):
            made._heads.setdefault(name[:2], []).append(name)
        return made

    def named_in(self, text: str) -> list[str]:
        """Return the names of points that occur in a folded text, the longest first.

        A name of fewer than five characters must begin the text, or follow an area or a word that may precede a name,
        since many villages have the same short names.
        """
        if self._heads.keys().isdisjoint([text[start : start + 2] for start in range(len(text) - 1)]):
            return []
        found = set()
        for start in range(len(text) - 1):
            for name in self._heads.get(text[start : start + 2], ()):
                whole = text.startswith(name, start) and not GOES_ON.match(text, start + len(name))
                if whole and (not start or len(name) >= _TELLING_NAME or self._may_name(text[:start])):
                    found.add(name)
                    break
        return sorted(found, key=lambda name: (-len(name), name))

    def known_road(self, name: str) -> tuple[str, str] | None:
        """Return the key of the known road that a text ends in, and what precedes it; None if there is none.

        What precedes it must be an area, end in a word that may precede a road, or have at least four characters:
        新延长路 is not 延长路.
        """
        if name in self._known:
            key = self._known[name]
        else:
            key = self._known[name] = self.ending(name, self.roads)
        return None if key is None else (key, name[: len(name) - len(key)])

    def ending(self, name: str, keys: Container[str]) -> str | None:
        """Return the longest of `keys` that a text ends in, by the rule of `known_road`; None if there is none."""
        name = key_of(name)
        for start in range(max(len(name) - 1, 0)):
            key = name[start:]
            if key in keys and (start == 0 or self._may_part(name[:start])):
                return key
        return None

    def _may_part(self, before: str) -> bool:
        """Return whether a road may begin behind this text."""
        ends = ("区", "镇", "乡", "县", "街道", "村", "园", "路", "口", "城", "岛", "近", "与", "和", "市", "弄", "号")
        return len(before) >= 4 or before.endswith(ends) or self.names.hint(before) is not None

    def _may_name(self, before: str) -> bool:
        """Return whether a short name may begin behind this text."""
        return before.endswith(_BEFORE_A_NAME) or before[-1].isdigit() or self.names.hint(before) is not None

    def crossing(self, first: str, second: str) -> list[tuple[float, float]]:
        """Return the positions, metres, where two roads cross; empty if none is known."""
        pair = (min(first, second), max(first, second))
        if pair not in self._crossings:
            self._crossings[pair] = _meetings(self.roads.get(pair[0], ()), self.roads.get(pair[1], ()))
        return self._crossings[pair]


def _meetings(first: Iterable[Run], second: Iterable[Run]) -> list[tuple[float, float]]:
    """Return where roads of two names cross: where their lines come within 80 m, at least 300 m apart."""
    found: list[tuple[float, float]] = []
    for a in first:
        for b in second:
            lines = a.line(-1), b.line(-1)
            if lines[0] is None or lines[1] is None:
                found += _nearest(a, b)
                continue
            one, other = lines[0][0], lines[1][0]
            if shapely.distance(one, other) > 40.0:
                continue
            near = shapely.intersection(shapely.buffer(one, 40.0), shapely.buffer(other, 40.0))
            for part in shapely.get_parts(near):
                at = shapely.centroid(part)
                if all(math.hypot(at.x - x, at.y - y) > 300 for x, y in found):
                    found.append((at.x, at.y))
    return found


def _nearest(one: Run, other: Run) -> list[tuple[float, float]]:
    """Return the middle between two roads if their lines or house numbers come within 120 m, as at a crossing."""
    shapes: list[shapely.Geometry] = []
    for run in (one, other):
        line, numbers = run.line(-1), run.by_district.get(-1)
        if line is not None:
            shapes.append(line[0])
        elif numbers is not None:
            shapes.append(shapely.MultiPoint(np.column_stack([numbers.x, numbers.y])))
    if len(shapes) < 2:
        return []
    link = shapely.shortest_line(shapes[0], shapes[1])
    if shapely.length(link) > _CORNER_M:
        return []
    x, y = shapely.get_coordinates(link).mean(axis=0)
    return [(float(x), float(y))]


def _runs(key: str, anchors: Sequence[Anchor], pieces: Sequence[Piece]) -> list[Run]:
    """Return the roads of a name, the largest first."""
    groups, is_road = _together(anchors, pieces), bool(pieces) or key.endswith(ROADS)
    runs = []
    for own, lines in groups:
        by_district = {-1: Numbers.of(own, is_road=is_road)} if own else {}
        districts = {a.district for a in own if a.district >= 0}
        for district in sorted(districts):
            part = [a for a in own if a.district == district]
            by_district[district] = by_district[-1] if len(districts) == 1 else Numbers.of(part, is_road=is_road)
        by_lines: dict[int, list[Piece]] = {-1: list(lines)} if lines else {}
        for piece in lines:
            if piece.district >= 0:
                by_lines.setdefault(piece.district, []).append(piece)
        spots = [(a.x, a.y) for a in own]
        spots += [tuple(shapely.get_coordinates(piece.line).mean(axis=0)) for piece in lines]
        middle = np.median(np.array(spots), axis=0)
        length = sum(float(shapely.length(piece.line)) for piece in lines)
        townships = frozenset(a.township for a in own if a.township >= 0)
        runs.append(
            Run(
                by_district,
                by_lines,
                townships,
                len(own) + length * PITCH_M / 100,
                (float(middle[0]), float(middle[1])),
            )
        )
    return sorted(runs, key=lambda run: -run.weight)


def _together(anchors: Sequence[Anchor], pieces: Sequence[Piece]) -> list[tuple[list[Anchor], list[Piece]]]:
    """Group anchors and pieces that are connected by gaps of at most 2.5 km."""
    if not anchors and not pieces:
        return []
    cells: dict[tuple[int, int], list[Anchor]] = {}
    for anchor in anchors:
        cells.setdefault((round(anchor.x / _CELL_M), round(anchor.y / _CELL_M)), []).append(anchor)
    members = list(cells.values())
    shapes = np.array([*(shapely.Point(m[0].x, m[0].y) for m in members), *(p.line for p in pieces)], dtype=object)
    bounds = shapely.total_bounds(shapes)
    if max(bounds[2] - bounds[0], bounds[3] - bounds[1]) <= _APART_M:
        return [(list(anchors), list(pieces))]
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_APART_M)
    label = list(range(len(shapes)))
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if label[i] != label[j]:
            old, new = max(label[i], label[j]), min(label[i], label[j])
            label = [new if one == old else one for one in label]
    groups: dict[int, tuple[list[Anchor], list[Piece]]] = {}
    for i, one in enumerate(label):
        group = groups.setdefault(one, ([], []))
        if i < len(members):
            group[0].extend(members[i])
        else:
            group[1].append(pieces[i - len(members)])
    return [groups[key] for key in sorted(groups)]
