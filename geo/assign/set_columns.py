"""What each set of areas comes to in the columns of a join: worked out once for a set, taken for every point in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.base.messages import text
from geo.base.optional import needs

with needs("joining a table", "pyarrow", "tables"):
    import pyarrow as pa

__all__ = ["ROLES", "SetColumns", "coded", "plain", "set_columns"]

#: The questions that areas answer.
ROLES = ("district", "township", "place")

#: Role → the columns of its ids and of its names.
_COLUMNS = {"district": ("district_id", "district"), "township": ("township_id", "township")}
_LISTS = ("place_ids", "places")
_SEVERAL = {"district": "assign.note.several_districts", "township": "assign.note.several_townships"}
#: A dictionary of more words is no shorter than the column; who writes one would write it for every part of the table.
_MOST_WORDS = 1 << 15

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class SetColumns:
    """What each set of areas means: one row for a set.

    Attributes
    ----------
    columns : mapping of str to pyarrow.Array
        Ids and names by column: texts, or lists of texts, as dictionaries where they are few.
    note : pyarrow.Array of string
        What there is to say of a set; null where nothing.
    several : ndarray of bool
        Whether it has several districts, or several townships.
    """

    columns: Mapping[str, pa.Array]
    note: pa.StringArray
    several: npt.NDArray[np.bool_]


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


def set_columns(
    offsets: npt.NDArray[np.int64],
    areas: Ints,
    ranges: Mapping[str, range],
    words: Mapping[str, tuple[pa.Array, pa.Array]],
    language: str,
) -> SetColumns:
    """Return what sets of areas mean.

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
    """
    count = len(offsets) - 1
    owner = np.repeat(np.arange(count), np.diff(offsets))
    several, notes, columns = np.zeros(count, bool), dict[int, str](), dict[str, Any]()
    for role, names in _COLUMNS.items():
        start, stop = ranges[role].start, ranges[role].stop
        mine = (areas >= start) & (areas < stop)
        first = np.full(count, -1, np.int32)
        first[owner[mine][::-1]] = areas[mine][::-1] - start
        chosen = pa.array(first, mask=first < 0)
        columns |= {name: said.take(chosen) for name, said in zip(names, words[role], strict=True)}
        for number in np.flatnonzero(np.bincount(owner[mine], minlength=count) > 1).tolist():
            several[number] = True
            found = ", ".join(words[role][0][int(a) - start].as_py() for a in areas[mine & (owner == number)])
            note = text(_SEVERAL[role], language, ids=found)
            notes[number] = f"{notes[number]}; {note}" if number in notes else note
    mine = (areas >= ranges["place"].start) & (areas < ranges["place"].stop)
    ends = np.cumsum(np.bincount(owner[mine], minlength=count), dtype=np.int32)
    chosen = pa.array(areas[mine] - ranges["place"].start)
    for name, said in zip(_LISTS, words["place"], strict=True):
        columns[name] = pa.ListArray.from_arrays(np.append(np.int32(0), ends), said.take(chosen))
    said = pa.array([notes.get(number) for number in range(count)] if notes else pa.nulls(count), pa.string())
    return SetColumns(columns, said, several)
