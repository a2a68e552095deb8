"""Tables, bars and figures as HTML of our own: readable aloud, by keyboard, on a phone and on paper."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from geo.analysis.compare import YEARS_APART, Cell, Reason
from geo.analysis.labels import detail_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.parts.text import cell, date_text, source_details, tag, value_text, words

__all__ = [
    "MOST_LISTED",
    "Content",
    "bar",
    "definition",
    "detailed",
    "figure",
    "measured",
    "meta",
    "reasons",
    "source",
    "table",
    "topic_name",
]


#: Most measures of another definition that are named.
_MOST_NAMED = 3

#: Most names of a list that stand open; the rest is one click away or on the place's own page.
MOST_LISTED = 8

#: HTML of a cell, or (HTML, class) of it.
Content = str | tuple[str, str]


def measured(atlas: Atlas, measure_id: str, value: float, qualifier: str, language: str) -> str:
    """Return a figure with qualifier and unit; a year is written as a year."""
    measure = atlas.rows("measures")[measure_id]
    unit = cell(atlas.rows("units")[measure["unit"]], f"symbol_{language}")
    if measure["topic"] == "date":
        return text(f"web.value.{qualifier}", language, value=f"{value:.0f}", unit="").strip()
    return value_text(value, qualifier, unit, language)


def topic_name(topic: str, language: str) -> str:
    """Return the name of a topic of measures."""
    return text(f"topic.{topic}", language)


def definition(atlas: Atlas, measure_id: str, language: str) -> str:
    """Return HTML of a measure's label with its definition and caveat one click away."""
    measure = atlas.rows("measures")[measure_id]
    lines = [words("p", cell(measure, f"definition_{language}"))]
    if caveat := cell(measure, f"caveat_{language}"):
        lines.append(words("p", caveat, class_="geo-caveat"))
    label = words("summary", cell(measure, f"label_{language}"))
    return tag("details", label, tag("div", *lines), class_="geo-define")


def reasons(atlas: Atlas, found: Sequence[Reason], language: str) -> str:
    """Return in words why a figure may not be compared."""
    return text("list.semicolon", language).join(_reason(atlas, reason, language) for reason in found)


def _reason(atlas: Atlas, reason: Reason, language: str) -> str:
    values: dict[str, Any] = {"years": YEARS_APART}
    if reason.code == "scope":
        values["scope"] = cell(atlas.rows("scopes").get(reason.about[0], {}), f"name_{language}") or reason.about[0]
    elif reason.code == "date":
        first, last = reason.about
        values["span"] = first if first == last else f"{first}–{last}"
    elif reason.code == "level":
        values["level"] = text(f"compare.level.{reason.about[0]}", language)
    elif reason.code == "definition":
        labels = [cell(atlas.rows("measures")[other], f"label_{language}") for other in reason.about]
        more = "…" if len(labels) > _MOST_NAMED else ""
        values["measures"] = text("list.comma", language).join(labels[:_MOST_NAMED]) + more
    return text(f"compare.reason.{reason.code}", language, **values)


def meta(atlas: Atlas, one: Cell, language: str) -> str:
    """Return date and scope of a figure as text; what this map computed carries how."""
    scope = cell(atlas.rows("scopes").get(one.scope, {}), f"name_{language}")
    said = detail_text(atlas, one.detail, language, most=MOST_LISTED)
    about = (date_text(one.as_of, language), scope) if one.grade else (text("place.computed", language),)
    return " · ".join(part for part in (*about, said) if part)


def detailed(atlas: Atlas, said: str, language: str) -> str:
    """Return HTML of the detail of a derived figure; a long list opens on a click."""
    short, whole = (detail_text(atlas, said, language, most=most) for most in (MOST_LISTED, None))
    if short == whole:
        return html.escape(whole)
    return tag("details", words("summary", short), words("div", whole), class_="geo-define")


def source(atlas: Atlas, one: Cell, language: str) -> str:
    """Return HTML of the source of a figure, one click away; empty for what this map computed from geometry."""
    return source_details(atlas.rows("sources")[one.source_id], language, "") if one.grade else ""


def bar(value: float, largest: float | None, colour: str = "") -> str:
    """Return a bar as HTML, decoration to a figure that stands beside it as text; empty where none can be drawn."""
    if largest is None or largest <= 0 or value < 0:
        return ""
    style = f"width:{min(100.0, 100 * value / largest):.2f}%"
    inner = tag("i", style=f"{style};--c:{colour}" if colour else style)
    return tag("span", inner, class_="geo-meter", aria_hidden="true")


def figure(atlas: Atlas, one: Cell, measure_id: str, language: str, largest: float | None = None) -> str:
    """Return HTML of one figure: value, bar, date and scope, source, and why it may not be compared."""
    if one.value is None:
        parts = [words("span", text("place.unknown", language), class_="geo-unknown")]
    else:
        value = measured(atlas, measure_id, one.value, one.qualifier, language)
        drawn = bar(one.value, largest) if one.comparable else ""
        parts = [words("strong", value), drawn, words("span", meta(atlas, one, language), class_="geo-meta")]
        if one.conflict:
            parts.append(words("span", text("place.torn", language), class_="geo-torn"))
        parts.append(source(atlas, one, language))
    if one.reasons:
        parts.append(words("span", reasons(atlas, one.reasons, language), class_="geo-why-not"))
    return "".join(parts)


def table(
    headings: Sequence[str],
    groups: Iterable[tuple[str, Sequence[Sequence[Content]]]],
    *,
    label: str,
    class_: str = "",
) -> str:
    """Return a table in a region that scrolls sideways by keyboard too.

    Parameters
    ----------
    headings : sequence of str
        HTML of the column headings.
    groups : iterable of (str, rows)
        Title of the group as text ("" for none) and its rows, each a sequence of `Content`; the first cell heads it.
    label : str
        Name of the table for those who do not see it.
    class_ : str
        Class of the table.
    """
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    plain = [_plain(heading) for heading in headings]
    bodies = []
    for title, lines in groups:
        body = []
        if title:
            heading = words("th", title, scope="rowgroup", colspan=str(len(headings)))
            body.append(tag("tr", heading, class_="geo-group"))
        for line in lines:
            cells = []
            for column, content in enumerate(line):
                inner, more = (content, {}) if isinstance(content, str) else (content[0], {"class_": content[1]})
                more |= {"data_label": plain[column]} if column else {"scope": "row"}
                cells.append(tag("td" if column else "th", inner, **more))
            body.append(tag("tr", *cells))
        bodies.append(tag("tbody", *body))
    style = f"--n:{len(headings) - 1}"
    whole = tag("table", head, *bodies, class_=f"geo-table {class_}".strip(), style=style)
    return tag("div", whole, class_="geo-scroll", role="region", aria_label=label, tabindex="0")


def _plain(content: str) -> str:
    """Return HTML without its tags, for the labels of cells on a phone."""
    out, depth = [], 0
    for character in content:
        depth += (character == "<") - (character == ">")
        if depth == 0 and character != ">":
            out.append(character)
    return html.unescape("".join(out)).strip()
