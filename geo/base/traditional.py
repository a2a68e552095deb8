"""Traditional characters in the simplified form, as far as names of places need it (``geo/data/traditional.csv``)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

__all__ = ["simplified", "traditional_table"]


@cache
def traditional_table() -> dict[int, str]:
    """Return the simplified character of each traditional one, as `str.translate` takes it."""
    text = resources.files("geo.data").joinpath("traditional.csv").read_text(encoding="utf-8")
    return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(text.splitlines())}


def simplified(text: str) -> str:
    """Return a text with the traditional characters that are known in their simplified form.

    Examples
    --------
    >>> simplified("東山區 East"), simplified("东山区")
    ('东山区 East', '东山区')
    """
    return text if text.isascii() else text.translate(traditional_table())
