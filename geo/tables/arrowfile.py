"""Reader of Arrow and Feather files, batch by batch; columns keep their types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from geo.base.told import told
from geo.errors import DataError
from geo.tables.header import unique_names
from geo.tables.limits import Limits
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo, gathered, short_error

__all__ = ["ArrowSource"]


class ArrowSource:
    """An Arrow file (Feather 2).

    To be read in a child process: what compressed buffers unpack to is bounded only by that process's limit on memory.

    Raises
    ------
    DataError
        If the file is truncated, damaged or beyond the limits.
    """

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self._path, self._name, self._limits = path, name, limits
        try:
            with pa.OSFile(str(path)) as file:
                schema = pa.ipc.open_file(file).schema
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise told(DataError, "refused.unsound", name=name, format="Arrow", why=short_error(error)) from None
        limits.check_columns(len(schema), name)
        names, renamed = unique_names(schema.names)
        self.schema = pa.schema([field.with_name(new) for field, new in zip(schema, names, strict=True)])
        self.rows: int | None = None
        self.info = SourceInfo(format="arrow", renamed=renamed)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in file order, at most 65,536 at once."""
        try:
            with pa.OSFile(str(self._path)) as file:
                for part in gathered(self._parts(pa.ipc.open_file(file))):
                    yield Chunk(pa.RecordBatch.from_arrays(part.columns, schema=self.schema))
        except MemoryError as error:
            raise told(DataError, "refused.unpacked_memory", name=self._name, why=short_error(error)) from None
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, DataError):
                raise
            raise told(DataError, "refused.damaged", name=self._name, format="Arrow", why=short_error(error)) from None

    def _parts(self, reader: pa.ipc.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
        """Yield the batches of the file, cut to at most 65,536 rows."""
        rows = 0
        for number in range(reader.num_record_batches):
            whole = reader.get_batch(number)
            whole.validate(full=True)
            rows += whole.num_rows
            self._limits.check_rows(rows, self._name)
            for start in range(0, whole.num_rows, BATCH_ROWS):
                yield whole.slice(start, BATCH_ROWS)
