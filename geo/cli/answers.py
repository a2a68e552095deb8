"""Parsing of what is typed on the command line or at a prompt: numbers, boxes, countries, days."""

from __future__ import annotations

import argparse
import re
from datetime import date

from geo.base.messages import text
from geo.base.told import told
from geo.contract.box import Box, check_box
from geo.errors import UsageError

__all__ = ["box_of", "country_of", "day_of", "filled", "numbers_of"]


def filled(given: str) -> str:
    """Return the value of an option; refuse an empty one (an unset shell variable) instead of ignoring the option.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is empty; argparse puts the option's name before the message, `geo.cli.argument_faults` adds 中文.
    """
    if given.strip():
        return given
    raise argparse.ArgumentTypeError(text("argument.empty", "en"))


def box_of(line: str, name: str) -> Box:
    """Return west, south, east, north, parsed by `numbers_of`; raise `UsageError` if they are not a valid box."""
    return check_box(numbers_of(line, name), name)


def country_of(line: str, name: str) -> str:
    """Return a two-letter country code (ISO 3166-1); raise `UsageError` if it is not one."""
    if not re.fullmatch("[A-Za-z]{2}", line):
        raise told(UsageError, "answer.no_country", name=name, given=line)
    return line.upper()


def day_of(line: str, name: str) -> date:
    """Parse a day written YYYY-MM-DD; raise `UsageError` with the option's name if it is not one."""
    try:
        return date.fromisoformat(line)
    except ValueError:
        raise told(UsageError, "answer.no_day", name=name, given=line) from None


def numbers_of(line: str, name: str) -> list[float]:
    """Return numbers separated by commas (also Chinese ones) or spaces; `name` is the option's name.

    Raises
    ------
    UsageError
        If a part is not a number.

    Examples
    --------
    >>> numbers_of("9.9,49.9，10.5 50.3", "--bbox")
    [9.9, 49.9, 10.5, 50.3]
    """
    try:
        return [float(part) for part in re.split(r"[,，\s]+", line.strip())]
    except ValueError:
        raise told(UsageError, "answer.no_numbers", name=name, given=line) from None
