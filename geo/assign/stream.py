"""A table through the join in batches: reading, assigning and writing overlap, and memory does not grow with rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa

from geo.assign.join import COLUMNS, Joiner, Tally, column_names

__all__ = ["Points", "joined_schema", "stream"]

#: What may wait to be written, so that the join goes on meanwhile.
_WAITING_BYTES = 1 << 24


class Points(Protocol):
    """One point per row of a batch, as `geo.tables` gives them."""

    @property
    def lon(self) -> Any:
        """Longitude, float64, NaN where set aside."""

    @property
    def lat(self) -> Any:
        """Latitude, float64, NaN where set aside."""

    @property
    def set_aside(self) -> Any:
        """Whether the row has no point that can be used, bool."""

    def notes(self, language: str) -> Any:
        """Return what there is to say on each row: a string array, null where nothing."""


def joined_schema(schema: pa.Schema) -> pa.Schema:
    """Return `schema` with the columns of the join behind; input columns of the same name are renamed."""
    renamed = column_names(schema.names)
    fields = [f.with_name(renamed.get(f.name, f.name)) for f in schema]
    return pa.schema([*fields, *(pa.field(name, kind) for name, kind in COLUMNS.items())])


def _ahead(batches: Iterable[pa.RecordBatch], pool: ThreadPoolExecutor) -> Iterator[pa.RecordBatch]:
    """Read one batch ahead in another thread."""
    source = iter(batches)
    coming: Future[Any] = pool.submit(next, source, None)
    while (batch := coming.result()) is not None:
        coming = pool.submit(next, source, None)
        yield batch


class _Behind:
    """Writes batches in a thread of its own, in order, and lets `_WAITING_BYTES` of them wait; none after an error."""

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
    schema : Schema
        Of the input; that of the output is `joined_schema` of it.
    points_of : callable
        The points of a batch.
    joiner : Joiner
    write : callable
        Called in a thread of its own, in order.
    stated_of : callable, optional
        The id of the district that each row of a batch states.
    fill : callable, optional
        Gives the columns of a batch in which rows that were set aside are located otherwise, and corrects its tally.
    dictionaries : bool
        Whether `write` takes texts as dictionaries where the schema says text, and `batches` may have them; not with
        `fill`, which takes texts.

    Returns
    -------
    Tally
        Holds ``rows == matched + outside + set_aside``.
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
