"""The comparison page, up to six places or districts: one map, one scale, figure by figure; not comparable is grey."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from geo.analysis import compare
from geo.analysis.compare import MOST_PLACES, MeasureRow
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.place_words import ratio_text
from geo.analysis.specialisation import Quotient, location_quotients
from geo.analysis.units import format_number
from geo.analysis.values import accuracy_text, cell, date_text, dated_text, distance_text, figure_words, measured
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.render.markup import Markup, join, tag
from geo.render.outlines import outlines, picture
from geo.web.pages.place import position
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.data_links import data_links, facts_file
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import Content, bar, definition, figure, table, topic_name, why_not
from geo.web.parts.text import source_details

PATH = "compare"
TITLE = "web.page.compare"
ORDER = 20

_WITH = "with"
_WIDGET = "compare_with"


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    chosen = _chosen(atlas, lang)
    _chooser(atlas, selection, chosen)
    if not chosen:
        _suggestions(atlas, selection)
        return
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        page_frame.basemap_note(selection)
        shown = selection if selection.view else selection.replace(view=position(atlas, chosen))
        if shown.place not in chosen:  # otherwise the map would draw it too
            shown = shown.replace(place="")
        mapview.show_map(atlas, compare.chosen_view(atlas, shown, chosen))
    with right:
        st.html(_multiples(atlas, selection, chosen))
    st.html(_profile(atlas, selection, chosen))
    _figures(atlas, selection, chosen)


def _chosen(atlas: Atlas, language: str) -> list[str]:
    """Return the places in the link; unknown ones and those beyond the limit are reported and left out."""
    given = list(dict.fromkeys(part for part in state.parameter(_WITH).split(",") if part))
    known = [one for one in given if one in atlas]
    problems = [QueryProblem(_WITH, one[:80], tuple(atlas)) for one in given if one not in known]
    page_frame.problems_block(problems, language)
    if len(known) > MOST_PLACES:
        left_out = text("list.comma", language).join(
            atlas.name(one, language, short=True) for one in known[MOST_PLACES:]
        )
        said = text("compare.too_many", language, most=MOST_PLACES, names="{names}").replace("{names}", left_out)
        st.html(tag("div", said, class_="geo-warning", role="status"))
    return known[:MOST_PLACES]


def _chooser(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> None:
    lang = selection.language
    order = [*atlas.layout.index, *atlas.districts.index]
    order += [one for one in atlas if one not in set(order)]
    other = "en" if lang == "zh" else "zh"
    names = {str(one): " · ".join(atlas.name(str(one), name, short=True) for name in (lang, other)) for one in order}
    if st.session_state.get(_WIDGET) != list(chosen):
        st.session_state[_WIDGET] = list(chosen)
    with st.container(horizontal=True, vertical_alignment="bottom", key="comparebar"):
        st.multiselect(
            text("compare.choose", lang, most=MOST_PLACES),
            list(names),
            format_func=names.__getitem__,
            placeholder=text("compare.choose.hint", lang),
            key=_WIDGET,
            on_change=_take_over,
            select_all=False,
            wrap=True,
        )
        if chosen:
            st.html(tag("div", copy_button(text("share.copy_link", lang), lang), class_="geo-actions"))
    if len(chosen) == 1:
        st.html(tag("div", text("compare.one_more", lang), class_="geo-note", role="status"))


def _take_over() -> None:
    state.set_parameters(**{_WITH: ",".join(st.session_state[_WIDGET])})


def _suggestions(atlas: Atlas, selection: Selection) -> None:
    """Show suggested comparisons: the places of each corridor, the largest districts."""
    lang = selection.language
    items = []
    for corridor in atlas.layout.index[atlas.layout["kind"].map(atlas.roles) == "corridor"]:
        inside = [str(one) for one in atlas.layout.index[atlas.layout["parent_id"] == corridor]][:MOST_PLACES]
        if len(inside) > 1:
            items.append((text("compare.suggest.inside", lang, name=atlas.name(corridor, lang)), inside))
    known = atlas.table("facts").query("headline")["place_id"].value_counts()
    for frame, name in ((atlas.layout, "layout"), (atlas.districts, "district")):
        most = [str(one) for one in known.index if one in frame.index][:4]
        if len(most) > 1:
            items.append((text(f"compare.suggest.{name}", lang), most))
    lines = []
    for title, inside in items:
        names = text("list.comma", lang).join(atlas.name(one, lang, short=True) for one in inside)
        go = link(page_href("compare", selection, with_=",".join(inside)), title)
        lines.append(tag("li", go, tag("span", names, class_="geo-meta")))
    hint = tag("p", text("compare.hint", lang, most=MOST_PLACES), class_="geo-quiet")
    st.html(tag("section", hint, tag("ul", *lines), class_="geo-section"))


def _multiples(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> Markup:
    """Return the outlines at one scale, side by side."""
    lang = selection.language
    drawn = outlines(atlas, chosen)
    figures = []
    for shape in drawn.shapes:
        row = atlas.place_rows[shape.place_id]
        colour = atlas.rows("kinds")[row["kind"]]["colour"]
        name = atlas.name(shape.place_id, lang, short=True)
        said = [_drawn(atlas, place_sheet(atlas, shape.place_id), lang)]
        said.append(text(f"web.method.short.{row['method']}", lang))
        if shape.dot:
            said.append(text("compare.dot", lang))
        address = "data:image/svg+xml;base64," + base64.b64encode(picture(drawn, shape, colour, row["method"])).decode()
        caption = tag("figcaption", place_link(atlas, shape.place_id, selection, short=True))
        about = tag("span", " · ".join(filter(None, said)), class_="geo-meta")
        figures.append(tag("figure", tag("img", src=address, alt=name), caption, about))
    width = f"{100 * drawn.bar / drawn.size:.1f}"
    scale = tag(
        "div",
        tag("i", style=f"width:calc(var(--box) * {width} / 100)"),
        tag("span", distance_text(drawn.bar_m, lang)),
        class_="geo-scalebar",
    )
    title = tag("h2", text("compare.multiples", lang))
    note = tag("p", text("compare.multiples.note", lang), class_="geo-quiet")
    shown = tag("div", *figures, class_="geo-multiples")
    return tag("section", title, note, shown, scale, class_="geo-section geo-smalls")


def _drawn(atlas: Atlas, sheet: PlaceSheet, language: str) -> str:
    """Return the drawn area in words; "" where there is none."""
    drawn = sheet.boundary.drawn
    return figure_words(atlas, drawn.figure, language) if drawn and drawn.figure else ""


def _profile(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> Markup:
    """Return specialisation beside size: clusters, institutions and location quotients of each place."""
    lang = selection.language
    sheets = [place_sheet(atlas, one) for one in chosen]
    sizes = [sheet.boundary.drawn for sheet in sheets]
    largest = max((one.value for one in sizes if one and one.comparable and one.value is not None), default=None)
    lines: list[list[Content]] = []
    for sheet in sheets:
        lines.append(
            [
                place_link(atlas, sheet.place_id, selection, short=True),
                _size(atlas, sheet, largest, lang),
                _clusters(atlas, sheet, lang),
                _institutions(sheet, lang),
                _quotients(atlas, sheet, lang),
            ]
        )
    names = ("place", "size", "clusters", "institutions", "quotient")
    headings = [text(f"compare.column.{name}", lang) for name in names]
    label = text("compare.profile", lang)
    shown = table(headings, [("", lines)], label=label, class_="geo-profile-table geo-cardy")
    note = tag("p", text("compare.profile.note", lang), class_="geo-quiet")
    return tag("section", tag("h2", label), shown, note, class_="geo-section", id="geo-profile")


def _size(atlas: Atlas, sheet: PlaceSheet, largest: float | None, language: str) -> Markup:
    """Return the drawn area with a bar, the boundary method, and the official area."""
    boundary, parts = sheet.boundary, []
    if boundary.drawn and boundary.drawn.value is not None:
        parts.append(tag("strong", _drawn(atlas, sheet, language)))
        parts.append(bar(boundary.drawn.value, largest) if boundary.drawn.comparable else Markup())
        parts.append(why_not(atlas, boundary.drawn, language))
    method = text(f"web.method.short.{boundary.method}", language)
    how = [text("web.panel.area.drawn", language), method, accuracy_text(boundary.accuracy_m, language)]
    if boundary.official:
        official = dated_text(atlas, boundary.official, language)
        how += [f"{text('web.panel.area.official', language)} {official}", ratio_text(boundary, language)]
    return join([*parts, tag("span", " · ".join(how), class_="geo-meta")])


def _clusters(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    if not sheet.clusters:
        return tag("span", text("value.none", language), class_="geo-unknown")
    sources: dict[str, dict[str, None]] = {}
    for one in sheet.clusters:
        sources.setdefault(one.cluster["cluster_id"], {})[one.source_id] = None
    chips = []
    for cluster_id, cited in sources.items():
        cluster = atlas.rows("clusters")[cluster_id]
        name = tag("span", cluster[f"name_{language}"], class_="geo-chip cluster", style=f"--c:{cluster['colour']}")
        chips.append(tag("li", name, *(source_details(atlas.rows("sources")[one], language) for one in cited)))
    return tag("ul", *chips, class_="geo-chiplist")


def _institutions(sheet: PlaceSheet, language: str) -> Markup:
    counts = sheet.institution_counts
    parts = [f"{text(f'map.institution.{kind}', language)} {count}" for kind, count in counts.items()]
    total = sum(counts.values())
    return tag("strong", str(total)) + tag("span", " · ".join(parts), class_="geo-meta")


def _quotients(atlas: Atlas, sheet: PlaceSheet, language: str) -> Markup:
    found = location_quotients(atlas, sheet.place_id)
    if not found:
        return tag("span", text("compare.quotient.none", language), class_="geo-unknown")
    return join(_quotient(atlas, one, language) for one in found)


def _quotient(atlas: Atlas, found: Quotient, language: str) -> Markup:
    label = cell(atlas.rows("measures")[found.measure_id], f"label_{language}")
    counts = [measured(atlas, found.measure_id, one, "exact", language) for one in (found.count, found.city_count)]
    areas = [measured(atlas, "area_km2", one, "exact", language) for one in (found.area_km2, found.city_area_km2)]
    said = text(
        "compare.quotient.detail",
        language,
        count=counts[0],
        city_count=counts[1],
        area=areas[0],
        city_area=areas[1],
        date=date_text(found.as_of, language),
    )
    value = tag("strong", format_number(round(found.value, 2)))
    about = tag("span", text("compare.quotient.line", language, label=label, detail=said), class_="geo-meta")
    return join([value, about, source_details(atlas.rows("sources")[found.source_id], language)])


def _figures(atlas: Atlas, selection: Selection, chosen: Sequence[str]) -> None:
    lang = selection.language
    found = compare.align(atlas, chosen)
    several = [row for row in found if row.known > 1] if len(chosen) > 1 else found
    single = [row for row in found if row not in several]
    rule = tag(
        "details",
        tag("summary", text("compare.rule", lang)),
        tag("ol", *(tag("li", line) for line in _rule(lang))),
        class_="geo-comparerule",
    )
    label = text("compare.figures", lang)
    parts = [tag("h2", label), tag("p", text("compare.figures.note", lang), class_="geo-quiet"), rule]
    if several:
        parts.append(_aligned(atlas, selection, chosen, several, label))
    else:
        parts.append(tag("p", text("compare.nothing", lang), class_="geo-quiet"))
    if single:
        said = text("compare.single", lang, count=len(single))
        inner = _aligned(atlas, selection, chosen, single, said)
        parts.append(tag("details", tag("summary", said), inner, class_="geo-more-figures"))
    parts.append(data_links({"CSV": facts_file(chosen)}, lang))
    st.html(tag("section", *parts, class_="geo-section", id="geo-figures"))


def _rule(language: str) -> list[str]:
    return [text(f"compare.rule.{code}", language, years=compare.YEARS_APART) for code in compare.RULES]


def _aligned(
    atlas: Atlas, selection: Selection, chosen: Sequence[str], found: Sequence[MeasureRow], label: str
) -> Markup:
    lang = selection.language
    headings: list[str] = [text("compare.column.measure", lang)]
    headings += [place_link(atlas, one, selection, short=True) for one in chosen]
    groups: dict[str, list[list[Content]]] = {}
    for row in found:
        topic = str(atlas.rows("measures")[row.measure_id]["topic"])
        largest = row.largest if topic != "date" and row.comparable > 1 else None
        line: list[Content] = [definition(atlas, row.measure_id, lang)]
        for one in row.cells:
            look = "" if one.comparable else "none" if one.figure is None else "off"
            line.append((figure(atlas, one, lang, largest), look))
        groups.setdefault(topic, []).append(line)
    titled = [(topic_name(topic, lang), lines) for topic, lines in groups.items()]
    return table(headings, titled, label=label, class_="geo-compare-table")


__all__ = ["ORDER", "PATH", "TITLE", "render"]
