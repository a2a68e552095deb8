"""Number the sets of areas: many points share few sets, so each point keeps one small number."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

__all__ = ["SetBook"]

Ints = npt.NDArray[np.int32]


class SetBook:
    """Sets of area numbers, each kept once; set 0 is the empty set. It only grows, and threads may share it."""

    def __init__(self) -> None:
        self._sets: list[tuple[int, ...]] = [()]
        self._number: dict[tuple[int, ...], int] = {(): 0}
        self._lock = threading.Lock()
        self._csr: tuple[npt.NDArray[np.int64], Ints] | None = None

    def __len__(self) -> int:
        return len(self._sets)

    def __getitem__(self, number: int) -> tuple[int, ...]:
        return self._sets[number]

    def __getstate__(self) -> list[tuple[int, ...]]:
        return self._sets

    def __setstate__(self, sets: list[tuple[int, ...]]) -> None:
        self._sets = list(sets)
        self._number = {members: number for number, members in enumerate(self._sets)}
        self._lock = threading.Lock()
        self._csr = None

    def number(self, members: tuple[int, ...]) -> int:
        """Return the number of the set with these members, entering it if it is new."""
        key = tuple(sorted(set(members)))
        found = self._number.get(key)
        if found is not None:
            return found
        with self._lock:
            if key not in self._number:
                self._sets.append(key)
                self._number[key] = len(self._sets) - 1
            return self._number[key]

    def add(self, numbers: Ints, area: int) -> Ints:
        """Return, for every set number, the number of that set with `area` added."""
        present = np.flatnonzero(np.bincount(numbers, minlength=1))
        table = np.zeros(present[-1] + 1 if present.size else 1, np.int32)
        table[present] = [self.number((*self._sets[number], area)) for number in present]
        return table[numbers]

    def csr(self) -> tuple[npt.NDArray[np.int64], Ints]:
        """Return offsets (int64, one more than sets) and members (int32, ascending within a set) of all sets so far."""
        sets = self._sets[: len(self._sets)]
        if self._csr is not None and len(self._csr[0]) == len(sets) + 1:
            return self._csr
        offsets = np.zeros(len(sets) + 1, np.int64)
        np.cumsum([len(group) for group in sets], out=offsets[1:])
        members = np.fromiter((area for group in sets for area in group), np.int32, int(offsets[-1]))
        self._csr = offsets, members
        return self._csr
