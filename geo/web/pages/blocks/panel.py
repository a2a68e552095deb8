"""The blocks of a place's panel: identity, facts, area, boundary, derived measures, institutions, each with sources."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from geo.analysis.labels import measure_text
from geo.atlas.atlas import Atlas, View
from geo.base.messages import text
from geo.web.parts.tables import detailed, measured
from geo.web.parts.text import cell, date_text, foreign, present, source_details, tag, words

__all__ = [
    "area_block",
    "boundary_block",
    "derived_block",
    "facts_block",
    "identity_block",
    "institutions_block",
    "overview_block",
]

Row = dict[str, Any]

_SMALLEST_SHARE = 0.01


def _section(*parts: str, more: str = "", **attributes: str) -> None:
    st.html(tag("section", *parts, class_=f"geo-place {more}".strip(), **attributes))


def _definitions(lines: Iterable[tuple[str, str]]) -> str:
    """Return a definition list; keys are text, values HTML."""
    pairs = [words("dt", key) + tag("dd", value) for key, value in lines]
    return tag("dl", *pairs) if pairs else ""


def _folded(title: str, count: int, content: str) -> str:
    return tag("details", words("summary", f"{title} ({count})"), content)


def identity_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show names, kind, status, first edition with its document, clusters, districts and parent."""
    row = atlas.place_rows[place_id]
    other = "en" if language == "zh" else "zh"
    kind = atlas.rows("kinds")[row["kind"]]
    chips = [words("span", kind[f"name_{language}"], class_="geo-chip kind", style=f"--c:{kind['colour']}")]
    chips.append(words("span", text(f"web.status.{row['status']}", language), class_="geo-chip"))
    for cluster_id in filter(None, cell(row, "clusters").split(";")):
        cluster = atlas.rows("clusters")[cluster_id]
        chips.append(
            words(
                "span",
                cluster[f"name_{language}"],
                class_="geo-chip cluster",
                style=f"--c:{cluster['colour']}",
                title=cluster[f"definition_{language}"],
            )
        )
    parts = [
        words("h2", row[f"name_{language}"]),
        words("p", row[f"name_{other}"], class_="geo-other", lang="en" if other == "en" else "zh-CN"),
        tag("div", *chips, class_="geo-chips"),
    ]
    if note := cell(row, f"note_{language}"):
        parts.append(words("p", note))
    parts.append(_definitions(_origin(atlas, row, language)))
    _section(*parts, id="geo-place")


def _origin(atlas: Atlas, row: Row, language: str) -> list[tuple[str, str]]:
    joiner = "、" if language == "zh" else ", "
    lines = []
    if edition_id := cell(row, "since_edition"):
        edition = atlas.rows("editions")[edition_id]
        title = html.escape(f"{edition['month']} {edition[f'title_{language}']}")
        source = source_details(atlas.rows("sources")[edition["source_id"]], language, "")
        lines.append((text("web.panel.since", language), title + source))
    if parent := cell(row, "parent_id"):
        lines.append((text("web.panel.parent", language), html.escape(atlas.name(parent, language))))
    shares = atlas.table("place_districts")
    own = shares[(shares["place_id"] == row["place_id"]) & (shares["district_id"] != row["place_id"])]
    own = own[own["share"] >= _SMALLEST_SHARE].sort_values("share", ascending=False)
    named = [
        f"{atlas.name(one['district_id'], language, short=True)} {one['share']:.0%}" for one in own.to_dict("records")
    ]
    if named:
        lines.append((text("web.panel.districts", language), html.escape(joiner.join(named))))
    evidence = atlas.table("place_clusters")
    sources = dict.fromkeys(evidence.loc[evidence["place_id"] == row["place_id"], "source_id"])
    cited = "".join(source_details(atlas.rows("sources")[source_id], language, "") for source_id in sources)
    if cited:
        lines.append((text("web.panel.cluster_source", language), cited))
    return lines


def facts_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show what documents report: headline values, conflicts side by side, the rest one click away."""
    facts: dict[str, list[Row]] = {}
    for fact in atlas.facts(place_id).to_dict("records"):
        facts.setdefault(fact["measure_id"], []).append({str(name): value for name, value in fact.items()})
    parts = [words("h3", text("web.panel.measures", language))]
    if not facts:
        parts.append(words("p", text("web.panel.no_facts", language), class_="geo-quiet"))
    for measure_id, group in facts.items():
        about = atlas.rows("measures")[measure_id]
        first = [fact for fact in group if fact["headline"] is True] or group[:1]
        beside = first + [fact for fact in group if fact["conflict"] is True and fact not in first]
        rest = [fact for fact in group if fact not in beside]
        hint = measure_text(about, language)
        label = words("dt", cell(about, f"label_{language}"), title=hint)
        if len(beside) > 1:
            label += words("dd", text("web.panel.conflict", language), class_="geo-conflict")
        body = _values(atlas, beside, language)
        if rest:
            summary = words("summary", f"{text('web.panel.more', language)} ({len(rest)})")
            body += tag("details", summary, _values(atlas, rest, language), class_="geo-more")
        parts.append(tag("dl", label, tag("dd", body), class_="geo-measure"))
    _section(*parts)


def _values(atlas: Atlas, facts: Sequence[Row], language: str) -> str:
    shown = []
    for fact in facts:
        value = measured(atlas, fact["measure_id"], fact["value"], fact["qualifier"], language)
        meta = [date_text(fact["as_of"], language), cell(fact, f"scope_{language}")]
        note = cell(fact, f"note_{language}")
        shown.append(
            tag(
                "div",
                words("strong", value),
                words("span", " · ".join(filter(None, meta))),
                words("em", note) if note else "",
                source_details(fact, language, locator=cell(fact, "locator")),
                class_="geo-fact headline" if fact["headline"] is True else "geo-fact",
            )
        )
    return tag("div", *shown, class_="geo-facts")


def area_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show the official area of the same scope beside the drawn one."""
    row = atlas.place_rows[place_id]
    drawn = float(row["area_km2"])
    official = float(row["area_official_km2"]) if present(row.get("area_official_km2")) else None
    longest = max(drawn, official or 0.0)
    bars = []
    for kind, value in (("official", official), ("drawn", drawn)):
        if value is None:
            continue
        bar = tag("i", style=f"width:{100 * value / longest:.1f}%")
        shown = f"{value:,.3f}".rstrip("0").rstrip(".") + " km²"
        name = words("span", text(f"web.panel.area.{kind}", language))
        bars.append(tag("div", name, tag("u", bar), words("b", shown), class_=f"geo-bar {kind}"))
    if official is None:
        line = text("web.panel.area.none", language)
    else:
        line = text("web.panel.area.ratio", language, percent=f"{100 * drawn / official:.1f}")
    _section(words("h3", text("web.panel.area", language)), *bars, words("p", line, class_="geo-quiet"))


def boundary_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show how the boundary was drawn: method, accuracy, scope, stated bounds, note, source."""
    row = atlas.place_rows[place_id]
    scope = atlas.rows("scopes").get(row["scope"], {})
    lines = [
        ("method", text(f"map.method.{row['method']}", language)),
        ("accuracy", text("web.panel.boundary.accuracy_value", language, metres=f"{int(row['accuracy_m']):,}")),
        ("scope", cell(scope, f"name_{language}")),
        ("stated", cell(row, "bounds_stated")),
        ("note", cell(row, f"boundary_note_{language}")),
    ]
    shown = [(text(f"web.panel.boundary.{name}", language), foreign(value, language)) for name, value in lines if value]
    source = source_details(atlas.rows("sources")[row["boundary_source_id"]], language, "")
    shown.append((text("web.panel.source", language), source))
    swatch = tag("i", class_=f"geo-method {row['method']}")
    title = tag("div", words("h3", text("web.panel.boundary", language)), swatch, class_="geo-line")
    _section(title, _definitions(shown))


def derived_block(atlas: Atlas, place_id: str, language: str) -> None:
    """Show what this map computed from the geometry, each with its formula."""
    table = atlas.table("derived")
    own = {row["measure_id"]: row for row in table[table["place_id"] == place_id].to_dict("records")}
    lines = []
    for measure_id, measure in atlas.rows("measures").items():
        row = own.get(measure_id)
        if measure["origin"] != "derived" or row is None or not present(row["value"]):
            continue
        shown = measured(atlas, measure_id, row["value"], "exact", language)
        detail = detailed(atlas, cell(row, "detail"), language)
        name = words("th", measure[f"label_{language}"], title=measure_text(measure, language), scope="row")
        lines.append(
            tag("tr", name, tag("td", html.escape(shown), tag("div", detail, class_="geo-meta") if detail else ""))
        )
    if lines:
        title = text("web.panel.derived", language)
        _section(_folded(title, len(lines), tag("table", *lines)), more="geo-derived")


def institutions_block(atlas: Atlas, place_id: str, language: str, limit: int = 60) -> None:
    """Show the institutions in or of a place, each with accuracy and source."""
    frame = atlas.institutions
    inside = frame["inside_ids"].fillna("").map(lambda ids: place_id in ids.split(";")).astype(bool)
    own = frame[inside | (frame["place_id"] == place_id) | (frame["district_id"] == place_id)]
    if own.empty:
        return
    items = []
    for row in own.drop(columns="geometry").head(limit).to_dict("records"):
        meta = [text(f"map.institution.{row['kind']}", language)]
        if present(row["accuracy_m"]):
            meta.append(f"±{int(row['accuracy_m'])} m")
        source = source_details(atlas.rows("sources")[row["source_id"]], language, "")
        items.append(tag("li", words("b", row[f"name_{language}"]), words("span", " · ".join(meta)), source))
    _section(_folded(text("web.panel.institutions", language), len(own), tag("ul", *items)))


def overview_block(atlas: Atlas, view: View) -> None:
    """Show, while no place is chosen, what the map holds and which documents drew it."""
    lang = view.selection.language
    counts = view.places["kind"].value_counts().to_dict()
    kinds = atlas.rows("kinds")
    chips = [
        words("span", f"{name} {counts[kind]}", class_="geo-chip kind", style=f"--c:{kinds[kind]['colour']}")
        for kind, name in atlas.choices("kinds", lang).items()
        if kind in counts
    ]
    methods = view.places["method"].value_counts().to_dict()
    how = [
        tag("li", tag("i", class_=f"geo-method {method}"), html.escape(text(f"web.how.{short}", lang, count=count)))
        for method, short in (("official_bounds", "official"), ("digitised", "digitised"), ("schematic", "schematic"))
        if (count := int(methods.get(method, 0)))
    ]
    used = set(view.places["since_edition"].dropna())
    documents = []
    for edition_id in atlas.allowed["edition"]:
        if edition_id in used:
            edition = atlas.rows("editions")[edition_id]
            source = source_details(atlas.rows("sources")[edition["source_id"]], lang, "")
            title = html.escape(f" {edition[f'title_{lang}']}")
            documents.append(tag("li", words("b", edition["month"]), title, source))
    _section(
        words("h2", text("web.panel.overview", lang)),
        words("p", text("web.panel.hint", lang), class_="geo-quiet"),
        tag("div", *chips, class_="geo-chips"),
        words("h3", text("map.legend.methods", lang)),
        tag("ul", *how, class_="geo-how"),
        words("h3", text("web.panel.documents", lang)),
        tag("ul", *documents, class_="geo-documents"),
    )
