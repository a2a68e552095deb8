"""Numbers for sets of areas: many points lie in few different sets, so each point needs one small number."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

__all__ = ["SetBook"]

Ints = npt.NDArray[np.int32]


class SetBook:
    """The sets of area numbers that occur, each with a number of its own; 0 is the empty set.

    Sets are only ever added, and threads may share the book.

    Parameters
    ----------
    singles : int
        Number of areas that have a set of their own from the start: set ``n`` is area ``n - 1`` alone, for ``n`` from 1
        to `singles`.
    """

    def __init__(self, singles: int = 0) -> None:
        self.singles = singles
        self._sets: list[tuple[int, ...]] = []
        self._number: dict[tuple[int, ...], int] = {}
        self._lock = threading.Lock()
        self._csr: tuple[npt.NDArray[np.int64], Ints] | None = None

    def __len__(self) -> int:
        return 1 + self.singles + len(self._sets)

    def __getitem__(self, number: int) -> tuple[int, ...]:
        if number > self.singles:
            return self._sets[number - self.singles - 1]
        return (int(number) - 1,) if number else ()

    def __getstate__(self) -> tuple[int, list[tuple[int, ...]]]:
        return self.singles, self._sets

    def __setstate__(self, state: tuple[int, list[tuple[int, ...]]]) -> None:
        self.singles, self._sets = state[0], list(state[1])
        self._number = {members: self.singles + at for at, members in enumerate(self._sets, 1)}
        self._lock = threading.Lock()
        self._csr = None

    def number(self, members: tuple[int, ...]) -> int:
        """Return the number of the set with these members; a new set gets the next number."""
        key = tuple(sorted(set(members)))
        if len(key) == 0 or (len(key) == 1 and key[0] < self.singles):
            return key[0] + 1 if key else 0
        found = self._number.get(key)
        if found is not None:
            return found
        with self._lock:
            if key not in self._number:
                self._sets.append(key)
                self._number[key] = len(self) - 1
            return self._number[key]

    def add(self, numbers: Ints, area: int) -> Ints:
        """Return, for each number of a set, the number of that set with `area` added; int32, same shape."""
        present = np.flatnonzero(np.bincount(numbers, minlength=1))
        table = np.zeros(present[-1] + 1 if present.size else 1, np.int32)
        table[present] = [self.number((*self[number], area)) for number in present.tolist()]
        return table[numbers]

    def csr(self) -> tuple[npt.NDArray[np.int64], Ints]:
        """Return all sets so far in compressed form.

        Returns
        -------
        offsets : ndarray of int64, shape (number of sets + 1,)
        members : ndarray of int32
            The areas of set ``s`` are ``members[offsets[s] : offsets[s + 1]]``, ascending.
        """
        sets = self._sets[: len(self._sets)]
        if self._csr is not None and len(self._csr[0]) == self.singles + len(sets) + 2:
            return self._csr
        sizes = np.fromiter((len(group) for group in sets), np.int64, len(sets))
        offsets = np.concatenate([[0], np.arange(self.singles + 1), self.singles + np.cumsum(sizes)])
        more = np.fromiter((area for group in sets for area in group), np.int32, int(sizes.sum()))
        self._csr = offsets, np.concatenate([np.arange(self.singles, dtype=np.int32), more])
        return self._csr
