"""Row numbers and malformed rows of a batch, kept in the metadata of its schema.

So a batch can be sent to another process, which finds them there.
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
    """Return, by position in the batch, the text of each row that does not fit the header, as it stands in the file."""
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
    """Return the batch with `values`, as JSON, as the metadata of its schema."""
    return batch.replace_schema_metadata({key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def with_malformed(batch: pa.RecordBatch, first: int, bad: Sequence[BadRow]) -> pa.RecordBatch:
    """Return a batch with a row of nulls for each row that does not fit the header, and its text in the metadata.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The rows that fit, in file order.
    first : int
        Number of its first row; malformed rows are counted too.
    bad : sequence of BadRow
        Malformed rows among these or behind them, by number.
    """
    if not bad:
        return mark(batch, {"geo.first_row": first})
    at = np.array([row.number - first for row in bad])
    is_bad = np.zeros(batch.num_rows + len(bad), bool)
    is_bad[at] = True
    places = pa.array(np.cumsum(~is_bad) - 1, mask=is_bad)
    texts = [[row, one.text] for row, one in zip(at.tolist(), bad, strict=True)]
    return mark(batch.take(places), {"geo.first_row": first, "geo.malformed": texts})
