"""Tables, bars and figures as HTML: accessible to screen readers and keyboard, on phones and on paper."""

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


#: Most entries of a list shown unfolded; the rest is folded or on the place's page.
MOST_LISTED = 8

#: Content of a cell: plain text or HTML; or a pair of that and its CSS class.
Content = str | tuple[str, str]


def topic_name(topic: str, language: str) -> str:
    """Return the name of a topic of measures."""
    return text(f"topic.{topic}", language)


def definition(atlas: Atlas, measure_id: str, language: str) -> Markup:
    """Return a measure's label with its definition and caveat folded, as HTML."""
    measure = atlas.rows("measures")[measure_id]
    lines = [tag("p", cell(measure, f"definition_{language}"))]
    if caveat := cell(measure, f"caveat_{language}"):
        lines.append(tag("p", caveat, class_="geo-caveat"))
    label = tag("summary", cell(measure, f"label_{language}"))
    return tag("details", label, tag("div", *lines), class_="geo-define")


def why_not(atlas: Atlas, one: Cell, language: str) -> Markup:
    """Return why a figure is not comparable as HTML; empty if it is."""
    why = why_text(atlas, one.reasons, language)
    return tag("span", why, class_="geo-why-not") if why else Markup()


def meta(atlas: Atlas, one: Figure, language: str) -> str:
    """Return date and scope of a figure as text; for a figure computed by this map, the method."""
    scope = "" if one.is_computed else scope_text(atlas, one.scope, language)
    said = detail_text(atlas, one.detail, language, most=MOST_LISTED)
    return " · ".join(part for part in (when_text(one, language), scope, said) if part)


def detailed(atlas: Atlas, said: str, language: str) -> Markup:
    """Return the details of a computed figure as HTML; a long list is folded."""
    short, full = (detail_text(atlas, said, language, most=most) for most in (MOST_LISTED, None))
    if short == full:
        return join([full])
    return tag("details", tag("summary", short), tag("div", full), class_="geo-define")


def source(atlas: Atlas, one: Figure, language: str) -> Markup:
    """Return the source of a figure as HTML, folded; empty for a figure computed from geometry."""
    if one.is_computed:
        return Markup()
    words = quote_text(asdict(one), language)
    return source_details(atlas.rows("sources")[one.source_id], language, locator=one.locator, quoted=words)


def bar(value: float, largest: float | None, colour: str = "") -> Markup:
    """Return a bar as HTML, as decoration of a figure beside it; empty if it cannot be drawn."""
    if largest is None or largest <= 0 or value < 0:
        return Markup()
    style = f"width:{min(100.0, 100 * value / largest):.2f}%"
    inner = tag("i", style=f"{style};--c:{colour}" if colour else style)
    return tag("span", inner, class_="geo-meter", aria_hidden="true")


def figure(atlas: Atlas, one: Cell, language: str, largest: float | None = None) -> Markup:
    """Return one figure as HTML: value, bar, date and scope, source, and why it is not comparable."""
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
    """Return a table in a scrollable region that the keyboard can reach.

    Parameters
    ----------
    headings : sequence of str or Markup
        The column headings.
    groups : iterable of (str, rows)
        Title of a group ("" for none) and its rows, each a sequence of `Content`; the first cell is the row's heading.
    label : str
        Accessible name of the table.
    class_ : str
        CSS class of the table.
    names : sequence of str
        Labels of the cells on a phone, which shows no heading row; by default the text of `headings`, which is too
        much if a definition unfolds from a heading.
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
