"""The one place that words a figure: numbers, qualifiers, units, dates, sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.base.messages import text

__all__ = ["cell", "citation", "date_text", "figure_text", "format_number", "present"]


def rounded(value: float) -> float:
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)


def format_number(value: float) -> str:
    """Return a number without digits that mean nothing; thousands are separated from 10,000 up.

    A number of four digits may be a year, and stands well enough without a separator (ISO 80000-1, 7.3).

    Examples
    --------
    >>> format_number(1234567.0), format_number(2012.0), format_number(5.984), format_number(0.04321)
    ('1,234,567', '2012', '5.984', '0.0432')
    """
    comma = "," if abs(value) >= 10_000 else ""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):{comma}}"
    digits = 3 if abs(value) >= 1 else max(3, 2 - math.floor(math.log10(abs(value))))
    return f"{value:{comma}.{digits}f}".rstrip("0").rstrip(".")


def present(value: Any) -> bool:
    """Return whether a table cell holds something."""
    return value is not None and value is not pd.NA and value == value and value != ""


def cell(row: Mapping[Any, Any], name: str) -> str:
    """Return a cell as text, "" where there is none."""
    value = row.get(name)
    return str(value) if present(value) else ""


def figure_text(value: Any, qualifier: str, unit: str, language: str, *, topic: str = "") -> str:
    """Return a number with its qualifier and unit, the word for unknown where there is none.

    Parameters
    ----------
    value : number or None
    qualifier : str
        exact, about, over or under.
    unit : str
        Symbol; a dash alone stands for none.
    language : str
    topic : str
        Of the measure: a year (topic "date") is written plainly.

    Examples
    --------
    >>> figure_text(6.1, "about", "10,000 m²", "en"), figure_text(1988, "exact", "year", "en", topic="date")
    ('about 6.1 × 10,000 m²', '1988')
    """
    if not present(value):
        return text("unknown", language)
    if topic == "date":
        # Only Chinese writes the unit of a year.
        shown = f"{float(value):g}" + (f" {unit}" if language == "zh" else "")
    elif unit.strip("–—-") == "":
        shown = format_number(float(value))
    else:
        # A unit that starts with a number of its own is multiplied, not read on.
        shown = f"{format_number(float(value))} {'× ' if any(c.isdecimal() for c in unit) else ''}{unit}"
    return text(f"qualifier.{qualifier}", language) + shown


def date_text(period: Any, language: str) -> str:
    """Return a period, in words where it is unknown."""
    return str(period) if present(period) and period != "unknown" else text("web.panel.unknown_date", language)


def citation(source: Mapping[Any, Any], language: str) -> str:
    """Return a row of ``sources`` as one line: publisher, title, document number, date."""
    title, english, publisher = cell(source, "title"), cell(source, "title_en"), cell(source, "publisher")
    quoted = f"《{title}》" if language == "zh" else f"“{english or title}”"
    if language == "en" and english and english != title:
        quoted += f" ({title})"
    if publisher == text("cite.no_outlet", "zh"):  # the table's own words, not the document's
        publisher = text("cite.no_outlet", language)
    parts = [publisher, quoted, cell(source, "number"), date_text(source.get("published"), language)]
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)
