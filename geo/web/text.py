"""Values, dates and citations as text, and HTML of our own with every word escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.messages import text
from geo.render.classes import format_number

__all__ = ["cell", "citation", "date_text", "plain", "present", "source_details", "tag", "value_text", "words"]


def present(value: Any) -> bool:
    """Return whether a table cell holds something."""
    return value is not None and value is not pd.NA and value == value and value != ""


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~<>$:-])")


def cell(row: Mapping[Any, Any], name: str) -> str:
    """Return a cell as text, "" where there is none."""
    value = row.get(name)
    return str(value) if present(value) else ""


def tag(name: str, *content: str, **attributes: str) -> str:
    """Return an HTML element; `content` is HTML already (use `html.escape` on data), attribute values are escaped.

    Examples
    --------
    >>> tag("b", html.escape("<x>"), class_="y")
    '<b class="y">&lt;x&gt;</b>'
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(content)}</{name}>"


def words(name: str, content: str, **attributes: str) -> str:
    """Return an HTML element around plain text, escaped.

    Examples
    --------
    >>> words("p", "a < b")
    '<p>a &lt; b</p>'
    """
    return tag(name, html.escape(content), **attributes)


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


def date_text(period: Any, language: str) -> str:
    """Return a period, in words where it is unknown."""
    return str(period) if present(period) and period != "unknown" else text("web.panel.unknown_date", language)


def citation(row: Mapping[Any, Any], language: str, prefix: str = "source_") -> str:
    """Return a source as one line: publisher, title, number, date.

    Parameters
    ----------
    row : mapping
        A row of ``sources``, or one joined with it under `prefix`.
    """
    title = cell(row, f"{prefix}title")
    english = cell(row, f"{prefix}title_en")
    quoted = f"《{title}》" if language == "zh" else f"“{english or title}”"
    if language == "en" and english and english != title:
        quoted += f" ({title})"
    parts = [cell(row, f"{prefix}publisher"), quoted, cell(row, f"{prefix}number")]
    parts.append(date_text(row.get(f"{prefix}published"), language))
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def source_details(row: Mapping[Any, Any], language: str, prefix: str = "source_", locator: str = "") -> str:
    """Return HTML that shows the grade of a source and, one click away, all of it."""
    grade = cell(row, f"{prefix}grade")
    word = text("web.cite.grade", language, grade=grade)
    why = text(f"web.cite.grade.{grade.lower()}", language) if grade in ("A", "B", "C") else ""
    lines = [words("p", citation(row, language, prefix)), words("p", f"{word} · {why}")]
    if locator:
        lines.append(words("p", text("web.cite.locator", language, text=locator)))
    if note := cell(row, f"{prefix}note_{language}"):
        lines.append(words("p", note))
    if (url := cell(row, f"{prefix}url")).startswith(("http://", "https://")):
        link = words("a", url, href=url, target="_blank", rel="noopener noreferrer")
        lines.append(tag("p", link))
    summary = tag("summary", html.escape(text("web.panel.source", language)), words("b", grade))
    return tag("details", summary, tag("div", *lines), class_=f"geo-cite grade-{grade.lower()}")
