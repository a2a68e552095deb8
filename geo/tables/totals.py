"""Rows that are not data, as in tables made for people: totals, remarks, and column names repeated among the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.column_names import is_column_name, words_of
from geo.tables.marks import malformed_texts
from geo.tables.reasons import MALFORMED, REMARK, TOTAL
from geo.tables.stacked import is_text
from geo.tables.values import as_text

__all__ = ["names_again", "no_data", "remark_rows", "total_rows"]

_BLANK = r"[\s\p{Zs}]*"
#: Most characters before ("东区小计") and behind ("合计：120家") the word for a total.
_BEFORE, _BEHIND = 8, 12

#: Most characters of the name of a coordinate column.
_LONGEST_NAME = 20

Mask = npt.NDArray[np.bool_]


def no_data(batch: Any, rows: npt.NDArray[np.intp], reason: npt.NDArray[np.uint8]) -> dict[int, str]:
    """Set the reason codes of totals and remarks; return the texts of rows that do not fit the header, by position.

    Parameters
    ----------
    batch : pyarrow.RecordBatch or Table
    rows : ndarray of intp
        Positions of the rows without coordinates, which may be totals and remarks.
    reason : ndarray of uint8, shape (n,)
        Codes of `geo.tables.reasons`, one for each row of the batch; changed in place.
    """
    malformed = malformed_texts(batch)
    if len(rows):
        reason[rows[total_rows(batch, rows)]] = TOTAL
        reason[rows[remark_rows(batch, rows)]] = REMARK
    reason[list(malformed)] = MALFORMED
    return malformed


def names_again(batch: Any, columns: Sequence[str], rows: npt.NDArray[np.intp]) -> Mask:
    """Return which rows repeat names of columns, or units, in place of coordinates.

    This occurs below a header in two languages, and where the pages of a table were pasted together.

    Parameters
    ----------
    batch : pyarrow.RecordBatch or Table
    columns : sequence of str
        The coordinate columns.
    rows : ndarray of intp, shape (n,)
        Positions of the rows whose cells in these columns are not numbers.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.ones(len(rows), bool)
    for name in columns:
        column = _flat(batch.column(name)) if len(rows) else pa.array([], pa.string())
        cells = as_text(column.take(pa.array(rows))).dictionary_encode()
        hits = [_is_name(cell) for cell in cells.dictionary.to_pylist()]
        found &= _mask(pa.array(hits, pa.bool_()).take(cells.indices))
    return found


def total_rows(batch: Any, rows: npt.NDArray[np.intp]) -> Mask:
    """Return which rows have a cell that says they are a total ("合计", "东区小计", "Total").

    Parameters
    ----------
    batch : pyarrow.RecordBatch or Table
    rows : ndarray of intp, shape (n,)
        Positions of the rows to examine: those with neither coordinates nor an address.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> total_rows(pa.record_batch({"区": ["东区", "合　计"]}), np.array([0, 1])).tolist()
    [False, True]
    """
    found = np.zeros(len(rows), bool)
    for cells in _texts(batch, rows):
        found |= _mask(pc.match_substring_regex(cells, _totals()))
    return found


def remark_rows(batch: Any, rows: npt.NDArray[np.intp]) -> Mask:
    """Return which rows have a single non-empty cell that begins like a remark ("注：", "资料来源")."""
    found, filled = np.zeros(len(rows), bool), np.zeros(len(rows), np.intp)
    for column in batch.columns if len(rows) else ():
        filled += _mask(_flat(column).take(pa.array(rows)).is_valid())
    alone = np.flatnonzero(filled == 1)
    for cells in _texts(batch, rows[alone]):
        found[alone] |= _mask(pc.match_substring_regex(cells, _remarks()))
    return found


def _is_name(cell: str) -> bool:
    """Return whether a cell is the name of a coordinate column, or a unit."""
    return len(cell) <= _LONGEST_NAME and (is_column_name(cell) or cell.strip() in words_of("unit", "exact"))


def _texts(batch: Any, rows: npt.NDArray[np.intp]) -> list[pa.Array]:
    """Return the text columns, reduced to the given rows."""
    columns = [_flat(column) for column in batch.columns if is_text(column.type) or pa.types.is_dictionary(column.type)]
    return [as_text(column.take(pa.array(rows))) for column in columns] if len(rows) else []


def _flat(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _mask(found: Any) -> Mask:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), np.bool_)


@cache
def _totals() -> str:
    parts, whole = (_any_of("total", match) for match in ("part", "exact"))
    part = rf".{{0,{_BEFORE}}}(?:{parts})(?:[^\pL].{{0,{_BEHIND}}})?"
    return rf"(?i)^{_BLANK}(?:{part}|(?:{whole})[:：]?){_BLANK}$"


@cache
def _remarks() -> str:
    return rf"(?i)^{_BLANK}(?:(?:{_any_of('remark', 'exact')}){_BLANK}\d*{_BLANK}[:：.、]|{_any_of('remark', 'part')})"


def _any_of(role: str, match: str) -> str:
    """Return a regular expression for words whose characters may be spaced out, as in "合　　计"."""
    return "|".join(_BLANK.join(map(re.escape, word)) for word in words_of(role, match))
