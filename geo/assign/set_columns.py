"""What each set of areas comes to in the columns of a join: worked out once for a set, taken for every point in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from geo.base.messages import text
from geo.base.optional import needs

with needs("needs.joining_table", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["ROLES", "SetColumns", "coded", "plain"]

#: The questions that areas answer.
ROLES = ("district", "township", "place")

#: Role → the columns of its ids and of its names.
_COLUMNS = {"district": ("district_id", "district"), "township": ("township_id", "township")}
_LISTS = ("place_ids", "places")
_SEVERAL = {"district": "assign.note.several_districts", "township": "assign.note.several_townships"}
#: A dictionary of more words is no shorter than the column; who writes one would write it for every part of the table.
_MOST_WORDS = 1 << 15
_MOST_ITEMS = 2**31 - 1

Ints = npt.NDArray[np.int32]


class SetColumns:
    """What each set of areas means: `take` gives the columns of points that lie in them.

    Parameters
    ----------
    offsets, areas : ndarray of int64, ndarray of int32
        As `Memberships.set_offsets` and `Memberships.set_areas`.
    ranges : mapping of role to range
        Which numbers of areas answer which question.
    words : mapping of role to pair of pyarrow.Array
        Ids and names of its areas, in their order, as `coded` gives them.
    language : {"zh", "en"}
        Of the notes.

    Attributes
    ----------
    note : pyarrow.Array of string, one for a set
        What there is to say of it; null where nothing.
    several : ndarray of bool, one for a set
        Whether it has several districts, or several townships.
    """

    def __init__(
        self,
        offsets: npt.NDArray[np.int64],
        areas: Ints,
        ranges: Mapping[str, range],
        words: Mapping[str, tuple[pa.Array, pa.Array]],
        language: str,
    ) -> None:
        count = len(offsets) - 1
        owner = np.repeat(np.arange(count), np.diff(offsets))
        self._words = words
        self.several, notes = np.zeros(count, bool), dict[int, str]()
        self._there: dict[str, npt.NDArray[np.bool_]] = {}
        self._single: dict[str, list[Ints]] = {}
        for role in _COLUMNS:
            start, stop = ranges[role].start, ranges[role].stop
            mine = (areas >= start) & (areas < stop)
            first = np.full(count, -1, np.int32)
            first[owner[mine][::-1]] = areas[mine][::-1] - start
            self._there[role], self._single[role] = first >= 0, [_places(one, first) for one in words[role]]
            for number in np.flatnonzero(np.bincount(owner[mine], minlength=count) > 1).tolist():
                self.several[number] = True
                found = ", ".join(words[role][0][int(a) - start].as_py() for a in areas[mine & (owner == number)])
                note = text(_SEVERAL[role], language, ids=found)
                notes[number] = f"{notes[number]}; {note}" if number in notes else note
        mine = (areas >= ranges["place"].start) & (areas < ranges["place"].stop)
        self._sizes = np.bincount(owner[mine], minlength=count)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._items = [_places(one, areas[mine] - ranges["place"].start) for one in words["place"]]
        said = [notes.get(number) for number in range(count)] if notes else pa.nulls(count)
        self.note: pa.StringArray = pa.array(said, pa.string())

    def take(self, codes: Ints) -> dict[str, pa.Array]:
        """Return the columns of ids and names for points in the sets with these numbers.

        Texts, or lists of texts, as dictionaries where they are few. Costs some 10 ns a point.
        """
        at = codes.astype(np.intp)
        columns: dict[str, pa.Array] = {}
        for role, names in _COLUMNS.items():
            there = self._there[role][at]
            missing = len(at) - int(np.count_nonzero(there))
            bits = pa.py_buffer(np.packbits(there, bitorder="little")) if missing else None
            for number, name in enumerate(names):
                places = pa.Array.from_buffers(
                    pa.int32(), len(at), [bits, pa.py_buffer(self._single[role][number][at])], missing
                )
                columns[name] = _said(self._words[role][number], places)
        sizes = self._sizes[at]
        ends = np.cumsum(sizes)
        if len(ends) and ends[-1] > _MOST_ITEMS:
            raise pa.ArrowInvalid(f"{ends[-1]} places in a part of a table, more than an Arrow list can have")
        rows = np.flatnonzero(sizes)
        shift = self._starts[at[rows]] - ends[rows] + sizes[rows]
        chosen = np.repeat(shift, sizes[rows]) + np.arange(ends[-1] if len(ends) else 0)
        offsets = pa.array(np.append(0, ends).astype(np.int32))
        for number, name in enumerate(_LISTS):
            items = _said(self._words["place"][number], pa.array(self._items[number][chosen]))
            columns[name] = pa.ListArray.from_arrays(offsets, items)
        return columns


def _places(words: pa.Array, areas: Ints) -> Ints:
    """Return the places, among the different words or all, of areas; 0 for those that are none."""
    coded = pa.types.is_dictionary(words.type)
    among = words.indices.to_numpy() if coded else np.arange(len(words), dtype=np.int32)
    return np.asarray(np.append(among, np.int32(0))[areas], np.int32)  # -1 is the last


def _said(words: pa.Array, places: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(words.type):
        return pa.DictionaryArray.from_arrays(places, words.dictionary, safe=False)
    return words.take(places)


def coded(words: Sequence[str]) -> pa.Array:
    """Return texts as a dictionary that has each of them once; as they are, where they are very many."""
    texts = pa.array(words, pa.string())
    found = texts.dictionary_encode()
    return found if len(found.dictionary) <= _MOST_WORDS else texts


def plain(column: pa.Array) -> pa.Array:
    """Return a column without dictionaries: texts, or lists of texts."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    if pa.types.is_list(column.type) and pa.types.is_dictionary(column.type.value_type):
        return pa.ListArray.from_arrays(column.offsets, column.values.dictionary_decode())
    return column
