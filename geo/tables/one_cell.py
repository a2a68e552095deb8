"""Splitting of cells that hold both coordinates into two numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.column_names import match_name
from geo.tables.reasons import MISSING, NOT_A_NUMBER, SET_ASIDE_FROM
from geo.tables.values import Codes, Floats, as_text, parse_numbers

__all__ = ["WKT_POINT", "nothing", "split_cells", "split_struct"]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
#: A point in WKT, also with a CRS before it and more than two numbers.
WKT_POINT = (
    rf"^\s*(?i:SRID\s*=\s*\d+\s*;)?\s*(?i:POINT)\s*(?i:ZM|Z|M)?\s*"
    rf"\(\s*(?P<a>{_NUMBER})\s+(?P<b>{_NUMBER})(?:\s+{_NUMBER})*\s*\)\s*$"
)
_JSON_A = rf"(?i)(?:\b(?:lng|lon|longitude|x)\b|经度|东经)[\"']?\s*[:=：]\s*[\"']?(?P<v>{_NUMBER})"
_JSON_B = rf"(?i)(?:\b(?:lat|latitude|y)\b|纬度|北纬)[\"']?\s*[:=：]\s*[\"']?(?P<v>{_NUMBER})"
# What may stand between; a third number behind is the height, as in KML.
_BETWEEN = ",;，；、/|"
_PAIR = (
    rf"^[\[({{<\s]*(?P<a>[^{_BETWEEN}]+?)\s*[{_BETWEEN}]\s*(?P<b>[^{_BETWEEN}]+?)"
    rf"(?:\s*[{_BETWEEN}]\s*{_NUMBER})?[\])}}>\s]*$"
)
_PAIR_COMMA = r"^[\[({<\s]*(?P<a>[^;；/|\s]+)\s*[;；/|\s]\s*(?P<b>[^;；/|\s]+)[\])}>\s]*$"
_PAIR_BLANK = rf"^[\[({{<\s]*(?P<a>{_NUMBER})\s+(?P<b>{_NUMBER})[\])}}>\s]*$"
# "31°13′49″N 121°28′25″E", "北纬31度13分 东经121度28分": the letters stand behind both, or before both.
_ANGLE = r"\d{1,3}(?:\.\d+)?\s*[°º˚度][^°º˚度]*?"
_ANGLES = rf"^[\[({{<\s]*(?P<a>{_ANGLE})\s*(?P<b>{_ANGLE})[\])}}>\s]*$"
_HEMISPHERE = r"(?:[NSEWnsew]|东经|西经|北纬|南纬)"
_LED_ANGLES = rf"^[\[({{<\s]*(?P<a>{_HEMISPHERE}\s*{_ANGLE})\s*(?P<b>{_HEMISPHERE}\s*{_ANGLE})[\])}}>\s]*$"
# "E121.47 N31.23", "31.23N 121.47E"
_LED_NUMBERS = rf"^[\[({{<\s]*(?P<a>{_HEMISPHERE}\s*{_NUMBER})\s*(?P<b>{_HEMISPHERE}\s*{_NUMBER})[\])}}>\s]*$"
_NUMBERS_LED = rf"^[\[({{<\s]*(?P<a>{_NUMBER}\s*[NSEWnsew])\s*(?P<b>{_NUMBER}\s*[NSEWnsew])[\])}}>\s]*$"


def split_cells(column: pa.Array, decimal: str) -> tuple[Floats, Floats, Codes]:
    """Split cells such as ``116.40,39.92``, with brackets, blank or semicolon, as {"lng": …, "lat": …}, or as WKT.

    Parameters
    ----------
    column : pyarrow.Array, shape (n,)
    decimal : {".", ","}
        Decimal mark.

    Returns
    -------
    first, second : ndarray of float64, shape (n,)
    codes : ndarray of uint8, shape (n,)
        As of `geo.tables.values.parse_numbers`.
    """
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type) or pa.types.is_fixed_size_list(column.type):
        return _split_lists(column)
    if pa.types.is_struct(column.type):
        return split_struct(column)
    text = as_text(column)
    first, second = pa.nulls(len(text), pa.string()), pa.nulls(len(text), pa.string())
    both = pc.extract_regex(text, _JSON_A), pc.extract_regex(text, _JSON_B)
    if both[0].null_count < len(text):
        first, second = pc.struct_field(both[0], "v"), pc.struct_field(both[1], "v")
    pair = _PAIR_COMMA if decimal == "," else _PAIR
    for pattern in (WKT_POINT, pair, _PAIR_BLANK, _ANGLES, _LED_ANGLES, _LED_NUMBERS, _NUMBERS_LED):
        if first.null_count == text.null_count:
            break
        parts = pc.extract_regex(text, pattern)
        first = pc.coalesce(first, pc.struct_field(parts, "a"))
        second = pc.coalesce(second, pc.struct_field(parts, "b"))
    a, code_a = parse_numbers(first, decimal)
    b, code_b = parse_numbers(second, decimal)
    codes = np.maximum(code_a, code_b)
    open_rows = np.flatnonzero(np.asarray(pc.is_null(first).to_numpy(zero_copy_only=False), np.bool_))
    if open_rows.size:  # blank and "unknown" are missing, anything else is not a number
        codes[open_rows] = parse_numbers(text.take(pa.array(open_rows)))[1]
        codes[open_rows] = np.where(codes[open_rows] < SET_ASIDE_FROM, NOT_A_NUMBER, codes[open_rows])
    return a, b, codes


def _split_lists(column: pa.Array) -> tuple[Floats, Floats, Codes]:
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    whole = column.filter(pa.array(lengths >= 2))
    a, b = np.full(len(column), np.nan), np.full(len(column), np.nan)
    codes = np.where(lengths == 0, MISSING, NOT_A_NUMBER).astype(np.uint8)
    for target, place in ((a, 0), (b, 1)):
        target[lengths >= 2], found = parse_numbers(pc.list_element(whole, place))
        codes[lengths >= 2] = found if place == 0 else np.maximum(codes[lengths >= 2], found)
    return a, b, codes


def split_struct(column: pa.Array) -> tuple[Floats, Floats, Codes]:
    """Return two fields of every struct as numbers, and reason codes; as `split_cells`.

    Fields called longitude and latitude, or coordinates (a list, as in GeoJSON); else the first two.
    """
    fields = column.flatten()
    at: dict[str, int] = {}
    for number, field in enumerate(column.type):
        for match in match_name(field.name):
            if match.exact:
                at.setdefault(match.role, number)
    if "point" in at and pa.types.is_list(column.type.field(at["point"]).type):
        return _split_lists(fields[at["point"]])
    pair = next(((at[a], at[b]) for a, b in (("lon", "lat"), ("x", "y")) if a in at and b in at), (0, 1))
    if len(fields) < 2:
        return nothing(len(column), NOT_A_NUMBER)
    (a, code_a), (b, code_b) = (parse_numbers(fields[number]) for number in pair)
    return a, b, np.maximum(code_a, code_b)


def nothing(n: int, code: int) -> tuple[Floats, Floats, Codes]:
    """Return n rows without numbers, all with the reason `code`."""
    return np.full(n, np.nan), np.full(n, np.nan), np.full(n, code, np.uint8)
