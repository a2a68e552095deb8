"""Columns of a wide table laid end to end, so that thousands of short columns are processed in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["first_over", "is_text", "stacked"]

#: Most cells, and most bytes, that are laid end to end; a longer column is yielded alone, without a copy.
_CELLS, _BYTES = 1 << 17, 1 << 24


def is_text(kind: pa.DataType) -> bool:
    """Return whether an Arrow type is plain text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def stacked(columns: Sequence[pa.Array]) -> Iterator[tuple[range, pa.Array]]:
    """Yield the cells of consecutive columns as one array, column after column, and the positions of these columns.

    Parameters
    ----------
    columns : sequence of pyarrow.Array, shape (n,) each
        All of one type.

    Yields
    ------
    places : range
    cells : pyarrow.Array, shape (len(places) * n,)
    """
    start, size = 0, 0
    for at, column in enumerate(columns):
        more = column.nbytes
        if at > start and ((at + 1 - start) * len(column) > _CELLS or size + more > _BYTES):
            yield range(start, at), _joined(columns[start:at])
            start, size = at, 0
        size += more
    if len(columns) > start:
        yield range(start, len(columns)), _joined(columns[start:])


def first_over(columns: Sequence[pa.Array], measure: Callable[[pa.Array], pa.Array], most: int) -> int:
    """Return the position of the first column with a cell whose measure is more than `most`; -1 if there is none.

    Parameters
    ----------
    columns : sequence of pyarrow.Array, shape (n,) each
        Of any types; those of one type are measured together.
    measure : callable
        Returns a number for each cell, such as `pyarrow.compute.binary_length`.
    most : int
    """
    by_kind: dict[pa.DataType, list[int]] = {}
    for at, column in enumerate(columns):
        by_kind.setdefault(column.type, []).append(at)
    found = [
        kind_places[at]
        for kind_places in by_kind.values()
        for places, cells in stacked([columns[at] for at in kind_places])
        if (pc.max(measure(cells)).as_py() or 0) > most
        for at in places
        if (pc.max(measure(columns[kind_places[at]])).as_py() or 0) > most
    ]
    return min(found, default=-1)


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    return columns[0] if len(columns) == 1 else pa.concat_arrays(columns)
