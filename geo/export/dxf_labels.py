"""Where names stand in a drawing: each at its own point, or at the nearest free spot around it, never on another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

__all__ = ["Names"]

#: Directions to try, the first to be read best: above, below, right, left, and between.
_AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
_RINGS = 5
_GAP = 0.35

#: West, south, east, north.
_Box = tuple[float, float, float, float]


class Names:
    """The names of one drawing while they are placed; cells of a grid keep the search short.

    Parameters
    ----------
    cell : float
        Width of a cell in units of the drawing: some letters.
    """

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._taken: dict[tuple[int, int], list[_Box]] = {}

    def place(
        self, at: tuple[float, float], width: float, height: float, *, beside: bool = False
    ) -> tuple[float, float]:
        """Return the middle of a name of that size, as near to its point as no name placed before is overlapped.

        Where no spot is free nearby, its own point. `beside`: not on the point itself, which has a small shape around.

        Examples
        --------
        >>> names = Names(10.0)
        >>> names.place((0.0, 0.0), 8.0, 2.0), names.place((0.0, 0.5), 8.0, 2.0)
        ((0.0, 0.0), (0.0, 3.2))
        """
        for x, y in islice(_spots(at, width, height), int(beside), None):
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self._is_free(box):
                break
        else:
            x, y = at
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for cell in self._cells(box):
            self._taken.setdefault(cell, []).append(box)
        return x, y

    def _is_free(self, box: _Box) -> bool:
        # Written out: a crowded drawing asks this forty times for a name.
        west, south, east, north = box
        cell, taken = self._cell, self._taken
        rows = range(int(south // cell), int(north // cell) + 1)
        for column in range(int(west // cell), int(east // cell) + 1):
            for row in rows:
                for left, low, right, high in taken.get((column, row), ()):
                    if west < right and left < east and south < high and low < north:
                        return False
        return True

    def _cells(self, box: _Box) -> Iterator[tuple[int, int]]:
        west, south, east, north = (int(side // self._cell) for side in box)
        return ((column, row) for column in range(west, east + 1) for row in range(south, north + 1))


def _spots(at: tuple[float, float], width: float, height: float) -> Iterator[tuple[float, float]]:
    x, y = at
    yield x, y
    for ring in range(1, _RINGS + 1):
        for across, up in _AROUND:
            # A step beside is half a name, a step up one line.
            yield x + across * ring * width * 0.6, y + up * ring * height * (1 + _GAP)
