"""A writer of Parquet files whose row groups are encoded by several threads at once."""

from __future__ import annotations

import base64
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo.assign.join import COLUMNS
from geo.assign.parquet_columns import column_options
from geo.assign.parquet_footer import MAGIC, JoinedFooter, footer_of
from geo.assign.points_wkb import LAT, LON, POINT_BYTES, geo_metadata, geometry_name, has_points, points_wkb
from geo.base.cores import cores

__all__ = ["ParquetParts"]

_GROUP_ROWS = 1 << 19
_GROUP_BYTES = 1 << 26
_CELLS_AT_ONCE = 1 << 16
#: Each thread holds a row group and its encoded bytes.
_MOST_THREADS = 4
_ARROW_TYPES = b"ARROW:schema"
#: Columns whose minimum and maximum in a row group do not help a reader to skip it.
_MIXED = {*COLUMNS} - {LON, LAT}


class ParquetParts:
    """A writer of record batches as Parquet, zstd, in row groups of about half a million rows or 64 MB.

    A joined table is written as GeoParquet, with a column of points in WKB at the end. A text column may come
    dictionary-encoded if it does so in every batch; a reader of the file sees text.

    Parameters
    ----------
    part : Path, or binary file object
        To a path, up to four threads encode. To a file object one does: on a cluster, the other cores have tasks of
        their own.
    schema : pyarrow.Schema
    """

    def __init__(self, part: Any, schema: pa.Schema) -> None:
        self._points = geometry_name(schema.names) if has_points(schema) else None
        if self._points:
            schema = pa.schema([*schema, pa.field(self._points, pa.binary())], metadata=geo_metadata(self._points))
        self._schema = schema
        self._held: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        self._first: pa.Schema | None = None
        self._options: dict[str, Any] = {}
        self._footer: JoinedFooter | None = None
        self._file = part.open("wb") if isinstance(part, Path) else part
        self._own = isinstance(part, Path)
        self._threads = min(_MOST_THREADS, cores()) if self._own else 1
        self._pool, self._syncing = ThreadPoolExecutor(self._threads), ThreadPoolExecutor(1)
        self._coming: deque[Future[pa.Buffer]] = deque()
        self._synced: Future[None] | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch; encode a row group when enough rows or bytes are held."""
        self._held.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes + (POINT_BYTES * batch.num_rows if self._points else 0)
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write the rows that are held, and the footer."""
        try:
            if self._held or self._first is None:
                self._flush()
            while self._coming:
                self._append(self._coming.popleft().result())
            if self._footer is not None:
                self._file.write(self._footer.end())
        finally:
            for pool in (self._pool, self._syncing):
                pool.shutdown(cancel_futures=True)
            if self._own:
                self._file.close()

    def _flush(self) -> None:
        """Hand the held batches to a thread; write row groups that are encoded, in order.

        Waits for the oldest one if more than one for each thread are under way.
        """
        batches, self._held, self._rows, self._bytes = self._held, [], 0, 0
        first = self._begin(batches) if self._first is None else None
        self._coming.append(self._pool.submit(self._encoded, batches, first))
        while self._coming and (self._coming[0].done() or len(self._coming) > self._threads):
            self._append(self._coming.popleft().result())

    def _begin(self, batches: list[pa.RecordBatch]) -> pa.Table:
        """Decide by the first row group how columns are encoded, and in which types; return its table."""
        table = self._table(batches)
        # For repeating text, minimum and maximum cost twice as much as the rest of the column and help little.
        told = [f.name for f in table.schema if f.name not in _MIXED and not pa.types.is_dictionary(f.type)]
        self._options = {
            **column_options(table, self._points),
            "compression": "zstd",
            "write_batch_size": _CELLS_AT_ONCE,
            "write_statistics": [name for name in told if name != self._points],
        }
        self._first = table.schema
        return table

    def _table(self, batches: list[pa.RecordBatch]) -> pa.Table:
        """Return batches as one table, with points, and with one dictionary for each encoded column."""
        whole = []
        for batch in batches:
            columns = [*batch.columns, points_wkb(batch)] if self._points else batch.columns
            fields = (f.with_type(column.type) for f, column in zip(self._schema, columns, strict=True))
            whole.append(pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields)))
        table = pa.Table.from_batches(whole, None if whole else self._schema.remove_metadata())
        for at, (stated, column) in enumerate(zip(self._schema, table.columns, strict=True)):
            if pa.types.is_dictionary(column.type) and column.type != stated.type:
                table = table.set_column(at, table.field(at), _one_dictionary(column))
        return table

    def _encoded(self, batches: list[pa.RecordBatch], table: pa.Table | None) -> pa.Buffer:
        """Return a Parquet file, in memory, of one row group; of none if there are no batches."""
        table = self._table(batches) if table is None else table
        sink = pa.BufferOutputStream()
        with pq.ParquetWriter(sink, self._first, store_schema=False, **self._options) as writer:
            # The Arrow types that a reader gets: those of the schema, not those of the batches.
            types = {_ARROW_TYPES: base64.b64encode(self._schema.serialize().to_pybytes())}
            writer.add_key_value_metadata({**(self._schema.metadata or {}), **types})
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
        return sink.getvalue()

    def _append(self, encoded: pa.Buffer) -> None:
        """Append the row group of an encoded file to the output; ask the system to write it to the disk."""
        whole = memoryview(encoded)
        footer = footer_of(whole)
        groups = whole[len(MAGIC) : len(whole) - len(footer) - 2 * len(MAGIC)]
        if self._footer is None:
            self._file.write(MAGIC)
            self._footer = JoinedFooter(footer)
        self._footer.add(footer, len(groups))
        self._file.write(groups)
        if self._own and (self._synced is None or self._synced.done()):
            # What is on the disk by then need not be waited for at the end.
            self._file.flush()
            self._synced = self._syncing.submit(os.fsync, self._file.fileno())


def _one_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary-encoded column with one dictionary for all its chunks.

    Where the dictionary changes within a row group, the Parquet writer falls back to plain text.
    """
    alike: list[list[pa.Array]] = []
    for chunk in column.chunks:
        if alike and alike[-1][0].dictionary.equals(chunk.dictionary):
            alike[-1].append(chunk)
        else:
            alike.append([chunk])
    if len(alike) < 2:
        return column
    return pa.chunked_array([pa.concat_arrays(chunks) for chunks in alike]).unify_dictionaries()
