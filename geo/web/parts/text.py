"""What pages show of a source; and data in Streamlit's labels, which read Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geo.analysis.values import cell, citation, reading_text
from geo.base.messages import text
from geo.errors import GeoError
from geo.render.markup import Markup, foreign, join, link_out, tag

__all__ = ["counted", "error_text", "escape_markdown", "source_details"]


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~<>$:&@-])")


def escape_markdown(text_of_data: str) -> str:
    r"""Return a text so that Streamlit's labels, which read Markdown, show it as it is.

    Examples
    --------
    >>> escape_markdown("a_b `c` [x](y)")
    'a\\_b \\`c\\` \\[x\\]\\(y\\)'
    """
    return _MARKDOWN.sub(r"\\\1", text_of_data)


def counted(title: str, count: int, language: str) -> str:
    """Return a heading with the number of what stands below it.

    Examples
    --------
    >>> counted("新点名", 1200, "zh"), counted("Newly named", 8, "en")
    ('新点名（1,200）', 'Newly named (8)')
    """
    return text("list.counted", language, title=title, count=count)


def error_text(error: GeoError, language: str) -> str:
    """Return what an error says in a language; where it is worded in English alone, that is said."""
    return error.translations.get(language) or text("refused.other", language, why=error)


def source_details(source: Mapping[Any, Any], language: str, locator: str = "", quoted: str = "") -> Markup:
    """Return HTML that shows the grade of a row of ``sources`` and, one click away, all of it.

    Parameters
    ----------
    source : mapping
    language : str
    locator : str
        Where in the source.
    quoted : str
        `geo.analysis.values.quote_text` of what rests on it: the words come first.
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
