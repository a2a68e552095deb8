"""Row numbers of a batch, and which rows do not fit the header, kept in the metadata of its schema.

So a batch can be sent to another process and still be read the same.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.tables.source import BadRow

__all__ = ["bad_rows", "malformed_batch", "mark", "row_numbers"]


def bad_rows(batch: pa.RecordBatch) -> list[tuple[int, int, str]] | None:
    """Return (row number, fields, text) of a batch that stands for malformed rows, else None."""
    metadata = batch.schema.metadata or {}
    if b"geo.malformed" not in metadata:
        return None
    return [(int(n), int(f), str(t)) for n, f, t in json.loads(metadata[b"geo.malformed"])]


def row_numbers(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Return the row numbers (from 1 below the header) of a batch of `TableReader.batches`.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        With the metadata of its schema, which holds them.

    Returns
    -------
    ndarray of int64, shape (number of rows,)

    Examples
    --------
    >>> row_numbers(mark(pa.RecordBatch.from_pydict({"a": [1, 2]}), {"geo.first_row": 7}))
    array([7, 8])
    """
    bad = bad_rows(batch)
    if bad is not None:
        return np.array([number for number, _, _ in bad], np.int64)
    metadata = batch.schema.metadata or {}
    first = int(metadata.get(b"geo.first_row", b"1"))
    skipped = json.loads(metadata.get(b"geo.skipped", b"[]"))
    numbers = np.arange(first, first + batch.num_rows + len(skipped), dtype=np.int64)
    return numbers[~np.isin(numbers, skipped)] if skipped else numbers


def mark(batch: pa.RecordBatch, values: dict[str, Any]) -> pa.RecordBatch:
    """Return the batch with the values, as JSON, in place of its schema's metadata."""
    return batch.replace_schema_metadata({key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def malformed_batch(rows: tuple[BadRow, ...], schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of nulls that stands for rows which do not fit the header, with their text beside it."""
    empty = pa.RecordBatch.from_arrays([pa.nulls(len(rows), field.type) for field in schema], schema=schema)
    listed = [[row.number, row.fields, row.text] for row in rows]
    return mark(empty, {"geo.first_row": rows[0].number, "geo.malformed": listed})
