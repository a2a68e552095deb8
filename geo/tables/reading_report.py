"""The reading report: what was recognised, which rule decided, and which rows were set aside and why, with examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geo.base.lines import shortened
from geo.base.messages import text
from geo.tables.column_names import match_name
from geo.tables.limits import size_text
from geo.tables.notes import Note
from geo.tables.points import Coordinates, Points
from geo.tables.reasons import OK, REASONS, SET_ASIDE_FROM
from geo.tables.stacked import is_text, stacked
from geo.tables.values import as_text

__all__ = ["ColumnInfo", "ReadingReport", "describe_columns"]

_EXAMPLES = 5
_SHOWN = 80
_CELLS_SHOWN = 3
#: Not 3E1, which is a code (`geo.tables.column_types`).
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]\d+)?$|^[+-]?(?:\d+\.\d*|\.\d+)[eE]\d+$"
_DATE = r"^\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_ZERO_FIRST = r"^0\d+$"
_WHOLE = r"^[+-]?\d+$"
#: From this many digits on, whole numbers of equal length are codes.
_CODE_FROM = 6


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as the first rows show it.

    Attributes
    ----------
    name, original : str
        Name here and in the file.
    type : str
        Kind of its content: ``text``, ``code``, ``integer``, ``number``, ``date``, ``boolean``, ``geometry``,
        ``empty``, or an Arrow type. The columns of a text file remain text in any case.
    role : str
        ``lon``, ``lat``, ``point``, ``geometry``, ``address``, ``district``, ``township``, ``code`` or "".
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
    """What was decided when a table was opened, and what reading it showed. The counts grow as batches are read.

    Attributes
    ----------
    name, format : str
    size_bytes : int
        Size of the file as it was given.
    encoding, delimiter, sheet, layer : str
        Where the rows were found; "" if the format has no such thing.
    header_row : int or None
        Counted from 1.
    encoding_rule, header_rule : str
        The rules that decided encoding and header row.
    decimal : str
        Decimal mark of numbers.
    crs, crs_rule : str
        CRS of the coordinates, and what decided it.
    datum_named : str
        Datum that a column's name states.
    columns : tuple of ColumnInfo
    mixed : tuple of str
        Text columns of numbers in an unusual notation, or with words among them.
    coordinates : Coordinates or None
    notes : list of Note
        Further remarks.
    rows, placed, set_aside : int
        Rows read so far; ``rows = placed + set_aside`` once `TableReader.points` was called for each batch.
    reasons : dict of str to int
        Number of rows by reason id (`geo.tables.REASONS`): read in an unusual way, or set aside.
    examples : dict of str to list of (int, str)
        The first few rows of each reason: number, counted from 1 below the header, and text.
    complete : bool
        Whether the last row has been read.
    question : Note or None
        The question that must be answered before there can be points.
    candidates : tuple of tuple of str
        The columns between which it asks to choose.
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
    mixed: tuple[str, ...] = ()
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
        """Return the names of the columns that have one of the roles, in file order."""
        return [column.name for column in self.columns if column.role in roles]

    def count(self, points: Points, batch: pa.RecordBatch, numbers: Sequence[int] | np.ndarray[Any, Any]) -> None:
        """Count the rows of a batch; `numbers` are its row numbers."""
        counts = np.bincount(points.reason).tolist()
        aside = sum(counts[SET_ASIDE_FROM:])
        self.set_aside += aside
        self.placed += len(points.reason) - aside
        for code, count in enumerate(counts):
            if code == OK or not count:
                continue
            reason = REASONS[code]
            self.reasons[reason] = self.reasons.get(reason, 0) + count
            kept = self.examples.setdefault(reason, [])
            for row in np.flatnonzero(points.reason == code)[: _EXAMPLES - len(kept)].tolist():
                kept.append((int(numbers[row]), points.details.get(row) or self._cells(batch, row)))

    def _cells(self, batch: pa.RecordBatch, row: int) -> str:
        """Return the cells of a row as one text, for an example."""
        names = self.coordinates.columns if self.coordinates else ()
        values = [batch.column(name)[row].as_py() for name in names]
        if not any(value is not None for value in values):  # which row it is, then
            cells = (column[row].as_py() for column in batch.columns)
            values = list(islice((cell for cell in cells if cell is not None), _CELLS_SHOWN))
        shown = ["–" if v is None else f"{len(v)} bytes" if isinstance(v, bytes) else str(v) for v in values]
        return " | ".join(value[:_SHOWN] for value in shown)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, notes in both languages."""
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
        """Return the report as lines of text in a language, ``zh`` or ``en``."""

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
        shown = [column.name for column in self.columns[:20]]
        names = _shown(shown) + (", …" if len(self.columns) > 20 else "")
        lines.append(say("columns", count=len(self.columns), names=names))
        if self.coordinates is not None:
            spec, kind = self.coordinates, text(f"tables.kind.{self.coordinates.kind}", language)
            lines.append(say("coordinates", columns=_shown(spec.columns), kind=kind, rule=rule(spec.rule)))
        if self.crs:
            lines.append(say("crs", crs=self.crs, rule=rule(self.crs_rule)))
        if self.datum_named:
            lines.append(say("datum", datum=self.datum_named))
        lines += [note.text(language) for note in self.notes]
        if self.question is not None:
            lines.append(self.question.text(language))
        if self.rows and self.coordinates is not None:
            lines.append(say("rows", rows=self.rows, placed=self.placed, set_aside=self.set_aside))
        for reason, count in self.reasons.items():
            lines.append(say("reason", count=count, reason=text(f"tables.reason.{reason}", language)))
            lines += ["  " + say("example", row=row, value=value[:200]) for row, value in self.examples.get(reason, ())]
        return lines


def _shown(names: Sequence[str]) -> str:
    return ", ".join(shortened(" ".join(name.split()), _SHOWN) for name in names)


def describe_columns(
    sample: pa.Table, roles: dict[str, str], renamed: Sequence[tuple[str, str]], geometry: str
) -> tuple[ColumnInfo, ...]:
    """Return a description of every column by the first rows of the table."""
    originals = {new: old for old, new in renamed}
    names, columns = sample.column_names, [column.combine_chunks() for column in sample.columns]
    kinds = [
        "geometry" if name == geometry else _type(column, name) for name, column in zip(names, columns, strict=True)
    ]
    texts = [at for at, kind in enumerate(kinds) if not kind]
    found = _text_types([as_text(columns[at]) for at in texts], [names[at] for at in texts])
    for at, kind in zip(texts, found, strict=True):
        kinds[at] = kind
    infos = []
    for name, column, kind in zip(names, columns, kinds, strict=True):
        shown = () if kind == "geometry" else tuple(str(v)[:_SHOWN] for v in _first_filled(column))
        if kind == "code" and roles.get(name) in ("lon", "lat"):  # 121473700
            kind = "integer"
        percent = round(100 * (1 - column.null_count / len(column)), 1) if len(column) else 0.0
        infos.append(ColumnInfo(name, originals.get(name, name), kind, roles.get(name, ""), percent, shown))
    return tuple(infos)


def _first_filled(column: pa.Array) -> list[Any]:
    if column.null_count == len(column):
        return []
    return list((column.drop_null() if column.null_count else column).slice(0, 3).to_pylist())


def _type(column: pa.Array, name: str) -> str:
    """Return the kind of a column's content by its Arrow type; "" for text."""
    kind = column.type
    if column.null_count == len(column):
        return "empty"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_temporal(kind):
        return "date"
    if pa.types.is_integer(kind):
        return "code" if _is_code(name) else "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "" if is_text(kind) or pa.types.is_dictionary(kind) else str(kind)


def _is_code(name: str) -> bool:
    return any(match.role == "code" for match in match_name(name))


def _text_types(columns: Sequence[pa.Array], names: Sequence[str]) -> list[str]:
    """Return the kinds of text columns (``code integer number date text``) by their non-blank cells."""
    kinds: list[str] = []
    for places, cells in stacked(columns):
        text_cells = pc.utf8_trim_whitespace(cells)
        shape = (len(places), len(cells) // len(places))
        filled = _cells_that(pc.not_equal(text_cells, ""), shape)

        def every(pattern: str, cells: pa.Array = text_cells, filled: Any = filled) -> Any:
            """Return which columns have nothing but cells of a pattern, and one at least."""
            fit = _cells_that(pc.match_substring_regex(cells, pattern), filled.shape)
            return (fit | ~filled).all(axis=1) & filled.any(axis=1)

        numbers = every(_NUMBER)
        zeros: npt.NDArray[np.bool_] = np.any(
            _cells_that(pc.match_substring_regex(text_cells, _ZERO_FIRST), shape) & filled, axis=1
        )
        whole = every(_WHOLE) if numbers.any() else numbers
        dates = numbers if numbers.all() else every(_DATE)
        alike = _long_and_alike(text_cells, filled) if whole.any() else whole
        for number, at in enumerate(places):
            if numbers[number]:
                is_code = zeros[number] or _is_code(names[at]) or (whole[number] and alike[number])
                kinds.append("code" if is_code else "integer" if whole[number] else "number")
            else:
                kinds.append("code" if _is_code(names[at]) else "date" if dates[number] else "text")
    return kinds


def _long_and_alike(cells: pa.Array, filled: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which columns have several cells, all of the same length of six characters or more."""
    lengths = pc.fill_null(pc.utf8_length(cells), 0).to_numpy(zero_copy_only=False).reshape(filled.shape)
    shortest = np.where(filled, lengths, np.iinfo(lengths.dtype).max).min(axis=1, initial=np.iinfo(lengths.dtype).max)
    longest = np.where(filled, lengths, 0).max(axis=1, initial=0)
    return np.asarray((filled.sum(axis=1) > 1) & (shortest == longest) & (shortest >= _CODE_FROM))


def _cells_that(found: pa.Array, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return a mask of cells as an array of shape (columns, rows)."""
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), np.bool_).reshape(shape)
