"""The formats that can be read: the rows of ``geo/data/table_formats.csv``."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

__all__ = ["PAGE_ENDINGS", "endings", "formats", "holds_texts", "is_workbook", "options_of"]


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = resources.files("geo.data").joinpath("table_formats.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def formats() -> tuple[str, ...]:
    """Return the names of all formats.

    Examples
    --------
    >>> formats()[:3]
    ('csv', 'xlsx', 'xlsb')
    """
    return tuple(row["format"] for row in _rows())


@cache
def endings() -> dict[str, str]:
    """Return the format for each ending of a file name, such as ``.csv``."""
    return {ending: row["format"] for row in _rows() for ending in row["endings"].split()}


@cache
def options_of(format: str) -> frozenset[str]:
    """Return the reading options that a format has."""
    return next(frozenset(row["options"].split()) for row in _rows() if row["format"] == format)


@cache
def holds_texts(format: str) -> bool:
    """Return whether a format stores numbers and dates as text, so that the types of columns must be determined."""
    return any(row["cells"] == "text" for row in _rows() if row["format"] == format)


def is_workbook(format: str) -> bool:
    """Return whether a format is that of a spreadsheet program, whose cells have types."""
    return any("sheet" in row["options"] and row["cells"] == "typed" for row in _rows() if row["format"] == format)


#: What the page lets a user choose, without the dot.
PAGE_ENDINGS = tuple(ending[1:] for row in _rows() for ending in row["page"].split())
