"""Types for the columns of a text file: numbers and dates, where every cell of the whole file is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.reasons import MISSING, OK, SEPARATORS
from geo.tables.values import parse_numbers

__all__ = ["ColumnTypes", "column_types"]

_INTEGER = r"^[+-]?\d{1,15}$"
_ZERO_FIRST = r"^[+-]?0\d"
_DAY = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$"
_MOMENT = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$"
_DAY_PARTS = (
    r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?)?$"
)
#: Codes that look like numbers: longer ones would lose digits, and 3E1 is a room (programs write 3E+01 or 3.0e1).
_CODE = r"^[+-]?\d{16,}$|^\d+[eE]\d+$"

#: The types that are tried for a column, strictest first; if none fits, it stays text.
_KINDS: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "day": pa.date32(),
    "moment": pa.timestamp("s"),
}


@dataclass(frozen=True, slots=True)
class ColumnTypes:
    """A conversion of text columns to numbers and dates.

    Attributes
    ----------
    kinds : mapping of str to str
        Column → ``integer``, ``number``, ``day`` or ``moment`` (date and time). Other columns stay as they are.
    """

    kinds: Mapping[str, str]

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema of batches after the conversion."""
        return pa.schema([f.with_type(_KINDS[self.kinds[f.name]]) if f.name in self.kinds else f for f in schema])

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch with these types; its metadata are kept.

        Raises
        ------
        pyarrow.ArrowInvalid
            If a cell does not fit, because the file has changed since its types were determined.
        """
        columns = [
            _turned(column, self.kinds[name]) if name in self.kinds else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        schema = self.schema(batch.schema).with_metadata(batch.schema.metadata)
        return pa.RecordBatch.from_arrays(columns, schema=schema)


def column_types(
    batches: Iterable[pa.RecordBatch], likely: Mapping[str, str], watch: Callable[[int], object] | None = None
) -> ColumnTypes:
    """Determine the types of text columns from all their cells.

    A column becomes one of numbers or dates if each cell is one or is empty. A column that holds codes (leading zeros,
    many digits, or a name that says so), or a single word, stays text, so nothing is lost.

    Parameters
    ----------
    batches : iterable of RecordBatch
        All rows.
    likely : mapping of str to str
        The types that `ColumnInfo` states from the first rows: only columns of ``integer``, ``number`` and ``date`` are
        examined.
    watch : callable, optional
        Called with the number of rows examined so far.

    Notes
    -----
    About 50 million cells a second.
    """
    kinds = {name: {"date": "day"}.get(kind, kind) for name, kind in likely.items() if kind in _TRIED}
    for batch in batches:
        if not kinds:
            break
        for name in list(kinds):
            column = batch.column(name)
            if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                del kinds[name]
                continue
            kind: str | None = kinds[name]
            while kind is not None and not _holds(column, kind):
                kind = _NEXT.get(kind)
            if kind is None:
                del kinds[name]
            else:
                kinds[name] = kind
        if watch is not None:
            watch(batch.num_rows)
    return ColumnTypes(kinds)


_TRIED = ("integer", "number", "date")
_NEXT = {"integer": "number", "day": "moment"}


def _trimmed(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)


def _holds(column: pa.Array, kind: str) -> bool:
    text = _trimmed(column)
    if kind in ("integer", "number"):
        if pc.any(pc.match_substring_regex(text, _ZERO_FIRST), min_count=0).as_py():
            return False
        if kind == "integer":
            return bool(pc.all(pc.match_substring_regex(text, _INTEGER), min_count=0).as_py())
        if pc.any(pc.match_substring_regex(text, _CODE), min_count=0).as_py():
            return False
        _, codes = parse_numbers(text)
        empty = np.asarray(text.is_null().to_numpy(zero_copy_only=False), bool)
        return bool(((codes == OK) | (codes == SEPARATORS) | ((codes == MISSING) & empty)).all())
    pattern = _DAY if kind == "day" else f"{_DAY}|{_MOMENT}"
    if not pc.all(pc.match_substring_regex(text, pattern), min_count=0).as_py():
        return False
    try:
        _turned(column, kind)
    except pa.ArrowInvalid:  # 30 February
        return False
    return True


def _turned(column: pa.Array, kind: str) -> pa.Array:
    text = _trimmed(column)
    if kind == "integer":
        return pc.cast(pc.replace_substring_regex(text, r"^\+", ""), pa.int64())
    if kind == "number":
        values, _ = parse_numbers(text)
        return pa.array(values, mask=np.asarray(text.is_null().to_numpy(zero_copy_only=False), bool))
    parts = pc.extract_regex(text, _DAY_PARTS)

    def part(name: str) -> pa.Array:
        cells = pc.struct_field(parts, name)
        return pc.utf8_lpad(pc.if_else(pc.equal(cells, ""), "0", cells), 2, "0")

    days = pc.binary_join_element_wise(part("y"), part("m"), part("d"), "-")
    if kind == "day":
        return pc.cast(days, pa.date32())
    clock = pc.binary_join_element_wise(part("H"), part("M"), part("S"), ":")
    return pc.cast(pc.binary_join_element_wise(days, clock, " "), pa.timestamp("s"))
