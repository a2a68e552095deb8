"""The reader of an open table, which `open_table` returns."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.base.files import beside, remove, sweep, unwritable
from geo.base.formulas import guard_formula
from geo.base.nearest import no_such
from geo.base.told import told
from geo.base.watched import Watched
from geo.errors import DataError, GeoError, UsageError
from geo.tables.amounts import amount_notes, rounded_notes
from geo.tables.cell_sizes import check_cells, unpacked_bytes
from geo.tables.columns import FIT_NOTES, Asked, Recognition, fit_notes, recognise
from geo.tables.limits import ROW_BYTES, Limits
from geo.tables.marks import row_numbers, with_malformed
from geo.tables.notes import Note, listed, note
from geo.tables.parquetfile import ParquetSource
from geo.tables.points import Coordinates, Points
from geo.tables.projections import BD09MC, Fit
from geo.tables.reading_report import ReadingReport, describe_columns
from geo.tables.source import BadRow, Chunk, Source, once
from geo.tables.stacked import stacked
from geo.tables.table_formats import is_workbook
from geo.tables.values import Floats, parse_numbers
from geo.tables.verdict import DatumEvidence

__all__ = ["TableReader"]

_SAMPLE_ROWS = 20_000
_LOOK_FURTHER = 20
_SWALLOWED_LINES = 20

StrPath = str | os.PathLike[str]


class TableReader:
    """An open table; see `open_table`. Use it in a ``with`` statement, or call `close`.

    Attributes
    ----------
    schema : pyarrow.Schema
        All columns of the file; empty and repeated names are replaced, as the report says.
    report : ReadingReport
    rows : int or None
        Number of rows, if the format states it in advance.
    watched : Watched or None
        The file that is read, if it is the user's own: it must not change before its last row is read.
    """

    def __init__(
        self,
        source: Source,
        folder: tempfile.TemporaryDirectory[str] | None,
        name: str,
        size_bytes: int,
        limits: Limits,
        asked: Asked,
    ) -> None:
        self._source, self._folder, self._name, self._limits = source, folder, name, limits
        self._size, self._chunks = size_bytes, once(lambda: self._sound(source.chunks()))
        self._counted: set[int] = set()
        self.watched: Watched | None = None
        self.schema: pa.Schema = source.schema.remove_metadata()
        self.rows = source.rows
        info = source.info
        found, sample = self._recognise(asked)
        spec = found.coordinates
        notes = [*info.warnings, *found.notes]
        if info.renamed:
            notes.append(
                note("renamed", names=", ".join(f"{old[:60]!r} → {new[:60]!r}" for old, new in info.renamed[:20]))
            )
        if info.above:
            notes.append(note("above_header", count=info.above))
        if info.header_row == 0 and info.header_rule == "none":
            notes.append(note("no_header"))
        if info.header_rule == "convention":
            notes.append(note("header_by_convention"))
        columns = describe_columns(sample, found.roles, info.renamed, info.geometry)
        told_of, mixed = amount_notes(sample, [one.name for one in columns if one.type == "text" and not one.role])
        notes += told_of + (rounded_notes(sample) if is_workbook(info.format) else [])
        #: CRSs and orders that the values alone allow, where nothing else tells; `settle` chooses one.
        self.fits: tuple[Fit, ...] = found.fits
        self.report = ReadingReport(
            name=name,
            format=info.format,
            size_bytes=size_bytes,
            encoding=info.encoding,
            encoding_rule=info.encoding_rule,
            delimiter=info.delimiter,
            decimal=spec.decimal if spec else asked.decimal or ".",
            header_row=info.header_row,
            header_rule=info.header_rule,
            sheet=info.sheet,
            layer=info.layer,
            crs=spec.crs if spec else "",
            crs_rule=spec.crs_rule if spec else "",
            datum_named=spec.datum if spec else "",
            columns=columns,
            mixed=(*mixed, *(one.name for one in columns if one.type == "text" and one.role in ("lon", "lat"))),
            coordinates=spec,
            question=found.question,
            candidates=tuple(found.candidates),
            notes=notes,
        )

    def __enter__(self) -> TableReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @property
    def coordinates(self) -> Coordinates | None:
        """The coordinate columns and their notation, or None; `Coordinates.points` works without the table."""
        return self.report.coordinates

    def require_points(self) -> Coordinates:
        """Return the coordinates; raise `UsageError`, with candidates and option, if they are not clear."""
        if self.report.coordinates is None:
            raise told(UsageError, "refused.points", name=self._name, question=self._question())
        return self.report.coordinates

    def _question(self) -> UsageError:
        """Return the error that asks the question of the report."""
        asked = self.report.question or note("ask_none", columns=listed(self.schema.names) or "–")
        return told(UsageError, f"tables.note.{asked.id}", (), **dict(asked.values))

    def settle(self, fit: Fit) -> None:
        """Set the CRS and order of the numbers to those of one of the fits."""
        report = self.report
        report.coordinates = replace(self.require_points(), crs=fit.crs, swapped=fit.swapped, crs_rule="values")
        report.crs, report.crs_rule = fit.crs, "values"
        report.notes[:] = [one for one in report.notes if one.id not in FIT_NOTES]
        report.notes += fit_notes(fit, report.coordinates.columns)
        self.fits = (fit,)

    def crs_question(self, evidence: DatumEvidence | None) -> Note | None:
        """Return the question if the rows leave the CRS of metres open and no datum would settle it; else None."""
        if evidence is None or evidence.datum is not None or not any(one.crs == BD09MC for one in self.fits):
            return None
        names = ", ".join(one.crs for one in self.fits)
        return note("ask_crs_of", columns=listed(self.require_points().columns), names=names)

    def batches(self, *, dictionaries: bool = False) -> Iterator[pa.RecordBatch]:
        """Yield all rows in file order, from the first; memory does not grow with the rows.

        A row that does not fit the header is in its place with all cells null; `points` gives it the reason
        ``malformed`` and its text. So the batches together have every row.

        Parameters
        ----------
        dictionaries : bool
            Whether text columns that the file stores as dictionaries stay dictionary-encoded, which is faster.

        Raises
        ------
        DataError
            If the file turns out to be damaged or beyond the limits.
        """
        report = self.report
        self._counted.clear()
        report.rows = report.placed = report.set_aside = 0
        report.reasons, report.examples, report.complete = {}, {}, False
        for batch in self._numbered(dictionaries=dictionaries):
            report.rows += batch.num_rows
            self._limits.check_rows(report.rows, self._name)
            yield batch
        report.complete = True

    def points(self, batch: pa.RecordBatch) -> Points:
        """Return the points of a batch of `batches`, and count its rows in the report.

        Raises
        ------
        UsageError
            If it is not clear which columns hold the coordinates; see `require_points`.
        """
        points = self.require_points().points(batch)
        metadata = batch.schema.metadata or {}
        if b"geo.first_row" in metadata:
            numbers = row_numbers(batch)
            if (first := int(numbers[0])) not in self._counted:
                self._counted.add(first)
                self.report.count(points, batch, numbers)
        return points

    def numbers(self, batch: pa.RecordBatch, column: str) -> tuple[Floats, int]:
        """Return a column as float64, NaN where not a number, and how many non-empty cells are not numbers.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        if column not in batch.schema.names:
            raise no_such("column", column, batch.schema.names, where=self._name)
        cells = batch.column(column)
        values, _ = parse_numbers(cells, self.report.decimal)
        filled = len(cells) - cells.null_count
        return values, int(filled - np.isfinite(values).sum())

    def sample(self, rows: int = 100_000, *, spread: bool = False) -> pa.Table:
        """Return some rows as a table, without malformed ones; the counts of the report do not change.

        Parameters
        ----------
        rows : int
            Most rows to return.
        spread : bool
            Whether to take every k-th row of the whole table, which is then read through; otherwise the first rows.
        """
        kept: list[pa.RecordBatch] = []
        step, seen, count = 1, 0, 0
        for chunk in self._checked():
            batch = chunk.batch.replace_schema_metadata(None)
            if spread:
                places = np.arange(-seen % step, batch.num_rows, step)
                seen += batch.num_rows
                batch = batch.take(pa.array(places))
            kept.append(batch)
            count += batch.num_rows
            if not spread and count >= rows:
                break
            if spread and count > 2 * rows:
                whole = pa.Table.from_batches(kept, self.schema)
                kept = whole.take(pa.array(np.arange(0, whole.num_rows, 2))).combine_chunks().to_batches()
                step, count = step * 2, (count + 1) // 2
        table = pa.Table.from_batches(kept, self.schema)
        if not spread or table.num_rows <= rows:
            return table.slice(0, rows)
        return table.take(pa.array(np.linspace(0, table.num_rows - 1, rows).astype(np.int64)))

    def write_set_aside(self, path: StrPath, *, hidden: StrPath | None = None) -> int:
        """Write the rows that are set aside as CSV: row number, reason, all columns; return how many they are.

        In UTF-8 with byte order mark. Reads the table once more. Cells that a spreadsheet would run as formulas get an
        apostrophe.

        Parameters
        ----------
        path : path
            A file that exists is replaced.
        hidden : path, optional
            Where to write instead, for the caller to rename to `path`.

        Raises
        ------
        OutputError
            If the file cannot be written; nothing incomplete is left.
        """
        target, count = Path(path), 0
        part = Path(hidden) if hidden else beside(target)
        try:
            if not hidden:
                sweep(target)
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow(["row", "reason", *map(_safe, self.schema.names)])
                for batch in self._numbered():
                    points = self.require_points().points(batch)
                    rows = np.flatnonzero(points.set_aside)
                    notes = points.notes().take(pa.array(rows)).to_pylist()
                    for number, reason, cells in zip(
                        row_numbers(batch)[rows], notes, batch.take(pa.array(rows)).to_pylist(), strict=True
                    ):
                        writer.writerow([int(number), _safe(reason), *(_safe(cell) for cell in cells.values())])
                    count += len(rows)
            if not hidden:
                part.replace(target)
        except GeoError:
            raise
        except OSError as error:
            raise unwritable(target, error) from None
        finally:
            if not hidden:
                remove(part)
        return count

    def _checked(self, *, dictionaries: bool = False) -> Iterator[Chunk]:
        """Yield the chunks of the source; raise `DataError` if the file changed or a chunk is not sound."""
        if dictionaries and isinstance(self._source, ParquetSource):
            yield from self._sound(self._source.coded_chunks())
        else:
            yield from self._chunks()
        if self.watched is not None:
            self.watched.check()

    def _sound(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the chunks; raise `DataError` for cells that are too large, and for rows swallowed by a quote mark."""
        info, excess = self._source.info, 0
        for chunk in chunks:
            if info.format != "frame":  # which is unpacked already
                excess += max(unpacked_bytes(chunk.batch) - ROW_BYTES * chunk.batch.num_rows, 0)
                self._limits.check_unpacked(excess, self._size, self._name)
            check_cells(chunk.batch, self._source.info.geometry, self._name, self._limits)
            if self._source.info.quoted:
                self._check_quotes(chunk)
            yield chunk

    def _check_quotes(self, chunk: Chunk) -> None:
        """Raise `DataError` if an opening quote mark swallows whole rows of a text file into one cell."""
        texts = [bad.text for bad in chunk.bad if bad.text.count("\n") > _SWALLOWED_LINES]
        for _, cells in stacked(chunk.batch.columns):
            lines = pc.count_substring(cells, "\n")
            if (pc.max(lines).as_py() or 0) > _SWALLOWED_LINES:
                texts += cells.filter(pc.greater(lines, _SWALLOWED_LINES)).to_pylist()
        fields, delimiter = len(self.schema) - 1, self._source.info.delimiter
        for text in texts:
            lines = text.split("\n")[1:-1]
            if sum(line.count(delimiter) == fields for line in lines) > 0.9 * len(lines):
                raise told(DataError, "refused.quote", name=self._name, before=lines[0][:60], rows=len(lines))

    def _numbered(self, *, dictionaries: bool = False) -> Iterator[pa.RecordBatch]:
        """Yield the batches, marked with row numbers, malformed rows in their places."""
        start, waiting = 1, list[BadRow]()
        for chunk in self._checked(dictionaries=dictionaries):
            waiting = sorted([*waiting, *chunk.bad], key=lambda row: row.number)
            n, here = chunk.batch.num_rows, 0
            while here < len(waiting) and waiting[here].number <= start + n + here:
                here += 1
            if n + here:
                yield with_malformed(chunk.batch, start, waiting[:here])
            start, waiting = start + n + here, waiting[here:]

    def _recognise(self, asked: Asked) -> tuple[Recognition, pa.Table]:
        """Recognise the columns by the first rows; if these hold no coordinates, by some more."""
        first: tuple[Recognition, pa.Table] | None = None
        info = self._source.info
        for seen, chunk in enumerate(self._checked()):
            sample = pa.Table.from_batches([chunk.batch.replace_schema_metadata(None)], self.schema).slice(
                0, _SAMPLE_ROWS
            )
            found = recognise(sample, asked, info.geometry, info.crs)
            ids = {n.id for n in [*found.notes, *([found.question] if found.question else [])]}
            first = first or (found, sample)
            if not ids & {"no_values", "ask_none"}:
                return found, sample if seen == 0 else first[1]
            if seen >= _LOOK_FURTHER:
                break
        empty = self.schema.empty_table()
        return first or (recognise(empty, asked, info.geometry, info.crs), empty)


def _safe(cell: object) -> str:
    if isinstance(cell, str):
        return guard_formula(cell)
    return "" if cell is None else cell.hex() if isinstance(cell, bytes) else str(cell)
