"""Row numbers of a batch, and which of its rows do not fit the header, kept in the metadata of its schema.

So a batch can be sent to another process and still be read the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.tables.source import BadRow

__all__ = ["malformed_texts", "mark", "row_numbers", "with_malformed"]


def malformed_texts(batch: pa.RecordBatch) -> dict[int, str]:
    """Return the text, as it stands in the file, of each row of a batch (from 0) that does not fit the header."""
    return {int(row): str(text) for row, text in json.loads((batch.schema.metadata or {}).get(b"geo.malformed", b"[]"))}


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
    first = int((batch.schema.metadata or {}).get(b"geo.first_row", b"1"))
    return np.arange(first, first + batch.num_rows, dtype=np.int64)


def mark(batch: pa.RecordBatch, values: dict[str, Any]) -> pa.RecordBatch:
    """Return the batch with the values, as JSON, in place of its schema's metadata."""
    return batch.replace_schema_metadata({key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def with_malformed(batch: pa.RecordBatch, first: int, bad: Sequence[BadRow]) -> pa.RecordBatch:
    """Return a batch with a row of nulls wherever one did not fit the header, its text beside it, and marked.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The rows that fit, in file order.
    first : int
        Number of its first row, with those that did not fit counted.
    bad : sequence of BadRow
        Those among them or at their end, by number.
    """
    if not bad:
        return mark(batch, {"geo.first_row": first})
    at = np.array([row.number - first for row in bad])
    is_bad = np.zeros(batch.num_rows + len(bad), bool)
    is_bad[at] = True
    places = pa.array(np.cumsum(~is_bad) - 1, mask=is_bad)
    texts = [[row, one.text] for row, one in zip(at.tolist(), bad, strict=True)]
    return mark(batch.take(places), {"geo.first_row": first, "geo.malformed": texts})
