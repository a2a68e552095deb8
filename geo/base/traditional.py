"""Conversion of traditional to simplified characters, for names of places (``geo/data/traditional.csv``)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

__all__ = ["simplified", "traditional_table"]


@cache
def traditional_table() -> dict[int, str]:
    """Return a translation table for `str.translate`: traditional → simplified character."""
    text = resources.files("geo.data").joinpath("traditional.csv").read_text(encoding="utf-8")
    return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(text.splitlines())}


def simplified(text: str) -> str:
    """Return a text with its known traditional characters converted to simplified ones.

    Examples
    --------
    >>> simplified("東山區 East"), simplified("东山区")
    ('东山区 East', '东山区')
    """
    return text if text.isascii() else text.translate(traditional_table())
