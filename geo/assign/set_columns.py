"""The output columns of a join for each set of areas.

They are computed once for each set, then copied to every point that lies in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from geo.base.messages import text
from geo.base.optional import needs

with needs("needs.joining_table", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["ROLES", "SetColumns", "coded", "plain"]

#: What areas may be to a point.
ROLES = ("district", "township", "place")

#: Role → the columns of its ids and of its names.
_COLUMNS = {"district": ("district_id", "district"), "township": ("township_id", "township")}
_LISTS = ("place_ids", "places")
_SEVERAL = {"district": "assign.note.several_districts", "township": "assign.note.several_townships"}
#: Most texts in a dictionary: a longer one is no shorter than the column, and is written with every row group.
_MOST_WORDS = 1 << 15
_MOST_ITEMS = 2**31 - 1

Ints = npt.NDArray[np.int32]


class SetColumns:
    """Ids, names and notes of every set of areas; `take` gives the columns for points.

    Parameters
    ----------
    offsets, areas : ndarray of int64, ndarray of int32
        `Memberships.set_offsets` and `Memberships.set_areas`.
    ranges : mapping of role to range
        The numbers of the areas of each role of `ROLES`.
    words : mapping of role to pair of pyarrow.Array
        Ids and names of the areas of each role, in the order of their numbers, as `coded` returns them.
    language : {"zh", "en"}
        Language of the notes.

    Attributes
    ----------
    note : pyarrow.Array of string, shape (number of sets,)
        A note if the set has several districts or several townships, else null.
    several : ndarray of bool, shape (number of sets,)
        Whether it has several districts or several townships.
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
        """Return the columns of ids and names for points.

        Parameters
        ----------
        codes : ndarray of int32, shape (n,)
            The number of the set of each point.

        Returns
        -------
        dict of str to pyarrow.Array
            ``district_id``, ``district``, ``township_id`` and ``township`` hold text, null where the point lies in
            none; ``place_ids`` and ``places`` hold lists of text. Text is dictionary-encoded where `coded` made it so.

        Raises
        ------
        pyarrow.ArrowInvalid
            If the lists hold more than 2³¹ - 1 places in all.

        Notes
        -----
        Takes about 10 ns a point.
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
    """Return the position of the text of each area among `words`, or in its dictionary if it has one; 0 for area -1."""
    coded = pa.types.is_dictionary(words.type)
    among = words.indices.to_numpy() if coded else np.arange(len(words), dtype=np.int32)
    return np.asarray(np.append(among, np.int32(0))[areas], np.int32)  # -1 takes the 0 that was appended


def _said(words: pa.Array, places: pa.Array) -> pa.Array:
    """Return the texts at these positions, dictionary-encoded if `words` is."""
    if pa.types.is_dictionary(words.type):
        return pa.DictionaryArray.from_arrays(places, words.dictionary, safe=False)
    return words.take(places)


def coded(words: Sequence[str]) -> pa.Array:
    """Return texts dictionary-encoded; as plain text if more than 32,768 are different."""
    texts = pa.array(words, pa.string())
    found = texts.dictionary_encode()
    return found if len(found.dictionary) <= _MOST_WORDS else texts


def plain(column: pa.Array) -> pa.Array:
    """Return a column of text, or of lists of text, without dictionary encoding."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    if pa.types.is_list(column.type) and pa.types.is_dictionary(column.type.value_type):
        return pa.ListArray.from_arrays(column.offsets, column.values.dictionary_decode())
    return column
