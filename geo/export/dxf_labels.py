"""Label placement in a drawing: each label at its point, or at the nearest free spot around it, without overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

__all__ = ["Names"]

#: Directions to try, the most readable first: above, below, right, left, then the diagonals.
_AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
_RINGS = 5
_GAP = 0.35

#: West, south, east, north.
_Box = tuple[float, float, float, float]


class Names:
    """The labels of one drawing during placement; a grid keeps the search short.

    Parameters
    ----------
    cell : float
        Width of a grid cell in drawing units: a few letters.
    """

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._taken: dict[tuple[int, int], list[_Box]] = {}

    def place(
        self, at: tuple[float, float], width: float, height: float, *, beside: bool = False
    ) -> tuple[float, float]:
        """Return the centre of a label of that size, as near to its point as possible without overlapping another.

        If there is no free spot nearby, its own point. With `beside` the label keeps clear of the point, where a small
        symbol is drawn.

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
        # Written out for speed: a crowded drawing calls this forty times per label.
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
            # A step sideways is half a label, a step up one line.
            yield x + across * ring * width * 0.6, y + up * ring * height * (1 + _GAP)
