"""How each column of a Parquet file is encoded: what is fastest to write without making the file larger."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["column_options"]

#: Rows examined; fewest values to judge a column by; share of different values from which on nearly all differ.
_LOOK_AT_ROWS, _FEW_ROWS, _DIFFERING = 1 << 15, 1 << 10, 0.9
#: Level of zstd; 1, Arrow's default, for other columns. The last digits of coordinates are noise: 1 saves 5 % only.
_LEVEL_OF_NOISE = -7
_FLOATS = ("FLOAT", "DOUBLE")


def column_options(first: pa.Table, points: str | None = None) -> dict[str, Any]:
    """Return the options of `pyarrow.parquet.ParquetWriter` that say how columns are encoded.

    Columns whose values repeat are dictionary-encoded, except floats; for other columns a dictionary would only cost
    time. Integers that nearly all differ are written as differences (``DELTA_BINARY_PACKED``), which reduces row
    numbers to almost nothing. Floats are written plainly: as ``BYTE_STREAM_SPLIT`` they would be a sixth smaller, but
    Spark 3 and others cannot read that (SPARK-56894).

    Parameters
    ----------
    first : pyarrow.Table
        The first rows; up to 32,768 are examined.
    points : str, optional
        Name of the column of points in WKB.
    """
    first = first.slice(0, _LOOK_AT_ROWS)
    differing = {f.name for f, column in zip(first.schema, first.columns, strict=True) if _all_differ(column)}
    leaves = _leaves(first.schema)
    numbers = [leaf for leaf in leaves if leaf.path in differing and leaf.physical_type != "BYTE_ARRAY"]
    noise = [leaf.path for leaf in numbers if leaf.physical_type in _FLOATS]
    return {
        "use_dictionary": [
            leaf.path for leaf in leaves if leaf.physical_type not in _FLOATS and leaf.path not in differing
        ],
        "column_encoding": {leaf.path: "DELTA_BINARY_PACKED" for leaf in numbers if leaf.path not in noise},
        "compression_level": dict.fromkeys([*noise, *([points] if points else [])], _LEVEL_OF_NOISE),
    }


def _leaves(schema: pa.Schema) -> list[Any]:
    """Return the columns that a Parquet file of this schema has, including those within lists and structs."""
    empty = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), empty)
    found = pq.ParquetFile(pa.BufferReader(empty.getvalue())).schema
    return [found.column(number) for number in range(len(found))]


def _all_differ(column: pa.ChunkedArray) -> bool:
    """Return whether nearly all values of a column differ; false for fewer than 1,024 values and other types."""
    kind, filled = column.type, len(column) - column.null_count
    judged = pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind)
    if not (judged or pa.types.is_string(kind) or pa.types.is_binary(kind)) or filled < _FEW_ROWS:
        return False
    return bool(pc.count_distinct(column).as_py() > _DIFFERING * filled)
