"""Notes on columns whose numbers are not what they seem: in words or signs ("8.5万", "(300)"), or cut to 15 digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.notes import Note, note
from geo.tables.stacked import stacked
from geo.tables.values import as_text

__all__ = ["amount_notes", "rounded_notes"]

_B = r"[\s\p{Zs}]*"
# No zeros at the front: 0012 is a code.
_NUMBER = rf"^{_B}[+-]?(?:0|[1-9][\d,]*)(?:\.\d*)?{_B}$"
_PLAIN = r"(?:[0０]|[1-9１-９][\d０-９,，]*)(?:[.．][\d０-９]*)?"
_BEFORE = r"(?:约|近|超|逾|不足|>|<|≥|≤)?"
_UNIT = (
    r"(?:百|千)?(?:万|亿|萬|億)*(?:元|美元|港元|欧元|人民币|RMB|CNY|USD|平方米|公顷|亩|㎡|人|家|户|个|%|％|‰|余|多)*"
)
_AMOUNT = rf"(?i)^{_B}{_BEFORE}{_B}[(（]?[+-]?[¥￥$€]?{_B}[+-]?{_PLAIN}{_B}{_UNIT}[)）]?{_B}$"
#: Share of words from which a column is one of words, not of numbers.
_FEW_WORDS = 0.2
_ARE_AMOUNTS = 0.9
_TOLD, _SHOWN = 10, 40
#: Workbooks hold numbers of 15 digits; the digits behind them are lost.
_LONG = 1e15


def amount_notes(sample: pa.Table, names: Sequence[str]) -> tuple[list[Note], tuple[str, ...]]:
    """Return notes on those of the given text columns whose cells are numbers in an unusual notation, or among words.

    Parameters
    ----------
    sample : pyarrow.Table
        The first rows.
    names : sequence of str
        Columns of text that hold neither codes nor coordinates.

    Returns
    -------
    notes : list of Note
        ``amounts_column`` for columns of numbers with a unit, a currency sign, a percent sign or brackets;
        ``mixed_column`` for columns of numbers with a few words among them. Each note names at most ten columns, with
        an example.
    columns : tuple of str
        All these columns.
    """
    all_of_them: list[str] = []
    found: dict[str, list[str]] = {"amounts_column": [], "mixed_column": []}
    columns = [as_text(sample.column(name).combine_chunks()) for name in names]
    for places, cells in stacked(columns):
        text = pc.if_else(pc.match_substring_regex(cells, r"[^\s\p{Zs}]"), cells, pa.scalar(None, pa.string()))
        shape = (len(places), len(cells) // len(places))
        filled = _mask(text.is_valid(), shape)
        number = _mask(pc.match_substring_regex(text, _NUMBER), shape)
        amount = _mask(pc.match_substring_regex(text, _AMOUNT), shape) & ~number
        for row, at in enumerate(places):
            count, plain, more = int(filled[row].sum()), int(number[row].sum()), int(amount[row].sum())
            if plain == count or not plain + more:
                continue
            if more and plain + more >= _ARE_AMOUNTS * count and plain + more > 1:
                kind, odd = "amounts_column", amount[row]
            elif count - plain <= _FEW_WORDS * count:
                kind, odd = "mixed_column", filled[row] & ~number[row]
            else:
                continue
            example = columns[at][int(np.flatnonzero(odd)[0])].as_py().strip()
            all_of_them.append(names[at])
            found[kind].append(f"{names[at][:_SHOWN]}: {example[:_SHOWN]}")
    notes = [note(kind, columns="; ".join(told[:_TOLD])) for kind, told in found.items() if told]
    return notes, tuple(all_of_them)


def rounded_notes(sample: pa.Table) -> list[Note]:
    """Return a note on those columns of a workbook that hold whole numbers of more than 15 digits, such as codes.

    Parameters
    ----------
    sample : pyarrow.Table
        The first rows.
    """
    names = []
    for field, column in zip(sample.schema, sample.columns, strict=True):
        if pa.types.is_floating(field.type):
            values = np.abs(column.to_numpy())
            if (np.isfinite(values) & (values >= _LONG) & (values == np.trunc(values))).any():
                names.append(field.name[:_SHOWN])
    return [note("rounded_column", columns=", ".join(names[:_TOLD]))] if names else []


def _mask(found: Any, shape: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), np.bool_).reshape(shape)
