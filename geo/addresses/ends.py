"""Completion of road lines that stop short of a crossing: a road usually begins and ends at another road."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable

import numpy as np
import shapely

from geo.addresses.numbering import Track

__all__ = ["Ends"]

Place = tuple[float, float]

#: An end nearer than this to a road is at that road; else roads are searched this far ahead, this far aside.
_MET_M, _AHEAD_M, _ASIDE_M = 35.0, 200.0, 15.0
#: Length of the end that gives the direction, and the shortest line that is extended.
_END_M, _SHORTEST_M = 80.0, 60.0


class Ends:
    """The lines of all roads, to find the next road ahead of an end.

    Parameters
    ----------
    lines : iterable of (hashable, shapely geometry)
        The road that each line belongs to, and the line, metres.
    """

    def __init__(self, lines: Iterable[tuple[Hashable, shapely.Geometry]]) -> None:
        found = list(lines)
        self._owners = [owner for owner, _ in found]
        self._lines = np.array([line for _, line in found], dtype=object)
        self._tree = shapely.STRtree(self._lines)

    def reached(self, track: Track, owner: Hashable) -> Track:
        """Return the track of a road, each end extended straight to the next road if one lies within 200 m ahead.

        Parameters
        ----------
        track : Track
        owner : hashable
            The road the track belongs to; its own lines are not counted as another road.
        """
        if track.length_m < _SHORTEST_M:
            return track
        inside_m = min(_END_M, track.length_m)
        ends = ((0.0, inside_m), (track.length_m, track.length_m - inside_m))
        more = [self._more(track.at(end), track.at(inside), owner) for end, inside in ends]
        drawn = [shapely.LineString(line) for line in more if line and len(line) > 1]
        return Track(shapely.union_all([track.line, *drawn]), (more[0] is None, more[1] is None))

    def _more(self, end: Place, inside: Place, owner: Hashable) -> list[Place] | None:
        """Return the extension of an end: empty if the end is at a road already, None if no road lies ahead.

        `end` and `inside` are positions in metres; the direction is from `inside` to `end`.
        """
        point, ahead_m = shapely.Point(end), math.dist(end, inside)
        if self._others(point, _MET_M, owner):
            return []
        if ahead_m == 0:
            return None
        unit = ((end[0] - inside[0]) / ahead_m, (end[1] - inside[1]) / ahead_m)
        ray = shapely.LineString([end, (end[0] + _AHEAD_M * unit[0], end[1] + _AHEAD_M * unit[1])])
        strip = shapely.buffer(ray, _ASIDE_M)
        far = [
            float(shapely.distance(shapely.intersection(self._lines[at], strip), point))
            for at in self._others(ray, _ASIDE_M, owner)
        ]
        return [end, (end[0] + min(far) * unit[0], end[1] + min(far) * unit[1])] if far else None

    def _others(self, shape: shapely.Geometry, within_m: float, owner: Hashable) -> list[int]:
        """Return the positions of the lines of other roads within a distance of `shape`."""
        near = self._tree.query(shape, predicate="dwithin", distance=within_m)
        return [at for at in near.tolist() if self._owners[at] != owner]
