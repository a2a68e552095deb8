"""Results of a child process that reads a table: rows and points as Arrow files of bounded size, the rest as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.base.messages import LANGUAGES
from geo.base.told import told
from geo.errors import DataError
from geo.tables.areas import Areas
from geo.tables.evidence import weigh_table
from geo.tables.limits import Limits, size_text
from geo.tables.marks import malformed_texts
from geo.tables.notes import Note
from geo.tables.points import Points
from geo.tables.reader import TableReader
from geo.tables.source import BadRow, Chunk, Source, SourceInfo
from geo.tables.verdict import DatumEvidence

__all__ = ["StoredSource", "Upload", "take", "write_reading", "write_rows"]

_ROWS, _BAD, _POINTS, _READING = "rows.arrow", "bad.jsonl", "points.arrow", "reading.json"
#: Bytes that a join adds to a row: point, ids, status.
_ROW_BYTES = 128
_SHOWN = 300
_READING_BYTES = 32 << 20
_MARGIN = 1 << 20  # of an Arrow file, beside what is in it
_POINT = pa.schema([("lon", pa.float64()), ("lat", pa.float64()), ("reason", pa.uint8())])


@dataclass
class _Budget:
    """The bytes that the child may still hand back."""

    most: int | None
    name: str
    used: int = field(default=0)

    def take(self, size: int, rows: int) -> None:
        """Deduct bytes and rows; raise `DataError` if too little is left."""
        self.used += size + _ROW_BYTES * rows
        if self.most is not None and self.used > self.most:
            raise told(DataError, "refused.handed", name=self.name, most=size_text(self.most))


@dataclass(frozen=True)
class Upload:
    """A table that a child process has read as a whole.

    Attributes
    ----------
    table : pyarrow.Table
        Every row and column; the cells of rows that do not fit the header are null. Its buffers are mapped from a file
        that has been unlinked, so the disk space is freed with the table.
    points : Points
        One for each row. If it is not clear which columns hold the coordinates: no points, only the texts of rows that
        do not fit the header.
    report : mapping
        As of `ReadingReport.to_dict`.
    lines : mapping of str to list of str
        The report in words, by language.
    question : mapping of str to str
        What has to be answered before there are points, by language; empty if nothing.
    evidence : DatumEvidence or None
    """

    table: pa.Table
    points: Points
    report: dict[str, Any]
    lines: dict[str, list[str]]
    question: dict[str, str]
    evidence: DatumEvidence | None


# --- in the child ---------------------------------------------------------------------------------------------------


def write_rows(source: Source, folder: Path, name: str, limits: Limits, size: int) -> dict[str, Any]:
    """Write the rows of a source into a folder, malformed ones apart; return its `SourceInfo` as a mapping."""
    budget, rows = _Budget(limits.may_hand(size), name), 0
    with (
        pa.OSFile(str(folder / _ROWS), "wb") as file,
        pa.ipc.new_file(file, source.schema.remove_metadata()) as writer,
        (folder / _BAD).open("w", encoding="utf-8") as bad,
    ):
        for chunk in source.chunks():
            rows += chunk.batch.num_rows + len(chunk.bad)
            limits.check_rows(rows, name)
            budget.take(chunk.batch.nbytes + sum(len(row.text) for row in chunk.bad), chunk.batch.num_rows)
            writer.write_batch(chunk.batch.replace_schema_metadata(None))
            bad.write(json.dumps([[b.number, b.text] for b in chunk.bad], ensure_ascii=False) + "\n")
    return asdict(source.info)


def write_reading(reader: TableReader, folder: Path, name: str, limits: Limits, size: int, areas: list[Path]) -> None:
    """Write all rows, points and findings of a reader into a folder.

    Parameters
    ----------
    reader : TableReader
    folder : Path
    name : str
        What to call the file in messages.
    limits : Limits
    size : int
        Size of the user's file, bytes.
    areas : list of Path
        Districts, townships and water by which to determine the datum, as of `Areas.to_bytes`; missing files are left
        out.
    """
    budget, known, placed, first = _Budget(limits.may_hand(size), name), reader.coordinates is not None, False, 0
    details: dict[int, str] = {}
    evidence = weigh_table(reader, **_areas(areas)) if known and areas else None
    with (
        pa.OSFile(str(folder / _ROWS), "wb") as file,
        pa.ipc.new_file(file, reader.schema) as rows,
        pa.OSFile(str(folder / _POINTS), "wb") as other,
        pa.ipc.new_file(other, _POINT) as spots,
    ):
        for batch in reader.batches():
            budget.take(batch.nbytes, batch.num_rows)
            rows.write_batch(batch.replace_schema_metadata(None))
            if known:
                points = reader.points(batch)
                placed |= not points.set_aside.all()
                spots.write_batch(pa.record_batch([points.lon, points.lat, points.reason], schema=_POINT))
            malformed = malformed_texts(batch)
            details |= {first + row: text[:_SHOWN] for row, text in malformed.items()}
            budget.take(sum(map(len, malformed.values())), 0)
            first += batch.num_rows
    question = reader.report.question if not known else reader.crs_question(evidence)
    evidence = evidence if placed else None
    reading = {
        "report": _shortened(reader.report.to_dict()),
        "lines": {language: _shortened(reader.report.lines(language)) for language in LANGUAGES},
        "question": {language: question.text(language) for language in LANGUAGES} if question else {},
        "evidence": evidence.to_dict() if evidence else None,
        "details": sorted(details.items()),
    }
    (folder / _READING).write_text(json.dumps(reading, ensure_ascii=False), encoding="utf-8")


def _areas(paths: list[Path]) -> dict[str, Any]:
    """Return the areas of these files, by the names of the arguments of `weigh_table`."""
    names = ("areas", "townships", "water")
    return {name: Areas.from_bytes(path.read_bytes()) for name, path in zip(names, paths, strict=True) if path.exists()}


def _shortened(value: Any) -> Any:
    """Return plain values with long texts cut; a row that does not fit the header may have megabytes."""
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(item) for item in value]
    return value[:_SHOWN] if isinstance(value, str) else value


# --- in the parent --------------------------------------------------------------------------------------------------


def take(folder: Path, name: str, limits: Limits, size: int) -> Upload:
    """Return what `write_reading` has written; the folder may be removed afterwards.

    Raises
    ------
    DataError
        If the content is not what a child process writes.
    """
    try:
        with (folder / _READING).open("rb") as file:
            reading = json.loads(file.read(_READING_BYTES))
        most = (limits.may_hand(size) or limits.unpacked_bytes) + _MARGIN
        table, spots = _mapped(folder / _ROWS, most), _mapped(folder / _POINTS, most)
        lon, lat, reason = (np.asarray(spots[column].to_numpy()) for column in _POINT.names)
        details = {int(row): str(words) for row, words in reading["details"]}
        evidence = reading["evidence"]
        return Upload(
            table,
            Points(lon, lat, reason, details),
            dict(reading["report"]),
            {language: list(map(str, reading["lines"][language])) for language in LANGUAGES},
            {str(language): str(words) for language, words in reading["question"].items()},
            DatumEvidence.from_dict(evidence) if evidence else None,
        )
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise told(DataError, "refused.handed_damaged", name=name, why=error) from None


def _mapped(path: Path, most: int) -> pa.Table:
    """Return the table of an Arrow file, mapped into memory, also after the file is unlinked."""
    if path.stat().st_size > most:
        raise ValueError(f"{path.name} is too large")
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    table.validate(full=True)
    return table


class StoredSource:
    """The rows that a child process has written, as a `Source`."""

    def __init__(self, folder: Path, name: str, info: dict[str, Any]) -> None:
        self._folder, self._name = folder, name
        warnings = [Note(str(w["id"]), tuple((str(k), v) for k, v in w["values"])) for w in info.pop("warnings")]
        renamed = tuple((str(old), str(new)) for old, new in info.pop("renamed"))
        self.info = SourceInfo(**info, renamed=renamed, warnings=warnings)
        try:
            with pa.OSFile(str(folder / _ROWS)) as file:
                self.schema: pa.Schema = pa.ipc.open_file(file).schema
        except (pa.ArrowException, OSError) as error:
            raise told(DataError, "refused.handed_damaged", name=name, why=error) from None
        self.rows: int | None = None

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in file order."""
        with pa.OSFile(str(self._folder / _ROWS)) as file, (self._folder / _BAD).open(encoding="utf-8") as bad:
            reader = pa.ipc.open_file(file)
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                batch.validate(full=True)
                rows = json.loads(bad.readline())
                yield Chunk(batch, tuple(BadRow(int(n), str(t)) for n, t in rows))
