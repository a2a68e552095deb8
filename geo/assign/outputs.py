"""Writers of joined tables, batch by batch: to a temporary file that is renamed, so that nobody reads half a table."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from geo.base.files import beside, put_files, remove, sweep, there_already, unwritable
from geo.base.formulas import guard_formula
from geo.base.messages import text
from geo.base.optional import needs
from geo.errors import OutputError, UsageError

with needs("needs.writing_joined_table", "pyarrow", "tables"):
    import pyarrow as pa

from geo.assign.database import Database
from geo.assign.flat import flat as flatten
from geo.assign.flat import flat_schema
from geo.assign.guard import guard_batch
from geo.assign.parquet_parts import ParquetParts
from geo.assign.points_wkb import has_points
from geo.assign.vector import DRIVERS, VectorFile
from geo.assign.workbook import Sheet, Workbook
from geo.base.told import told

__all__ = ["ENDINGS", "Output", "explained", "loading", "output_format", "writing"]

#: Ending of an output file → format.
ENDINGS = {
    **{".csv": "csv", ".tsv": "tsv", ".xlsx": "xlsx", ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"},
    **{".geoparquet": "parquet", ".gpkg": "gpkg", ".geojson": "geojson", ".fgb": "fgb"},
}

_ADDED = (
    *("lon_wgs84", "lat_wgs84", "district_id", "district", "township_id", "township", "place_ids", "places"),
    *("join_status", "join_note", "located_by", "accuracy_m"),
)
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = {"csv": ",", "tsv": "\t"}


class _Writer(Protocol):
    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class Output:
    """An open output, given by `writing` or `loading`: call it with a record batch to write it.

    Attributes
    ----------
    along : list of (Path, Path)
        Temporary and final paths of the files that are put in place together with the table.
    """

    def __init__(self, path: Path | str, writer: _Writer) -> None:
        self._path, self._writer = path, writer
        self.along: list[tuple[Path, Path]] = []

    def __call__(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        with explained(self._path):
            self._writer.write(batch)

    def add_sheet(self, sheet: Sheet) -> None:
        """Add a worksheet behind the table; ignored where the format is not a workbook."""
        if isinstance(self._writer, Workbook):
            self._writer.sheets.append(sheet)

    @property
    def keeps_sheets(self) -> bool:
        """Whether the format is a workbook, so that `add_sheet` has an effect."""
        return isinstance(self._writer, Workbook)

    def numbers_in(self, columns: Iterable[str]) -> None:
        """Name the text columns that hold numbers among words; a workbook stores these numbers as numbers."""
        if isinstance(self._writer, Workbook):
            self._writer.mixed = frozenset(columns)

    def also(self, target: Path) -> Path:
        """Return the temporary path for a further file; it is renamed to `target` together with the table."""
        sweep(target)
        self.along.append((beside(target), target))
        return self.along[-1][0]

    @property
    def dictionaries(self) -> bool:
        """Whether batches may hold dictionary-encoded text where the schema says text."""
        return isinstance(self._writer, ParquetParts)

    @property
    def guarded(self) -> int:
        """Number of texts in a CSV or TSV that got an apostrophe, since a spreadsheet would run them as formulas."""
        return int(getattr(self._writer, "guarded", 0))


def output_format(path: Path) -> str:
    """Return the format for the ending of `path`.

    Raises
    ------
    UsageError
        If no format has this ending; the message lists all endings.
    """
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        raise told(UsageError, "assign.refused.ending", name=path.name, known=", ".join(ENDINGS)) from None


@contextlib.contextmanager
def writing(
    path: Path, schema: pa.Schema, *, overwrite: bool = False, raw_text: bool = False, language: str = "zh"
) -> Iterator[Output]:
    """Open `path` for writing record batches of `schema`, for the time of the block; yields an `Output`.

    The file appears under its name only if the block ends without an error, together with those of `Output.also`;
    otherwise nothing is left. If several processes write the same path without `overwrite`, one of them succeeds and
    the others raise. Temporary files of a process that was killed are removed by the next run.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
    overwrite : bool
        Replace a file that exists.
    raw_text : bool
        In CSV and TSV, write texts as they are. Otherwise those that a spreadsheet would run as a formula get an
        apostrophe (`geo.base.formulas.guard_formula`). All other formats keep texts as they are in any case.
    language : {"zh", "en"}
        Language of the names of worksheets, layers and columns' descriptions.

    Raises
    ------
    OutputError
        If the file cannot be written, exists without `overwrite`, or the disk is full.
    UsageError
        If no format has this ending, or the format needs points and the table has none.
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
            if kind in _DELIMITERS:
                writer = _Text(part, schema, kind, raw_text)
            elif kind == "xlsx":
                writer = Workbook(part, schema, text("assign.sheet.data", language))
            elif kind in DRIVERS:
                _check_points(path, schema)
                writer = VectorFile(part, schema, kind, [n for n in schema.names if n in _ADDED], language)
            else:
                writer = _WRITERS[kind](part, schema)
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


@contextlib.contextmanager
def loading(database: Database, *, overwrite: bool = False) -> Iterator[Output]:
    """Write record batches into a database, for the time of the block; yields an `Output`, as `writing` does.

    Raises
    ------
    OutputError
        If the server refuses, or a file of `Output.also` cannot be written; database and files are then unchanged.
    """
    output = Output("the table", database)
    try:
        yield output
        database.index()
        if output.along:
            _put(output.along, overwrite, then=database.close)
        else:
            database.close()
    finally:
        database.abort()
        for new, _ in output.along:
            remove(new)


def _check_points(path: Path, schema: pa.Schema) -> None:
    """Raise `UsageError` unless the table has points."""
    if not has_points(schema):
        raise told(UsageError, "assign.refused.no_points", name=path.name)


def _put(pairs: list[tuple[Path, Path]], overwrite: bool, then: Callable[[], None] = lambda: None) -> None:
    """Rename all files to their final names, the table last; call `then` when that can no longer fail."""
    put_files(pairs, fresh=[] if overwrite else [target for _, target in pairs], then=then)


@contextlib.contextmanager
def explained(path: Path | str) -> Iterator[None]:
    """Turn an `OSError`, or a data type that the format does not have, into an `OutputError` that says what to do."""
    try:
        yield
    except OutputError:
        raise
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        why = str(error).splitlines()[0]
        raise told(OutputError, "assign.refused.type", path=path, why=why) from error
    except OSError as error:
        raise unwritable(path, error) from error


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
    """A writer of CSV or TSV: UTF-8 with a byte order mark, by which Excel recognises it; see `geo.assign.flat`."""

    def __init__(self, part: Path, schema: pa.Schema, kind: str, raw: bool) -> None:
        import pyarrow.csv as pcsv

        self.guarded, self._raw = 0, raw
        self._schema = flat_schema(schema)
        names = [name if raw else guard_formula(name) for name in self._schema.names]
        self._file = pa.OSFile(str(part), "wb")
        self._file.write(_BOM)
        options = pcsv.WriteOptions(delimiter=_DELIMITERS[kind], quoting_style="needed")
        head = pa.schema([f.with_name(name) for f, name in zip(self._schema, names, strict=True)])
        self._writer = pcsv.CSVWriter(self._file, head, write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        plain = flatten(batch, self._schema)
        if not self._raw:
            plain, count = guard_batch(plain)
            self.guarded += count
        self._writer.write_batch(plain)

    def close(self) -> None:
        self._writer.close()
        self._file.close()


_WRITERS: dict[str, Callable[[Path, pa.Schema], _Writer]] = {
    "parquet": ParquetParts,
    "arrow": _Arrow,
}
