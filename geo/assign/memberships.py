"""The result of `assign`: the areas that each point lies in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.base.optional import needs

__all__ = ["Memberships"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Memberships:
    """Which areas each point lies in. An area is a number, its position in `ids`.

    Many points share few different sets of areas, so a point holds the number of its set.

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        For each point, the number of its set of areas; 0 is the empty set.
    set_offsets : ndarray of int64, shape (number of sets + 1,)
    set_areas : ndarray of int32
        Set ``s`` holds the areas ``set_areas[set_offsets[s] : set_offsets[s + 1]]``, ascending.
    ids : tuple of str
        The id of each area.
    """

    codes: Ints
    set_offsets: Longs
    set_areas: Ints
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def offsets(self) -> Longs:
        """Where the areas of each point start in `areas`: int64, shape (n + 1,)."""
        offsets = np.zeros(len(self.codes) + 1, np.int64)
        np.cumsum(np.diff(self.set_offsets)[self.codes], out=offsets[1:])
        return offsets

    @cached_property
    def areas(self) -> Ints:
        """The areas of all points, point after point, ascending within a point: int32, shape (memberships,)."""
        if int(np.diff(self.set_offsets).max(initial=0)) <= 1:
            single = self.single()
            return single[single >= 0]
        counts = np.diff(self.offsets)
        within = np.arange(int(self.offsets[-1])) - np.repeat(self.offsets[:-1], counts)
        return np.asarray(self.set_areas[np.repeat(self.set_offsets[self.codes], counts) + within], np.int32)

    def pairs(self) -> tuple[Longs, Ints]:
        """Return every membership as a pair of point and area.

        Returns
        -------
        point : ndarray of int64, shape (number of memberships,)
        area : ndarray of int32, shape (number of memberships,)
            Ordered by point, then area.
        """
        return np.repeat(np.arange(len(self.codes)), np.diff(self.offsets)), self.areas

    @property
    def matched(self) -> npt.NDArray[np.bool_]:
        """Whether each point lies in at least one area."""
        return np.asarray(self.codes != 0)

    def single(self, areas: Iterable[int] | None = None) -> Ints:
        """Return for each point its lowest-numbered area among `areas` (default all), -1 if none: int32, shape (n,)."""
        return self._set_first(areas)[self.codes]

    @cached_property
    def per_set(self) -> Longs:
        """The number of points in each set: int64, shape (number of sets,)."""
        return np.asarray(np.bincount(self.codes, minlength=len(self.set_offsets) - 1), np.int64)

    def counts(self) -> Longs:
        """Return the number of points in each area: int64, shape (number of areas,)."""
        weights = np.repeat(self.per_set, np.diff(self.set_offsets))
        return np.bincount(self.set_areas, weights, minlength=len(self.ids)).astype(np.int64)

    def ids_of(self, point: int) -> tuple[str, ...]:
        """Return the ids of the areas that one point lies in."""
        return self._set_ids()[int(self.codes[point])]

    def sets(self) -> list[tuple[int, ...]]:
        """Return the areas of every set, as tuples of numbers, in the order of the sets."""
        bounds = self.set_offsets
        return [
            tuple(int(a) for a in self.set_areas[bounds[s] : bounds[s + 1]]) for s in range(len(self.set_offsets) - 1)
        ]

    def to_arrow(self) -> Any:
        """Return the ids of the areas of each point: Arrow list<string>, shape (n,), empty lists outside every area.

        Raises
        ------
        MissingDependencyError
            If pyarrow is not installed.
        """
        pa = _pyarrow()
        return pa.array([list(ids) for ids in self._set_ids()], pa.list_(pa.string())).take(pa.array(self.codes))

    def single_to_arrow(self, areas: Iterable[int] | None = None) -> Any:
        """Return the id of the area that `single` gives: Arrow dictionary<int32, string>, shape (n,), null if none.

        Raises
        ------
        MissingDependencyError
            If pyarrow is not installed.
        """
        pa = _pyarrow()
        single = self.single(areas)
        return pa.DictionaryArray.from_arrays(pa.array(single, mask=single < 0), pa.array(self.ids, pa.string()))

    def _set_ids(self) -> list[tuple[str, ...]]:
        return [tuple(self.ids[area] for area in members) for members in self.sets()]

    def _set_first(self, areas: Iterable[int] | None) -> Ints:
        """Return for each set its lowest-numbered area among `areas`, -1 if none: int32."""
        wanted = np.ones(len(self.ids), bool)
        if areas is not None:
            wanted[:] = False
            wanted[list(areas)] = True
        first = np.full(len(self.set_offsets) - 1, -1, np.int32)
        owner = np.repeat(np.arange(len(first)), np.diff(self.set_offsets))
        keep = wanted[self.set_areas]
        first[owner[keep][::-1]] = self.set_areas[keep][::-1]
        return first


def _pyarrow() -> Any:
    with needs("needs.arrow_column", "pyarrow", "tables"):
        import pyarrow
    return pyarrow
