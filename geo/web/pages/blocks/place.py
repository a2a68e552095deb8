"""The blocks of the place page: figures, conflicts, formulas, relations, policy, institutions, citation."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from geo.analysis.compare import Reason
from geo.analysis.relations import ancestors, children, neighbours, overlaps
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.web.parts.links import copy_button, link, page_href, page_url, place_link
from geo.web.parts.tables import Content, definition, detailed, measured, reasons, table, topic_name
from geo.web.parts.text import cell, citation, date_text, present, source_details, tag, value_text, words

__all__ = [
    "cite_block",
    "conflicts_block",
    "derived_block",
    "error_block",
    "facts_block",
    "institutions_block",
    "policy_block",
    "relations_block",
]

Row = dict[str, Any]


def _section(name: str, language: str, *parts: str, count: int | None = None) -> None:
    title = text(f"place.{name}", language)
    shown = f"{title} ({count})" if count is not None else title
    st.html(tag("section", words("h2", shown), *parts, class_="geo-section", id=f"geo-{name}"))


def _plain(records: Iterable[Mapping[Any, Any]]) -> list[Row]:
    return [{str(name): value for name, value in record.items()} for record in records]


def _facts(atlas: Atlas, place_id: str) -> list[Row]:
    return _plain(atlas.facts(place_id).to_dict("records"))


def conflicts_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show figures that contradict each other side by side, each with date, scope and source."""
    torn: dict[str, list[Row]] = {}
    for fact in _facts(atlas, place_id):
        if fact["conflict"] is True:
            torn.setdefault(fact["measure_id"], []).append(fact)
    if not torn:
        return
    parts = [words("p", text("place.conflicts.note", language), class_="geo-quiet")]
    for measure_id, facts in torn.items():
        cards = []
        for fact in facts:
            lines = [
                words("strong", measured(atlas, measure_id, fact["value"], fact["qualifier"], language)),
                words("span", f"{date_text(fact['as_of'], language)} · {cell(fact, f'scope_{language}')}"),
                words("em", cell(fact, f"note_{language}")) if cell(fact, f"note_{language}") else "",
                source_details(fact, language, locator=cell(fact, "locator")),
            ]
            if fact["headline"] is True:
                lines.append(words("b", text("place.headline", language), class_="geo-flag"))
            cards.append(tag("div", *lines, class_="geo-card headline" if fact["headline"] is True else "geo-card"))
        label = cell(atlas.rows("measures")[measure_id], f"label_{language}")
        parts.append(tag("div", words("h3", label), tag("div", *cards, class_="geo-cards")))
    _section("conflicts", language, *parts, count=len(torn))


def facts_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show every reported figure as a table: value, date, scope, grade with source, note."""
    facts = _facts(atlas, place_id)
    if not facts:
        _section("facts", language, words("p", text("web.panel.no_facts", language), class_="geo-quiet"))
        return
    names = ("measure", "value", "as_of", "scope", "source", "note")
    headings = [html.escape(text(f"place.column.{name}", language)) for name in names]
    groups: dict[str, list[list[str]]] = {}
    last = ""
    for fact in facts:
        measure_id = fact["measure_id"]
        value = measured(atlas, measure_id, fact["value"], fact["qualifier"], language)
        first = fact["headline"] is True
        flags = words("span", text("place.torn", language), class_="geo-torn") if fact["conflict"] is True else ""
        label = definition(atlas, measure_id, language) if measure_id != last else _repeated(fact, language)
        last = measure_id
        line = [
            label,
            words("strong" if first else "span", value) + flags,
            html.escape(date_text(fact["as_of"], language)),
            html.escape(cell(fact, f"scope_{language}")),
            source_details(fact, language, locator=cell(fact, "locator")),
            html.escape(cell(fact, f"note_{language}")),
        ]
        groups.setdefault(atlas.rows("measures")[measure_id]["topic"], []).append(line)
    titled = [(topic_name(topic, language), lines) for topic, lines in groups.items()]
    note = words("p", text("place.facts.note", language), class_="geo-quiet")
    shown = table(headings, titled, label=text("place.facts", language), class_="geo-facts-table geo-cardy")
    _section("facts", language, note, shown, count=len(facts))


def _repeated(fact: Row, language: str) -> str:
    """Return the label of a measure whose first figure stands above: quiet, but there for every reader."""
    return words("span", cell(fact, f"label_{language}"), class_="geo-repeat")


def derived_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show what this map computed, each with its formula; what a schematic boundary gives is marked."""
    frame = atlas.table("derived")
    own = {row["measure_id"]: row for row in _plain(frame[frame["place_id"] == place_id].to_dict("records"))}
    schematic = atlas.places.at[place_id, "method"] == "schematic"
    why = reasons(atlas, [Reason("schematic")], language)
    lines: list[list[Content]] = []
    for measure_id, measure in atlas.rows("measures").items():
        row = own.get(measure_id)
        if row is None or not present(row["value"]):
            continue
        value = words("strong", measured(atlas, measure_id, row["value"], "exact", language))
        if schematic and not present(measure["numerator"]):
            shown: Content = (value + words("span", why, class_="geo-why-not"), "off")
        else:
            shown = value
        formula = words("span", measure[f"definition_{language}"])
        if caveat := cell(measure, f"caveat_{language}"):
            formula += words("span", caveat, class_="geo-caveat")
        said = detailed(atlas, cell(row, "detail"), language)
        lines.append([words("span", measure[f"label_{language}"]), shown, formula, said])
    if not lines:
        return
    names = ("measure", "value", "formula", "detail")
    headings = [html.escape(text(f"place.column.{name}", language)) for name in names]
    label = text("place.derived", language)
    content = table(headings, [("", lines)], label=label, class_="geo-derived-table geo-cardy")
    _section("derived", language, content, count=len(lines))


def relations_block(atlas: Atlas, selection: Selection, place_id: str) -> None:
    """Show parents, children, nearest places and overlaps, each a link."""
    lang = selection.language

    def cards(name: str, items: list[str], note: str = "") -> str:
        if not items:
            return ""
        title = words("h3", text(f"place.{name}", lang))
        hint = words("p", note, class_="geo-quiet") if note else ""
        return tag("div", title, tag("ul", *(tag("li", item) for item in items)), hint, class_="geo-card")

    def beside(other: str, said: str) -> str:
        return place_link(atlas, other, selection) + words("span", said, class_="geo-meta")

    near = [beside(one.place_id, _distance(one.distance_m, lang)) for one in neighbours(atlas, place_id)]
    shared = [
        beside(one.place_id, text("place.share", lang, own=_percent(one.share), other=_percent(one.share_of_other)))
        for one in overlaps(atlas, place_id)
    ]
    blocks = [
        cards("parents", [place_link(atlas, other, selection) for other in ancestors(atlas, place_id)]),
        cards("children", [place_link(atlas, other, selection) for other in children(atlas, place_id)]),
        cards("neighbours", near, text("place.neighbours.note", lang)),
        cards("overlaps", shared, text("place.overlaps.note", lang)),
    ]
    if any(blocks):
        _section("relations", lang, tag("div", *blocks, class_="geo-cards"))


def _distance(metres: float, language: str) -> str:
    if metres == 0:
        return text("place.touching", language)
    return f"{metres / 1000:.1f} km" if metres >= 950 else f"{metres:.0f} m"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else "< 0.1 %"


def policy_block(atlas: Atlas, selection: Selection, place_id: str) -> None:
    """Show the policy items that concern a place, or a place it belongs to, with what was reported later."""
    lang = selection.language
    concerned = atlas.table("policy_places")
    parts = []
    seen: set[str] = set()
    for via in [place_id, *ancestors(atlas, place_id)]:
        own = concerned[concerned["place_id"] == via]
        items = [row for row in _plain(own.to_dict("records")) if row["policy_id"] not in seen]
        seen |= {row["policy_id"] for row in items}
        if items and via != place_id:
            said = html.escape(text("place.policy.via", lang))
            parts.append(tag("h3", said + " ", place_link(atlas, via, selection)))
        parts += [_policy_item(atlas, row, selection) for row in items]
    if parts:
        _section("policy", lang, *parts, count=len(seen))


def _policy_item(atlas: Atlas, concern: Row, selection: Selection) -> str:
    language = selection.language
    item = atlas.rows("policy")[concern["policy_id"]]
    sources = atlas.rows("sources")
    head = words("span", text(f"policy.kind.{item['kind']}", language), class_="geo-chip")
    href = page_href("policy", selection, item=str(item["policy_id"]))
    body = [tag("p", head, " ", link(href, html.escape(cell(item, f"text_{language}"))))]
    lines = [_amount(atlas, item, language)]
    if present(item["due"]):
        lines.append(text("place.policy.due", language, date=str(item["due"])))
    if note := cell(concern, f"note_{language}"):
        lines.append(note)
    said = " · ".join(line for line in lines if line)
    cited = source_details(sources[item["source_id"]], language, "", locator=cell(item, "locator"))
    body.append(tag("p", words("span", said, class_="geo-meta"), " ", cited))
    frame = atlas.table("policy_outcomes")
    later = []
    for outcome in _plain(frame[frame["policy_id"] == item["policy_id"]].sort_values("as_of").to_dict("records")):
        amount = _amount(atlas, outcome, language)
        caveat = cell(outcome, f"caveat_{language}")
        later.append(
            tag(
                "li",
                words("b", date_text(outcome["as_of"], language)),
                " ",
                html.escape(cell(outcome, f"text_{language}")),
                words("span", amount, class_="geo-meta") if amount else "",
                words("span", caveat, class_="geo-caveat") if caveat else "",
                source_details(sources[outcome["source_id"]], language, ""),
            )
        )
    if later:
        summary = words("summary", f"{text('place.policy.outcomes', language)} ({len(later)})")
        body.append(tag("details", summary, tag("ul", *later)))
    return tag("article", *body, class_="geo-policy-item")


def _amount(atlas: Atlas, row: Row, language: str) -> str:
    if not present(row["value"]):
        return ""
    unit = cell(atlas.rows("units").get(row["unit"], {}), f"symbol_{language}") if present(row["unit"]) else ""
    qualifier = row["qualifier"] if present(row["qualifier"]) else "exact"
    return value_text(row["value"], qualifier, unit, language)


def institutions_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show the institutions in or of a place: state and its date, how placed and how well, source."""
    frame = atlas.institutions
    inside = frame["inside_ids"].fillna("").map(lambda ids: place_id in ids.split(";")).astype(bool)
    own = frame[inside | (frame["place_id"] == place_id) | (frame["district_id"] == place_id)]
    if own.empty:
        return
    lines = []
    for row in _plain(own.drop(columns="geometry").to_dict("records")):
        status = text(f"institution.status.{row['status']}", language)
        how = text(f"institution.placed.{row['placed_by']}", language)
        if present(row["accuracy_m"]):
            how += f" · ±{int(row['accuracy_m']):,} m"
        if not inside[row["institution_id"]] and row["district_id"] != place_id:
            how += " · " + text("place.institutions.stated", language)
        other = cell(row, f"name_{'en' if language == 'zh' else 'zh'}")
        lines.append(
            [
                words("strong", cell(row, f"name_{language}")) + words("span", other, class_="geo-meta"),
                html.escape(text(f"map.institution.{row['kind']}", language)),
                html.escape(f"{status} · {date_text(row['as_of'], language)}"),
                html.escape(how),
                html.escape(cell(row, f"note_{language}")),
                source_details(atlas.rows("sources")[row["source_id"]], language, ""),
            ]
        )
    names = ("institution", "kind", "status", "placed", "note", "source")
    headings = [html.escape(text(f"place.column.{name}", language)) for name in names]
    note = words("p", text("place.institutions.note", language), class_="geo-quiet")
    label = text("place.institutions", language)
    shown = table(headings, [("", lines)], label=label, class_="geo-institutions-table geo-cardy")
    _section("institutions", language, note, shown, count=len(lines))


def cite_block(atlas: Atlas, selection: Selection, place_id: str) -> None:
    """Show ready-made citations in both languages, and what else must be named."""
    lang = selection.language
    parts = [words("p", text("place.cite.note", lang), class_="geo-quiet")]
    for language in (lang, "en" if lang == "zh" else "zh"):
        line = text(
            "place.cite.text",
            language,
            title=atlas.meta[f"title_{language}"],
            name=atlas.name(place_id, language),
            id=place_id,
            version=atlas.meta["version"],
            date=atlas.meta["data_date"],
            url=page_url("place", Selection(place=place_id, language=language)),
        )
        quoted = words("blockquote", line, lang="zh-CN" if language == "zh" else "en")
        parts.append(tag("div", quoted, copy_button(text("place.cite.copy", lang), lang, line), class_="geo-cite-line"))
    parts.append(words("p", text("place.cite.attribution", lang, attribution=atlas.meta[f"attribution_{lang}"])))
    boundary = atlas.rows("sources")[str(atlas.places.at[place_id, "boundary_source_id"])]
    parts.append(words("p", text("place.cite.boundary", lang, source=citation(boundary, lang, "")), class_="geo-quiet"))
    _section("cite", lang, *parts)


def error_block(atlas: Atlas, selection: Selection, place_id: str) -> None:
    """Show how to report an error, with a form to fill in and send."""
    lang = selection.language
    form = text(
        "place.error.form",
        lang,
        id=place_id,
        name=atlas.name(place_id, lang),
        version=atlas.meta["version"],
        date=atlas.meta["data_date"],
    )
    filled = "\n".join(form.split("|"))
    _section(
        "error",
        lang,
        words("p", text("place.error.note", lang)),
        words("pre", filled),
        copy_button(text("place.error.copy", lang), lang, filled),
        words("p", text("place.error.guide", lang), class_="geo-quiet"),
    )
