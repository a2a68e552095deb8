"""What is typed on a command line or a terminal, as numbers and days."""

from __future__ import annotations

import re
from datetime import date

from geo.base.told import told
from geo.errors import UsageError

__all__ = ["day_of", "numbers_of"]


def day_of(line: str) -> date:
    """Return a day that is written YYYY-MM-DD; raise `UsageError` if it is none."""
    try:
        return date.fromisoformat(line)
    except ValueError:
        raise told(UsageError, "answer.no_day", given=line) from None


def numbers_of(line: str) -> list[float]:
    """Return numbers with commas, those of Chinese too, or spaces between them.

    Raises
    ------
    UsageError
        If a part is no number.

    Examples
    --------
    >>> numbers_of("9.9,49.9，10.5 50.3")
    [9.9, 49.9, 10.5, 50.3]
    """
    try:
        return [float(part) for part in re.split(r"[,，\s]+", line.strip())]
    except ValueError:
        raise told(UsageError, "answer.no_numbers", given=line) from None
