"""The join of a table, batch by batch: reading, joining and writing overlap, and memory does not grow with the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa

from geo.assign.join import COLUMNS, Joiner, Tally, column_names

__all__ = ["Points", "joined_schema", "stream"]

#: Joined rows of at most this size wait to be written, while the join goes on.
_WAITING_BYTES = 1 << 24


class Points(Protocol):
    """The points of a batch, one for each row, as `geo.tables` gives them."""

    @property
    def lon(self) -> Any:
        """Longitude in degrees: float64, shape (n,), NaN where set aside."""

    @property
    def lat(self) -> Any:
        """Latitude in degrees: float64, shape (n,), NaN where set aside."""

    @property
    def set_aside(self) -> Any:
        """Whether the row has no point that can be used: bool, shape (n,)."""

    def notes(self, language: str) -> Any:
        """Return a note on each row in `language`: Arrow string array, shape (n,), null where there is none."""


def joined_schema(schema: pa.Schema) -> pa.Schema:
    """Return `schema` with the columns of the join at the end; input columns of the same names are renamed."""
    renamed = column_names(schema.names)
    fields = [f.with_name(renamed.get(f.name, f.name)) for f in schema]
    return pa.schema([*fields, *(pa.field(name, kind) for name, kind in COLUMNS.items())])


def _ahead(batches: Iterable[pa.RecordBatch], pool: ThreadPoolExecutor) -> Iterator[pa.RecordBatch]:
    """Yield the batches; the next one is read in another thread meanwhile."""
    source = iter(batches)
    coming: Future[Any] = pool.submit(next, source, None)
    while (batch := coming.result()) is not None:
        coming = pool.submit(next, source, None)
        yield batch


class _Behind:
    """Writes batches in a thread of its own, in order.

    Up to `_WAITING_BYTES` bytes wait to be written; beyond that, the caller waits. After an error nothing more is
    written, and the error is raised at a later call or at the end of the block.
    """

    def __init__(self, write: Callable[[pa.RecordBatch], None]) -> None:
        self._write, self._pool, self._failed = write, ThreadPoolExecutor(1), False
        self._waiting: deque[tuple[Future[None], int]] = deque()
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._failed |= error is not None
        try:
            while error is None and self._waiting:
                self._waiting.popleft()[0].result()
        finally:
            self._pool.shutdown()

    def __call__(self, batch: pa.RecordBatch) -> None:
        size = int(batch.nbytes)
        while self._waiting and (self._waiting[0][0].done() or self._bytes + size > _WAITING_BYTES):
            written, less = self._waiting.popleft()
            written.result()
            self._bytes -= less
        self._waiting.append((self._pool.submit(self._put, batch), size))
        self._bytes += size

    def _put(self, batch: pa.RecordBatch) -> None:
        if self._failed:
            return
        try:
            self._write(batch)
        except BaseException:
            self._failed = True
            raise


def stream(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    points_of: Callable[[pa.RecordBatch], Points],
    joiner: Joiner,
    write: Callable[[pa.RecordBatch], None],
    stated_of: Callable[[pa.RecordBatch], Any] | None = None,
    fill: Callable[[pa.RecordBatch, list[Any], Tally], list[Any]] | None = None,
    *,
    dictionaries: bool = False,
) -> Tally:
    """Join every batch and write it with all its columns; return the tally.

    Parameters
    ----------
    batches : iterable of RecordBatch
        Read in a thread of its own.
    schema : pyarrow.Schema
        Schema of the input; that of the output is `joined_schema` of it.
    points_of : callable
        Returns the points of a batch.
    joiner : Joiner
    write : callable
        Called with each joined batch, in order, in a thread of its own.
    stated_of : callable, optional
        Returns the id of the district that each row of a batch states, null where none.
    fill : callable, optional
        Called with a batch, the columns of the join and its tally. Locates rows that were set aside in another way,
        such as by address: returns the columns anew and corrects the tally.
    dictionaries : bool
        Whether `batches` and what `write` gets may hold dictionary-encoded text where the schema says text. Without
        effect with `fill`, which takes plain text.

    Returns
    -------
    Tally
        With ``rows == matched + outside + set_aside``.

    Raises
    ------
    DataError
        If the tally does not add up. Errors of the callables are passed on.
    """
    tally, target = Tally(), joined_schema(schema)
    dictionaries = dictionaries and fill is None
    with ThreadPoolExecutor(1) as reading, _Behind(write) as writing:
        for batch in _ahead(batches, reading):
            points = points_of(batch)
            notes, stated = points.notes(joiner.language), stated_of(batch) if stated_of else None
            columns, part = joiner.columns(
                points.lon, points.lat, points.set_aside, notes, stated, dictionaries=dictionaries
            )
            if fill is not None:
                columns = fill(batch, columns, part)
            tally.add(part)
            arrays = [*batch.columns, *columns]
            fields = [f.with_type(array.type) for f, array in zip(target, arrays, strict=True)]
            writing(pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields)))
    tally.check()
    return tally
