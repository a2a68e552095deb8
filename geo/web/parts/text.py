"""Sources as HTML, and escaping for Streamlit's labels, which are Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geo.analysis.values import cell, citation, reading_text
from geo.base.messages import text
from geo.render.markup import Markup, foreign, join, link_out, tag

__all__ = ["counted", "escape_markdown", "source_details"]


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~<>$:&@-])")


def escape_markdown(text_of_data: str) -> str:
    r"""Escape a text for Streamlit's labels, which are Markdown.

    Examples
    --------
    >>> escape_markdown("a_b `c` [x](y)")
    'a\\_b \\`c\\` \\[x\\]\\(y\\)'
    """
    return _MARKDOWN.sub(r"\\\1", text_of_data)


def counted(title: str, count: int, language: str) -> str:
    """Return a heading followed by the number of items below it.

    Examples
    --------
    >>> counted("新点名", 1200, "zh"), counted("Newly named", 8, "en")
    ('新点名（1,200）', 'Newly named (8)')
    """
    return text("list.counted", language, title=title, count=count)


def source_details(source: Mapping[Any, Any], language: str, locator: str = "", quoted: str = "") -> Markup:
    """Return a source as HTML: its grade and, folded, its full record.

    Parameters
    ----------
    source : mapping
        A row of ``sources``.
    language : str
    locator : str
        Page or section within the source.
    quoted : str
        `geo.analysis.values.quote_text` of the row that cites the source; shown first.
    """
    grade = cell(source, "grade")
    word = text("web.cite.grade", language, grade=grade)
    why = text(f"web.cite.grade.{grade.lower()}", language) if grade in ("A", "B", "C") else ""
    lines = [tag("p", foreign(quoted, language), class_="geo-quote")] if quoted else []
    lines += [tag("p", foreign(citation(source, language), language)), tag("p", f"{word} · {why}")]
    if read := reading_text(source, language):
        lines.append(tag("p", foreign(read, language)))
    if locator and locator not in quoted:
        lines.append(tag("p", foreign(text("web.cite.locator", language, text=locator), language)))
    if note := cell(source, f"note_{language}"):
        lines.append(tag("p", note))
    if (url := cell(source, "url")).startswith(("http://", "https://")):
        lines.append(tag("p", link_out(url)))
    summary = tag("summary", text("web.panel.source", language), tag("b", grade))
    return tag("details", summary, tag("div", join(lines)), class_=f"geo-cite grade-{grade.lower()}")
