"""Tables, bars and figures as HTML of our own: readable aloud, by keyboard, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from geo.analysis.compare import Cell
from geo.analysis.figures import Figure
from geo.analysis.labels import detail_text
from geo.analysis.values import cell, figure_words, quote_text, scope_text, when_text, why_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.web.parts.text import source_details

__all__ = [
    "MOST_LISTED",
    "Content",
    "bar",
    "definition",
    "detailed",
    "figure",
    "meta",
    "source",
    "table",
    "topic_name",
    "why_not",
]


#: Most names of a list that stand open; the rest is one click away or on the place's own page.
MOST_LISTED = 8

#: A cell: plain text or HTML, or that and its class.
Content = str | tuple[str, str]


def topic_name(topic: str, language: str) -> str:
    """Return the name of a topic of measures."""
    return text(f"topic.{topic}", language)


def definition(atlas: Atlas, measure_id: str, language: str) -> Markup:
    """Return HTML of a measure's label with its definition and caveat one click away."""
    measure = atlas.rows("measures")[measure_id]
    lines = [tag("p", cell(measure, f"definition_{language}"))]
    if caveat := cell(measure, f"caveat_{language}"):
        lines.append(tag("p", caveat, class_="geo-caveat"))
    label = tag("summary", cell(measure, f"label_{language}"))
    return tag("details", label, tag("div", *lines), class_="geo-define")


def why_not(atlas: Atlas, one: Cell, language: str) -> Markup:
    """Return HTML of why a figure may not be compared, empty where it may."""
    why = why_text(atlas, one.reasons, language)
    return tag("span", why, class_="geo-why-not") if why else Markup()


def meta(atlas: Atlas, one: Figure, language: str) -> str:
    """Return date and scope of a figure as text; what this map computed carries how."""
    scope = "" if one.is_computed else scope_text(atlas, one.scope, language)
    said = detail_text(atlas, one.detail, language, most=MOST_LISTED)
    return " · ".join(part for part in (when_text(one, language), scope, said) if part)


def detailed(atlas: Atlas, said: str, language: str) -> Markup:
    """Return HTML of the detail of a derived figure; a long list opens on a click."""
    short, full = (detail_text(atlas, said, language, most=most) for most in (MOST_LISTED, None))
    if short == full:
        return join([full])
    return tag("details", tag("summary", short), tag("div", full), class_="geo-define")


def source(atlas: Atlas, one: Figure, language: str) -> Markup:
    """Return HTML of the source of a figure, one click away; empty for what this map computed from geometry."""
    if one.is_computed:
        return Markup()
    words = quote_text(asdict(one), language)
    return source_details(atlas.rows("sources")[one.source_id], language, locator=one.locator, quoted=words)


def bar(value: float, largest: float | None, colour: str = "") -> Markup:
    """Return a bar as HTML, decoration to a figure that stands beside it as text; empty where none can be drawn."""
    if largest is None or largest <= 0 or value < 0:
        return Markup()
    style = f"width:{min(100.0, 100 * value / largest):.2f}%"
    inner = tag("i", style=f"{style};--c:{colour}" if colour else style)
    return tag("span", inner, class_="geo-meter", aria_hidden="true")


def figure(atlas: Atlas, one: Cell, language: str, largest: float | None = None) -> Markup:
    """Return HTML of one figure: value, bar, date and scope, source, and why it may not be compared."""
    found = one.figure
    if found is None:
        parts = [tag("span", text("value.none", language), class_="geo-unknown")]
    else:
        drawn = bar(found.value, largest) if one.comparable else Markup()
        parts = [tag("strong", figure_words(atlas, found, language)), drawn]
        parts.append(tag("span", meta(atlas, found, language), class_="geo-meta"))
        if found.conflict:
            parts.append(tag("span", text("value.conflict", language), class_="geo-differs"))
        parts.append(source(atlas, found, language))
    return join([*parts, why_not(atlas, one, language)])


def table(
    headings: Sequence[str],
    groups: Iterable[tuple[str, Sequence[Sequence[Content]]]],
    *,
    label: str,
    class_: str = "",
    names: Sequence[str] = (),
) -> Markup:
    """Return a table in a region that scrolls sideways by keyboard too.

    Parameters
    ----------
    headings : sequence of str or Markup
        The column headings.
    groups : iterable of (str, rows)
        Title of the group as text ("" for none) and its rows, each a sequence of `Content`; the first cell heads it.
    label : str
        Name of the table for those who do not see it.
    class_ : str
        Class of the table.
    names : sequence of str
        What a phone, which has no heading, writes before the cells of each column: the text of `headings` if none,
        which is too much where a definition unfolds from them.
    """
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    names = names or [join([heading]).striptags() for heading in headings]
    bodies = []
    for title, lines in groups:
        body = []
        if title:
            heading = tag("th", title, scope="rowgroup", colspan=str(len(headings)))
            body.append(tag("tr", heading, class_="geo-group"))
        for line in lines:
            cells = []
            for column, content in enumerate(line):
                inner, more = (content, {}) if isinstance(content, str) else (content[0], {"class_": content[1]})
                more |= {"data_label": names[column]} if column else {"scope": "row"}
                cells.append(tag("td" if column else "th", inner, **more))
            body.append(tag("tr", *cells))
        bodies.append(tag("tbody", *body))
    style = f"--n:{len(headings) - 1}"
    made = tag("table", head, *bodies, class_=f"geo-table {class_}".strip(), style=style)
    return tag("div", made, class_="geo-scroll", role="region", aria_label=label, tabindex="0")
