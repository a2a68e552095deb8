"""What one cell of a seed table may hold, by the type of its column; periods as the contract writes them."""

from __future__ import annotations

import math
import re
from datetime import date

from geo.contract.schema import Column

__all__ = ["Row", "check_cell", "check_period", "first_day", "is_number", "last_day", "period_end"]

#: A row as written in the file: column → text.
Row = dict[str, str]

_ID = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_MOST_DIGITS = 15  # what spreadsheets and JavaScript keep exactly
_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufeff\ufffd]")


def check_cell(column: Column, value: str) -> str | None:
    """Return what is wrong with the text of one cell and what to write instead, or None.

    Parameters
    ----------
    column : Column
        The contract of the cell.
    value : str
        The cell as it stands in the file; empty means no value.
    """
    if value == "":
        return "is empty but required: fill it, or remove the row" if column.required else None
    if value != value.strip():
        return f"has space around it ({value!r}): remove it"
    if _CONTROL.search(value):
        return f"has a control or replacement character ({value!r}): remove it and save the file as UTF-8"
    match column.type:
        case "id":
            if not _ID.fullmatch(value):
                return f"is {value!r}: an id is lower-case ASCII letters, digits, _ and -"
        case "list":
            parts = value.split(";")
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


def check_period(value: str) -> str | None:
    """Return what is wrong with a period and what to write instead, or None."""
    allowed = "write YYYY, YYYY-MM or YYYY-MM-DD, or the word unknown"
    if value == "unknown":
        return None
    if not _PERIOD.fullmatch(value):
        return f"is {value!r}: {allowed}"
    try:
        period_end(value)
    except ValueError:
        return f"is {value!r}, which is no date of the calendar: {allowed}"
    return None


def period_end(period: str) -> date | None:
    """Return the last day a period of the contract covers, or None for ``unknown``; `ValueError` if no such day is.

    >>> period_end("2018-08"), period_end("2018"), period_end("unknown")
    (datetime.date(2018, 8, 31), datetime.date(2018, 12, 31), None)
    """
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"no month {month}")
    if month is None:
        return date(year, 12, 31)
    if day is None:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    return date(year, month, day)


def first_day(period: str) -> date | None:
    """Return the first day of a period; None if it is unknown or not well-formed."""
    padded = period + {4: "-01-01", 7: "-01"}.get(len(period), "")
    return last_day(padded) if check_period(period) is None else None


def last_day(period: str) -> date | None:
    """Return the last day of a period; None if it is unknown or not well-formed."""
    return period_end(period) if check_period(period) is None else None


def is_number(value: str) -> bool:
    """Return whether a cell holds a number as the contract writes it: a dot as decimal mark, no exponent."""
    return _NUMBER.fullmatch(value) is not None
