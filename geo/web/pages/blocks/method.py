"""The sections of the method page, made from the data; each takes atlas and state and returns HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from geo.analysis.compare import YEARS_APART
from geo.analysis.labels import Entry, dictionary, measure_texts
from geo.analysis.unknowns import Unknown, unknowns
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import table, topic_name
from geo.web.parts.text import cell, citation, present, source_details, tag, words

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
_QUALIFIERS = ("exact", "about", "over", "under")
_STATUSES = ("operating", "planned", "context")
_RULES = ("headline", "conflict", "unknown", "area")
_COMPARE = ("measure", "level", "scope", "grade", "schematic", "undated", "date")


def _headings(names: Iterable[str], language: str) -> list[str]:
    return [html.escape(text(f"method.column.{name}", language)) for name in names]


def _terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a definition list of HTML terms and HTML meanings."""
    return tag("dl", *(tag("dt", term) + tag("dd", meaning) for term, meaning in pairs))


def _folded(title: str, content: str) -> str:
    return tag("details", words("summary", title), content)


@lru_cache(maxsize=4)
def kinds_block(atlas: Atlas, selection: Selection) -> str:
    """Return the kinds of place with their colours, definitions and counts."""
    lang = selection.language
    counts = atlas.places["kind"].value_counts().to_dict()
    pairs = []
    for kind, row in atlas.rows("kinds").items():
        key = tag("i", class_="geo-key", style=f"--c:{row['colour']}")
        name = key + html.escape(f"{row[f'name_{lang}']} ({counts.get(kind, 0)})")
        pairs.append((name, html.escape(cell(row, f"definition_{lang}"))))
    return _terms(pairs)


@lru_cache(maxsize=4)
def clusters_block(atlas: Atlas, selection: Selection) -> str:
    """Return the industry clusters with their colours, definitions and sources."""
    lang = selection.language
    pairs = []
    for row in atlas.rows("clusters").values():
        key = tag("i", class_="geo-key", style=f"--c:{row['colour']}")
        source = source_details(atlas.rows("sources")[row["source_id"]], lang, "")
        name = key + html.escape(row[f"name_{lang}"])
        pairs.append((name, html.escape(cell(row, f"definition_{lang}")) + " " + source))
    return _terms(pairs)


@lru_cache(maxsize=4)
def marks_block(atlas: Atlas, selection: Selection) -> str:
    """Return what methods, grades, qualifiers, statuses, scopes and units mean."""
    lang = selection.language

    def group(name: str, pairs: Iterable[tuple[str, str]]) -> str:
        return words("h3", text(f"method.marks.{name}", lang)) + _terms(pairs)

    methods = [
        (
            tag("i", class_=f"geo-method {one}") + html.escape(text(f"web.method.short.{one}", lang)),
            html.escape(text(f"method.method.{one}", lang)),
        )
        for one in _METHODS
    ]
    grades = [
        (
            words("b", text("web.cite.grade", lang, grade=one)),
            words("span", text(f"web.cite.grade.{one.lower()}", lang)),
        )
        for one in "ABC"
    ]
    qualifiers = [
        (
            html.escape(text(f"web.value.{one}", lang, value="100", unit="").strip()),
            html.escape(text(f"method.qualifier.{one}", lang)),
        )
        for one in _QUALIFIERS
    ]
    statuses = [
        (html.escape(text(f"web.status.{one}", lang)), html.escape(text(f"method.status.{one}", lang)))
        for one in _STATUSES
    ]
    parts = [
        group("method", methods),
        group("grade", grades),
        group("qualifier", qualifiers),
        group("status", statuses),
    ]
    units = _terms(
        (html.escape(cell(row, f"symbol_{lang}")), html.escape(cell(row, f"definition_{lang}")))
        for row in atlas.rows("units").values()
    )
    scopes = atlas.rows("scopes")
    listed = tag("ul", *(tag("li", html.escape(row[f"name_{lang}"]) + " " + words("code", key))
                         for key, row in scopes.items()))  # fmt: skip
    parts.append(_folded(text("method.marks.unit", lang), units))
    parts.append(_folded(text("method.marks.scope", lang, count=len(scopes)), listed))
    return "".join(parts)


def rules_block(atlas: Atlas, selection: Selection) -> str:
    """Return the written rules: headline, conflict, unknown, areas, comparing, joining."""
    lang = selection.language
    parts = []
    for name in _RULES:
        parts.append(words("h3", text(f"method.rule.{name}", lang)))
        parts.append(words("p", text(f"method.rule.{name}.text", lang)))
    parts.append(words("h3", text("method.rule.compare", lang)))
    parts.append(tag("ol", *(words("li", text(f"compare.rule.{one}", lang, years=YEARS_APART)) for one in _COMPARE)))
    parts.append(words("h3", text("method.rule.series", lang)))
    parts.append(words("p", text("time.series.hint", lang)))
    return "".join(parts)


@lru_cache(maxsize=4)
def boundaries_block(atlas: Atlas, selection: Selection) -> str:
    """Return how every boundary was drawn, one row per place of the layout."""
    lang = selection.language
    lines = []
    for place_id in atlas.layout.index:
        row = atlas.place_rows[place_id]
        ratio = row.get("area_ratio")
        compared = f"{float(row['area_ratio']) * 100:.1f} %" if present(ratio) else text("method.none_official", lang)
        stated = cell(row, "bounds_stated") or text("method.no_bounds", lang)
        note = cell(row, f"boundary_note_{lang}")
        scope = cell(atlas.rows("scopes").get(row["scope"], {}), f"name_{lang}")
        lines.append(
            [
                place_link(atlas, place_id, selection, short=True),
                tag("i", class_=f"geo-method {row['method']}")
                + html.escape(text(f"web.method.short.{row['method']}", lang)),
                html.escape(text("web.panel.boundary.accuracy_value", lang, metres=f"{int(row['accuracy_m']):,}")),
                html.escape(scope),
                html.escape(compared),
                words("div", stated) + (words("div", note, class_="geo-meta") if note else ""),
                source_details(atlas.rows("sources")[row["boundary_source_id"]], lang, ""),
            ]
        )
    counts = atlas.layout["method"].value_counts()
    told = " · ".join(
        f"{text(f'web.method.short.{one}', lang)} {counts[one]}" for one in _METHODS if one in counts.index
    )
    headings = _headings(("place", "method", "accuracy", "scope", "ratio", "basis", "source"), lang)
    label = text("method.boundaries", lang)
    shown = table(headings, [("", lines)], label=label, class_="geo-cardy")
    return words("p", text("method.boundaries.text", lang)) + words("p", told, class_="geo-quiet") + shown


@lru_cache(maxsize=4)
def measures_block(atlas: Atlas, selection: Selection) -> str:
    """Return every measure by topic: label and id, unit, the one text of it, how many places have a value."""
    lang = selection.language
    measures, units = atlas.rows("measures"), atlas.rows("units")
    facts, derived = atlas.table("facts"), atlas.table("derived")
    having = facts.groupby("measure_id")["place_id"].nunique().to_dict()
    having |= derived[derived["value"].notna()].groupby("measure_id")["place_id"].nunique().to_dict()
    meanings = measure_texts(atlas, lang)
    topics: dict[str, list[list[str]]] = {}
    for measure_id, row in measures.items():
        label = words("b", row[f"label_{lang}"])
        if row["origin"] == "derived":
            label += words("span", text("method.derived", lang), class_="geo-new")
        line = [
            label + tag("div", words("code", measure_id)),
            html.escape(cell(units[row["unit"]], f"symbol_{lang}")),
            words("span", meanings[measure_id]),
            html.escape(str(having.get(measure_id, 0))),
        ]
        topics.setdefault(row["topic"], []).append(line)
    headings = _headings(("measure", "unit", "text", "places"), lang)
    parts = [
        _folded(
            f"{topic_name(topic, lang)} ({len(lines)})",
            table(headings, [("", lines)], label=topic_name(topic, lang), class_="geo-measures-table"),
        )
        for topic, lines in topics.items()
    ]
    computed = sum(row["origin"] == "derived" for row in measures.values())
    said = text("method.measures.text", lang, count=len(measures), derived=computed)
    return words("p", said) + "".join(parts)


@lru_cache(maxsize=4)
def unknown_block(atlas: Atlas, selection: Selection) -> str:
    """Return what is not known, each with its count and which."""
    lang = selection.language
    lines = []
    for one in unknowns(atlas):
        shown = ""
        if one.ids:
            title = text("method.unknown.list", lang)
            shown = _folded(title, tag("div", _which(atlas, selection, one), class_="geo-ids"))
        count = text("method.unknown.of", lang, count=one.count, total=one.total)
        lines.append([html.escape(text(f"method.unknown.{one.id}", lang)), words("strong", count), shown])
    headings = _headings(("what", "count", "which"), lang)
    shown = table(headings, [("", lines)], label=text("method.unknown", lang), class_="geo-unknown-table")
    return words("p", text("method.unknown.text", lang)) + shown


def _which(atlas: Atlas, selection: Selection, one: Unknown) -> str:
    """Return the things concerned as HTML: places as links, the rest by name."""
    lang = selection.language
    if one.id in ("area_official", "schematic", "no_facts"):
        return html.escape(text("list.comma", lang)).join(
            place_link(atlas, place_id, selection, short=True) for place_id in one.ids
        )
    if one.id in ("not_placed", "vague"):
        names: Mapping[str, Any] = atlas.institutions[f"name_{lang}"].to_dict()
        return html.escape(text("list.comma", lang).join(str(names[key]) for key in one.ids))
    if one.id == "no_outcome":
        policy = atlas.rows("policy")
        items = [
            link(page_href("policy", selection, item=key), html.escape(policy[key][f"text_{lang}"])) for key in one.ids
        ]
        return tag("ul", *(tag("li", item) for item in items))
    if one.id.startswith("fact"):
        return _facts(atlas, selection, one.ids)
    if one.id.startswith("source"):
        sources = atlas.rows("sources")
        return tag("ul", *(words("li", citation(sources[key], lang, "")) for key in one.ids))
    return html.escape(text("list.comma", lang).join(_stations(atlas, one.ids, lang)))


def _facts(atlas: Atlas, selection: Selection, names: Iterable[str]) -> str:
    lang = selection.language
    found: dict[str, dict[str, None]] = {}
    for name in names:
        place_id, measure_id = name.split("/")
        label = cell(atlas.rows("measures")[measure_id], f"label_{lang}")
        found.setdefault(place_id, {})[label] = None
    joiner = text("list.comma", lang)
    colon = "：" if lang == "zh" else ": "
    items = [
        tag("li", place_link(atlas, place_id, selection, short=True), html.escape(colon + joiner.join(labels)))
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
def basemap_block(atlas: Atlas, selection: Selection) -> str:
    """Return the layers of the basemap with accuracy, known gaps and source."""
    lang = selection.language
    lines = [
        [
            html.escape(row[f"name_{lang}"]),
            html.escape(text("web.panel.boundary.accuracy_value", lang, metres=f"{int(row['accuracy_m']):,}")),
            html.escape(cell(row, f"note_{lang}")),
            source_details(atlas.rows("sources")[row["source_id"]], lang, ""),
        ]
        for row in atlas.rows("basemap").values()
    ]
    headings = _headings(("layer", "accuracy", "note", "source"), lang)
    shown = table(headings, [("", lines)], label=text("method.basemap", lang), class_="geo-cardy")
    return words("p", text("method.basemap.text", lang)) + shown


def cite_block(atlas: Atlas, selection: Selection) -> str:
    """Return licences, credit, a citation to copy, and how to report an error."""
    lang, meta = selection.language, atlas.meta
    credit, notice = meta[f"attribution_{lang}"], meta[f"border_notice_{lang}"]
    cited = text("method.cite.text", lang, title=meta[f"title_{lang}"], version=meta["version"], date=meta["data_date"],
                 notice=notice)  # fmt: skip
    parts = [
        words("p", text("method.cite.geometry", lang, licence=meta["geometry_licence"], credit=credit)),
        words("p", text("method.cite.tables", lang, licence=meta["tables_licence"])),
        words("p", text("method.cite.facts", lang)),
        tag("blockquote", html.escape(cited)),
        copy_button(text("place.cite.copy", lang), lang, cited),
        words("p", text("method.cite.note", lang)),
    ]
    return tag("div", *parts, class_="geo-section")


@lru_cache(maxsize=4)
def dictionary_block(atlas: Atlas, selection: Selection) -> str:
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
                words("code", entry.column),
                html.escape(entry.label),
                html.escape(entry.definition),
                words("span", _type(entry, lang), class_="geo-meta"),
            ]
            for entry in entries
        ]
        shown = table(headings, [("", lines)], label=name, class_="geo-measures-table")
        parts.append(_folded(f"{name} ({len(entries)})", shown))
    count = sum(len(entries) for entries in grouped.values())
    return words("p", text("method.dictionary.text", lang, count=count)) + "".join(parts)


def _type(entry: Entry, language: str) -> str:
    parts = [entry.type, entry.unit, " | ".join(entry.allowed), f"→ {entry.references}" if entry.references else ""]
    parts.append(text("method.required", language) if entry.required else "")
    return " · ".join(part for part in parts if part)


@lru_cache(maxsize=4)
def sources_block(atlas: Atlas, selection: Selection) -> str:
    """Return every source, folded, by grade."""
    lang = selection.language
    sources = atlas.rows("sources")
    graded: dict[str, list[str]] = {grade: [] for grade in "ABC"}
    for key, row in sources.items():
        line = words("span", citation(row, lang, "")) + " " + words("code", key)
        if note := cell(row, f"note_{lang}"):
            line += words("span", note, class_="geo-meta")
        if (url := cell(row, "url")).startswith(("http://", "https://")):
            line += tag("div", words("a", url, href=url, target="_blank", rel="noopener noreferrer"))
        graded[row["grade"]].append(tag("li", line))
    parts = [
        _folded(f"{text('web.cite.grade', lang, grade=grade)} ({len(items)})", tag("ul", *items))
        for grade, items in graded.items()
    ]
    counts = {grade.lower(): len(items) for grade, items in graded.items()}
    return words("p", text("method.sources.text", lang, count=len(sources), **counts)) + "".join(parts)
