"""Values, dates and citations as text, and HTML of our own with every word escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from geo.base.messages import text
from geo.render import values
from geo.render.markup import foreign, tag, words
from geo.render.values import cell, date_text, format_number, present

__all__ = [
    "cell",
    "citation",
    "date_text",
    "foreign",
    "plain",
    "present",
    "source_details",
    "tag",
    "value_text",
    "words",
]


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~<>$:&@-])")


def plain(text_of_data: str) -> str:
    r"""Return a text so that Streamlit's labels, which read Markdown, show it as it is.

    Examples
    --------
    >>> plain("a_b `c` [x](y)")
    'a\\_b \\`c\\` \\[x\\]\\(y\\)'
    """
    return _MARKDOWN.sub(r"\\\1", text_of_data)


def value_text(value: float, qualifier: str, unit: str, language: str) -> str:
    """Return a number with its qualifier (about, over, under) and unit; a dash as unit is none.

    Examples
    --------
    >>> value_text(6.1, "exact", "10,000 m²", "en"), value_text(3, "over", "–", "en")
    ('6.1 × 10,000 m²', 'over 3')
    """
    unit = "" if unit == "–" else f"× {unit}" if any(c.isdecimal() for c in unit) else unit
    return text(f"web.value.{qualifier}", language, value=format_number(float(value)), unit=unit).strip()


def citation(row: Mapping[Any, Any], language: str, prefix: str = "source_") -> str:
    """Return a source as one line: publisher, title, number, date.

    Parameters
    ----------
    row : mapping
        A row of ``sources``, or one joined with it under `prefix`.
    """
    own = {str(name).removeprefix(prefix): value for name, value in row.items() if str(name).startswith(prefix)}
    return values.citation(own, language)


def source_details(row: Mapping[Any, Any], language: str, prefix: str = "source_", locator: str = "") -> str:
    """Return HTML that shows the grade of a source and, one click away, all of it."""
    grade = cell(row, f"{prefix}grade")
    word = text("web.cite.grade", language, grade=grade)
    why = text(f"web.cite.grade.{grade.lower()}", language) if grade in ("A", "B", "C") else ""
    lines = [tag("p", foreign(citation(row, language, prefix), language)), words("p", f"{word} · {why}")]
    if locator:
        lines.append(tag("p", foreign(text("web.cite.locator", language, text=locator), language)))
    if note := cell(row, f"{prefix}note_{language}"):
        lines.append(words("p", note))
    if (url := cell(row, f"{prefix}url")).startswith(("http://", "https://")):
        link = words("a", url, href=url, target="_blank", rel="noopener noreferrer")
        lines.append(tag("p", link))
    summary = tag("summary", html.escape(text("web.panel.source", language)), words("b", grade))
    return tag("details", summary, tag("div", *lines), class_=f"geo-cite grade-{grade.lower()}")
