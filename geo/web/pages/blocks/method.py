"""The sections of the method page as HTML, made from the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from geo.analysis.compare import RULES, YEARS_APART
from geo.analysis.labels import Entry, dictionary, measure_texts
from geo.analysis.place_sheet import place_sheet
from geo.analysis.place_words import ratio_text
from geo.analysis.unknowns import Unknown, unknowns
from geo.analysis.values import accuracy_text, cell, citation, figure_text, scope_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.contract.notices import notice
from geo.render import markup
from geo.render.markup import Markup, join, tag
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import table, topic_name
from geo.web.parts.text import counted, source_details

__all__ = [
    "basemap_block",
    "boundaries_block",
    "cite_block",
    "clusters_block",
    "dictionary_block",
    "kinds_block",
    "marks_block",
    "measures_block",
    "rules_block",
    "sources_block",
    "unknown_block",
]

_METHODS = ("official_bounds", "digitised", "schematic")
_QUALIFIERS = ("exact", "about", "nearly", "over", "under")
_STATUSES = ("operating", "planned", "context")
_RULES = ("headline", "conflict", "unknown", "area")


def _headings(names: Iterable[str], language: str) -> list[str]:
    return [text(f"method.column.{name}", language) for name in names]


def _terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return a definition list of terms and meanings."""
    return tag("dl", *(tag("dt", term) + tag("dd", meaning) for term, meaning in pairs))


def _folded(title: str, content: str) -> Markup:
    return tag("details", tag("summary", title), content)


@lru_cache(maxsize=4)
def kinds_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return the kinds of place with their colours, definitions and counts."""
    lang = selection.language
    counts = atlas.places["kind"].value_counts().to_dict()
    pairs = []
    for kind, row in atlas.rows("kinds").items():
        key = tag("i", class_="geo-key", style=f"--c:{row['colour']}")
        name = key + counted(cell(row, f"name_{lang}"), counts.get(kind, 0), lang)
        pairs.append((name, cell(row, f"definition_{lang}")))
    return _terms(pairs)


@lru_cache(maxsize=4)
def clusters_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return the industry clusters with their colours, definitions and sources."""
    lang = selection.language
    pairs = []
    for row in atlas.rows("clusters").values():
        key = tag("i", class_="geo-key", style=f"--c:{row['colour']}")
        source = source_details(atlas.rows("sources")[row["source_id"]], lang)
        name = key + row[f"name_{lang}"]
        pairs.append((name, cell(row, f"definition_{lang}") + " " + source))
    return _terms(pairs)


@lru_cache(maxsize=4)
def marks_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return the meanings of methods, grades, qualifiers, statuses, scopes and units."""
    lang = selection.language

    def group(name: str, pairs: Iterable[tuple[str, str]]) -> Markup:
        return tag("h3", text(f"method.marks.{name}", lang)) + _terms(pairs)

    methods = [
        (
            tag("i", class_=f"geo-method {one}") + text(f"web.method.short.{one}", lang),
            text(f"method.method.{one}", lang),
        )
        for one in _METHODS
    ]
    grades = [
        (
            tag("b", text("web.cite.grade", lang, grade=one)),
            tag("span", text(f"web.cite.grade.{one.lower()}", lang)),
        )
        for one in "ABC"
    ]
    qualifiers = [
        (
            figure_text(100, one, "", lang),
            text(f"method.qualifier.{one}", lang),
        )
        for one in _QUALIFIERS
    ]
    statuses = [(text(f"web.status.{one}", lang), text(f"method.status.{one}", lang)) for one in _STATUSES]
    parts = [
        group("method", methods),
        group("grade", grades),
        group("qualifier", qualifiers),
        group("status", statuses),
    ]
    units = _terms(
        (cell(row, f"symbol_{lang}"), cell(row, f"definition_{lang}")) for row in atlas.rows("units").values()
    )
    scopes = atlas.rows("scopes")
    listed = tag("ul", *(tag("li", row[f"name_{lang}"] + " " + tag("code", key))
                         for key, row in scopes.items()))  # fmt: skip
    parts.append(_folded(text("method.marks.unit", lang), units))
    parts.append(_folded(text("method.marks.scope", lang, count=len(scopes)), listed))
    return join(parts)


def rules_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return the rules in words: headline, conflict, unknown, areas, comparability, joins."""
    lang = selection.language
    parts = []
    for name in _RULES:
        parts.append(tag("h3", text(f"method.rule.{name}", lang)))
        parts.append(tag("p", text(f"method.rule.{name}.text", lang)))
    parts.append(tag("h3", text("method.rule.compare", lang)))
    parts.append(tag("ol", *(tag("li", text(f"compare.rule.{one}", lang, years=YEARS_APART)) for one in RULES)))
    parts.append(tag("h3", text("method.rule.series", lang)))
    parts.append(tag("p", text("time.series.hint", lang)))
    return join(parts)


@lru_cache(maxsize=4)
def boundaries_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return how every boundary was drawn, one row per place of the layout."""
    lang = selection.language
    lines = []
    for place_id in atlas.layout.index:
        drawn = place_sheet(atlas, str(place_id)).boundary
        note = drawn.note_zh if lang == "zh" else drawn.note_en
        lines.append(
            [
                place_link(atlas, place_id, selection, short=True),
                tag("i", class_=f"geo-method {drawn.method}") + text(f"web.method.short.{drawn.method}", lang),
                accuracy_text(drawn.accuracy_m, lang),
                scope_text(atlas, drawn.scope, lang),
                ratio_text(drawn, lang),
                tag("div", drawn.stated or text("method.no_bounds", lang))
                + (tag("div", note, class_="geo-meta") if note else ""),
                source_details(atlas.rows("sources")[drawn.source_id], lang),
            ]
        )
    counts = atlas.layout["method"].value_counts()
    told = " · ".join(
        f"{text(f'web.method.short.{one}', lang)} {counts[one]}" for one in _METHODS if one in counts.index
    )
    headings = _headings(("place", "method", "accuracy", "scope", "ratio", "basis", "source"), lang)
    label = text("method.boundaries", lang)
    shown = table(headings, [("", lines)], label=label, class_="geo-cardy")
    return tag("p", text("method.boundaries.text", lang)) + tag("p", told, class_="geo-quiet") + shown


@lru_cache(maxsize=4)
def measures_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return every measure by topic: label and id, unit, definition, number of places with a value."""
    lang = selection.language
    measures, units = atlas.rows("measures"), atlas.rows("units")
    facts, derived = atlas.table("facts"), atlas.table("derived")
    having = facts.groupby("measure_id")["place_id"].nunique().to_dict()
    having |= derived[derived["value"].notna()].groupby("measure_id")["place_id"].nunique().to_dict()
    meanings = measure_texts(atlas, lang)
    topics: dict[str, list[list[str]]] = {}
    for measure_id, row in measures.items():
        label = tag("b", row[f"label_{lang}"])
        if row["origin"] == "derived":
            label += tag("span", text("method.derived", lang), class_="geo-new")
        line = [
            label + tag("div", tag("code", measure_id)),
            cell(units[row["unit"]], f"symbol_{lang}"),
            tag("span", meanings[measure_id]),
            str(having.get(measure_id, 0)),
        ]
        topics.setdefault(row["topic"], []).append(line)
    headings = _headings(("measure", "unit", "text", "places"), lang)
    parts = [
        _folded(
            counted(topic_name(topic, lang), len(lines), lang),
            table(headings, [("", lines)], label=topic_name(topic, lang), class_="geo-measures-table"),
        )
        for topic, lines in topics.items()
    ]
    computed = sum(row["origin"] == "derived" for row in measures.values())
    said = text("method.measures.text", lang, count=len(measures), derived=computed)
    return tag("p", said) + join(parts)


@lru_cache(maxsize=4)
def unknown_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return what is unknown, each kind with its count and the things concerned."""
    lang = selection.language
    lines = []
    for one in unknowns(atlas):
        shown = ""
        if one.ids:
            title = text("method.unknown.list", lang)
            shown = _folded(title, tag("div", _which(atlas, selection, one), class_="geo-ids"))
        count = text("method.unknown.of", lang, count=one.count, total=one.total)
        lines.append([text(f"method.unknown.{one.id}", lang), tag("strong", count), shown])
    headings = _headings(("what", "count", "which"), lang)
    shown = table(headings, [("", lines)], label=text("method.unknown", lang), class_="geo-unknown-table")
    return tag("p", text("method.unknown.text", lang)) + shown


def _which(atlas: Atlas, selection: Selection, one: Unknown) -> Markup:
    """Return the things concerned as HTML: places as links, others by name."""
    lang = selection.language
    if one.id in ("area_official", "schematic", "no_facts"):
        links = [place_link(atlas, place_id, selection, short=True) for place_id in one.ids]
        return join(links, text("list.comma", lang))
    if one.id in ("not_placed", "vague"):
        names: Mapping[str, Any] = atlas.institutions[f"name_{lang}"].to_dict()
        return join((str(names[key]) for key in one.ids), text("list.comma", lang))
    if one.id == "no_outcome":
        policy = atlas.rows("policy")
        items = [link(page_href("policy", selection, item=key), policy[key][f"text_{lang}"]) for key in one.ids]
        return tag("ul", *(tag("li", item) for item in items))
    if one.id.startswith("fact"):
        return _facts(atlas, selection, one.ids)
    if one.id.startswith("source"):
        sources = atlas.rows("sources")
        return tag("ul", *(tag("li", citation(sources[key], lang)) for key in one.ids))
    return join(_stations(atlas, one.ids, lang), text("list.comma", lang))


def _facts(atlas: Atlas, selection: Selection, names: Iterable[str]) -> Markup:
    lang = selection.language
    found: dict[str, dict[str, None]] = {}
    for name in names:
        place_id, measure_id = name.split("/")
        label = cell(atlas.rows("measures")[measure_id], f"label_{lang}")
        found.setdefault(place_id, {})[label] = None
    joiner = text("list.comma", lang)
    colon = "：" if lang == "zh" else ": "
    items = [
        tag("li", place_link(atlas, place_id, selection, short=True), colon + joiner.join(labels))
        for place_id, labels in found.items()
    ]
    return tag("ul", *items)


def _stations(atlas: Atlas, ids: Iterable[str], language: str) -> Iterable[str]:
    layers = atlas.table("basemap")
    names: dict[str, str] = {}
    for layer_id in layers.loc[layers["role"] == "station", "layer_id"]:
        frame = atlas.basemap(layer_id)
        for row in frame.drop(columns="geometry").to_dict("records"):
            told = {str(name): value for name, value in row.items()}
            names[row["station_id"]] = cell(told, f"name_{language}") or cell(told, "name_zh")
    return (names[key] for key in ids)


@lru_cache(maxsize=4)
def basemap_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return the layers of the basemap with accuracy, known gaps and source."""
    lang = selection.language
    lines = [
        [
            row[f"name_{lang}"],
            accuracy_text(row["accuracy_m"], lang),
            cell(row, f"note_{lang}"),
            source_details(atlas.rows("sources")[row["source_id"]], lang),
        ]
        for row in atlas.rows("basemap").values()
    ]
    headings = _headings(("layer", "accuracy", "note", "source"), lang)
    shown = table(headings, [("", lines)], label=text("method.basemap", lang), class_="geo-cardy")
    return tag("p", text("method.basemap.text", lang)) + shown


def cite_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return licences, credit, a citation to copy, and how to report an error."""
    lang, meta = selection.language, atlas.meta
    credit, told = meta[f"attribution_{lang}"], notice(meta, lang)
    cited = text("method.cite.text", lang, title=meta[f"title_{lang}"], version=meta["version"], date=meta["data_date"],
                 notice=told)  # fmt: skip
    parts = [
        tag("p", text("method.cite.geometry", lang, licence=meta["geometry_licence"], credit=credit)),
        tag("p", text("method.cite.tables", lang, licence=meta["tables_licence"])),
        tag("p", text("method.cite.facts", lang)),
        tag("blockquote", cited),
        copy_button(text("place.cite.copy", lang), lang, cited),
        tag("p", text("method.cite.note", lang)),
    ]
    return tag("div", *parts, class_="geo-section")


@lru_cache(maxsize=4)
def dictionary_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return every column of every published table."""
    lang = selection.language
    grouped: dict[str, list[Entry]] = {}
    for entry in dictionary(atlas, lang):
        grouped.setdefault(entry.table, []).append(entry)
    headings = _headings(("column", "label", "definition", "type"), lang)
    parts = []
    for name, entries in grouped.items():
        lines = [
            [
                tag("code", entry.column),
                entry.label,
                entry.definition,
                tag("span", _type(entry, lang), class_="geo-meta"),
            ]
            for entry in entries
        ]
        shown = table(headings, [("", lines)], label=name, class_="geo-measures-table")
        parts.append(_folded(counted(name, len(entries), lang), shown))
    count = sum(len(entries) for entries in grouped.values())
    return tag("p", text("method.dictionary.text", lang, count=count)) + join(parts)


def _type(entry: Entry, language: str) -> str:
    parts = [entry.type, entry.unit, " | ".join(entry.allowed), f"→ {entry.references}" if entry.references else ""]
    parts.append(text("method.required", language) if entry.required else "")
    return " · ".join(part for part in parts if part)


@lru_cache(maxsize=4)
def sources_block(atlas: Atlas, selection: Selection) -> Markup:
    """Return every source, folded, by grade."""
    lang = selection.language
    sources = atlas.rows("sources")
    graded: dict[str, list[str]] = {grade: [] for grade in "ABC"}
    for key, row in sources.items():
        line = tag("span", citation(row, lang)) + " " + tag("code", key)
        if note := cell(row, f"note_{lang}"):
            line += tag("span", note, class_="geo-meta")
        if url := cell(row, "url"):
            line += tag("div", markup.link_out(url))
        graded[row["grade"]].append(tag("li", line))
    parts = [
        _folded(counted(text("web.cite.grade", lang, grade=grade), len(items), lang), tag("ul", *items))
        for grade, items in graded.items()
    ]
    counts = {grade.lower(): len(items) for grade, items in graded.items()}
    return tag("p", text("method.sources.text", lang, count=len(sources), **counts)) + join(parts)
