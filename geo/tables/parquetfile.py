"""Reader of Parquet and GeoParquet, streamed; columns keep their types."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo.base.told import told
from geo.errors import DataError
from geo.tables.header import unique_names
from geo.tables.limits import Limits
from geo.tables.parquet_sizes import coded_texts, pieces, shared_texts
from geo.tables.source import Chunk, SourceInfo, short_error

__all__ = ["ParquetSource"]


class ParquetSource:
    """A Parquet or GeoParquet file.

    Raises
    ------
    DataError
        If the file is truncated, damaged or beyond the limits.
    """

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self._path, self._name, self._limits = path, name, limits
        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise told(DataError, "refused.unsound", name=name, format="Parquet", why=short_error(error)) from None
        limits.check_columns(len(schema), name)
        limits.check_rows(rows, name)
        names, renamed = unique_names(schema.names)
        self.schema = pa.schema([field.with_name(new) for field, new in zip(schema, names, strict=True)])
        self.rows: int | None = rows
        geometry, crs = _geo(schema.metadata or {}, name)
        if geometry and geometry not in schema.names:
            raise told(DataError, "refused.geoparquet_column", name=name, column=geometry[:60])
        self.info = SourceInfo(format="parquet", renamed=renamed, geometry=geometry, crs=crs)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, row group after row group."""
        return self._chunks(coded=False)

    def coded_chunks(self) -> Iterator[Chunk]:
        """Yield the rows; text columns that the file stores as dictionaries stay so, which is faster."""
        return self._chunks(coded=True)

    def _chunks(self, *, coded: bool) -> Iterator[Chunk]:
        try:
            # With pre_buffer (the default) every byte read stays in memory until the file is closed.
            with pq.ParquetFile(self._path, pre_buffer=False) as plain, contextlib.ExitStack() as stack:
                shared = stack.enter_context(shared_texts(self._path, plain.metadata))
                texts = [f.name for f in plain.schema_arrow if pa.types.is_string(f.type)] if coded else []
                as_held = {"read_dictionary": coded_texts(shared, texts), "metadata": plain.metadata}
                file = stack.enter_context(pq.ParquetFile(self._path, pre_buffer=False, **as_held)) if coded else plain
                for groups, size in pieces(shared, self._name, self._limits):
                    for batch in file.iter_batches(batch_size=size, row_groups=groups):
                        batch.validate(full=True)
                        fields = [f.with_type(c.type) for f, c in zip(self.schema, batch.columns, strict=True)]
                        yield Chunk(pa.RecordBatch.from_arrays(batch.columns, schema=pa.schema(fields)))
        except MemoryError as error:
            raise told(DataError, "refused.unpacked_memory", name=self._name, why=short_error(error)) from None
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, DataError):
                raise
            raise told(
                DataError, "refused.damaged", name=self._name, format="Parquet", why=short_error(error)
            ) from None


def _geo(metadata: dict[bytes, bytes], name: str) -> tuple[str, str]:
    """Return geometry column and CRS of GeoParquet metadata, "" if there are none."""
    if b"geo" not in metadata:
        return "", ""
    try:
        geo: dict[str, Any] = json.loads(metadata[b"geo"])
        column = str(geo["primary_column"])
        crs: Any = geo["columns"][column].get("crs", "EPSG:4326")
        return column, crs if isinstance(crs, str) else json.dumps(crs) if crs else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise told(DataError, "refused.geoparquet", name=name) from None
