"""What is typed on a command line or a terminal, as numbers and days."""

from __future__ import annotations

import argparse
import re
from datetime import date

from geo.base.messages import LANGUAGES, text
from geo.base.told import told
from geo.contract.box import Box, check_box
from geo.errors import UsageError

__all__ = ["box_of", "country_of", "day_of", "filled", "numbers_of"]


def filled(given: str) -> str:
    """Return what an option says; one that is empty (an unset variable of a script) is not taken for one left out.

    Raises
    ------
    argparse.ArgumentTypeError
        In every language; argparse puts the option's name before it.
    """
    if given.strip():
        return given
    raise argparse.ArgumentTypeError("\n     ".join(text("answer.empty", one) for one in reversed(LANGUAGES)))


def box_of(line: str, name: str) -> Box:
    """Return west, south, east, north as `numbers_of` reads them; raise `UsageError` if they are no box."""
    return check_box(numbers_of(line, name), name)


def country_of(line: str, name: str) -> str:
    """Return the two letters of a country in ISO 3166-1; raise `UsageError` if these are none."""
    if not re.fullmatch("[A-Za-z]{2}", line):
        raise told(UsageError, "answer.no_country", name=name, given=line)
    return line.upper()


def day_of(line: str, name: str) -> date:
    """Return a day that is written YYYY-MM-DD; raise `UsageError`, with the option's name, if it is none."""
    try:
        return date.fromisoformat(line)
    except ValueError:
        raise told(UsageError, "answer.no_day", name=name, given=line) from None


def numbers_of(line: str, name: str) -> list[float]:
    """Return numbers with commas, those of Chinese too, or spaces between them; `name` is that of the option.

    Raises
    ------
    UsageError
        If a part is no number.

    Examples
    --------
    >>> numbers_of("9.9,49.9，10.5 50.3", "--bbox")
    [9.9, 49.9, 10.5, 50.3]
    """
    try:
        return [float(part) for part in re.split(r"[,，\s]+", line.strip())]
    except ValueError:
        raise told(UsageError, "answer.no_numbers", name=name, given=line) from None
