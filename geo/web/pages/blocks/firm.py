"""The parts of the institutions page as HTML: answer, lists, panel of one institution, counts by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo.analysis.firms import LISTS, NEAR, Firm, Service, Tally, Wanted, on_lists, services, tally
from geo.analysis.labels import district_heading
from geo.analysis.place_words import location_text, state_text
from geo.analysis.values import cell, date_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import html_lang, text
from geo.base.name_order import name_order
from geo.render.markup import Markup, foreign, join, tag
from geo.web.parts import state
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import Content, table
from geo.web.parts.text import counted, source_details

__all__ = ["answer", "firm_link", "firms_table", "panel", "services_table", "where"]

_PAGE = "firms"
#: The page's own URL parameters, which its links keep.
_OWN = ("table", "type", "list", "name")
#: Zoom level that shows a point with its surroundings.
_CLOSE = 14.0


def firm_link(selection: Selection, institution_id: str, name: str) -> Markup:
    """Return a link with an institution's name to its panel."""
    return link(page_href(_PAGE, selection, institution=institution_id), name)


def _here(selection: Selection, **own: str) -> str:
    """Return the address of this page with its current parameters, except those given in `own`."""
    return page_href(_PAGE, selection, **{name: state.parameter(name) for name in _OWN} | own)


def answer(
    atlas: Atlas, selection: Selection, wanted: Wanted, found: Sequence[Firm], filed: Sequence[Service]
) -> Markup:
    """Return the answer in two sentences: number of institutions by kind, and the number of registered services."""
    lang, here = selection.language, selection.place
    counted = [one for one in found if one.belongs.get(here) != NEAR]
    counts = tally(atlas, counted)
    listed = text("list.comma", lang).join(
        text(f"firms.kind.{kind}", lang, count=count) for kind, count in counts.kinds.items()
    )
    filtered = wanted != Wanted()
    name = "firms.answer.place" if here else "firms.answer.filtered" if filtered else "firms.answer"
    place = atlas.name(here, lang, short=True) if here else ""
    said = [text(name if counted else f"{name}.none", lang, place=place, count=len(counted), kinds=listed)]
    if unsure := len(found) - len(counted):
        said.append(text("firms.answer.near", lang, count=unsure))
    if counts.nowhere and not here:
        said.append(text("firms.answer.nowhere", lang, count=counts.nowhere))
    lists = {one: sum(row.row["list"] == one for row in filed) for one in LISTS}
    register = text("firms.answer.services", lang, filed=lists["filed"], registered=lists["registered"])
    lines = [tag("p", tag("b", said[0]), " ", " ".join(said[1:])), tag("p", register)]
    if filtered:
        linked = sum(one.firm is not None for one in services(atlas))
        why = text("firms.answer.linked", lang, linked=linked, total=len(services(atlas)))
        clear = link(
            page_href(_PAGE, selection.replace(clusters=(), districts=(), place="")), text("web.filter.reset", lang)
        )
        lines.append(tag("p", why, " ", clear, class_="geo-quiet"))
    title = tag("h2", text("firms.title", lang))
    return tag("section", title, *lines, class_="geo-section geo-answer")


def firms_table(atlas: Atlas, selection: Selection, found: Sequence[Firm], shown: str) -> Markup:
    """Return the institutions as a table; each name links to its panel."""
    lang, other = selection.language, "en" if selection.language == "zh" else "zh"
    if not found:
        return tag("div", text("firms.none", lang), class_="geo-note", role="status")
    lines: list[list[Content]] = []
    for one in sorted(found, key=lambda one: name_order(one.row, lang)):
        name, second = cell(one.row, f"name_{lang}"), cell(one.row, f"name_{other}")
        current = {"aria_current": "true"} if one.institution_id == shown else {}
        head = link(_here(selection, institution=one.institution_id), name, **current)
        head += tag("span", second, class_="geo-meta", lang=html_lang(other)) if second != name else ""
        filed = text("list.comma", lang).join(
            text(f"firms.on.{key}", lang, count=count) for key, count in on_lists(one).items()
        )
        kind = text(f"map.institution.{one.row['kind']}", lang)
        status = join([text(f"institution.status.{one.row['status']}", lang),
                       tag("span", date_text(one.row["as_of"], lang), class_="geo-meta")])  # fmt: skip
        lines.append([head, kind, _places(atlas, one, lang), status, filed])
    headings = [text(f"firms.column.{name}", lang) for name in ("name", "kind", "where", "status", "services")]
    label = text("firms.show.institutions", lang)
    return table(headings, [("", lines)], label=label, class_="geo-firms-table geo-cardy")


def _places(atlas: Atlas, one: Firm, language: str) -> str:
    """Return the places of an institution, by document or by its point, and its district."""
    districts = set(atlas.districts.index)
    by = {place: why for place, why in one.belongs.items() if why != "within"}
    parts = [
        atlas.name(place, language, short=True) + (text("firms.near", language) if why == NEAR else "")
        for place, why in sorted(by.items(), key=lambda item: item[0] in districts)
    ]
    return text("list.comma", language).join(parts) or text("unknown", language)


def services_table(atlas: Atlas, selection: Selection, found: Sequence[Service]) -> Markup:
    """Return the registered services as a table, the newest first; a known filer links to its panel."""
    lang = selection.language
    if not found:
        return tag("div", text("firms.none", lang), class_="geo-note", role="status")
    lines: list[list[Content]] = []
    newest = sorted(found, key=lambda one: str(one.row["filed_on"]), reverse=True)
    for one in newest:
        row = one.row
        filer: str = foreign(cell(row, "filer"), lang)
        if one.firm:
            filer = link(_here(selection, institution=one.firm.institution_id), filer)
        note = cell(row, f"note_{lang}")
        name = tag("span", foreign(cell(row, "name"), lang)) + (tag("span", note, class_="geo-meta") if note else "")
        kind = text(f"firms.list.{row['list']}", lang)
        cited = source_details(atlas.rows("sources")[row["source_id"]], lang, locator=cell(row, "filing_no"))
        lines.append([name, kind, date_text(row["filed_on"], lang), filer, cited])
    headings = [text(f"firms.column.{name}", lang) for name in ("service", "list", "filed_on", "filer", "source")]
    label = text("firms.show.services", lang)
    return table(headings, [("", lines)], label=label, class_="geo-services-table geo-cardy")


def where(atlas: Atlas, selection: Selection, counts: Tally) -> Markup:
    """Return the counts of listed institutions by place, district and cluster, as links that filter."""
    lang = selection.language
    clusters = atlas.choices("clusters", lang)
    places = {key: atlas.name(key, lang, short=True) for key in (*counts.places, *counts.districts)}
    groups = [
        ("place", counts.places, places),
        ("district", counts.districts, places),
        ("cluster", counts.clusters, clusters),
    ]

    def to(name: str, key: str) -> Selection:
        return selection.replace(clusters=(key,)) if name == "cluster" else selection.replace(place=key)

    parts = [tag("h2", text("firms.where", lang)), tag("p", text("firms.where.note", lang), class_="geo-quiet")]
    for name, numbers, names in groups:
        items = [
            tag("li", link(_here(to(name, key)), names[key]), " ", tag("span", str(count), class_="geo-number"))
            for key, count in sorted(numbers.items(), key=lambda item: -item[1])
        ]
        if items:
            message_id = f"firms.where.{name}"
            said = district_heading(atlas, message_id, lang) if name == "district" else text(message_id, lang)
            title = tag("h3", said)
            parts.append(title + tag("ul", *items, class_="geo-counts"))
    return tag("section", *parts, class_="geo-section")


def panel(atlas: Atlas, selection: Selection, one: Firm, close: str = "") -> Markup:
    """Return everything known about an institution: address, accuracy, status, services, sources.

    `close` is the link target of its close button, by default the list.
    """
    lang, other = selection.language, "en" if selection.language == "zh" else "zh"
    row = one.row
    chips = [tag("span", text(f"map.institution.{row['kind']}", lang), class_="geo-chip")]
    for cluster_id in one.cluster_ids:
        cluster = atlas.rows("clusters")[cluster_id]
        chips.append(tag("span", cluster[f"name_{lang}"], class_="geo-chip cluster", style=f"--c:{cluster['colour']}"))
    sources = atlas.rows("sources")
    lines: list[tuple[str, str]] = [
        ("address", foreign(cell(row, "address") or text("firms.address.none", lang), lang)),
        ("placed", location_text(row, lang)),
        ("belongs", _belongs(atlas, selection, one)),
        ("status", state_text(row, lang)),
        ("note", cell(row, f"note_{lang}")),
        ("source", source_details(sources[row["source_id"]], lang)),
        ("cluster", _clusters(atlas, one, lang)),
    ]
    pairs = [tag("dt", text(f"firms.panel.{name}", lang)) + tag("dd", said) for name, said in lines if said]
    parts = [
        tag("h2", cell(row, f"name_{lang}")),
        tag("p", cell(row, f"name_{other}"), class_="geo-other", lang=html_lang(other)),
        tag("div", *chips, class_="geo-chips"),
        tag("dl", *pairs),
    ]
    if one.services:
        items = [
            tag(
                "li",
                tag("b", foreign(cell(filed, "name"), lang)),
                " ",
                tag("span", _filed(filed, lang), class_="geo-meta"),
            )
            for filed in one.services
        ]
        parts += [tag("h3", counted(text("firms.panel.services", lang), len(items), lang)), tag("ul", *items)]
        parts.append(source_details(sources[one.services[0]["source_id"]], lang))
    parts.append(_actions(atlas, selection, one, close))
    return tag("section", *parts, class_="geo-place geo-firm", id="geo-firm", aria_live="polite")


def _filed(row: Mapping[str, object], language: str) -> str:
    said = (text(f"firms.list.{row['list']}", language), date_text(row["filed_on"], language), str(row["filing_no"]))
    return " · ".join(said)


def _belongs(atlas: Atlas, selection: Selection, one: Firm) -> str:
    lang = selection.language
    if not one.belongs:
        return text("firms.belongs.none", lang)
    items = [
        tag("li", place_link(atlas, place, selection, short=True), " ",
            tag("span", text(f"place.institutions.{why}", lang), class_="geo-meta"))
        for place, why in one.belongs.items()
    ]  # fmt: skip
    return tag("ul", *items, class_="geo-belongs")


def _clusters(atlas: Atlas, one: Firm, language: str) -> str:
    items = []
    for row in one.clusters:
        name = atlas.rows("clusters")[row["cluster_id"]][f"name_{language}"]
        note = cell(row, f"note_{language}")
        said = tag("span", note, class_="geo-meta") if note else ""
        items.append(tag("li", name, " ", source_details(atlas.rows("sources")[row["source_id"]], language), said))
    return tag("ul", *items) if items else ""


def _actions(atlas: Atlas, selection: Selection, one: Firm, close: str) -> Markup:
    lang = selection.language
    links = []
    point = atlas.institutions.geometry[one.institution_id]
    if point is not None:
        shown = selection.unfiltered().replace(place=cell(one.row, "place_id"), view=None)
        at = f"{point.y:.5f},{point.x:.5f},{_CLOSE:g}"
        links.append(link(page_href("", shown, at=at, institution=one.institution_id), text("place.on_map", lang)))
    if close:
        links = [link(page_href(_PAGE, selection, institution=one.institution_id), text("firms.all", lang))]
    links += [
        link(close or _here(selection), text("web.panel.close", lang)),
        copy_button(text("share.copy_link", lang), lang),
    ]
    return tag("div", *links, class_="geo-actions")
