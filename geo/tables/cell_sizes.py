"""The sizes of the cells of a batch, singly and in all."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from geo.base.told import told
from geo.errors import DataError
from geo.tables.limits import Limits
from geo.tables.stacked import first_over, is_text

__all__ = ["check_cells", "unpacked_bytes"]

#: Least bytes of an item of a list, wherever it is written: a digit and a comma.
_ITEM_BYTES = 2


def unpacked_bytes(batch: pa.RecordBatch) -> int:
    """Return the bytes of all cells of a batch; a text that cells share counts for each of them."""
    shared = [column for column in batch.columns if pa.types.is_dictionary(column.type)]
    total = int(batch.nbytes)
    for column in shared:
        values = column.dictionary
        if _is_of_texts(values.type):
            total += pc.sum(pc.binary_length(values).take(column.indices)).as_py() or 0
    return total


def _is_of_texts(kind: pa.DataType) -> bool:
    """Return whether cells of this type are text or bytes."""
    return bool(is_text(kind) or pa.types.is_binary(kind))


def _largest(column: pa.Array) -> int:
    """Return the bytes of the largest cell of a column of lists or of dictionary-encoded text; 0 for other columns."""
    if pa.types.is_dictionary(column.type) and _is_of_texts(column.type.value_type):
        lengths = pc.binary_length(column.dictionary)
        return pc.max(lengths.take(column.indices)).as_py() or 0
    longest = 0
    while pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        longest = max(longest, pc.max(pc.list_value_length(column)).as_py() or 0)
        column = column.flatten()
    return longest * _ITEM_BYTES


def check_cells(batch: pa.RecordBatch, geometry: str, name: str, limits: Limits) -> None:
    """Raise `DataError` if a cell (a text, bytes, or a list) is larger than `limits` allow.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
    geometry : str
        Column of geometries, which has a limit of its own.
    name : str
        What to call the file in messages.
    limits : Limits
    """
    names = batch.schema.names
    texts, others = [], []
    for at, column in enumerate(batch.columns):
        if names[at] == geometry:
            continue
        if _is_of_texts(column.type):
            texts.append(at)
        elif _largest(column) > limits.cell_bytes:
            others.append(at)
    found = first_over([batch.column(at) for at in texts], pc.binary_length, limits.cell_bytes)
    over = min([texts[found], *others[:1]] if found >= 0 else others, default=-1)
    if over < 0:
        return
    column = batch.column(over)
    size = _largest(column) if over in others else pc.max(pc.binary_length(column)).as_py()
    most = str(limits.cell_bytes)
    raise told(DataError, "refused.cell", name=name, size=str(size), column=names[over][:60], most=most)
