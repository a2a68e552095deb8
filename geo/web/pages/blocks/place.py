"""The parts of the place page as HTML: figures, conflicts, formulas, relations, policy, institutions, citation."""

from __future__ import annotations

from typing import Any

from geo.analysis.figures import Figure
from geo.analysis.place_sheet import Concern, PlaceSheet
from geo.analysis.place_words import belonging_text, state_text, unknown_texts
from geo.analysis.policy import verdict_text
from geo.analysis.units import percent_text
from geo.analysis.values import (
    amount_text,
    cell,
    citation,
    distance_text,
    figure_words,
    present,
    quote_text,
    scope_text,
    when_text,
)
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import html_lang, text
from geo.base.name_order import name_order
from geo.render.markup import Markup, join, tag
from geo.web.pages.blocks.firm import firm_link
from geo.web.parts.data_links import data_links, facts_file
from geo.web.parts.links import copy_button, link, page_href, page_url, place_link
from geo.web.parts.outcomes import outcome
from geo.web.parts.tables import Content, definition, detailed, source, table, topic_name, why_not
from geo.web.parts.text import counted, source_details

__all__ = [
    "cite",
    "computed",
    "conflicts",
    "error",
    "figures",
    "institutions",
    "policy",
    "relations",
    "unknown",
]


def _section(name: str, language: str, *parts: str, count: int | None = None) -> Markup:
    title = text(f"place.{name}", language)
    shown = counted(title, count, language) if count is not None else title
    return tag("section", tag("h2", shown), *parts, class_="geo-section", id=f"geo-{name}")


def _headings(names: tuple[str, ...], language: str) -> list[str]:
    return [text(f"place.column.{name}", language) for name in names]


def _note(row: Any, language: str) -> str:
    return str(row.note_zh if language == "zh" else row.note_en)


def conflicts(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return conflicting figures side by side, each with date, scope and source."""
    groups = sheet.conflicts
    if not groups:
        return Markup()
    parts = [tag("p", text("place.conflicts.note", language), class_="geo-quiet")]
    for group in groups:
        cards = [_card(atlas, one, language) for one in group.beside]
        label = cell(atlas.rows("measures")[group.measure_id], f"label_{language}")
        parts.append(tag("div", tag("h3", label), tag("div", *cards, class_="geo-cards")))
    return _section("conflicts", language, *parts, count=len(groups))


def _card(atlas: Atlas, one: Figure, language: str) -> Markup:
    note = _note(one, language)
    lines = [
        tag("strong", figure_words(atlas, one, language)),
        tag("span", f"{when_text(one, language)} · {scope_text(atlas, one.scope, language)}"),
        tag("em", note) if note else "",
        source(atlas, one, language),
        tag("b", text("place.headline", language), class_="geo-flag") if one.headline else "",
    ]
    return tag("div", *lines, class_="geo-card headline" if one.headline else "geo-card")


def figures(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return every reported figure as a table: value, date, scope, grade with source, note."""
    if not sheet.reported:
        return _section("facts", language, tag("p", text("web.panel.no_facts", language), class_="geo-quiet"))
    groups: dict[str, list[list[Content]]] = {}
    for group in sheet.reported:
        measure = atlas.rows("measures")[group.measure_id]
        differing = next((one for one in group.figures if one.conflict), None)  # stated once, not on each line
        for number, one in enumerate(group.figures):
            # On later rows the label is muted, but still there for screen readers.
            repeated = tag("span", measure[f"label_{language}"], class_="geo-repeat")
            flag = tag("span", text("value.conflict", language), class_="geo-differs") if one is differing else ""
            line: list[Content] = [
                repeated if number else definition(atlas, group.measure_id, language),
                tag("strong" if one.headline else "span", figure_words(atlas, one, language)) + flag,
                when_text(one, language),
                scope_text(atlas, one.scope, language),
                source(atlas, one, language),
                _note(one, language),
            ]
            groups.setdefault(str(measure["topic"]), []).append(line)
    titled = [(topic_name(topic, language), lines) for topic, lines in groups.items()]
    headings = _headings(("measure", "value", "as_of", "scope", "source", "note"), language)
    note = tag("p", text("place.facts.note", language), class_="geo-quiet")
    shown = table(headings, titled, label=text("place.facts", language), class_="geo-facts-table geo-cardy")
    files = {"CSV": facts_file([sheet.place_id]), "JSON": f"data/places/{sheet.place_id}.json"}
    shown += data_links(files, language)
    return _section("facts", language, note, shown, count=sum(len(group.figures) for group in sheet.reported))


def computed(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return the figures computed by this map, each with its formula and, if so, why it is not comparable."""
    lines: list[list[Content]] = []
    for one in sheet.computed:
        if one.figure is None:
            continue
        measure = atlas.rows("measures")[one.figure.measure_id]
        value = join([tag("strong", figure_words(atlas, one.figure, language)), why_not(atlas, one, language)])
        caveat = cell(measure, f"caveat_{language}")
        formula = tag("span", measure[f"definition_{language}"])
        formula += tag("span", caveat, class_="geo-caveat") if caveat else ""
        said = detailed(atlas, one.figure.detail, language)
        name = tag("span", measure[f"label_{language}"])
        lines.append([name, value if one.comparable else (value, "off"), formula, said])
    if not lines:
        return Markup()
    headings = _headings(("measure", "value", "formula", "detail"), language)
    label = text("place.derived", language)
    content = table(headings, [("", lines)], label=label, class_="geo-derived-table geo-cardy")
    return _section("derived", language, content, count=len(lines))


def relations(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return parents, children, nearest places and overlaps, each a link."""
    lang = selection.language

    def cards(name: str, items: list[Markup], note: str = "") -> Markup:
        if not items:
            return Markup()
        title = tag("h3", text(f"place.{name}", lang))
        hint = tag("p", note, class_="geo-quiet") if note else ""
        return tag("div", title, tag("ul", *(tag("li", item) for item in items)), hint, class_="geo-card")

    def beside(other: str, said: str) -> Markup:
        return place_link(atlas, other, selection) + tag("span", said, class_="geo-meta")

    def shares(own: float | None, other: float | None) -> str:
        if own is None or other is None:
            return ""
        return text("place.share", lang, own=percent_text(own), other=percent_text(other))

    touching = text("place.touching", lang)
    near = [
        beside(one.place_id, distance_text(one.distance_m, lang) if one.distance_m else touching)
        for one in sheet.neighbours
    ]
    shared = [beside(one.place_id, shares(one.share, one.share_of_other)) for one in sheet.overlaps]
    blocks = [
        cards("parents", [place_link(atlas, other, selection) for other in sheet.parents]),
        cards("children", [place_link(atlas, other, selection) for other in sheet.children]),
        cards("neighbours", near, text("place.neighbours.note", lang)),
        cards("overlaps", shared, text("place.overlaps.note", lang)),
    ]
    return _section("relations", lang, tag("div", *blocks, class_="geo-cards")) if any(blocks) else Markup()


def policy(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return the policy items on a place or on a place that contains it, with later reports."""
    lang = selection.language
    parts = []
    via = sheet.place_id
    for concern in sheet.policy:
        if concern.via != via:
            via = concern.via
            parts.append(tag("h3", text("place.policy.via", lang), " ", place_link(atlas, via, selection)))
        parts.append(_policy_item(atlas, concern, selection))
    if not parts:
        return Markup()
    table_of_them = link(page_href("promises", selection), text("policy.table", lang))
    return _section("policy", lang, tag("p", table_of_them), *parts, count=len(sheet.policy))


def _policy_item(atlas: Atlas, concern: Concern, selection: Selection) -> Markup:
    language = selection.language
    item = concern.item.row
    head = tag("span", text(f"policy.kind.{concern.item.kind}", language), class_="geo-chip")
    href = page_href("policy", selection, item=concern.item.policy_id)
    body = [tag("p", head, " ", link(href, cell(item, f"text_{language}")))]
    due = text("place.policy.due", language, date=item["due"]) if present(item["due"]) else ""
    said = " · ".join(filter(None, [amount_text(atlas, item, language), due, _note(concern, language)]))
    source_row, words = atlas.rows("sources")[item["source_id"]], quote_text(item, language)
    cited = source_details(source_row, language, locator=cell(item, "locator"), quoted=words)
    body.append(tag("p", tag("span", said, class_="geo-meta"), " ", cited))
    if verdict := verdict_text(concern.item, language):
        body.append(tag("p", tag("b", verdict)))
    later = [tag("li", outcome(atlas, row, language)) for row in concern.item.outcomes if row["source_id"]]
    if later:
        summary = tag("summary", counted(text("place.policy.outcomes", language), len(later), language))
        body.append(tag("details", summary, tag("ul", *later)))
    return tag("article", *body, class_="geo-policy-item")


def institutions(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return the institutions of a place: status and its date, how placed and how accurately, source."""
    if not sheet.residents:
        return Markup()
    language = selection.language
    lines: list[list[Content]] = []
    for one in sorted(sheet.residents, key=lambda one: name_order(one.row, language)):
        other = cell(one.row, f"name_{'en' if language == 'zh' else 'zh'}")
        name = firm_link(selection, str(one.row["institution_id"]), cell(one.row, f"name_{language}"))
        lines.append(
            [
                tag("strong", name) + tag("span", other, class_="geo-meta"),
                text(f"map.institution.{one.row['kind']}", language),
                state_text(one.row, language),
                belonging_text(one, language),
                cell(one.row, f"note_{language}"),
                source_details(atlas.rows("sources")[one.row["source_id"]], language),
            ]
        )
    headings = _headings(("institution", "kind", "status", "placed", "note", "source"), language)
    every = link(page_href("firms", selection), text("firms.all", language))
    note = tag("p", text("place.institutions.note", language), " ", every, class_="geo-quiet")
    label = text("place.institutions", language)
    shown = table(headings, [("", lines)], label=label, class_="geo-institutions-table geo-cardy")
    return _section("institutions", language, note, shown, count=len(lines))


def unknown(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return what is unknown, weak or disputed about a place; "" if nothing is."""
    lines = unknown_texts(atlas, sheet, language)
    return _section("unknown", language, tag("ul", *(tag("li", line) for line in lines))) if lines else Markup()


def cite(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return ready-made citations in both languages, and the credits that must accompany them."""
    lang = selection.language
    parts = [tag("p", text("place.cite.note", lang), class_="geo-quiet")]
    for language in (lang, "en" if lang == "zh" else "zh"):
        line = text(
            "place.cite.text",
            language,
            title=atlas.meta[f"title_{language}"],
            name=atlas.name(sheet.place_id, language),
            id=sheet.place_id,
            version=atlas.meta["version"],
            date=atlas.meta["data_date"],
            url=page_url("place", Selection(place=sheet.place_id, language=language)),
        )
        quoted = tag("blockquote", line, lang=html_lang(language))
        parts.append(tag("div", quoted, copy_button(text("place.cite.copy", lang), lang, line), class_="geo-cite-line"))
    parts.append(tag("p", text("place.cite.attribution", lang, attribution=atlas.meta[f"attribution_{lang}"])))
    drawn_from = citation(atlas.rows("sources")[sheet.boundary.source_id], lang)
    parts.append(tag("p", text("place.cite.boundary", lang, source=drawn_from), class_="geo-quiet"))
    return _section("cite", lang, *parts)


def error(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return how to report an error, with a prefilled form."""
    lang = selection.language
    form = text(
        "place.error.form",
        lang,
        id=sheet.place_id,
        name=atlas.name(sheet.place_id, lang),
        version=atlas.meta["version"],
        date=atlas.meta["data_date"],
    )
    filled = "\n".join(form.split("|"))
    return _section(
        "error",
        lang,
        tag("p", text("place.error.note", lang)),
        tag("pre", filled),
        copy_button(text("place.error.copy", lang), lang, filled),
        tag("p", text("place.error.guide", lang), class_="geo-quiet"),
    )
