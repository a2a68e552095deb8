"""The reading report: what was found, which rule decided, what was set aside and why, with examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.base.messages import text
from geo.tables.column_names import match_name
from geo.tables.limits import size_text
from geo.tables.notes import Note
from geo.tables.points import Coordinates, Points
from geo.tables.reasons import OK, REASONS, SET_ASIDE_FROM
from geo.tables.values import as_text

__all__ = ["ColumnInfo", "ReadingReport", "describe_columns"]

_EXAMPLES = 5
_SHOWN = 80
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_DATE = r"^\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_ZERO_FIRST = r"^0\d+$"


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column as the first rows show it.

    Attributes
    ----------
    name, original : str
        Here and in the file.
    type : str
        What it holds: ``text code integer number date boolean geometry empty`` or an Arrow type. A text file's columns
        stay text all the same.
    role : str
        ``lon lat point geometry address district township code`` or nothing.
    filled_percent : float
    examples : tuple of str
    """

    name: str
    original: str
    type: str
    role: str
    filled_percent: float
    examples: tuple[str, ...]


@dataclass(slots=True)
class ReadingReport:
    """What was decided on opening a table, and what reading it brought; counts grow as batches are read.

    Attributes
    ----------
    name, format, size_bytes : str, str, int
        Of the file as it was given.
    encoding, delimiter, header_row, sheet, layer : str, str, int or None, str, str
        Where the rows were found; empty where the format has none. `header_row` counts from 1.
    encoding_rule, header_rule : str
        By which rule that was decided.
    decimal : str
        Decimal mark of numbers.
    crs, crs_rule, datum_named : str
        CRS of the coordinates and who says so; datum that a column is named after.
    columns : tuple of ColumnInfo
    coordinates : Coordinates or None
        Which columns make the points, and how.
    notes : list of Note
        What a reader should know besides.
    rows, placed, set_aside : int
        Rows read so far; ``rows = placed + set_aside`` once `TableReader.points` was called for each batch.
    reasons : dict of str to int
        Rows by reason id (`geo.tables.REASONS`), read in an unusual way or set aside.
    examples : dict of str to list of (row, text)
        The first few of each; rows are counted from 1 below the header.
    complete : bool
        The last row has been read.
    question, candidates : Note or None, tuple of column names
        What has to be asked before there can be points, and the columns that it is between.
    """

    name: str
    format: str
    size_bytes: int
    encoding: str = ""
    encoding_rule: str = ""
    delimiter: str = ""
    decimal: str = "."
    header_row: int | None = None
    header_rule: str = ""
    sheet: str = ""
    layer: str = ""
    crs: str = ""
    crs_rule: str = ""
    datum_named: str = ""
    columns: tuple[ColumnInfo, ...] = ()
    coordinates: Coordinates | None = None
    question: Note | None = None
    candidates: tuple[tuple[str, ...], ...] = ()
    notes: list[Note] = field(default_factory=list)
    rows: int = 0
    placed: int = 0
    set_aside: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    complete: bool = False

    def columns_with_role(self, *roles: str) -> list[str]:
        """Return the names of the columns with one of the roles, in file order."""
        return [column.name for column in self.columns if column.role in roles]

    def count(self, points: Points, batch: pa.RecordBatch, numbers: Sequence[int] | np.ndarray[Any, Any]) -> None:
        """Add the outcome of one batch; `numbers` are its row numbers."""
        aside = int((points.reason >= SET_ASIDE_FROM).sum())
        self.set_aside += aside
        self.placed += len(points.reason) - aside
        codes, counts = np.unique(points.reason, return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            if code == OK:
                continue
            reason = REASONS[code]
            self.reasons[reason] = self.reasons.get(reason, 0) + count
            kept = self.examples.setdefault(reason, [])
            for row in np.flatnonzero(points.reason == code)[: _EXAMPLES - len(kept)].tolist():
                kept.append((int(numbers[row]), points.details.get(row) or self._cells(batch, row)))

    def _cells(self, batch: pa.RecordBatch, row: int) -> str:
        names = self.coordinates.columns if self.coordinates else ()
        values = [batch.column(name)[row].as_py() for name in names]
        shown = ["–" if v is None else f"{len(v)} bytes" if isinstance(v, bytes) else str(v) for v in values]
        return " | ".join(value[:_SHOWN] for value in shown)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON; notes come in both languages."""
        spec = self.coordinates
        plain = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("columns", "coordinates", "question", "notes", "candidates", "examples", "reasons")
        }
        both = [
            {"id": n.id, "zh": n.text("zh"), "en": n.text("en")}
            for n in [*self.notes, *([self.question] if self.question else [])]
        ]
        return {
            **plain,
            "columns": [
                {"name": c.name, "original": c.original, "type": c.type, "role": c.role}
                | {"filled_percent": c.filled_percent, "examples": list(c.examples)}
                for c in self.columns
            ],
            "coordinates": spec
            and {"kind": spec.kind, "columns": list(spec.columns), "rule": spec.rule, "swapped": spec.swapped},
            "question": both.pop() if self.question else None,
            "candidates": [list(columns) for columns in self.candidates],
            "notes": both,
            "reasons": dict(self.reasons),
            "examples": {reason: [list(e) for e in found] for reason, found in self.examples.items()},
        }

    def lines(self, language: str) -> list[str]:
        """Return the report as lines of text in ``zh`` or ``en``."""

        def say(key: str, **values: object) -> str:
            return text(f"tables.report.{key}", language, **values)

        def rule(name: str) -> str:
            return text(f"tables.rule.{name}", language)

        lines = [say("file", name=self.name, format=self.format, size=size_text(self.size_bytes))]
        if self.encoding:
            lines.append(say("encoding", encoding=self.encoding, rule=rule(self.encoding_rule)))
        if self.delimiter:
            lines.append(say("delimiter", delimiter=repr(self.delimiter), decimal=repr(self.decimal)))
        if self.sheet:
            lines.append(say("sheet", sheet=self.sheet))
        if self.layer:
            lines.append(say("layer", layer=self.layer))
        if self.header_row:
            lines.append(say("header", row=self.header_row, rule=rule(self.header_rule)))
        names = ", ".join(column.name for column in self.columns[:20]) + (", …" if len(self.columns) > 20 else "")
        lines.append(say("columns", count=len(self.columns), names=names))
        if self.coordinates is not None:
            spec, kind = self.coordinates, text(f"tables.kind.{self.coordinates.kind}", language)
            lines.append(say("coordinates", columns=", ".join(spec.columns), kind=kind, rule=rule(spec.rule)))
        if self.crs:
            lines.append(say("crs", crs=self.crs, rule=rule(self.crs_rule)))
        if self.datum_named:
            lines.append(say("datum", datum=self.datum_named))
        lines += [note.text(language) for note in self.notes]
        if self.question is not None:
            lines.append(self.question.text(language))
        if self.rows:
            lines.append(say("rows", rows=self.rows, placed=self.placed, set_aside=self.set_aside))
        for reason, count in self.reasons.items():
            lines.append(say("reason", count=count, reason=text(f"tables.reason.{reason}", language)))
            lines += ["  " + say("example", row=row, value=value[:200]) for row, value in self.examples.get(reason, ())]
        return lines


def describe_columns(
    sample: pa.Table, roles: dict[str, str], renamed: Sequence[tuple[str, str]], geometry: str
) -> tuple[ColumnInfo, ...]:
    """Describe every column by the first rows of the table."""
    originals = {new: old for old, new in renamed}
    infos = []
    for name in sample.column_names:
        column = sample.column(name).combine_chunks()
        kind = "geometry" if name == geometry else _type(column, name)
        filled = column.filter(pc.is_valid(column)).slice(0, 3)
        shown = () if kind == "geometry" else tuple(str(v)[:_SHOWN] for v in filled.to_pylist())
        percent = round(100 * (1 - column.null_count / len(column)), 1) if len(column) else 0.0
        infos.append(ColumnInfo(name, originals.get(name, name), kind, roles.get(name, ""), percent, shown))
    return tuple(infos)


def _type(column: pa.Array, name: str) -> str:
    kind = column.type
    if column.null_count == len(column):
        return "empty"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_temporal(kind):
        return "date"
    is_code = any(match.role == "code" for match in match_name(name))
    if pa.types.is_integer(kind):
        return "code" if is_code else "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)):
        return str(kind)
    text_cells = pc.utf8_trim_whitespace(as_text(column))
    filled = text_cells.filter(pc.and_(pc.is_valid(text_cells), pc.not_equal(text_cells, "")))

    def share(pattern: str) -> float:
        return float(pc.mean(pc.match_substring_regex(filled, pattern)).as_py() or 0) if len(filled) else 0.0

    if share(_ZERO_FIRST) > 0 and share(_NUMBER) == 1:
        return "code"
    if share(_NUMBER) == 1:
        whole = share(r"^[+-]?\d+$") == 1
        lengths = pc.unique(pc.utf8_length(filled))
        return (
            "code"
            if is_code or (whole and len(filled) > 1 and len(lengths) == 1 and lengths[0].as_py() >= 6)
            else "integer"
            if whole
            else "number"
        )
    return "code" if is_code else "date" if share(_DATE) == 1 else "text"
