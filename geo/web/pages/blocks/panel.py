"""The parts of a place's panel as HTML: identity, figures, area, boundary, computed figures, institutions, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo.analysis.figures import Figure
from geo.analysis.labels import district_heading, measure_text
from geo.analysis.place_sheet import PlaceSheet
from geo.analysis.place_words import districts_text, location_text, ratio_text
from geo.analysis.values import accuracy_text, cell, figure_words, scope_text, when_text
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import html_lang, text
from geo.base.name_order import name_order
from geo.render.markup import Markup, foreign, join, tag
from geo.web.pages.blocks.firm import firm_link
from geo.web.parts.links import link, page_href
from geo.web.parts.tables import detailed, source, why_not
from geo.web.parts.text import counted, source_details

__all__ = ["area", "boundary", "computed", "figures", "identity", "institutions", "overview"]

#: Most institutions listed.
_MOST_LISTED = 60


def _section(*parts: str, more: str = "", **attributes: str) -> Markup:
    return tag("section", *parts, class_=f"geo-place {more}".strip(), **attributes)


def _definitions(lines: Iterable[tuple[str, str]]) -> Markup:
    """Return a definition list; "" without lines."""
    pairs = [tag("dt", key) + tag("dd", value) for key, value in lines]
    return tag("dl", *pairs) if pairs else Markup()


def _folded(title: str, content: str) -> Markup:
    return tag("details", tag("summary", title), content)


def _source(atlas: Atlas, source_id: str, language: str) -> Markup:
    return source_details(atlas.rows("sources")[source_id], language)


def identity(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return names, kind, status, first edition with its document, clusters, districts and parent."""
    other = "en" if language == "zh" else "zh"
    chips = [
        tag("span", sheet.kind[f"name_{language}"], class_="geo-chip kind", style=f"--c:{sheet.kind['colour']}"),
        tag("span", text(f"web.status.{sheet.row['status']}", language), class_="geo-chip"),
    ]
    for cluster in {one.cluster["cluster_id"]: one.cluster for one in sheet.clusters}.values():
        style, meaning = f"--c:{cluster['colour']}", cluster[f"definition_{language}"]
        chips.append(tag("span", cluster[f"name_{language}"], class_="geo-chip cluster", style=style, title=meaning))
    parts = [
        tag("h2", sheet.row[f"name_{language}"]),
        tag("p", sheet.row[f"name_{other}"], class_="geo-other", lang=html_lang(other)),
        tag("div", *chips, class_="geo-chips"),
    ]
    if note := cell(sheet.row, f"note_{language}"):
        parts.append(tag("p", note))
    parts.append(_definitions(_origin(atlas, sheet, language)))
    return _section(*parts, id="geo-place")


def _origin(atlas: Atlas, sheet: PlaceSheet, language: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if named := sheet.first_named:
        title = f"{named.edition['month']} {named.edition[f'title_{language}']}"
        lines.append((text("web.panel.since", language), join([title, _source(atlas, named.source_id, language)])))
    if sheet.parents:
        lines.append((text("web.panel.parent", language), atlas.name(sheet.parents[0], language)))
    if sheet.districts:
        lines.append((district_heading(atlas, "web.panel.districts", language), districts_text(atlas, sheet, language)))
    if sheet.clusters:
        cited = [_source(atlas, one, language) for one in dict.fromkeys(one.source_id for one in sheet.clusters)]
        lines.append((text("web.panel.cluster_source", language), join(cited)))
    return lines


def figures(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return the reported figures: headline values, conflicts side by side, the rest folded."""
    parts = [tag("h3", text("web.panel.measures", language))]
    if not sheet.reported:
        parts.append(tag("p", text("web.panel.no_facts", language), class_="geo-quiet"))
    for group in sheet.reported:
        about = atlas.rows("measures")[group.measure_id]
        label = tag("dt", cell(about, f"label_{language}"), title=measure_text(about, language))
        if group.in_conflict:
            label += tag("dd", text("value.conflict", language), class_="geo-conflict")
        body = _values(atlas, group.beside, language)
        if group.rest:
            summary = tag("summary", counted(text("web.panel.more", language), len(group.rest), language))
            body += tag("details", summary, _values(atlas, group.rest, language), class_="geo-more")
        parts.append(tag("dl", label, tag("dd", body), class_="geo-measure"))
    return _section(*parts)


def _values(atlas: Atlas, shown: Sequence[Figure], language: str) -> Markup:
    cells = []
    for one in shown:
        note = one.note_zh if language == "zh" else one.note_en
        meta = f"{when_text(one, language)} · {scope_text(atlas, one.scope, language)}"
        cells.append(
            tag(
                "div",
                tag("strong", figure_words(atlas, one, language)),
                tag("span", meta),
                tag("em", note) if note else "",
                source(atlas, one, language),
                class_="geo-fact headline" if one.headline else "geo-fact",
            )
        )
    return tag("div", *cells, class_="geo-facts")


def area(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return the official area beside the drawn area of the same scope; "" if there is neither."""
    boundary = sheet.boundary
    drawn = boundary.drawn.figure if boundary.drawn else None
    sizes = [("official", boundary.official), ("drawn", drawn)]
    largest = max((one.value for _, one in sizes if one), default=1.0)
    bars = [
        tag(
            "div",
            tag("span", text(f"web.panel.area.{kind}", language)),
            tag("u", tag("i", style=f"width:{100 * one.value / largest:.1f}%")),
            tag("b", figure_words(atlas, one, language)),
            class_=f"geo-bar {kind}",
        )
        for kind, one in sizes
        if one
    ]
    said = tag("p", ratio_text(boundary, language), class_="geo-quiet")
    why = why_not(atlas, boundary.drawn, language) if boundary.drawn else ""
    return _section(tag("h3", text("web.panel.area", language)), *bars, why, said)


def boundary(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return how the boundary was drawn: method, accuracy, scope, stated bounds, note, source."""
    about = sheet.boundary
    lines = [
        ("method", text(f"map.method.{about.method}", language)),
        ("accuracy", accuracy_text(about.accuracy_m, language)),
        ("scope", scope_text(atlas, about.scope, language)),
        ("stated", about.stated),
        ("note", about.note_zh if language == "zh" else about.note_en),
    ]
    shown = [(text(f"web.panel.boundary.{name}", language), foreign(value, language)) for name, value in lines if value]
    shown.append((text("web.panel.source", language), _source(atlas, about.source_id, language)))
    swatch = tag("i", class_=f"geo-method {about.method}")
    title = tag("div", tag("h3", text("web.panel.boundary", language)), swatch, class_="geo-line")
    return _section(title, _definitions(shown))


def computed(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    """Return the figures computed by this map, each with its formula and, if so, why it is not comparable."""
    lines = []
    for one in sheet.computed:
        if one.figure is None:
            continue
        measure = atlas.rows("measures")[one.figure.measure_id]
        detail = detailed(atlas, one.figure.detail, language)
        name = tag("th", measure[f"label_{language}"], title=measure_text(measure, language), scope="row")
        value = tag("td", figure_words(atlas, one.figure, language), why_not(atlas, one, language))
        lines.append(tag("tr", name, value + tag("div", detail, class_="geo-meta") if detail else value))
    if not lines:
        return Markup()
    title = text("place.derived", language)
    return _section(_folded(counted(title, len(lines), language), tag("table", *lines)), more="geo-derived")


def institutions(atlas: Atlas, sheet: PlaceSheet, selection: Selection) -> Markup:
    """Return the institutions of a place, each with how it was placed and its source, and a link to all."""
    language, items = selection.language, []
    for one in sorted(sheet.residents, key=lambda one: name_order(one.row, language))[:_MOST_LISTED]:
        name, kind = one.row[f"name_{language}"], text(f"map.institution.{one.row['kind']}", language)
        about = tag("span", f"{kind} · {location_text(one.row, language)}")
        opened = firm_link(selection, str(one.row["institution_id"]), name)
        items.append(tag("li", tag("b", opened), about, _source(atlas, one.row["source_id"], language)))
    if not items:
        return Markup()
    every = link(page_href("firms", selection.replace(place=sheet.place_id)), text("firms.all", language))
    listed = tag("ul", *items) + tag("p", every)
    title = counted(text("web.panel.institutions", language), len(sheet.residents), language)
    return _section(_folded(title, listed))


def overview(atlas: Atlas, view: View) -> Markup:
    """Return, while no place is selected, a summary of the map and the documents that drew it."""
    lang = view.selection.language
    counts = view.places["kind"].value_counts().to_dict()
    kinds = atlas.rows("kinds")
    chips = [
        tag("span", f"{name} {counts[kind]}", class_="geo-chip kind", style=f"--c:{kinds[kind]['colour']}")
        for kind, name in atlas.choices("kinds", lang).items()
        if kind in counts
    ]
    methods = view.places["method"].value_counts().to_dict()
    how = [
        tag("li", tag("i", class_=f"geo-method {method}"), text(f"web.how.{short}", lang, count=count))
        for method, short in (("official_bounds", "official"), ("digitised", "digitised"), ("schematic", "schematic"))
        if (count := int(methods.get(method, 0)))
    ]
    used = set(view.places["since_edition"].dropna())
    documents = []
    for edition_id in atlas.allowed["edition"]:
        if edition_id in used:
            edition = atlas.rows("editions")[edition_id]
            cited = _source(atlas, edition["source_id"], lang)
            documents.append(tag("li", tag("b", edition["month"]), f" {edition[f'title_{lang}']}", cited))
    return _section(
        tag("h2", text("web.panel.overview", lang)),
        tag("p", text("web.panel.hint", lang), class_="geo-quiet"),
        tag("div", *chips, class_="geo-chips"),
        tag("h3", text("map.legend.methods", lang)),
        tag("ul", *how, class_="geo-how"),
        tag("h3", text("web.panel.documents", lang)),
        tag("ul", *documents, class_="geo-documents"),
    )
