"""HTML of our own with every word escaped, and values, dates and citations as text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.base.messages import text
from geo.render.classes import format_number

__all__ = ["cell", "citation", "date_text", "figure_text", "foreign", "link", "present", "tag", "words"]

#: A run of Chinese, with the marks and numbers inside it.
_CHINESE = re.compile(
    r"[〔《（“]?[\u4e00-\u9fff](?:[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef0-9.·—“”-]*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])?"
)


def present(value: Any) -> bool:
    """Return whether a table cell holds something."""
    return value is not None and value is not pd.NA and value == value and value != ""


def cell(row: Mapping[Any, Any], name: str) -> str:
    """Return a cell as text, "" where there is none."""
    value = row.get(name)
    return str(value) if present(value) else ""


def tag(name: str, *content: str, **attributes: str) -> str:
    """Return an HTML element.

    Parameters
    ----------
    name : str
        Of the element.
    content : str
        HTML already: put data through `words` or `html.escape`.
    attributes : str
        Plain text; ``class_`` is class, ``data_x`` is data-x.

    Examples
    --------
    >>> tag("b", words("i", "<x>"), class_="y", data_z="'")
    '<b class="y" data-z="&#x27;"><i>&lt;x&gt;</i></b>'
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(content)}</{name}>"


def words(name: str, content: str, **attributes: str) -> str:
    """Return an HTML element around plain text.

    Examples
    --------
    >>> words("p", "a < b")
    '<p>a &lt; b</p>'
    """
    return tag(name, html.escape(content), **attributes)


def foreign(content: str, language: str) -> str:
    """Return plain text as HTML; in English each run of Chinese says that it is, for fonts and for reading aloud.

    Examples
    --------
    >>> foreign("Xinhua (新华社, 2017)", "en")
    'Xinhua (<bdi lang="zh-CN">新华社</bdi>, 2017)'
    >>> foreign("a < b", "en"), foreign("新华社", "zh")
    ('a &lt; b', '新华社')
    """
    if language == "zh":
        return html.escape(content)
    parts, end = [], 0
    for run in _CHINESE.finditer(content):
        parts += [html.escape(content[end : run.start()]), words("bdi", run[0], lang="zh-CN")]
        end = run.end()
    return "".join([*parts, html.escape(content[end:])])


def link(url: str) -> str:
    """Return a link that opens elsewhere and tells nothing of this page; only text unless it is http or https.

    Examples
    --------
    >>> link("javascript:alert(1)")
    'javascript:alert(1)'
    """
    if not url.startswith(("http://", "https://")):
        return html.escape(url)
    return words("a", url, href=url, target="_blank", rel="noopener noreferrer")


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
