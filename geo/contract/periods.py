"""`Period`: a date as the contract writes it, a year, a month or a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["UNKNOWN", "Period", "check_period"]

#: Content of a cell whose date is unknown.
UNKNOWN = "unknown"

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ALLOWED = "write YYYY, YYYY-MM or YYYY-MM-DD, or unknown"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, a month or a day of the calendar.

    Sorted by time; a year before its months, and a month before its days.

    Parameters
    ----------
    year : int
    month, day : int
        0 for a period longer than a month, or than a day.

    Raises
    ------
    ValueError
        If there is no such day in the calendar.

    Examples
    --------
    >>> Period.of("2018-08").last_day, Period.of("2018") < Period.of("2018-08") < Period.of("2019")
    (datetime.date(2018, 8, 31), True)
    >>> Period.of("unknown") is None
    True
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        if self.day and not self.month:
            raise ValueError(f"day {self.day} of no month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, written: str) -> Period | None:
        """Parse a period; return None for ``unknown``, raise `ValueError` for anything else that is not a period.

        >>> Period.parse("2018-02-30")
        Traceback (most recent call last):
            ...
        ValueError: is '2018-02-30', which is no date of the calendar: write YYYY, YYYY-MM or YYYY-MM-DD, or unknown
        """
        if written == UNKNOWN:
            return None
        match = _WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"is {written!r}: {_ALLOWED}")
        try:
            # A month or day written as 00 is an error, not an omitted one.
            return cls(*(int(part) or -1 for part in match.groups() if part))
        except ValueError:
            raise ValueError(f"is {written!r}, which is no date of the calendar: {_ALLOWED}") from None

    @classmethod
    def of(cls, written: object) -> Period | None:
        """Parse a period; return None where it is unknown, missing or malformed."""
        try:
            return cls.parse(written) if isinstance(written, str) else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)])

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        if self.day:
            return self.first_day
        if self.month in (0, 12):
            return date(self.year, 12, 31)
        return date(self.year, self.month + 1, 1) - timedelta(days=1)

    @property
    def span(self) -> tuple[float, float]:
        """Begin and end in decimal years; every month has 1/12 of a year, every day 1/372.

        >>> Period.of("2020").span, Period.of("2020-07").span
        ((2020.0, 2021.0), (2020.5, 2020.5833333333333))
        """
        if not self.month:
            return float(self.year), self.year + 1.0
        begin, end = self.year + (self.month - 1) / 12, self.year + self.month / 12
        if not self.day:
            return begin, end
        begin += (self.day - 1) / 372
        return begin, begin + 1 / 372

    @property
    def middle(self) -> float:
        """The middle in decimal years."""
        return sum(self.span) / 2


def check_period(written: str) -> str | None:
    """Return what is wrong with a cell of type period and what to write instead, or None if it is valid."""
    try:
        Period.parse(written)
    except ValueError as error:
        return str(error)
    return None
