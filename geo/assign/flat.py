"""Columns in types that a text file or a worksheet can hold: lists, nested values and bytes become text."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["flat", "flat_schema"]


def _is_plain(kind: pa.DataType) -> bool:
    """Return whether a text file can hold the values of this type."""
    return not (
        pa.types.is_nested(kind)
        or pa.types.is_dictionary(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_interval(kind)
        or _is_binary(kind)
    )


def _is_binary(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def flat_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with text in place of every type that a text file cannot hold."""
    fields = []
    for f in schema:
        kind = f.type.value_type if pa.types.is_dictionary(f.type) else f.type
        fields.append(pa.field(f.name, kind if _is_plain(kind) else pa.string()))
    return pa.schema(fields)


def flat(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch in the types of `schema`, which is `flat_schema` of its own.

    Lists of text are joined by ``;``, other nested values written as JSON, bytes as hexadecimal digits.
    """
    columns = []
    for column, f in zip(batch.columns, schema, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        columns.append(_flat_column(column) if column.type != f.type else column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _flat_column(column: pa.Array) -> pa.Array:
    if pa.types.is_string_view(column.type):
        return column.cast(pa.string())
    if pa.types.is_list(column.type) and pa.types.is_string(column.type.value_type):
        return pc.binary_join(column, ";")
    if _is_binary(column.type):
        return pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())
    dumped = (None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist())
    return pa.array(list(dumped), pa.string())
