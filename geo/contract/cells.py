"""Validation of single table cells by the type of their column; periods as the contract writes them."""

from __future__ import annotations

import math
import re

from geo.contract.periods import check_period
from geo.contract.schema import Column
from geo.contract.typed import split_list

__all__ = ["CONTROL", "Row", "check_cell", "is_number"]

#: A row as in the file: column → text.
Row = dict[str, str]

_ID = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_MOST_DIGITS = 15  # spreadsheets and JavaScript keep this many digits exactly
#: Characters that no text may contain.
CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufeff\ufffd]")


def check_cell(column: Column, value: str) -> str | None:
    """Return what is wrong with a cell and what to write instead, or None if it is valid.

    Parameters
    ----------
    column : Column
        The contract of the cell.
    value : str
        The cell as written in the file; empty means no value.
    """
    if value == "":
        return "is empty but required: fill it, or remove the row" if column.required else None
    if value != value.strip():
        return f"has space around it ({value!r}): remove it"
    if CONTROL.search(value):
        return f"has a control or replacement character ({value!r}): remove it and save the file as UTF-8"
    match column.type:
        case "id":
            if not _ID.fullmatch(value):
                return f"is {value!r}: an id is lower-case ASCII letters, digits, _ and -"
        case "list":
            parts = split_list(value)
            if "" in (part.strip() for part in parts) or any(part != part.strip() for part in parts):
                return f"is {value!r}: separate items by ; without spaces or empty items"
            if len(set(parts)) != len(parts):
                return f"is {value!r}: it names an item twice, remove one"
        case "integer":
            if not _INTEGER.fullmatch(value):
                return f"is {value!r}: write a whole number without separators"
            if len(value.lstrip("-")) > _MOST_DIGITS:
                return f"is {value!r}: write a whole number of at most {_MOST_DIGITS} digits"
        case "number":
            if not _NUMBER.fullmatch(value):
                return f"is {value!r}: write a number with a dot as decimal mark, no separators, no unit"
            if not math.isfinite(float(value)):
                return f"is {value!r}: larger than any number that files can hold"
        case "boolean":
            if value not in ("true", "false"):
                return f"is {value!r}: write true or false"
        case "enum":
            if value not in column.allowed:
                return f"is {value!r}: allowed are {', '.join(column.allowed)}"
        case "colour":
            if not _COLOUR.fullmatch(value):
                return f"is {value!r}: write a colour as #RRGGBB"
        case "url":
            if not re.fullmatch(r"https?://[^\s<>\"']+", value):
                return f"is {value!r}: write an http:// or https:// address"
        case "period":
            return check_period(value)
    return None


def is_number(value: str) -> bool:
    """Return whether a cell is a number as the contract writes it: a dot as decimal mark, no exponent."""
    return _NUMBER.fullmatch(value) is not None
