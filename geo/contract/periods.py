"""Periods as the contract writes them: a year, a month, a day, or the word unknown."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["check_period", "first_day", "last_day", "period_end", "span"]

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


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


def span(period: str) -> tuple[float, float] | None:
    """Return begin and end of a period in decimal years, None where it is unknown.

    Examples
    --------
    >>> span("2020"), span("2020-07"), span("unknown")
    ((2020.0, 2021.0), (2020.5, 2020.5833333333333), None)
    """
    parts = period.split("-")
    if not parts[0].isdigit():
        return None
    year = int(parts[0])
    if len(parts) == 1:
        return float(year), year + 1.0
    begin = year + (int(parts[1]) - 1) / 12
    if len(parts) == 2:
        return begin, year + int(parts[1]) / 12
    begin += (int(parts[2]) - 1) / 372
    return begin, begin + 1 / 372
