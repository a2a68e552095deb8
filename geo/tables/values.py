"""Conversion of whole columns to numbers: plain, full-width, with decimal comma, or in degrees, minutes and seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.column_names import missing_words
from geo.tables.reasons import (
    DECIMAL_COMMA,
    DMS,
    FULL_WIDTH,
    MISSING,
    NOT_A_NUMBER,
    NOT_FINITE,
    OK,
    SEPARATORS,
    TEXT_MARK,
)

__all__ = ["Floats", "as_text", "comma_numbers", "parse_numbers"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]

_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
#: Most characters of a number; normalising a text takes quadratic time where many marks follow one letter.
_LONGEST = 200
#: Characters without width, which are copied along with a cell from a web page.
_HIDDEN = r"[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]"
#: Marks by which a spreadsheet, or our own CSV (geo.base.formulas), declares a cell text: '116.4 or ="116.4".
_TEXT_MARK = r"^(?:'|=\s*\")\s*([+.\d-][^\"]*)\"?$"
_COMMA = r"^[+-]?\d+,\d+$"
_GROUPED = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"
_GROUPED_DOTS = r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$"
# Hemisphere, sign, degrees, minutes, seconds, hemisphere. Separators: signs, letters, 度分秒, colon, hyphen or blank.
_DMS = (
    r"^(?P<before>[NSEWnsew]|东经|西经|北纬|南纬)?\s*(?P<sign>[+-])?\s*"
    r"(?P<deg>\d{1,3}(?:\.\d+)?)(?P<unit>\s*[°º˚度d:-]|\s)?\s*"
    r"(?:(?P<min>\d{1,2}(?:\.\d+)?)\s*(?:['′’‘´`分m:\s-]\s*(?P<sec>\d{1,2}(?:\.\d+)?)?\s*(?:[\"″”“秒s]|''|′′|’’)?)?)?\s*"
    r"(?P<after>[NSEWnsew])?$"
)


def as_text(column: pa.Array) -> pa.Array:
    """Return a column of any type as plain text; null for bytes and nested values."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type) or pa.types.is_nested(column.type):
        return pa.nulls(len(column), pa.string())
    return pc.cast(column, pa.string())


def parse_numbers(column: pa.Array, decimal: str = ".") -> tuple[Floats, Codes]:
    """Return cells as numbers, and a code for how each was read.

    Parameters
    ----------
    column : pyarrow.Array, shape (n,)
        Numbers or text.
    decimal : {".", ","}
        Decimal mark: with ``","`` a single comma is the decimal mark, with ``"."`` it groups thousands.

    Returns
    -------
    values : ndarray of float64, shape (n,)
        NaN where there is no number.
    codes : ndarray of uint8, shape (n,)
        Codes of `geo.tables.reasons`: `OK`, the notation, or why it is not a number.
    """
    if pa.types.is_decimal(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = _floats(pc.cast(column, pa.float64(), safe=False))
        return _finite(values, _there(column))
    text = as_text(column)
    try:
        values = _floats(pc.cast(text, pa.float64()))
        return _finite(values, _there(text))
    except pa.ArrowInvalid:
        pass
    trimmed = pc.utf8_trim_whitespace(text)
    plain = pc.fill_null(pc.match_substring_regex(trimmed, _PLAIN), False)
    values = _floats(pc.cast(pc.if_else(plain, trimmed, pa.scalar(None, pa.string())), pa.float64()))
    codes = np.zeros(len(text), np.uint8)
    rest = np.flatnonzero(~_mask(plain))
    if rest.size:
        values[rest], codes[rest] = _parse_rest(trimmed.take(pa.array(rest)), decimal)
    return _finite(values, codes)


def comma_numbers(column: pa.Array) -> Floats:
    """Return the numbers of cells with a single comma, read as decimal mark."""
    text = pc.utf8_trim_whitespace(as_text(column))
    found = text.filter(pc.fill_null(pc.match_substring_regex(text, _COMMA), False))
    return _floats(pc.cast(pc.replace_substring(found, ",", "."), pa.float64()))


def _parse_rest(cells: pa.Array, decimal: str) -> tuple[Floats, Codes]:
    """Read the cells that are not plain numbers; equal cells are read once."""
    coded = cells.dictionary_encode()
    raw = pc.utf8_slice_codeunits(coded.dictionary, 0, _LONGEST)
    folded = pc.utf8_normalize(pc.replace_substring_regex(_prepare(raw), _HIDDEN, ""), form="NFKC")
    folded = pc.utf8_trim_whitespace(folded)
    marked = _mask(pc.match_substring_regex(folded, _TEXT_MARK))
    if marked.any():
        folded = pc.replace_substring_regex(folded, _TEXT_MARK, r"\1")
    n = len(raw)
    values, codes = np.full(n, np.nan), np.full(n, NOT_A_NUMBER, np.uint8)

    def fill(pattern: str, text: pa.Array, code: int) -> None:
        hit = _mask(pc.match_substring_regex(folded, pattern)) & (codes == NOT_A_NUMBER)
        if hit.any():
            values[hit] = _floats(pc.cast(text.filter(pa.array(hit)), pa.float64()))
            codes[hit] = code

    fill(_PLAIN, folded, FULL_WIDTH)
    codes[marked & (codes == FULL_WIDTH)] = TEXT_MARK
    if decimal == ",":
        fill(_COMMA, pc.replace_substring(folded, ",", "."), DECIMAL_COMMA)
        fill(_GROUPED_DOTS, pc.replace_substring(pc.replace_substring(folded, ".", ""), ",", "."), DECIMAL_COMMA)
    else:
        fill(_GROUPED, pc.replace_substring(folded, ",", ""), SEPARATORS)
    open_cells = np.flatnonzero(codes == NOT_A_NUMBER)
    if open_cells.size:
        degrees, good = _degrees(folded.take(pa.array(open_cells)))
        values[open_cells] = degrees
        codes[open_cells[good]] = DMS
    lower = pc.utf8_lower(folded)
    codes[_mask(pc.is_in(lower, value_set=pa.array(["", *missing_words()])))] = MISSING
    odd = _mask(pc.is_in(lower, value_set=pa.array(["nan", "inf", "+inf", "-inf", "infinity", "-infinity"])))
    codes[odd] = NOT_FINITE
    long = _mask(pc.greater(pc.utf8_length(coded.dictionary), _LONGEST))
    values[long], codes[long] = np.nan, NOT_A_NUMBER
    places = coded.indices.to_numpy(zero_copy_only=False)
    null = _mask(pc.is_null(cells))
    places = np.where(null, 0, places).astype(np.intp)
    if n == 0:
        return np.full(len(cells), np.nan), np.full(len(cells), MISSING, np.uint8)
    return np.where(null, np.nan, values[places]), np.where(null, MISSING, codes[places]).astype(np.uint8)


def _prepare(text: pa.Array) -> pa.Array:
    """Replace signs that NFKC normalisation would decompose: º by a degree sign, ´ by a minute sign."""
    return pc.replace_substring(pc.replace_substring(text, "º", "°"), "´", "′")


def _degrees(text: pa.Array) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return cells in degrees, minutes and seconds as numbers, and which cells are."""
    parts = pc.extract_regex(text, _DMS)
    good = _mask(pc.is_valid(parts))

    def number(name: str) -> Floats:
        field = pc.struct_field(parts, name)
        filled = pc.if_else(pc.equal(pc.fill_null(field, ""), ""), pa.scalar("nan"), pc.fill_null(field, "nan"))
        return _floats(pc.cast(filled, pa.float64()))

    def is_one_of(name: str, *marks: str) -> npt.NDArray[np.bool_]:
        return _mask(pc.is_in(pc.fill_null(pc.struct_field(parts, name), ""), value_set=pa.array(marks)))

    degrees, minutes, seconds = number("deg"), number("min"), number("sec")
    unit, after, before = (~is_one_of(name, "") for name in ("unit", "after", "before"))
    good &= np.isnan(minutes) | unit  # "12130" is no degrees and minutes
    good &= ~np.isnan(minutes) | unit | after | before
    whole = degrees == np.floor(degrees)
    good &= (np.isnan(minutes) | (whole & (minutes < 60))) & (
        np.isnan(seconds) | ((minutes == np.floor(minutes)) & (seconds < 60))
    )
    negative = is_one_of("sign", "-") | is_one_of("before", "S", "s", "W", "w", "西经", "南纬")
    negative |= is_one_of("after", "S", "s", "W", "w")
    result = degrees + np.nan_to_num(minutes) / 60 + np.nan_to_num(seconds) / 3600
    return np.where(good, np.where(negative, -result, result), np.nan), good


def _there(column: pa.Array) -> Codes:
    """Return `OK` for cells that are not null, else `MISSING`."""
    if not column.null_count:
        return np.full(len(column), OK, np.uint8)
    return np.where(_mask(pc.is_null(column)), MISSING, OK).astype(np.uint8)


def _finite(values: Floats, codes: Codes) -> tuple[Floats, Codes]:
    """Return values and codes with infinite numbers replaced by NaN and `NOT_FINITE`."""
    finite = np.isfinite(values)
    if not finite.all():
        codes[~finite & (codes == OK)] = NOT_FINITE
        values[codes == NOT_FINITE] = np.nan
    return values, codes


def _floats(column: Any) -> Floats:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _mask(column: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
