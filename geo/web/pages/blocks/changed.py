"""The parts of the page of changes as HTML: summary, places side by side, figures then and now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.between import Between, Pair
from geo.analysis.between_words import answer_texts, change_text
from geo.analysis.values import cell, date_text, figure_words, scope_text, why_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, foreign, tag
from geo.web.parts.links import link, page_href, place_link
from geo.web.parts.tables import Content, source, table
from geo.web.parts.text import counted

__all__ = ["answer", "figures", "places"]


def answer(atlas: Atlas, selection: Selection, found: Between) -> Markup:
    """Return the changes in three sentences: places, places not named again, figures."""
    lang = selection.language
    said, silent, numbers = answer_texts(found, lang)
    title = text("changed.title", lang, first=found.first, last=found.last)
    return tag(
        "section",
        tag("h2", title),
        tag("p", tag("b", said), " ", silent, " ", numbers),
        tag("p", text("changed.note", lang), class_="geo-quiet"),
        class_="geo-section geo-answer",
    )


def places(atlas: Atlas, selection: Selection, found: Between) -> Markup:
    """Return the places as lists: newly named, named again, not named again, renamed."""
    lang = selection.language
    editions = atlas.rows("editions")

    def by_edition(rows: tuple[tuple[str, str], ...]) -> Markup:
        items = [
            tag("li", place_link(atlas, place_id, selection), " ",
                tag("span", _edition(editions[edition_id], selection, edition_id), class_="geo-meta"))
            for place_id, edition_id in rows
        ]  # fmt: skip
        return tag("ul", *items)

    parts = [
        tag("h3", counted(text("changed.new", lang), len(found.new), lang)),
        by_edition(found.new) if found.new else tag("p", text("changed.new.none", lang)),
        tag("h3", counted(text("changed.silent", lang), len(found.silent), lang)),
        tag("p", text("changed.silent.note", lang), class_="geo-quiet"),
        by_edition(found.silent),
    ]
    if found.again:
        items = [tag("li", place_link(atlas, place_id, selection)) for place_id in found.again]
        parts += [tag("h3", counted(text("changed.again", lang), len(found.again), lang)), tag("ul", *items)]
    parts.append(tag("h3", counted(text("changed.renamed", lang), len(found.renamed), lang)))
    if found.renamed:
        items = [
            tag(
                "li",
                tag("b", foreign(cell(row, "name_zh"), lang)),
                " ",
                tag("span", cell(row, f"note_{lang}"), class_="geo-meta"),
            )
            for row in found.renamed
        ]
        parts.append(tag("ul", *items))
    else:
        parts.append(tag("p", text("changed.renamed.none", lang), class_="geo-quiet"))
    return tag("section", *parts, class_="geo-section geo-changes")


def _edition(row: Mapping[str, Any], selection: Selection, edition_id: str) -> Markup:
    lang = selection.language
    told = f"{cell(row, 'month')} {cell(row, f'title_{lang}')}"
    return link(page_href("time", selection.replace(editions=(edition_id,))), told)


def figures(atlas: Atlas, selection: Selection, found: Between) -> Markup:
    """Return pairs of figures with the same place, measure and scope; those that are not comparable follow."""
    lang = selection.language
    if not found.pairs:
        return Markup()
    groups = [("", [_line(atlas, selection, one) for one in found.pairs if one.comparable])]
    apart = [_line(atlas, selection, one) for one in found.pairs if not one.comparable]
    if apart:
        groups.append((text("changed.apart", lang), apart))
    names = ("place", "measure", "then", "now", "change")
    headings = [text(f"changed.column.{name}", lang) for name in names]
    title = text("changed.figures", lang)
    shown = table(headings, [one for one in groups if one[1]], label=title, class_="geo-cardy geo-changed-table")
    rule = tag("p", text("changed.figures.rule", lang), class_="geo-quiet")
    return tag("section", tag("h2", title), rule, shown, class_="geo-section")


def _line(atlas: Atlas, selection: Selection, one: Pair) -> list[Content]:
    lang = selection.language
    measure = atlas.rows("measures")[one.now.measure_id]
    scope = scope_text(atlas, one.now.scope, lang)
    name = tag("span", cell(measure, f"label_{lang}")) + tag("span", scope, class_="geo-meta")
    sides = [
        tag("strong", figure_words(atlas, figure, lang))
        + tag("span", date_text(figure.as_of, lang), class_="geo-meta")
        + source(atlas, figure, lang)
        for figure in (one.then, one.now)
    ]
    why = why_text(atlas, one.reasons, lang)
    change = tag("b", change_text(atlas, one, lang)) + (tag("span", why, class_="geo-why-not") if why else "")
    return [place_link(atlas, one.now.place_id, selection, short=True), name, *sides, change]
