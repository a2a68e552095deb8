"""Write a table as it streams: beside its place first, then renamed, so that a reader never meets half of it."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from geo.base.files import beside, put_files, remove, sweep, there_already, unwritable
from geo.base.formulas import guard_formula
from geo.base.optional import needs
from geo.errors import OutputError, UsageError

with needs("writing a joined table", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

from geo.assign.guard import guard_batch

__all__ = ["ENDINGS", "Output", "ParquetParts", "explained", "output_format", "writing"]

#: Ending of an output file → format.
ENDINGS = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow", ".xlsx": "xlsx"}

_GROUP_ROWS = 1 << 19
_GROUP_BYTES = 1 << 26
_SHEET_ROWS = 1_048_575
_CELL_CHARACTERS = 32_767
#: In place of the time of writing, as in the entries of the zip: the same table gives the same bytes.
_NO_DATE = datetime.datetime(1980, 1, 1)
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = {"csv": ",", "tsv": "\t"}


class _Writer(Protocol):
    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class Output:
    """What `writing` gives: call it with a record batch to write it."""

    def __init__(self, path: Path, writer: _Writer) -> None:
        self._path, self._writer = path, writer
        self.along: list[tuple[Path, Path]] = []

    def __call__(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        with explained(self._path):
            self._writer.write(batch)

    def also(self, target: Path) -> Path:
        """Return the hidden name under which a file may be written that takes its place, `target`, with the table."""
        sweep(target)
        self.along.append((beside(target), target))
        return self.along[-1][0]

    @property
    def guarded(self) -> int:
        """How many texts of a CSV got an apostrophe, because a spreadsheet would have run them."""
        return int(getattr(self._writer, "guarded", 0))


def output_format(path: Path) -> str:
    """Return the format that the ending of `path` names; raise `UsageError` with the endings there are."""
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        raise UsageError(f"{path.name}: the ending of the output decides its format: {', '.join(ENDINGS)}") from None


@contextlib.contextmanager
def writing(path: Path, schema: pa.Schema, *, overwrite: bool = False, raw_text: bool = False) -> Iterator[Output]:
    """Open `path` for writing record batches of `schema`; give the function that writes one.

    The file appears under its name only when the block ends without an error, and with it those of `Output.also`;
    otherwise nothing is left. Without `overwrite` one of several processes that write it wins, and the others raise.
    What a killed process left beside it is removed by the next run. In CSV and TSV a text that a spreadsheet would run
    as a formula gets an apostrophe (`geo.base.formulas.guard_formula`), unless `raw_text`; all other formats are exact.

    Raises
    ------
    OutputError
        If the file cannot be written, exists without `overwrite`, or the disk is full.
    UsageError
        If the ending names no format.
    """
    kind = output_format(path)
    sweep(path)
    if path.exists() and not overwrite:
        raise there_already(path)
    part = beside(path)
    writer: _Writer | None = None
    output: Output | None = None
    try:
        with explained(path):
            writer = _Text(part, schema, kind, raw_text) if kind in _DELIMITERS else _WRITERS[kind](part, schema)
        output = Output(path, writer)
        yield output
        with explained(path):
            closing, writer = writer, None
            closing.close()
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            _put([*output.along, (part, path)], overwrite)
    finally:
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.close()
        for made in [part, *(new for new, _ in (output.along if output else ()))]:
            remove(made)


def _put(pairs: list[tuple[Path, Path]], overwrite: bool) -> None:
    """Give all files their names, the table last; keep what is replaced beside the table until all are there."""
    backup = beside(pairs[-1][1], "kept.part")
    try:
        backup.mkdir()
        put_files(pairs, backup, fresh=[] if overwrite else [target for _, target in pairs])
    finally:
        remove(backup)


@contextlib.contextmanager
def explained(path: Path | str) -> Iterator[None]:
    """Turn an `OSError` of the block, or a type that the format has not, into an `OutputError` that says what to do."""
    try:
        yield
    except OutputError:
        raise
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        why = str(error).splitlines()[0]
        raise OutputError(f"{path} cannot be written: {why}. Leave that column out, or write .arrow") from error
    except OSError as error:
        raise unwritable(path, error) from error


class ParquetParts:
    """A Parquet writer of record batches: row groups of about half a million rows, or 64 MB; zstd."""

    def __init__(self, part: Any, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._schema, self._rows, self._bytes = schema, 0, 0
        self._held: list[pa.RecordBatch] = []
        options: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
        options["use_dictionary"] = _repeating_leaves(schema)
        self._writer = pq.ParquetWriter(part, schema, **options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch."""
        self._held.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema), row_group_size=self._rows)
        self._held, self._rows, self._bytes = [], 0, 0

    def close(self) -> None:
        """Write what is held, and the footer."""
        self._flush()
        self._writer.close()


def _repeating_leaves(schema: pa.Schema) -> list[str]:
    """Return the paths of all but floating-point columns: a dictionary of coordinates only costs time."""
    import pyarrow.parquet as pq

    empty = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), empty)
    leaves = pq.ParquetFile(pa.BufferReader(empty.getvalue())).schema
    columns = [leaves.column(number) for number in range(len(leaves))]
    return [leaf.path for leaf in columns if leaf.physical_type not in ("FLOAT", "DOUBLE")]


class _Arrow:
    def __init__(self, part: Path, schema: pa.Schema) -> None:
        self._file = pa.OSFile(str(part), "wb")
        self._writer = pa.ipc.new_file(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()
        self._file.close()


class _Text:
    """UTF-8 with a byte order mark, so that Excel shows Chinese; lists joined by ``;``; no formulas."""

    def __init__(self, part: Path, schema: pa.Schema, kind: str, raw: bool) -> None:
        import pyarrow.csv as pcsv

        self.guarded, self._raw = 0, raw
        self._schema = _flat_schema(schema)
        names = [name if raw else guard_formula(name) for name in self._schema.names]
        self._file = pa.OSFile(str(part), "wb")
        self._file.write(_BOM)
        options = pcsv.WriteOptions(delimiter=_DELIMITERS[kind], quoting_style="needed")
        head = pa.schema([f.with_name(name) for f, name in zip(self._schema, names, strict=True)])
        self._writer = pcsv.CSVWriter(self._file, head, write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        flat = _flat(batch, self._schema)
        if not self._raw:
            flat, count = guard_batch(flat)
            self.guarded += count
        self._writer.write_batch(flat)

    def close(self) -> None:
        self._writer.close()
        self._file.close()


class _FailingOnce(io.FileIO):
    """A file that tells of a full disk once; what a library writes after that, in its destructors, goes nowhere."""

    failed = False

    def write(self, data: Any) -> int:
        """Write, or raise the first time that it cannot be done."""
        if self.failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError:
            self.failed = True
            raise


class _Sheet:
    """One worksheet; text stays text (no formula, no lost leading zero)."""

    def __init__(self, part: Path, schema: pa.Schema) -> None:
        with needs("writing .xlsx", "xlsxwriter", "export"):
            import xlsxwriter
        self._schema, self._row = _flat_schema(schema), 0
        pieces = part.with_name(part.name + ".d")
        pieces.mkdir()
        self._raw = _FailingOnce(part, "wb")
        self._file = io.BufferedWriter(self._raw)
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True, "tmpdir": str(pieces)})
        self._book.set_properties({"created": _NO_DATE})
        self._sheet = self._book.add_worksheet()
        self._line(self._schema.names)

    def _line(self, cells: list[Any]) -> None:
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell)
            elif isinstance(cell, int | float) and abs(cell) < 2**53:
                self._sheet.write_number(self._row, column, cell)
            else:
                self._sheet.write_string(self._row, column, self._fitting(str(cell), column))
        self._row += 1

    def _fitting(self, cell: str, column: int) -> str:
        if len(cell) > _CELL_CHARACTERS:
            raise OutputError(
                f"row {self._row}, column {self._schema.names[column]} has {len(cell)} characters and a worksheet cell "
                f"holds {_CELL_CHARACTERS}; write .csv or .parquet"
            )
        return cell

    def write(self, batch: pa.RecordBatch) -> None:
        if self._row + batch.num_rows > _SHEET_ROWS + 1:
            raise OutputError(f"a worksheet holds {_SHEET_ROWS} rows and this table has more; write .csv or .parquet")
        columns = [column.to_pylist() for column in _flat(batch, self._schema).columns]
        for cells in zip(*columns, strict=True):
            self._line(list(cells))

    def close(self) -> None:
        try:
            self._book.close()
        except BaseException:
            self._raw.failed = True
            raise
        self._file.close()


_WRITERS: dict[str, Callable[[Path, pa.Schema], _Writer]] = {
    "parquet": ParquetParts,
    "arrow": _Arrow,
    "xlsx": _Sheet,
}


def _is_plain(kind: pa.DataType) -> bool:
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


def _flat_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with text in place of what a text file cannot hold."""
    fields = []
    for f in schema:
        kind = f.type.value_type if pa.types.is_dictionary(f.type) else f.type
        fields.append(pa.field(f.name, kind if _is_plain(kind) else pa.string()))
    return pa.schema(fields)


def _flat(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
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
